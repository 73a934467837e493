"""A small retailer of every route and kind of key, to simulate."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.model.fact import Fact, FactKind, Parent, Role
from retailflow.model.project import Project
from retailflow.model.source import Era, Extract, ExtractMode, Route, SourceKind
from retailflow.model.table import Table
from tests.factories import ERP, column, project, table

POSTGRES = replace(ERP, name="pg", kind=SourceKind.POSTGRESQL, time_zone="UTC")
STREAM, BATCH = (Era(1, 1, Route.STREAM),), (Era(1, 1, Route.BATCH),)


def role(name: str, dimension: str, *by: str) -> Role:
    return Role(name, dimension, by, None, f"{name}_key")


def customer() -> Table:
    columns = (
        column("customer_id", nullable=False, field="CustomerID"),
        column("first_name", "nvarchar(40)"),
        column("email", "nvarchar(320)"),
        column("city", "nvarchar(40)"),
        column("country", "nvarchar(40)"),
        column("tier", "varchar(10)"),
        column("code", "char(8)"),
        column("updated_at", "datetime2(7)", time_zone="Europe/Berlin"),
    )
    checks = (
        Check(CheckKind.IN, ("tier",), OnFail.QUARANTINE, ("bronze", "silver", "gold")),
        Check(CheckKind.MATCHES, ("email",), OnFail.QUARANTINE, (".+@.+",)),
        Check(CheckKind.MATCHES, ("code",), OnFail.QUARANTINE, ("[A-Z]{2}-[0-9]{4}",)),
    )
    return table("customer", columns=columns, checks=checks)


def order() -> Table:
    columns = (
        column("order_id", "bigint", nullable=False),
        column("customer_id"),
        column("ordered_at", "datetime2(3)", time_zone="Europe/Berlin"),
        column("status", "varchar(10)"),
        column("shipped_at", "datetime"),
        column("total", "money"),
    )
    return table("order", columns=columns, dimension=None)


def order_line() -> Table:
    columns = (
        column("order_id", "bigint", nullable=False),
        column("line_no", "smallint", nullable=False),
        column("sku", "varchar(20)"),
        column("quantity"),
        column("discount", "real"),
    )
    fact = Fact(
        name="fact_sales",
        table="order_line",
        kind=FactKind.TRANSACTION,
        grain=("order_id", "line_no"),
        time="ordered_at",
        parents=(Parent("order", ("order_id",), ("customer_id", "ordered_at")),),
        roles=(role("customer", "customer", "customer_id"), role("product", "product", "sku"), role("order_date", "date", "ordered_at")),
        measures=(),
        degenerate=(),
        period=None,
        milestones=(),
        lags=(),
        description="",
    )
    return table("order_line", columns=columns, key=("order_id", "line_no"), facts=(fact,), dimension=None)


def product() -> Table:
    return table("product", columns=(column("sku", "varchar(20)", nullable=False), column("price", "decimal(9,2)")), key=("sku",))


def stock() -> Table:
    columns = (
        column("sku", "varchar(20)", nullable=False),
        column("customer_id", nullable=False),
        column("on_hand"),
        column("raw", "varbinary(8)"),
    )
    return table("stock", columns=columns, key=("sku", "customer_id"), source=POSTGRES, dimension=None)


def click() -> Table:
    columns = (column("click_id", "uniqueidentifier", nullable=False), column("clicked_at", "datetime2(6)"), column("customer_id"))
    return table("click", columns=columns, key=("click_id",), event_id="click_id", time="clicked_at", eras=STREAM, dimension=None)


def price() -> Table:
    columns = (column("item", "varchar(12)", nullable=False), column("price", "money"), column("valid_on", "date"), column("ok", "bit"))
    extract = Extract("prices/{time:%Y%m%d}.csv", "csv", ExtractMode.FULL, 0, "%d.%m.%Y")
    return table("price", columns=columns, key=("item",), eras=BATCH, extract=extract)


def shop() -> Project:
    return project(customer(), order(), order_line(), product(), stock(), click(), price())


def records(folder: Path, topic: str) -> Iterator[dict[str, Any]]:
    for line in (folder / f"{topic}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


Place = tuple[Any, ...]


def history(folder: Path, each: Table) -> dict[str, list[tuple[Place, str, Any, Any]]]:
    """Per key, in the order of the log and each event once: (place, op, before, after), without records that are broken."""
    found: defaultdict[str, dict[tuple[Place, str], tuple[Any, Any]]] = defaultdict(dict)
    for record in records(folder, each.topic.name):
        value = record["value"]
        if not isinstance(value, dict) or "op" not in value or is_broken(value, each):
            continue
        source, op, before, after = value["source"], value["op"], value["before"], value["after"]
        place = (source.get("lsn") or source["commit_lsn"], source.get("change_lsn") or "", source.get("event_serial_no") or 0)
        if op == "u" and _key(before, each) != _key(after, each):
            found[_key(before, each)][place, "d"] = (before, None)
            op, before = "c", None
        found[_key(after or before, each)][place, op] = (before, after)
    return {
        key: [(place, op, *images) for (place, op), images in sorted(events.items(), key=lambda e: (e[0][0], "dcru".index(e[0][1])))]
        for key, events in found.items()
    }


def is_broken(value: dict[str, Any], each: Table) -> bool:
    image = value["after"] or value["before"]
    source = value["source"]
    unplaced = source.get("commit_lsn") is None and source.get("lsn") is None
    return unplaced or "n/a" in image.values() or any(image[c.field] is None for c in each.key_columns)


def _key(image: dict[str, Any], each: Table) -> str:
    return json.dumps([image[c.field] for c in each.key_columns])
