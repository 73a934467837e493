"""One script, statement by statement: what describes tables is read, everything else is passed over."""

from retailflow.errors import Finding, Severity
from retailflow.importer.cursor import Cursor, split
from retailflow.importer.descriptions import read_description
from retailflow.importer.elements import read_element, read_type
from retailflow.importer.script import Script, WrittenTable, folded, named
from retailflow.importer.tokens import Kind, Places, Token, tokens

_MODULES = frozenset({"PROC", "PROCEDURE", "FUNCTION", "TRIGGER", "VIEW"})  # each has a batch for itself, whatever stands in it
_STARTS = frozenset({
    "ALTER", "BEGIN", "CLOSE", "COMMIT", "CREATE", "DECLARE", "DENY", "DROP", "ELSE", "END", "EXEC", "EXECUTE", "GRANT", "IF",
    "INSERT", "MERGE", "OPEN", "PRINT", "RAISERROR", "RETURN", "REVOKE", "SELECT", "TRUNCATE", "USE", "WAITFOR", "WHILE",
})  # fmt: skip


def read_script(path: str, text: str) -> Script:
    """What a script says; `path` is what findings call it."""
    script = Script(path, text)
    cursor = Cursor(list(tokens(text)))
    places = Places(path, text)
    while not cursor.done:
        word = cursor.next().word
        if word == "CREATE":
            _create(script, cursor, places)
        elif word == "ALTER":
            _alter(script, cursor)
        elif word in ("EXEC", "EXECUTE", "SP_ADDEXTENDEDPROPERTY"):
            called = cursor.dotted() if word != "SP_ADDEXTENDEDPROPERTY" else (word,)
            if called and called[-1].upper() == "SP_ADDEXTENDEDPROPERTY":
                read_description(script, cursor)
    return script


def _create(script: Script, cursor: Cursor, places: Places) -> None:
    cursor.takes("OR", "ALTER")
    if cursor.peek().word in _MODULES:
        _to_end_of_batch(cursor)
    elif cursor.takes("TABLE"):
        _table(script, cursor, places)
    elif cursor.takes("TYPE"):
        name = cursor.dotted()
        if name and cursor.takes("FROM"):
            base = read_type(cursor)
            nullable = False if cursor.takes("NOT", "NULL") else None
            if base is not None:
                script.types[folded(named(name))] = (base, nullable)


def _table(script: Script, cursor: Cursor, places: Places) -> None:
    token = cursor.peek()
    name = cursor.dotted()
    if not name or name[-1].startswith("#"):
        return
    if cursor.takes("AS", "FILETABLE"):
        return
    cursor.takes("AS", "NODE") or cursor.takes("AS", "EDGE")
    if not cursor.peek().is_mark("("):
        message = f"CREATE TABLE `{'.'.join(name)}` has no list of columns"
        hint = "it was passed over: CREATE TABLE AS SELECT and external tables do not say what their columns are"
        script.findings.append(Finding("RF621", message, places.of(token), hint, Severity.WARNING))
        return
    table = WrittenTable(named(name), token)
    for element in split(cursor.group()):
        read_element(table, element)
    script.tables.append(table)


def _alter(script: Script, cursor: Cursor) -> None:
    if cursor.peek().word in _MODULES:
        _to_end_of_batch(cursor)
        return
    if not cursor.takes("TABLE"):
        return
    token, name = cursor.peek(), cursor.dotted()
    cursor.takes("WITH", "CHECK") or cursor.takes("WITH", "NOCHECK")
    if not name or not cursor.takes("ADD"):
        return
    table = WrittenTable(named(name), token)
    for element in split(_to_end_of_statement(cursor)):
        read_element(table, element)
    script.added.append(table)


def _to_end_of_statement(cursor: Cursor) -> list[Token]:
    found: list[Token] = []
    depth = 0
    while cursor.peek().kind is not Kind.GO and not (depth == 0 and (cursor.peek().is_mark(";") or cursor.peek().word in _STARTS)):
        token = cursor.next()
        depth += token.is_mark("(") - token.is_mark(")")
        found.append(token)
    return found


def _to_end_of_batch(cursor: Cursor) -> None:
    while cursor.peek().kind is not Kind.GO:
        cursor.next()
