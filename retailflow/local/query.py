"""Reading the warehouse: one SELECT, its result, and what is said when it fails."""

import difflib

from retailflow.errors import Finding, StopError
from retailflow.local.engine import QueryError, Result, Warehouse


def query(warehouse: Warehouse, sql: str, limit: int | None = None) -> Result:
    """The result of one SELECT; StopError (exit 2) for anything else, and for what the engine does not understand."""
    try:
        return warehouse.read(sql, limit)
    except QueryError as error:
        raise StopError([Finding("RF514", error.message, hint=_hint(error, warehouse))], 2) from error


def _hint(error: QueryError, warehouse: Warehouse) -> str | None:
    if error.unknown is None:
        return error.hint
    names = _names(warehouse)
    close = difflib.get_close_matches(error.unknown.rpartition(".")[2].lower(), names, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(f"`{names[name]}`" for name in close) + "?"
    shown = ", ".join(sorted(set(names.values())))
    return f"there are: {shown}" if names else "the warehouse has no tables yet; `retailflow run` makes them"


def _names(warehouse: Warehouse) -> dict[str, str]:
    """Tables by their bare name, and the name to write."""
    found = warehouse.rows(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2"
    )
    return {str(name): f"{schema}.{name}" for schema, name in found}
