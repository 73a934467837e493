"""Ways a person may change the specs of a random project, and a delivery in which the specs change on the way."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.run import run
from retailflow.model.project import Project as Model
from tests.property import harness
from tests.reference.histories import Project

Spec = dict[str, Any]
Specs = tuple[Spec, list[Spec]]  # retailflow.yaml, tables
OTHER_TYPES = {"varchar(8)": "varchar(1)", "nvarchar(8)": "nvarchar(20)", "decimal(9,2)": "decimal(5,1)", "int": "bigint"}


def changes(config: Spec, tables: Sequence[Spec]) -> Iterator[tuple[str, Specs]]:
    """What is changed, and all specs with just that changed; not all of them can be resolved."""
    for number, table in enumerate(tables):
        for what, changed in _of_table(table):
            others = [*tables[:number], *([changed] if changed is not None else []), *tables[number + 1 :]]
            yield f"{table['table']}: {what}", (config, deepcopy(others))
    erp = config["sources"]["erp"]
    for what, changed in (("zone", {"time_zone": "Asia/Kathmandu"}), ("collation", {"collation": "Latin1_General_BIN2"})):
        yield what, ({**config, "sources": {"erp": erp | changed}}, deepcopy(list(tables)))


def _of_table(table: Spec) -> Iterator[tuple[str, Spec | None]]:
    yield "removed", None
    if len(table["columns"]) > len(table["key"]) + 1:
        yield "columns turned round", table | {"columns": dict(reversed(table["columns"].items()))}
    for name, declared in table["columns"].items():
        yield from ((f"{name} {what}", _with_column(table, name, changed)) for what, changed in _of_column(declared))
    if "where" in table:
        yield "no where", {k: v for k, v in table.items() if k != "where"}
    elif "grade" in table["columns"]:
        yield "where", table | {"where": "grade is null or grade <> 2"}
    for what, dimension in _of_dimension(table.get("dimension")):
        yield f"dimension {what}", table | {"dimension": dimension}
    if "dimension" in table and table.get("scd") != 4:
        yield "type 4", table | {"scd": 4}
    facts = table.get("facts", {})
    for name, fact in facts.items():
        yield f"no {name}", table | {"facts": {k: v for k, v in facts.items() if k != name}}
        for what, changed in _of_fact(fact):
            yield f"{name} {what}", table | {"facts": facts | {name: changed}}


def _of_column(declared: Any) -> Iterator[tuple[str, Any]]:
    yield "removed", None
    given = declared if isinstance(declared, dict) else {"type": declared}
    if given["type"] in OTHER_TYPES:
        yield "of another type", given | {"type": OTHER_TYPES[given["type"]]}
    if "from" not in given:
        yield "from another field", given | {"from": "elsewhere"}
    if given["type"] == "int" and "checks" not in given:
        yield "checked", given | {"checks": {"in": [1, 2], "on_fail": "quarantine"}}
    if "scd" in given:
        yield from ((f"of type {scd}", given | {"scd": scd}) for scd in (0, 1, 2, 3, 6) if scd != given["scd"])


def _with_column(table: Spec, name: str, declared: Any) -> Spec:
    columns = {k: declared if k == name else v for k, v in table["columns"].items() if k != name or declared is not None}
    return table | {"columns": columns}


def _of_dimension(dimension: Spec | None) -> Iterator[tuple[str, Spec | None]]:
    if dimension is None:
        return
    yield from ((f"on_delete {x}", dimension | {"on_delete": x}) for x in ("close", "flag", "ignore") if x != dimension.get("on_delete"))
    yield "salt", dimension | {"salt": "t"}
    yield "beginning", dimension | {"beginning": not dimension.get("beginning", True)}
    if "effective" in dimension:
        yield "not effective", {k: v for k, v in dimension.items() if k != "effective"}
    if "lookups" in dimension:
        yield "no lookups", {k: v for k, v in dimension.items() if k != "lookups"}
        for name, lookup in dimension["lookups"].items():
            other = lookup | {"scd": 3 - lookup["scd"], "columns": lookup["columns"][:1]}
            yield "lookup", dimension | {"lookups": {name: other}}


def _of_fact(fact: Spec) -> Iterator[tuple[str, Spec]]:
    for role in fact["dimensions"]:
        yield f"without {role}", fact | {"dimensions": {k: v for k, v in fact["dimensions"].items() if k != role}}
    for measure in fact.get("measures") or ():
        yield f"without {measure}", fact | {"measures": {k: v for k, v in fact["measures"].items() if k != measure}}
    if "net" in (fact.get("measures") or ()):
        yield "net", fact | {"measures": fact["measures"] | {"net": {"expr": "quantity * price", "type": "decimal(19,4)"}}}
    if "time" in fact:
        yield "without a time", {k: v for k, v in fact.items() if k != "time"}
    if "period" in fact:
        yield "period", fact | {"period": "month" if fact["period"] != "month" else "day"}
    if "lags" in fact:
        yield "without lags", {k: v for k, v in fact.items() if k != "lags"}
    if "milestones" in fact:
        yield "without a milestone", fact | {"milestones": {"ordered": "ordered_at"}, "lags": {}}


def model(root: Path, specs: Specs) -> Model | None:
    """None where specs cannot be resolved."""
    config, tables = specs
    try:
        return harness.write_project(root, config, tables)
    except AssertionError:
        return None


def chosen(specs: Specs, pick: int) -> tuple[str, Specs]:
    """One of the changes; where specs so changed cannot be resolved, the next one."""
    offered = list(changes(*specs))
    at = pick % len(offered)
    for what, changed in (*offered[at:], *offered[:at]):
        with tempfile.TemporaryDirectory() as folder:
            if model(Path(folder), changed) is not None:
                return what, changed
    raise AssertionError("no change can be resolved")


def deliver(
    history: Project,
    specs: Sequence[Specs],
    loads: Sequence[Sequence[Any]],
    open_warehouse: Callable[[Path, Model], Warehouse] | None = None,
) -> tuple[Model, dict[str, harness.Rows], Warehouse]:
    """The loads in as many parts as there are specs, each run under its own; then a run in which nothing is new. The star that results."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        projects = [harness.write_project(root / str(number), *said) for number, said in enumerate(specs)]
        first = projects[0]
        schemas = (first.naming.staging_schema, first.naming.warehouse_schema)
        warehouse = open_warehouse(root, first) if open_warehouse else DuckDbWarehouse(root / "w.duckdb", schemas)
        with closing(warehouse):
            for number, records in enumerate(loads):
                project = projects[number * len(projects) // len(loads)]
                harness.place(root / "files", history.files[number :: len(loads)])
                harness.append(root / "topics", records)
                run(project, warehouse, Folders(root / "topics", root / "files"))
            last = projects[-1]
            run(last, warehouse, Folders(root / "topics", root / "files"))
            return last, harness.star(last, warehouse), warehouse
