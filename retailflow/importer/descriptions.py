"""`sp_addextendedproperty` calls: what people wrote about tables and columns."""

from retailflow.importer.cursor import Cursor
from retailflow.importer.script import Name, Script
from retailflow.importer.tokens import Kind

_ORDER = ("NAME", "VALUE", "LEVEL0TYPE", "LEVEL0NAME", "LEVEL1TYPE", "LEVEL1NAME", "LEVEL2TYPE", "LEVEL2NAME")


def read_description(script: Script, cursor: Cursor) -> None:
    """The arguments of a call, by name or by place; only MS_Description of tables and their columns counts."""
    given: dict[str, str] = {}
    number = 0
    while cursor.peek().kind is not Kind.GO:
        token = cursor.next()
        if token.word.startswith("@") and cursor.takes_mark("="):
            name = token.word.lstrip("@")
            token = cursor.next()
        else:
            name = _ORDER[number] if number < len(_ORDER) else ""
        if token.kind is Kind.STRING or token.is_name:
            given[name] = token.text
        number += 1
        if not cursor.takes_mark(","):
            break
    _take(script, given)


def _take(script: Script, given: dict[str, str]) -> None:
    text = " ".join(given.get("VALUE", "").split())
    level = given.get("LEVEL2TYPE", "").upper()
    about_table = given.get("LEVEL1TYPE", "").upper() == "TABLE" and level in ("", "COLUMN", "NULL")
    if given.get("NAME", "").upper() != "MS_DESCRIPTION" or not about_table or not text:
        return
    schema = given.get("LEVEL0NAME", "dbo") if given.get("LEVEL0TYPE", "").upper() == "SCHEMA" else "dbo"
    table: Name = (schema.lower(), given.get("LEVEL1NAME", "").lower())
    script.descriptions[table, given.get("LEVEL2NAME", "").lower() if level == "COLUMN" else ""] = text
