"""What the Data API takes, and which system views are there on every kind of warehouse."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

MOST_BYTES = 200_000
_NOT_EVERYWHERE = ("stl_", "stv_", "svl_")


def too_long(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A statement that comes by the Data API has at most 200 KB. Source: mgmt data-api (quotas)."""
    size = len(statement.text.encode())
    if size > MOST_BYTES and statement.procedure is None:
        yield Problem(f"the Data API takes statements of 200 KB, and this one has {size:,} bytes", statement.tokens[0])


def system_views(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """STL, STV and SVL tables are missing or restricted on serverless warehouses. Source: agent toolkit, redshift SQL metadata."""
    for table in statement.all(exp.Table):
        if table.name.lower().startswith(_NOT_EVERYWHERE):
            yield Problem(f"`{table.name}` is not there on every warehouse", table, "use the SYS_ or SVV_ view of it")


RULES = (Rule("RF987", too_long), warning("RF991", system_views))
