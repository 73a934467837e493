"""Keys that go on: the one new event of a key comes after everything known of it, so the rows its dimension has tell all that its chain would.

What was there is read as `tmp_had_<dimension>`; `tmp_goes_<dimension>` has the keys that need no chain, and what their event does to them. Their rows are the ones they
had, of which the open one may end and what is restated on every row is set anew, and a new version where a tracked attribute changed.
Keys in doubt are folded in full.
"""

from retailflow.model.dimension import Dimension, OnDelete
from retailflow.scd import Scd
from retailflow.sql.change import CHANGED, ENDED, NEW
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dimension_key import surrogate_key
from retailflow.sql.horizon import none_onward, onward_name
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified, spelling
from retailflow.sql.shape import dimension_columns
from retailflow.sql.statement import Step, Temp
from retailflow.sql.timeline import open_end


def goes_on(dimension: Dimension) -> bool:
    """Whether what a dimension shows of a key follows from its rows and the next event."""
    return dimension.on_delete is OnDelete.CLOSE and not dimension.lookups and dimension.effective is None


def some_go_on(s: Scope) -> bool:
    """Whether a dimension of the table can do without chains."""
    return any(map(goes_on, dimensions_of(s.table)))


def none_goes_on(s: Scope) -> tuple[Temp, ...]:
    """For folds that are not of new events: every key that is touched is folded in full."""
    return (none_onward(s),) if some_go_on(s) else ()


def goes_name(dimension: Dimension) -> str:
    return temp("goes", dimension.name)


def find(s: Scope, dimension: Dimension) -> Step:
    """Which keys go on: those with an open row, and new ones; of a deletion only those with an open row."""
    target, had, goes = s.names.warehouse(dimension.name), _had(dimension), goes_name(dimension)
    restates = _restates(s, dimension)
    first = f"h.{s.keys[0]}"
    early = f", {_turns(s, dimension, 't')} AS _turns" if _is_compared_early(s, dimension) else ""
    rows = f"SELECT {qualified('t', _read(s, dimension))}{early} FROM {target} AS t JOIN {onward_name(s)} AS o ON {on('t', 'o', s.keys)}"
    rows += "" if restates else " AND t.is_current"
    event = qualified("o", (*s.keys, "_eff", "_deleted"))
    select = f"SELECT {event}, {_opens(s, dimension)} AS _opens FROM {onward_name(s)} AS o LEFT JOIN {had} AS h ON {on('h', 'o', s.keys)} AND h.is_current"
    begins = f"{first} IS NULL AND o._deleted = 0"
    temps = [Temp(had, rows, s.keys)]
    if restates:
        lone, seen = temp("lone", dimension.name), temp("seen_before", dimension.name)
        without = f"SELECT {qualified('o', s.keys)} FROM {onward_name(s)} AS o LEFT JOIN {had} AS h ON {on('h', 'o', s.keys)} WHERE {first} IS NULL"
        several = f"SELECT {qualified('l', s.keys)} FROM {s.log} AS l JOIN {lone} AS n ON {on('n', 'l', s.keys)} GROUP BY {qualified('l', s.keys)} HAVING COUNT(*) > 1"
        temps += [Temp(lone, without, s.keys), Temp(seen, several, s.keys)]
        select += f" LEFT JOIN {lone} AS n ON {on('n', 'o', s.keys)} LEFT JOIN {seen} AS b ON {on('b', 'o', s.keys)}"
        never = f"n.{s.keys[0]} IS NOT NULL AND b.{s.keys[0]} IS NULL"
        begins += f" AND ({never})" if dimension.versioned else f" AND (n.{s.keys[0]} IS NULL OR b.{s.keys[0]} IS NULL)"
    return Step(
        f"keys of {dimension.name} that go on",
        (*temps, Temp(goes, f"{select} WHERE ({first} IS NOT NULL AND NOT h.is_inferred) OR ({begins})", s.keys)),
    )


