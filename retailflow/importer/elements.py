"""The elements of CREATE TABLE and ALTER TABLE … ADD: columns, computed columns and constraints."""

from retailflow.importer.cursor import Cursor, names
from retailflow.importer.imported import ForeignKey
from retailflow.importer.script import WrittenColumn, WrittenTable, WrittenType, named
from retailflow.importer.tokens import Kind, Token

_CONSTRAINTS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "DEFAULT", "INDEX", "PERIOD", "CONNECTION"})
_VARYING = {"CHAR": "varchar", "CHARACTER": "varchar", "BINARY": "varbinary", "NCHAR": "nvarchar"}


def read_element(table: WrittenTable, tokens: list[Token]) -> None:
    """Add one element, given as its tokens, to a table."""
    cursor = Cursor(tokens)
    if cursor.takes("CONSTRAINT"):
        cursor.dotted()
    if cursor.peek().word in _CONSTRAINTS:
        _constraint(table, cursor, ())
    elif cursor.peek().is_name:
        _column(table, cursor)


def _column(table: WrittenTable, cursor: Cursor) -> None:
    token = cursor.next()
    name = token.text
    if cursor.takes("AS"):
        table.columns.append(WrittenColumn(name, None, None, token))
        _options(table, cursor, name)
        return
    if cursor.done and token.word == "TIMESTAMP":  # the one column that needs no name
        table.columns.append(WrittenColumn(name, WrittenType(("timestamp",), (), token), None, token))
        return
    type_ = read_type(cursor)
    if type_ is None:
        return
    nullable, computed = _options(table, cursor, name)
    table.columns.append(WrittenColumn(name, None if computed else type_, nullable, token))


def read_type(cursor: Cursor) -> WrittenType | None:
    """A type such as `[dbo].[Name]`, `"int"`, `NVARCHAR (25)`, `national character varying(10)`."""
    token = cursor.peek()
    cursor.takes("NATIONAL")
    national = token.word == "NATIONAL"
    parts = cursor.dotted()
    if not parts:
        return None
    first = parts[-1].upper()
    if cursor.takes("VARYING"):
        parts = (_VARYING.get(first, first.lower()),)
    elif cursor.takes("PRECISION"):
        parts = ("float",)
    if national and not parts[-1].lower().startswith("n"):
        parts = ("n" + {"character": "char"}.get(parts[-1].lower(), parts[-1].lower()),)
    arguments = cursor.group()
    return WrittenType(parts, tuple(t.text for t in arguments if not t.is_mark(",")), token)


def _options(table: WrittenTable, cursor: Cursor, column: str) -> tuple[bool | None, bool]:
    """What follows a column's type: (nullable, whether it is a set of sparse columns, which is computed)."""
    nullable: bool | None = None
    computed = False
    while not cursor.done:
        word = cursor.peek().word
        if cursor.takes("NOT", "NULL"):
            nullable = False
        elif cursor.takes("NULL"):
            nullable = True
        elif cursor.takes("CONSTRAINT"):
            cursor.dotted()
        elif cursor.takes("COLUMN_SET"):
            computed = True
        elif cursor.takes("DEFAULT"):
            _skip_value(cursor)
        elif word in ("PRIMARY", "UNIQUE", "FOREIGN", "REFERENCES", "CHECK"):
            _constraint(table, cursor, (column,))
        else:
            cursor.group() if cursor.peek().is_mark("(") else cursor.next()
    return nullable, computed


def _skip_value(cursor: Cursor) -> None:
    """A default: anything in parentheses, a literal, a call, with a sign before it."""
    while cursor.peek().kind is Kind.MARK and not cursor.peek().is_mark("("):
        cursor.next()
    if cursor.peek().is_mark("("):
        cursor.group()
        return
    cursor.dotted() or cursor.next()
    cursor.group()


def _constraint(table: WrittenTable, cursor: Cursor, own: tuple[str, ...]) -> None:
    """A constraint of a table, or of the column `own`."""
    word = cursor.next().word
    if word in ("PRIMARY", "UNIQUE"):
        cursor.takes("KEY")
        while cursor.peek().word in ("CLUSTERED", "NONCLUSTERED", "HASH"):
            cursor.next()
        columns = names(cursor.group()) if cursor.peek().is_mark("(") else own
        if word == "PRIMARY":
            table.key = columns
        elif columns:
            table.unique.append(columns)
    elif word in ("FOREIGN", "REFERENCES"):
        columns = own
        if word == "FOREIGN":
            cursor.takes("KEY")
            columns = names(cursor.group()) or own
            cursor.takes("REFERENCES")
        target = cursor.dotted()
        if target and columns:
            table.foreign_keys.append(ForeignKey(columns, *named(target), names(cursor.group())))
    elif word == "CHECK":
        cursor.takes("NOT", "FOR", "REPLICATION")
        cursor.group()
    if word in ("FOREIGN", "REFERENCES"):
        _skip_actions(cursor)


def _skip_actions(cursor: Cursor) -> None:
    """`ON DELETE SET NULL` says nothing about the column's own NULLs."""
    while cursor.takes("ON", "DELETE") or cursor.takes("ON", "UPDATE"):
        if not cursor.takes("SET", "NULL") and not cursor.takes("SET", "DEFAULT") and not cursor.takes("NO", "ACTION"):
            cursor.takes("CASCADE")
    cursor.takes("NOT", "FOR", "REPLICATION")
