"""Periodic snapshots: the state of every key at the last microsecond of every period, or at `as_of` in the running one."""

from retailflow.model.fact import Fact, Period
from retailflow.sql.fact_base import base_name, fact_keys
from retailflow.sql.local_time import local
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp
from retailflow.types import parse_type

_TIME = parse_type("datetime2(6)")


def stretches_name(fact: Fact) -> str:
    return temp("stretches", fact.name)


def as_of(s: Scope) -> str:
    """The `as_of` of the table's source, a scalar."""
    return f"(SELECT MAX(a.as_of) FROM {s.names.sources} AS a WHERE a.source = {s.text(s.table.source.name)})"


def period_of(s: Scope, fact: Fact, utc: str, alias: str) -> tuple[str, str]:
    """(the first local day of the period a UTC moment falls into, the join that takes)."""
    clock = local(s, utc, _TIME, s.table.source.time_zone, alias)
    assert fact.period is not None, "resolved: a periodic snapshot has a period"
    return s.d.trunc_period(clock.value, fact.period.value), clock.join


def following(s: Scope, fact: Fact, start: str, periods: str = "1") -> str:
    """The first day of the period so many after the one that starts on a day."""
    if fact.period is Period.MONTH:
        return s.d.add_months(start, periods)
    return s.d.add_days(start, f"({periods}) * {7 if fact.period is Period.WEEK else 1}")


def end_of(s: Scope, fact: Fact, start: str, alias: str) -> tuple[str, str]:
    """(the last microsecond of the period that starts on a local day, in UTC; the join that takes)."""
    d, zone = s.d, s.table.source.time_zone
    midnight = d.cast(following(s, fact, start), d.timestamp_type)
    join = ""
    if zone != "UTC":
        join = (
            f" LEFT JOIN {s.names.zones} AS {alias} ON {alias}.zone = {s.text(zone)} AND {midnight} >= {alias}.local_from "
            f"AND {midnight} < {alias}.local_to"
        )
        midnight = d.add_seconds(midnight, f"-{alias}.offset_seconds")
    return d.add_microseconds(midnight, "-1"), join


def base(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    """`tmp_base_<fact>`: the values of the state in force, `period_start` and `moment`, for every period of the wanted keys."""
    d, stretches = s.d, stretches_name(fact)
    now = as_of(s)
    w = f"OVER (PARTITION BY {qualified('c', s.keys)} ORDER BY c._n"
    numbered = (
        f"SELECT c.*, LEAD(c._eff) {w}) AS _next_eff, MIN(c._eff) OVER (PARTITION BY {qualified('c', s.keys)}) AS _first_eff, {now} AS _as_of "
        f"FROM {s.temp('chain')} AS c JOIN {fact_keys(fact)} AS k ON {on('k', 'c', s.keys)}"
    )
    begins, join_a = period_of(s, fact, "x._eff", "za")
    first, join_f = period_of(s, fact, "x._first_eff", "zf")
    last, join_l = period_of(s, fact, "x._as_of", "zl")
    ends, join_e = period_of(s, fact, "COALESCE(x._next_eff, x._as_of)", "ze")
    spans = (
        f"SELECT x.*, {begins} AS _begins, {first} AS _first_period, {last} AS _last_period, {ends} AS _ends "
        f"FROM ({numbered}) AS x{join_a}{join_f}{join_l}{join_e} WHERE x._deleted = 0 AND x._eff <= x._as_of"
    )
    # one period more on either side, since what counts is the moment; midnight may stand twice on the clock
    starts = following(s, fact, "y._begins", "n.n - 1")
    count = _periods_at_most(s, fact)
    numbered_periods = f"SELECT y.*, {starts} AS period_start FROM {stretches} AS y JOIN {s.names.numbers} AS n ON n.n <= {count}"
    end, join_m = end_of(s, fact, "p.period_start", "zm")
    moments = f"SELECT p.*, CASE WHEN {end} < p._as_of THEN {end} ELSE p._as_of END AS _moment FROM ({numbered_periods}) AS p{join_m}"
    own = [f"q.{d.ident(c.name)}" for c in s.table.columns]
    select = (
        f"SELECT {', '.join(own)}, q.period_start, q._moment, {d.null(d.timestamp_type)} AS _since FROM ({moments}) AS q "
        "WHERE q.period_start >= q._first_period AND q.period_start <= q._last_period AND q._moment >= q._eff "
        "AND (q._next_eff IS NULL OR q._moment < q._next_eff)"
    )
    return Temp(stretches, spans, s.keys), Temp(base_name(fact), select, s.keys)


def _periods_at_most(s: Scope, fact: Fact) -> str:
    """How many periods a stretch may have, with one on either side."""
    if fact.period is Period.MONTH:
        months = (
            "(EXTRACT(YEAR FROM y._ends) - EXTRACT(YEAR FROM y._begins)) * 12 + EXTRACT(MONTH FROM y._ends) - EXTRACT(MONTH FROM y._begins)"
        )
        return f"{months} + 2"
    days = s.d.days_between("y._begins", "y._ends")
    return f"{s.d.floor_div(days, 7) if fact.period is Period.WEEK else days} + 2"


def touch_by_clock(s: Scope, fact: Fact) -> Step:
    """When `as_of` has entered another period, every living key has one row more."""
    more = temp("clock", fact.name)
    before, join_b = period_of(s, fact, "c._was", "zb")
    after, join_n = period_of(s, fact, "c.now", "zn")
    clock = f"SELECT a.as_of AS now, a.loaded_as_of AS _was FROM {s.names.sources} AS a WHERE a.source = {s.text(s.table.source.name)}"
    entered = f"SELECT 1 FROM ({clock}) AS c{join_b}{join_n} WHERE c._was IS NULL OR {before} <> {after}"
    all_keys = f"SELECT DISTINCT {qualified('l', s.keys)} FROM {s.log} AS l"
    union = f"SELECT {qualified('k', s.keys)} FROM {fact_keys(fact)} AS k UNION {all_keys}"
    return Step(
        f"another period of {fact.name}",
        (Temp(more, union, s.keys), Temp(fact_keys(fact), f"SELECT * FROM {more}", s.keys)),
        entered,
    )
