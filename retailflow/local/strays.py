"""Records of no table: heartbeats are counted as skipped, those of topics without a spec as quarantined."""

from retailflow.local.arrivals import BEATS, STRAYS
from retailflow.sql.dialects import Dialect
from retailflow.sql.names import Names
from retailflow.sql.statement import Execute, Step, Temp

NO_SPEC = "no_spec"
_NEW_BEATS, _NEW_STRAYS, _TALLY = "tmp_new_beats", "tmp_new_strays", "tmp_stray_counts"
_AT = ("topic", "generation", "partition_no", "record_offset")
_GROUP = ("topic", "generation", "partition_no")
_COUNTS = ("received", "applied", "duplicate", "skipped", "quarantined")


def steps(names: Names) -> tuple[Step, ...]:
    """Each coordinate is taken once, however often its record comes."""
    return (
        Step("take heartbeats", _take_beats(names), f"SELECT 1 FROM {BEATS} LIMIT 1"),
        Step("quarantine topics without a spec", _take_strays(names), f"SELECT 1 FROM {STRAYS} LIMIT 1"),
    )


def reclaim(names: Names, topics: tuple[str, ...]) -> Step:
    """A topic that has got a spec is read anew: what was said of its records before no longer holds."""
    listed = ", ".join(names.d.literal(topic) for topic in topics)
    quarantine = names.quarantine
    # a table quarantines records of other tables under the same code, and under its name
    mine = f"{quarantine}.topic IN ({listed}) AND {quarantine}.code = {names.d.literal(NO_SPEC)} AND {quarantine}.table_name = ''"
    found = f"SELECT DISTINCT topic FROM {names.quarantine} WHERE {mine}"
    return Step(
        "reclaim topics that have got a spec",
        (
            Execute(f"DELETE FROM {names.counts} WHERE topic IN ({found})"),
            Execute(names.d.delete_where(quarantine, mine)),
        ),
        f"{found} LIMIT 1",
    )


def _take_beats(names: Names) -> tuple[Temp | Execute, ...]:
    columns = ", ".join((*_AT, "table_name", "content", "fate"))
    return (
        _once(_NEW_BEATS, BEATS, names.passed),
        Execute(f"INSERT INTO {names.passed} ({columns}) SELECT {', '.join(_AT)}, '', content, 'skipped' FROM {_NEW_BEATS}"),
        *_count(names, _NEW_BEATS, "skipped"),
    )


def _take_strays(names: Names) -> tuple[Temp | Execute, ...]:
    columns = ", ".join((*_AT, "table_name", "code", "detail", "payload", "content", "record_ts"))
    detail = names.d.concat([names.d.literal("no table reads the topic "), "topic"])
    values = f"{', '.join(_AT)}, '', {names.d.literal(NO_SPEC)}, {detail}, record_value, content, record_ts"
    return (
        _once(_NEW_STRAYS, STRAYS, names.quarantine),
        Execute(f"INSERT INTO {names.quarantine} ({columns}) SELECT {values} FROM {_NEW_STRAYS}"),
        *_count(names, _NEW_STRAYS, "quarantined"),
    )


def _once(name: str, raw: str, taken: str) -> Temp:
    columns = ", ".join((*_AT, "record_value", "content", "record_ts"))
    at = " AND ".join(f"t.{c} = r.{c}" for c in _AT)
    first = f"SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY {', '.join(_AT)} ORDER BY content) AS copy_no FROM {raw}"
    return Temp(name, f"SELECT {columns} FROM ({first}) AS r WHERE copy_no = 1 AND NOT EXISTS (SELECT 1 FROM {taken} AS t WHERE {at})")


def _count(names: Names, fresh: str, fate: str) -> tuple[Temp | Execute, ...]:
    d: Dialect = names.d
    group = ", ".join(f"f.{c}" for c in _GROUP)
    on = " AND ".join(f"f.{c} = c.{c}" for c in _GROUP)
    sums = ", ".join(f"{'COUNT(*)' if c in ('received', fate) else '0'} + COALESCE(MAX(c.{c}), 0) AS {c}" for c in _COUNTS)
    tally = f"SELECT {group}, {sums} FROM {fresh} AS f LEFT JOIN {names.counts} AS c ON {on} GROUP BY {group}"
    return Temp(_TALLY, tally), Execute(d.merge(names.counts, _TALLY, _GROUP, (*_GROUP, *_COUNTS)))