def differences(s: Scope, dimension: Dimension) -> str:
    """SELECT of the rows that differ from what was there or are new, each with its `_difference`: see `sql.change`."""
    d, had, goes = s.d, _had(dimension), goes_name(dimension)
    shown = [(c.name, d.ident(c.name), d.type(c.type)) for c in dimension_columns(s.project, s.table, dimension)]
    kept, new = _kept(s, dimension), _new(s, dimension)
    read = _read(s, dimension)
    there = {column: f"t.{column}" if column in read else d.null(kind) for _, column, kind in shown}
    of_kept = ", ".join(f"{kept.get(column, there[column])} AS {column}" for _, column, _ in shown)
    of_new = ", ".join(f"{new.get(name, f'o.{column}')} AS {column}" for name, column, _ in shown)
    flags = f"{_restates_any(s, dimension)} AS _restates, CASE WHEN {_ends_or_begins(dimension)} THEN 1 ELSE 0 END AS _moves"
    rows = f"SELECT {of_kept}, {flags} FROM {had} AS t JOIN {goes} AS g ON {on('t', 'g', s.keys)}"
    rows += f" JOIN {onward_name(s)} AS o ON {on('o', 'g', s.keys)}" if _restates(s, dimension) else ""
    opened = f"{onward_name(s)} AS o JOIN {goes} AS g ON {on('g', 'o', s.keys)}"
    if any("h." in value for value in new.values()):
        opened += f" LEFT JOIN {had} AS h ON {on('h', 'g', s.keys)} AND h.is_current"
    return (
        f"SELECT {qualified('x', [column for _, column, _ in shown])}, CASE WHEN x._restates > 0 THEN {CHANGED} ELSE {ENDED} END AS _difference "
        f"FROM ({rows}) AS x WHERE x._restates > 0 OR x._moves = 1 "
        f"UNION ALL SELECT {of_new}, {NEW} AS _difference FROM {opened} WHERE g._deleted = 0 AND g._opens = 1"
    )


def _read(s: Scope, dimension: Dimension) -> list[str]:
    """The columns asked of a row that is there. Where its end is all that may change, an engine that changes ends apart needs no more of it than
    what is tracked, and not even that where it was compared already."""
    columns = [s.d.ident(c.name) for c in dimension_columns(s.project, s.table, dimension)]
    if _restates(s, dimension) or not s.d.changes_apart:
        return columns
    compared = [] if _is_compared_early(s, dimension) else _tracked(s, dimension)
    needed = {*s.keys, "valid_from", "valid_to", "is_current", "is_inferred", *compared}
    return [column for column in columns if column in needed]


def _is_compared_early(s: Scope, dimension: Dimension) -> bool:
    """Whether a row is held against the event while it is read, and `_turns` kept of it, not its columns: dearer where columns are kept apart."""
    return s.d.by_row and not _restates(s, dimension)


def _ends_or_begins(dimension: Dimension) -> str:
    """Whether the end of a row t that was there is another now."""
    return "t.is_current AND (g._deleted = 1 OR g._opens = 1)" if dimension.versioned else "g._deleted = 1 OR NOT t.is_current"


def _restates_any(s: Scope, dimension: Dimension) -> str:
    """How many columns that every row of the key shows are others now."""
    changed = [s.d.changed(f"o.{new}", f"t.{shown}") for shown, new in _restated(s, dimension).items()]
    return f"CASE WHEN g._deleted = 1 THEN 0 ELSE {' + '.join(changed)} END" if changed else "0"


def _had(dimension: Dimension) -> str:
    return temp("had", dimension.name)


def _restates(s: Scope, dimension: Dimension) -> bool:
    """Whether an event may change what older rows of its key show."""
    return (
        not dimension.versioned or any(a.scd is not Scd.VERSION for a in dimension.attributes) or any(s.table.folds(k) for k in s.table.key)
    )


