"""What a Redshift table can hold (developer guide: CREATE TABLE)."""

from collections.abc import Iterator

from retailflow.errors import Finding
from retailflow.resolve import Written
from retailflow.rules.shown import dimension_names, fact_names

MOST_COLUMNS = 1600
_OF_THE_LOG = 40  # columns that the log has beside those of the table, with room to grow


def columns(written: Written) -> Iterator[Finding]:
    """A table of Redshift has at most 1,600 columns."""
    if written.table is None:
        return
    table, document = written.table, written.document
    if len(table.columns) + _OF_THE_LOG > MOST_COLUMNS:
        message = f"{len(table.columns):,} columns and those of the log are more than Redshift's {MOST_COLUMNS:,}"
        yield Finding("RF405", message, document.key_place("columns"), hint="leave out what nobody reads")
    shown = {fact.name: len(list(fact_names(fact))) for fact in table.facts}
    if table.dimension is not None:
        shown[table.dimension.name] = len(list(dimension_names(table, table.dimension)))
    for name, count in shown.items():
        if count > MOST_COLUMNS:
            message = f"`{name}` would have {count:,} columns, more than Redshift's {MOST_COLUMNS:,}"
            yield Finding("RF405", message, document.key_place("columns"), hint="leave out what nobody reads")
