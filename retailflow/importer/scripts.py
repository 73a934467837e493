"""Several scripts together: alias types resolved, later constraints and descriptions put where they belong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from retailflow.errors import Finding, Place, Severity
from retailflow.importer.imported import Imported, ImportedColumn, ImportedTable
from retailflow.importer.script import Name, Script, WrittenColumn, WrittenTable, WrittenType, folded
from retailflow.importer.statements import read_script as read_text
from retailflow.importer.tokens import Places
from retailflow.types import UnknownTypeError, parse_type

_BUILT_IN_SCHEMAS = ("", "sys")
_DEPTH = 8  # an alias type is made from a type of the system, so more is a circle


def read_script(file: Path, name: str) -> Script | Finding:
    """A script in a file, whatever wrote it: UTF-8 or UTF-16, with or without a mark, else the Western code page."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        return Finding("RF620", f"`{name}` cannot be read: {(error.strerror or str(error)).lower()}")
    return read_text(name, _decoded(raw))


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


@dataclass(slots=True)
class _Reader:
    """What all scripts say together."""

    types: dict[Name, tuple[WrittenType, bool | None]] = field(default_factory=dict)
    descriptions: dict[tuple[Name, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def import_scripts(scripts: Iterable[Script]) -> Imported:
    """The tables of all scripts, and what is to be said about them."""
    scripts = list(scripts)
    reader = _Reader()
    tables: dict[Name, tuple[WrittenTable, Places]] = {}
    for script in scripts:
        places = Places(script.path, script.text)
        reader.types.update(script.types)
        reader.descriptions.update(script.descriptions)
        reader.findings += script.findings
        for table in script.tables:
            if folded(table.name) in tables:
                message = f"table `{'.'.join(table.name)}` was created before"
                reader.findings.append(Finding("RF626", message, places.of(table.token), "the first is taken", Severity.WARNING))
            else:
                tables[folded(table.name)] = (table, places)
    for script in scripts:
        for added in script.added:
            if folded(added.name) in tables:
                _add(tables[folded(added.name)][0], added)
    imported = [_table(reader, table, places) for table, places in tables.values()]
    return Imported(tuple(t for t in imported if t is not None), tuple(reader.findings), frozenset(reader.broken))


def _add(table: WrittenTable, added: WrittenTable) -> None:
    table.columns += added.columns
    table.key = table.key or added.key
    table.unique += added.unique
    table.foreign_keys += added.foreign_keys


def _table(reader: _Reader, table: WrittenTable, places: Places) -> ImportedTable | None:
    name = ".".join(table.name)
    key = {c.lower() for c in table.key}
    columns: dict[str, ImportedColumn] = {}
    sound = True
    for column in table.columns:
        place = places.of(column.token)
        read = _column(reader, name, column, column.name.lower() in key, place)
        sound = sound and read is not None
        if isinstance(read, ImportedColumn):
            if read.name.lower() in columns or not read.name.strip():
                message = f"column `{read.name}` of `{name}` {'is there twice' if read.name.strip() else 'has no name that shows'}"
                reader.findings.append(Finding("RF627", message, place, "it was left out", Severity.WARNING))
            else:
                columns[read.name.lower()] = _described(reader, table.name, read)
    if not sound or not columns:
        reader.broken.add(name)
        return None
    spelling = {c.name.lower(): c.name for c in columns.values()}
    return ImportedTable(
        schema=table.name[0],
        name=table.name[1],
        columns=tuple(columns.values()),
        key=_key(reader, table, name, spelling, places),
        place=places.of(table.token),
        unique=tuple(tuple(spelling.get(c.lower(), c) for c in unique) for unique in table.unique),
        foreign_keys=tuple(f for f in table.foreign_keys if all(c.lower() in spelling for c in f.columns)),
        description=reader.descriptions.get((folded(table.name), ""), ""),
    )


def _described(reader: _Reader, table: Name, column: ImportedColumn) -> ImportedColumn:
    text = reader.descriptions.get((folded(table), column.name.lower()), "")
    return ImportedColumn(column.name, column.type, column.nullable, column.place, text)


def _key(reader: _Reader, table: WrittenTable, name: str, spelling: Mapping[str, str], places: Places) -> tuple[str, ...]:
    missing = [c for c in table.key if c.lower() not in spelling]
    if missing:
        message = f"the primary key of `{name}` has column `{missing[0]}`, which is not carried"
        reader.findings.append(Finding("RF625", message, places.of(table.token), "name another key with `--key`", Severity.WARNING))
        return ()
    return tuple(dict.fromkeys(spelling[c.lower()] for c in table.key))


def _column(reader: _Reader, table: str, column: WrittenColumn, in_key: bool, place: Place) -> ImportedColumn | str | None:
    """The column; a text when it is left out; None when the table cannot be read without it."""
    if column.type is None:
        message = f"`{column.name}` of `{table}` is computed, and change capture has no values of it"
        hint = "it was left out; derive it in the spec with `expr`"
        reader.findings.append(Finding("RF623", message, place, hint, Severity.WARNING))
        return "computed"
    type_, nullable = column.type, column.nullable
    for _ in range(_DEPTH):
        text = _spelt(type_)
        alias = reader.types.get(folded((type_.parts[-2] if len(type_.parts) > 1 else "dbo", type_.parts[-1])))
        built_in = len(type_.parts) == 1 or type_.parts[-2].lower() in _BUILT_IN_SCHEMAS
        if alias is None or (built_in and _is_known(text)):
            break
        type_, nullable = alias[0], nullable if nullable is not None else alias[1]
    else:
        text = ".".join(type_.parts)
    if built_in and _is_known(text):
        return ImportedColumn(column.name, text, nullable is not False and not in_key, place)
    return _refuse(reader, table, column, type_, text, built_in, place)


def _refuse(
    reader: _Reader, table: str, column: WrittenColumn, type_: WrittenType, text: str, built_in: bool, place: Place
) -> ImportedColumn | str | None:
    try:
        parse_type(text)
    except UnknownTypeError as error:
        if built_in and "is not a T-SQL type" not in str(error):
            message = f"`{column.name}` of `{table}` cannot be carried: {error}"
            reader.findings.append(Finding("RF624", message, place, "it was left out", Severity.WARNING))
            return "type"
    name = ".".join(p for p in type_.parts if p)
    message = f"`{column.name}` of `{table}` is of type `{name}`, which these files do not define"
    hint = f"add the file that has `CREATE TYPE {name} FROM …`: `--from-ddl` takes several files, and folders"
    reader.findings.append(Finding("RF622", message, place, hint))
    return None


def _spelt(type_: WrittenType) -> str:
    """`NVARCHAR (25)` as `nvarchar(25)`; what a schema says about XML is left out."""
    name = type_.parts[-1].lower()
    arguments = () if name == "xml" else tuple(a.lower() for a in type_.arguments)
    return f"{name}({','.join(arguments)})" if arguments else name


def _is_known(text: str) -> bool:
    try:
        parse_type(text)
    except UnknownTypeError:
        return False
    return True
