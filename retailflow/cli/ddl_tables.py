"""Which tables of T-SQL scripts are meant, and their drafts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retailflow.errors import Finding, Severity, StopError, did_you_mean
from retailflow.importer import Draft, Home, Imported, ImportedTable, Wish, draft_of, home_of, import_scripts, read_script
from retailflow.importer.naming import distinct
from retailflow.importer.naming import table as table_name
from retailflow.model.project import Project
from retailflow.rules.reserved import OWN_COLUMNS, OWN_TABLES, REDSHIFT_WORDS, SYSTEM_COLUMNS

RESERVED = REDSHIFT_WORDS | SYSTEM_COLUMNS | OWN_COLUMNS


@dataclass(frozen=True, slots=True)
class Chosen:
    """Drafts of the tables meant, and what is to be said."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]


def read_scripts(paths: Sequence[Path]) -> Imported:
    """Everything in the scripts, and in those of folders. StopError: one cannot be read, or there is none."""
    files = [file for path in paths for file in (sorted(path.rglob("*.sql")) if path.is_dir() else [path])]
    if not files:
        raise StopError([Finding("RF620", f"there is no .sql file in `{paths[0]}`")], 2)
    scripts, findings = [], []
    for file in files:
        script = read_script(file, str(file))
        if isinstance(script, Finding):
            findings.append(script)
        else:
            scripts.append(script)
    if findings:
        raise StopError(findings, 2)
    return import_scripts(scripts)


def one_table(imported: Imported, wanted: str, name: str, wish: Wish, key: tuple[str, ...], project: Project | None) -> Chosen:
    """The table called `wanted` (`Sales.Customer` or `Customer`), or the only one there is. StopError: none, several, or no key."""
    table = _find(imported, wanted)
    home = name or table_name(table.name, OWN_TABLES)
    problem = _unwritable(table, wish) or (None if table.key or key or wish.ingest == "stream" else _no_key(table))
    if problem is not None:
        raise StopError([*imported.findings, problem])
    draft = draft_of(table, home, wish, RESERVED, {**_homes(project), table.full_name.lower(): home_of(table, home, key)}, key)
    return Chosen((draft,), _about(imported, (table,)))


def all_tables(imported: Imported, wish: Wish, project: Project | None, taken: Sequence[str]) -> Chosen:
    """Every table that can be written and is not there; `taken`: names of tables that are."""
    findings = list(imported.findings)
    tables: dict[str, ImportedTable] = {}
    for table in imported.tables:
        problem = _unwritable(table, wish) or (None if table.key or wish.ingest == "stream" else _no_key(table))
        name = table_name(table.name, OWN_TABLES)
        if problem is not None:
            findings.append(replace(problem, severity=Severity.WARNING))
        elif name in taken:
            message = f"table `{name}` is there already; `{table.full_name}` was passed over"
            findings.append(Finding("RF631", message, table.place, "files are never overwritten", Severity.WARNING))
        else:
            tables[distinct(name, tables)] = table
    homes = _homes(project) | {t.full_name.lower(): home_of(t, n) for n, t in tables.items()}
    return Chosen(tuple(draft_of(t, n, wish, RESERVED, homes) for n, t in tables.items()), tuple(findings))


def _find(imported: Imported, wanted: str) -> ImportedTable:
    known = {t.full_name: t for t in imported.tables}
    if not wanted:
        if len(known) == 1 and not imported.broken:
            return imported.tables[0]
        hint = "name one with `--ddl-table`, or take `--all`" if known else None
        listed = ", ".join(f"`{n}`" for n in [*known][:12]) or "none"
        raise StopError([*imported.findings, Finding("RF630", f"there are {len(known)} tables in the script: {listed}", hint=hint)])
    found = [t for n, t in known.items() if wanted.lower() in (n.lower(), t.name.lower())]
    if len(found) == 1:
        return found[0]
    if any(wanted.lower() in (b.lower(), b.split(".", 1)[-1].lower()) for b in imported.broken):
        raise StopError(imported.findings)
    names = [*known, *(t.name for t in imported.tables)]
    message = f"there are several tables `{wanted}` in the script" if found else f"there is no table `{wanted}` in the script"
    hint = f"name the schema: `{found[0].full_name}`" if found else did_you_mean(wanted, names)
    raise StopError([*imported.findings, Finding("RF630", message, hint=hint)])


def _homes(project: Project | None) -> dict[str, Home]:
    """Tables of the project by what they are called at the source."""
    return {
        f"{t.source_schema}.{t.source_table}".lower(): Home(t.name, tuple((c.field, c.type.tsql) for c in t.key_columns))
        for t in (project.tables if project is not None else ())
        if t.source_table is not None
    }


def _unwritable(table: ImportedTable, wish: Wish) -> Finding | None:
    """`source: erp.Sales.Customer` has no way to write a dot, or blanks at an end, within a name."""
    for name in (table.schema, table.name) if wish.ingest == "cdc" else ():
        if "." in name or name != name.strip() or not name.strip():
            hint = "give the source a view or a synonym with a plain name"
            return Finding("RF628", f"`{name}` cannot be written in `source: database.schema.table`", table.place, hint)
    return None


def _no_key(table: ImportedTable) -> Finding:
    unique = next((u for u in table.unique if all(not c.nullable for c in table.columns if c.name in u)), None)
    hint = f"`--key {','.join(unique)}` is unique and never NULL" if unique else "name what tells its rows apart with `--key`"
    return Finding("RF629", f"`{table.full_name}` has no primary key", table.place, hint)


def _about(imported: Imported, tables: Sequence[ImportedTable]) -> tuple[Finding, ...]:
    """Warnings about these tables only: a script may hold a hundred others."""
    named = [f"`{t.full_name}`" for t in tables]
    return tuple(f for f in imported.findings if any(name in f.message for name in named))
