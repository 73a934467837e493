"""Audits a spec asks for: checks of rows that warn or block, uniqueness, relationships; asked of the live rows of a table."""

from collections.abc import Iterator
from dataclasses import replace

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.sql.audit import Audit, AuditSeverity
from retailflow.sql.audit_log import history
from retailflow.sql.judge import bad
from retailflow.sql.keys import reference
from retailflow.sql.latest import live
from retailflow.sql.scope import Scope, on, qualified

CODE = "RF527"


def audits(s: Scope) -> Iterator[Audit]:
    """Checks with `on_fail: quarantine` are not among them: what fails those is never admitted."""
    for check in s.table.checks:
        if check.on_fail is not OnFail.QUARANTINE:
            yield _audit(s, check, None)


def blocking(s: Scope) -> Iterator[Audit]:
    """The same for checks that block, asked of the keys a load touched only."""
    for check in s.table.checks:
        if check.on_fail is OnFail.BLOCK and s.table.key:
            yield _audit(s, check, s.temp("touched"))


def _audit(s: Scope, check: Check, keys: str | None) -> Audit:
    columns = ", ".join(check.columns)
    match check.kind:
        case CheckKind.UNIQUE:
            what, message, select = "is unique", "has one value twice", _not_unique(s, check, keys)
        case CheckKind.RELATIONSHIP:
            what, message = f"is a key of {check.values[0]}", f"names no live row of `{check.values[0]}`"
            select = _no_parent(s, check, keys)
        case _:
            what, message, select = f"passes {check.kind}", f"fails the check `{check.kind}`", _bad_rows(s, check, keys)
    severity = AuditSeverity.BLOCK if check.on_fail is OnFail.BLOCK else AuditSeverity.WARN
    name, said = f"{columns} of {s.table.name} {what}", f"`{columns}` of `{s.table.name}` {message}"
    return Audit(CODE, name, s.table.name, severity, said, select, history(s))


def _known(s: Scope, check: Check, alias: str) -> str:
    """A column the last event did not tell is not asked."""
    tests = [
        f"({alias}._absent IS NULL OR NOT {s.d.contains(f'{alias}._absent', s.ordinal(c))})" for c in check.columns if c not in s.table.key
    ]
    return " AND ".join(tests) or "TRUE"


def _bad_rows(s: Scope, check: Check, keys: str | None) -> str:
    column = s.table.column(check.columns[0])
    shown = qualified("y", tuple(dict.fromkeys((*s.keys, s.d.ident(column.name)))))
    return f"SELECT {shown} FROM ({live(s, keys)}) AS y WHERE {_known(s, check, 'y')} AND {bad(s.d, check, column, 'y.')}"


def _not_unique(s: Scope, check: Check, keys: str | None) -> str:
    columns = tuple(map(s.d.ident, check.columns))
    present = " AND ".join(f"y.{c} IS NOT NULL" for c in columns)
    grouped = (
        f"SELECT {qualified('y', columns)} FROM ({live(s)}) AS y WHERE {_known(s, check, 'y')} AND {present} "
        f"GROUP BY {qualified('y', columns)} HAVING COUNT(*) > 1"
    )
    shown = qualified("z", tuple(dict.fromkeys((*columns, *s.keys))))
    return f"SELECT {shown} FROM ({live(s, keys)}) AS z JOIN ({grouped}) AS g ON {on('g', 'z', columns)}"


def _no_parent(s: Scope, check: Check, keys: str | None) -> str:
    parent = replace(s, table=s.project.table(check.values[0]))
    child, key = s.table.column(check.columns[0]), parent.table.key[0]
    value = reference(s.d, f"y.{s.d.ident(child.name)}", child, parent.table, key)
    shown = qualified("y", tuple(dict.fromkeys((*s.keys, s.d.ident(child.name)))))
    there = f"SELECT {qualified('q', parent.keys)} FROM ({live(parent)}) AS q"
    return (
        f"SELECT {shown} FROM ({live(s, keys)}) AS y LEFT JOIN ({there}) AS p ON p.{s.d.ident(key)} = {value} "
        f"WHERE {_known(s, check, 'y')} AND y.{s.d.ident(child.name)} IS NOT NULL AND p.{s.d.ident(key)} IS NULL"
    )
