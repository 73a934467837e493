"""ALTER TABLE: one thing at a time, and fewer things than elsewhere."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog, Columns, table_name
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

_KEYS = (exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint, exp.Reference, exp.GeneratedAsIdentityColumnConstraint)


def _actions(statement: Statement) -> list[exp.Expr]:
    tree = statement.tree
    return list(tree.args.get("actions") or ()) if isinstance(tree, exp.Alter) and tree.kind == "TABLE" else []


def _added(statement: Statement) -> list[exp.ColumnDef]:
    return [action for action in _actions(statement) if isinstance(action, exp.ColumnDef)]


def _is_text(kind: exp.Expr | None) -> bool:
    return isinstance(kind, exp.DataType) and kind.is_type("varchar", "nvarchar", "text")


def one_at_a_time(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """One column is added or dropped by a statement; sort key, distribution and encodings may be combined. Source: dg r_ALTER_TABLE."""
    columns = [a for a in _actions(statement) if isinstance(a, exp.ColumnDef | exp.Drop | exp.AlterColumn)]
    if len(columns) > 1:
        yield Problem("ALTER TABLE changes one column at a time", columns[1], "write a statement for each")


def existence(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """ADD COLUMN knows no IF NOT EXISTS, DROP COLUMN no IF EXISTS. Source: dg r_ALTER_TABLE (syntax)."""
    for action in _actions(statement):
        if isinstance(action, exp.ColumnDef | exp.Drop) and action.args.get("exists"):
            words = "ADD COLUMN knows no IF NOT EXISTS" if isinstance(action, exp.ColumnDef) else "DROP COLUMN knows no IF EXISTS"
            yield Problem(words, action, "look it up in svv_columns first")


def properties(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """NOT NULL and DEFAULT of a column cannot be changed, and a type is changed without USING. Source: dg r_ALTER_TABLE (syntax)."""
    for action in _actions(statement):
        if not isinstance(action, exp.AlterColumn):
            continue
        if action.args.get("using"):
            yield Problem("ALTER COLUMN … TYPE takes no USING", action, "add a column, fill it, drop the old one, rename")
        if action.args.get("dtype") is None and _changes_property(action):
            yield Problem("NOT NULL and DEFAULT of a column cannot be changed", action, "add a column, fill it, drop the old one, rename")


def _changes_property(action: exp.AlterColumn) -> bool:
    return any(action.args.get(name) is not None for name in ("allow_null", "drop", "default"))


def retyped(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Only the length of a VARCHAR can be changed. Source: dg r_ALTER_TABLE (ALTER COLUMN … TYPE)."""
    for action in _actions(statement):
        kind = action.args.get("dtype") if isinstance(action, exp.AlterColumn) else None
        if kind is not None and not _is_text(kind):
            yield Problem(f"a column cannot become {kind.sql(dialect='redshift')}: only lengths of VARCHAR change", action)


def added_key(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A column that is added cannot be a key, unique, a reference or an identity. Source: dg r_ALTER_TABLE (ADD COLUMN)."""
    for column in _added(statement):
        if any(isinstance(c.kind, _KEYS) for c in column.constraints) or statement.has("DISTKEY") or statement.has("SORTKEY"):
            yield Problem(f"`{column.name}` is added, so it cannot be a key, unique, a reference or an identity", column)


def added_required(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A column added as NOT NULL needs a DEFAULT that is not NULL. Source: dg r_ALTER_TABLE; the message is quoted in Trino's tests."""
    for column in _added(statement):
        kinds = [c.kind for c in column.constraints]
        required = any(isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null") for k in kinds)
        if required and not any(isinstance(k, exp.DefaultColumnConstraint) and not isinstance(k.this, exp.Null) for k in kinds):
            yield Problem(f"`{column.name}` is NOT NULL, and the rows that are there have no value for it", column, "add a DEFAULT")


def never_wider(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A VARCHAR with a DEFAULT, a key or UNIQUE can never be widened. Source: dg r_ALTER_TABLE (ALTER COLUMN … TYPE)."""
    for column in _added(statement):
        if _is_text(column.kind) and any(isinstance(c.kind, exp.DefaultColumnConstraint) for c in column.constraints):
            yield Problem(f"`{column.name}` has a DEFAULT, so it can never be widened", column)


def _altered(statement: Statement, known: Catalog) -> Columns | None:
    """What the linted files say of the table, if they create it."""
    tree = statement.tree
    return known.get(table_name(tree.this)) if isinstance(tree, exp.Alter) and tree.kind == "TABLE" else None


def widened(statement: Statement, known: Catalog) -> Iterator[Problem]:
    """A column that has a DEFAULT, is UNIQUE, or is in a primary or foreign key is not widened. Source: dg r_ALTER_TABLE (ALTER COLUMN)."""
    columns = _altered(statement, known)
    for action in _actions(statement) if columns is not None else ():
        if (
            isinstance(action, exp.AlterColumn)
            and action.args.get("dtype") is not None
            and columns
            and action.name.lower() in columns.fixed
        ):
            hint = "add a column, fill it, drop the old one, rename"
            yield Problem(f"`{action.name}` has a DEFAULT or is in a key, so its type stays", action, hint)


def needed(statement: Statement, known: Catalog) -> Iterator[Problem]:
    """A column that rows are distributed or sorted by is not dropped, nor is the last one; a primary key is added of columns that were
    created NOT NULL. Source: dg r_ALTER_TABLE (DROP COLUMN, ADD table_constraint)."""
    columns = _altered(statement, known)
    for action in _actions(statement) if columns is not None else ():
        dropped = [column.name.lower() for column in action.args.get("tables") or ()] if isinstance(action, exp.Drop) else []
        for name in dropped:
            if columns and (name in columns.placed or len(columns.names) == 1):
                yield Problem(f"`{name}` holds the table together: it is its last column, or rows lie by it", action)
        for key in action.find_all(exp.PrimaryKey):
            for column in key.expressions:
                if columns and column.name.lower() in columns.nullable:
                    yield Problem(f"`{column.name}` was not created NOT NULL, so it is in no primary key", action)


def append(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """APPEND takes IGNOREEXTRA or FILLTARGET, not both. Source: dg r_ALTER_TABLE_APPEND."""
    if statement.has("APPEND", "FROM") and statement.has("IGNOREEXTRA") and statement.has("FILLTARGET"):
        yield Problem("APPEND takes IGNOREEXTRA or FILLTARGET, not both", statement.tokens[0])


RULES = (
    Rule("RF935", one_at_a_time),
    Rule("RF936", existence),
    Rule("RF937", properties),
    Rule("RF938", retyped),
    Rule("RF939", added_key),
    Rule("RF940", added_required),
    warning("RF941", never_wider),
    Rule("RF942", append),
    Rule("RF943", widened),
    Rule("RF944", needed),
)
