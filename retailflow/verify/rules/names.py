"""Names: how long they may be, which are taken, and what folds into one."""

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.rules.streaming import streaming_view
from retailflow.verify.rules.words import RESERVED
from retailflow.verify.statement import Statement

LONGEST = 127
_SYSTEM_COLUMNS = frozenset(("oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))


def _identifiers(statement: Statement) -> Iterator[exp.Identifier]:
    return statement.all(exp.Identifier)


def too_long(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Names have at most 127 bytes; what is longer is cut without a word. Source: dg r_names, r_CREATE_TABLE_NEW."""
    topics = {id(table.this) for table in statement.all(exp.Table)} if streaming_view(statement) is not None else set()
    for identifier in _identifiers(statement):
        if id(identifier) in topics:
            continue
        size = len(identifier.name.encode())
        if size > LONGEST:
            yield Problem(f"`{identifier.name[:30]}…` has {size} bytes, and would be cut at {LONGEST}", identifier)


def system_column(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """No column can be called like a system column, not even in quotes. Source: dg r_names."""
    defined = statement.tree.find_all(exp.ColumnDef) if isinstance(statement.tree, exp.Create | exp.Alter) else ()
    for definition in defined:
        if definition.name.lower() in _SYSTEM_COLUMNS:
            yield Problem(f"`{definition.name}` is a system column", definition)


def one_name(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Names fold to lower case, in quotes too, so two that differ by case alone are one. Source: dg r_names."""
    if not isinstance(statement.tree, exp.Create) or not isinstance(statement.tree.this, exp.Schema):
        return
    columns = [e for e in statement.tree.this.expressions if isinstance(e, exp.ColumnDef)]
    folded = Counter(c.name.lower() for c in columns)
    seen: set[str] = set()
    for column in columns:
        if folded[column.name.lower()] > 1 and column.name.lower() in seen:
            yield Problem(f"`{column.name}` and another column are one name", column)
        seen.add(column.name.lower())


def reserved(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Reserved words are names only in quotes. Source: dg r_pg_keywords."""
    quoted = {TokenType.IDENTIFIER}
    for identifier in _identifiers(statement):
        if not identifier.args.get("quoted") and identifier.name.upper() in RESERVED and "start" in identifier.meta:
            start = identifier.meta["start"]
            if not any(t.start == start and t.token_type in quoted for t in statement.tokens):
                yield Problem(f"`{identifier.name}` is a reserved word", identifier, "write it in quotes, or choose another")


RULES = (Rule("RF951", too_long), Rule("RF952", system_column), Rule("RF953", one_name), Rule("RF954", reserved))
