"""All that a warehouse remembers and that must not depend on how events came: the star, and what later loads start from."""

from retailflow.local.engine import Warehouse
from retailflow.model.project import Project
from retailflow.sql.dependents import dimensions_of, referring
from retailflow.sql.names import Names
from retailflow.sql.scope import LOG_COLUMNS, Scope
from tests.property.harness import Rows, by_text

_OF_ARRIVAL = ("_topic", "_generation", "_partition_no", "_offset", "_content")  # of copies of an event any may be kept


def state(project: Project, warehouse: Warehouse) -> dict[str, Rows]:
    """Dimensions and facts with all their columns, the log without coordinates, references, marks, `as_of`, and what was held back."""
    names, found = Names(project, warehouse.dialect), dict[str, Rows]()
    relations = [
        (name, names.warehouse(name)) for t in project.tables for name in [d.name for d in dimensions_of(t)] + [f.name for f in t.facts]
    ]
    relations += [(f"{f.name}_references", names.extra_references(f.name)) for t in project.tables for f in t.facts if referring(f)]
    relations += [("marks", names.marks), ("sources", names.sources)]
    selects = {name: f"SELECT * FROM {relation}" for name, relation in relations}
    for table in project.tables:
        columns = [*(c for c, _ in LOG_COLUMNS if c not in _OF_ARRIVAL), *Scope(project, table, warehouse.dialect).stored]
        selects[f"{table.name}_log"] = f"SELECT {', '.join(columns)} FROM {names.log(table.name)}"
    told = "topic, generation, partition_no, record_offset, table_name, code, detail, key_text, incarnation, snapshot_id, place"
    selects["quarantine"] = f"SELECT {told} FROM {names.quarantine}"
    for name, select in selects.items():
        result = warehouse.result(select)
        found[name] = by_text(dict(zip(result.columns, row, strict=True)) for row in result.rows)
    return found
