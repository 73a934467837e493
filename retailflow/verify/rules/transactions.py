"""What cannot share a transaction with other statements, and what ends or holds one up."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

_ALONE = (
    ("VACUUM",),
    ("CREATE", "DATABASE"),
    ("DROP", "DATABASE"),
    ("CREATE", "TABLESPACE"),
    ("DROP", "TABLESPACE"),
    ("CREATE", "LIBRARY"),
    ("CREATE", "OR", "REPLACE", "LIBRARY"),
    ("DROP", "LIBRARY"),
    ("REBUILDCAT",),
    ("INDEXCAT",),
    ("REINDEX",),
    ("CREATE", "EXTERNAL", "TABLE"),
    ("DROP", "EXTERNAL", "TABLE"),
    ("ALTER", "EXTERNAL", "TABLE"),
)


def alone(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """These run in no transaction block.

    Source: dg r_SVL_MULTI_STATEMENT_VIOLATIONS, r_ALTER_TABLE, r_ALTER_DATABASE, r_CREATE_EXTERNAL_SCHEMA.
    """
    if not statement.in_block or statement.procedure is not None:
        return
    name = _what_is_alone(statement)
    if name:
        yield Problem(f"{name} runs in no transaction block", statement.tokens[0], "take it out of the block, as a step of its own")


def _what_is_alone(statement: Statement) -> str | None:
    for words in _ALONE:
        if statement.starts(*words):
            return " ".join(words)
    if statement.starts("ALTER", "TABLE") and statement.has("APPEND", "FROM"):
        return "ALTER TABLE APPEND"
    if statement.starts("ALTER", "DATABASE") and statement.has("ISOLATION"):
        return "ALTER DATABASE … ISOLATION LEVEL"
    if statement.starts("GRANT") and statement.has("EXTERNAL", "RESOURCE"):
        return "GRANT ON EXTERNAL RESOURCE"
    if statement.starts("CREATE", "EXTERNAL", "SCHEMA") and statement.has("CREATE", "EXTERNAL", "DATABASE"):
        return "CREATE EXTERNAL DATABASE"
    if statement.starts("DROP", "SCHEMA") and statement.has("DROP", "EXTERNAL", "DATABASE"):
        return "DROP EXTERNAL DATABASE"
    alters = statement.tree.args.get("actions") or () if isinstance(statement.tree, exp.Alter) else ()
    if any(isinstance(action, exp.AlterColumn) and action.args.get("dtype") is not None for action in alters):
        return "ALTER COLUMN … TYPE"
    return None


def commits(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """TRUNCATE commits what went before it; a refresh of a materialized view is a transaction of its own.

    Source: dg r_TRUNCATE, materialized-view-refresh-sql-command.
    """
    if not statement.in_block:
        return
    if statement.starts("TRUNCATE"):
        yield Problem("TRUNCATE commits the transaction it is in", statement.tokens[0], "DELETE FROM keeps it whole")
    if statement.starts("REFRESH", "MATERIALIZED", "VIEW"):
        yield Problem("a refresh is a transaction of its own", statement.tokens[0], "refresh before or after")


def holds_lock(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """ALTER TABLE locks the table against everybody until the transaction ends. Source: dg r_ALTER_TABLE."""
    if statement.in_block and statement.starts("ALTER", "TABLE") and not _what_is_alone(statement):
        yield Problem("ALTER TABLE keeps everybody from the table until this transaction ends", statement.tokens[0])


RULES = (Rule("RF911", alone), warning("RF912", commits), warning("RF913", holds_lock))