def _opens(s: Scope, dimension: Dimension) -> str:
    """1 where the event begins a row: there is none that is open, h, or it shows something else of what is tracked; the one row of an
    unversioned dimension where there was none, n, open or not."""
    if not dimension.versioned:
        return f"CASE WHEN n.{s.keys[0]} IS NULL THEN 0 ELSE 1 END"
    turns = "h._turns" if _is_compared_early(s, dimension) else _turns(s, dimension, "h")
    return f"CASE WHEN h.{s.keys[0]} IS NULL THEN 1 ELSE {turns} END"


def _turns(s: Scope, dimension: Dimension, row: str) -> str:
    """1 where the event o shows something else of what is tracked than a row that is there, else 0."""
    changed = " + ".join(s.d.changed(f"o.{c}", f"{row}.{c}") for c in _tracked(s, dimension))
    return f"CASE WHEN {changed} > 0 THEN 1 ELSE 0 END" if changed else "0"


def _tracked(s: Scope, dimension: Dimension) -> list[str]:
    return [s.d.ident(a.column) for a in dimension.attributes if a.scd.opens_versions]


def _restated(s: Scope, dimension: Dimension) -> dict[str, str]:
    """Columns that every row of a key shows alike, each with the column of the event it takes its value from; `previous_` goes with its own."""
    found = {s.d.ident(spelling(k)): s.d.ident(spelling(k)) for k in s.table.key if s.table.folds(k)}
    for a in dimension.attributes:
        column = s.d.ident(a.column)
        match a.scd:
            case Scd.RETAIN:
                pass
            case Scd.HYBRID if dimension.versioned:
                found[f"current_{a.column}"] = column
            case Scd.VERSION if dimension.versioned:
                pass
            case _:
                found[column] = column
    return found


def _kept(s: Scope, dimension: Dimension) -> dict[str, str]:
    """Columns of a row t that was there which the event o of a key g that goes on sets anew, by SQL name; a deletion tells no values."""
    d = s.d
    made = {shown: f"CASE WHEN g._deleted = 1 THEN t.{shown} ELSE o.{new} END" for shown, new in _restated(s, dimension).items()}
    for a in dimension.attributes:
        if a.scd is Scd.PREVIOUS:
            column = d.ident(a.column)
            moved = f"g._deleted = 0 AND {d.changed(f'o.{column}', f't.{column}')} = 1"
            made[f"previous_{a.column}"] = f"CASE WHEN {moved} THEN t.{column} ELSE t.previous_{a.column} END"
    ends = _ends_or_begins(dimension) if dimension.versioned else "g._deleted = 1"
    stays = ("t.valid_to", "t.is_current") if dimension.versioned else (open_end(s), "TRUE")
    made["valid_to"] = f"CASE WHEN {ends} THEN g._eff ELSE {stays[0]} END"
    made["is_current"] = f"CASE WHEN {ends} THEN FALSE ELSE {stays[1]} END"
    return made


def _new(s: Scope, dimension: Dimension) -> dict[str, str]:
    """Columns of the version that the event o opens after the open row h, if there is one, which are not simply its values."""
    d = s.d
    made = {
        dimension.surrogate_key: surrogate_key(s, dimension, "o", "o._eff"),
        "valid_from": "o._eff",
        "valid_to": open_end(s),
        "is_current": "TRUE",
        "is_deleted": "FALSE",
        "is_inferred": "FALSE",
    }
    for a in dimension.attributes:
        column = d.ident(a.column)
        if a.scd is Scd.RETAIN:
            made[a.column] = f"CASE WHEN h.{s.keys[0]} IS NULL THEN o.{column} ELSE h.{column} END"
        elif a.scd is Scd.PREVIOUS:
            made[f"previous_{a.column}"] = (
                f"CASE WHEN {d.changed(f'o.{column}', f'h.{column}')} = 1 AND h.{s.keys[0]} IS NOT NULL THEN h.{column} ELSE h.previous_{a.column} END"
            )
        elif a.scd is Scd.HYBRID and dimension.versioned:
            made[f"current_{a.column}"] = f"o.{column}"
    return made
