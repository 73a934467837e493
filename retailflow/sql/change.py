"""Making a table what it should be: rows that no longer exist are deleted, those new or different are merged, no other is touched."""

from collections.abc import Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.sql.scope import on, qualified
from retailflow.sql.statement import Execute, Temp

ENDS = ("valid_to", "is_current")  # what most changed rows of a dimension differ in, and nothing else
NEW, ENDED, CHANGED = 1, 2, 3  # `_difference`: the row is not there; differs in the columns that change often; in others too


def have_name(want: str) -> str:
    return f"{want}_have"


def change(
    d: Dialect,
    target: str,
    want: str,
    scope: str,
    keys: Sequence[str],
    columns: Sequence[str],
    scope_keys: Sequence[str],
    often: Sequence[str] = (),
    others: str | None = None,
) -> tuple[Temp | Execute, ...]:
    """`want` holds the rows the target should have for the keys in the relation `scope` (columns `scope_keys`); rows are told apart by `keys`.

    `others`: SELECT of more rows that are new or different, of keys that are not in `scope`.

    Leaves `<want>_gone` (keys), `<want>_delta` (rows, and `_difference`), and `<want>_have`, what was there.
    """
    have, gone, delta = have_name(want), f"{want}_gone", f"{want}_delta"
    current = f"SELECT {qualified('t', columns)} FROM {target} AS t JOIN {scope} AS k ON {on('t', 'k', scope_keys)}"
    missing = f"SELECT {qualified('h', keys)} FROM {have} AS h LEFT JOIN {want} AS w ON {on('w', 'h', keys)} WHERE w.{keys[0]} IS NULL"
    few = _differ(d, [c for c in often if c not in keys])
    rest = _differ(d, [c for c in columns if c not in (*keys, *often)])
    difference = f"CASE WHEN h.{keys[0]} IS NULL THEN {NEW} WHEN {rest} > 0 THEN {CHANGED} ELSE {ENDED} END AS _difference"
    new = f"SELECT {qualified('w', columns)}, {difference} FROM {want} AS w LEFT JOIN {have} AS h ON {on('h', 'w', keys)} WHERE h.{keys[0]} IS NULL"
    new += f" OR {rest} > 0 OR {few} > 0" + (f" UNION ALL {others}" if others else "")
    return (
        Temp(have, current, tuple(scope_keys)),
        Temp(gone, missing, tuple(scope_keys)),
        Temp(delta, new, tuple(scope_keys)),
        Execute(d.delete_using(target, gone, keys)),
        *(Execute(statement) for statement in d.take_over(target, delta, keys, columns, often)),
    )


def _differ(d: Dialect, columns: Sequence[str]) -> str:
    """In how many of the columns w and h differ."""
    return " + ".join(d.changed(f"w.{c}", f"h.{c}") for c in columns) or "0"
