"""Milestones of accumulating snapshots, and the lags between them.

`tmp_reached_<fact>_<milestone>`: the fact's key and `reached`, for milestones that are not a plain column.
"""

from retailflow.model.fact import ChildMilestone, ColumnMilestone, Fact, Lag, StatusMilestone
from retailflow.sql.fact_base import column_of, fact_keys, latest_rows
from retailflow.sql.fill import known
from retailflow.sql.keys import reference
from retailflow.sql.local_time import local
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Temp
from retailflow.types import ColumnType, Kind, parse_type

_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_TIME = parse_type("datetime2(6)")


def reached_name(fact: Fact, milestone: str) -> str:
    return temp("reached", f"{fact.name}_{milestone}")


def milestones(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    temps = []
    for milestone in fact.milestones:
        match milestone:
            case ChildMilestone():
                temps.append(Temp(reached_name(fact, milestone.name), _of_children(s, milestone), s.keys))
            case StatusMilestone():
                temps.append(Temp(reached_name(fact, milestone.name), _of_status(s, fact, milestone), s.keys))
            case ColumnMilestone():
                pass
    return tuple(temps)


def values(s: Scope, fact: Fact) -> tuple[dict[str, str], list[str]]:
    """What each milestone and lag shows over the base rows, aliased b; and the joins that takes."""
    shown: dict[str, str] = {}
    joins: list[str] = []
    for i, milestone in enumerate(fact.milestones):
        if isinstance(milestone, ColumnMilestone):
            shown[milestone.name] = f"b.{s.d.ident(milestone.column)}"
        else:
            joins.append(f" LEFT JOIN {reached_name(fact, milestone.name)} AS m{i} ON {on(f'm{i}', 'b', s.keys)}")
            shown[milestone.name] = f"m{i}._reached"
    for i, lag in enumerate(fact.lags):
        value, lag_joins = _lag(s, fact, lag, shown, i)
        shown[lag.name] = value
        joins += lag_joins
    return shown, joins


def type_of(s: Scope, fact: Fact, name: str) -> ColumnType:
    """The type of a milestone, or of a raw column that a lag names."""
    for milestone in fact.milestones:
        if milestone.name == name:
            match milestone:
                case ColumnMilestone():
                    return column_of(s, fact, milestone.column).type
                case ChildMilestone():
                    return s.project.table(milestone.table).column(milestone.column).type
                case StatusMilestone():
                    return _TIME
    return column_of(s, fact, name).type


def _of_children(s: Scope, milestone: ChildMilestone) -> str:
    """Over the live rows of the child table."""
    d, c = s.d, Scope(s.project, s.project.table(milestone.table), s.d)
    keys = [reference(d, f"r.{d.ident(by)}", c.table.column(by), s.table, key) for by, key in zip(milestone.by, s.table.key, strict=True)]
    shown = ", ".join(f"{x} AS {k}" for x, k in zip(keys, s.keys, strict=True))
    pick = "MIN" if milestone.first else "MAX"
    return (
        f"SELECT {shown}, {pick}(r.{d.ident(milestone.column)}) AS _reached FROM ({latest_rows(c, None)}) AS r GROUP BY {', '.join(keys)}"
    )


def _of_status(s: Scope, fact: Fact, milestone: StatusMilestone) -> str:
    """Where the states after the last one that is not at or past the status begin; nothing when that is the last of all."""
    d, chain = s.d, s.temp("chain")
    at_or_past = ", ".join(s.text(v) for v in milestone.order[milestone.order.index(milestone.at) :])
    status = f"c.{d.ident(milestone.column)}"
    holds = f"c._deleted = 0 AND {known(s, milestone.column, 'c')} AND {status} IS NOT NULL AND {status} IN ({at_or_past})"
    keys = qualified("c", s.keys)
    broken = (
        f"SELECT {keys}, MAX(CASE WHEN {holds} THEN NULL ELSE c._n END) AS _last_n FROM {chain} AS c "
        f"JOIN {fact_keys(fact)} AS k ON {on('k', 'c', s.keys)} GROUP BY {keys}"
    )
    return (
        f"SELECT {keys}, MIN(c._eff) AS _reached FROM {chain} AS c JOIN ({broken}) AS x ON {on('x', 'c', s.keys)} "
        f"WHERE c._n > COALESCE(x._last_n, 0) GROUP BY {keys}"
    )


def _lag(s: Scope, fact: Fact, lag: Lag, shown: dict[str, str], i: int) -> tuple[str, list[str]]:
    d = s.d
    ends = [(shown.get(name) or f"b.{d.ident(name)}", type_of(s, fact, name)) for name in (lag.start, lag.end)]
    if lag.unit == "day":
        zone = s.table.source.time_zone
        clocks = [local(s, x, t, zone, f"l{i}{side}") for (x, t), side in zip(ends, "ab", strict=True)]
        start, end = (d.date_of(clock.value) for clock in clocks)
        return d.cast(d.days_between(start, end), d.bigint), [clock.join for clock in clocks if clock.join]
    start, end = (d.epoch_us(d.cast(x, d.timestamp_type) if t.kind is Kind.DATE else x) for x, t in ends)
    elapsed, unit = f"({end} - {start})", _SECONDS[lag.unit] * 1_000_000
    return f"CASE WHEN {elapsed} >= 0 THEN {d.floor_div(elapsed, unit)} ELSE -{d.floor_div(f'-{elapsed}', unit)} END", []
