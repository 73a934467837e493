"""Admission: every record becomes a row, a mark, something skipped, or something quarantined, decided by the record alone."""

from collections.abc import Callable, Iterator, Sequence

from retailflow.model.expression import columns_of
from retailflow.model.source import Route
from retailflow.model.table import Column
from retailflow.sql.decode import UNAVAILABLE
from retailflow.sql.expression import render
from retailflow.sql.judge import reason, told, verdict
from retailflow.sql.keys import canonical
from retailflow.sql.ordering import order
from retailflow.sql.scope import Scope, spelling
from retailflow.sql.typing import typed
from retailflow.types import Kind

_SENTINEL_YEARS = (1, 9999)
_CARRIED = (
    *("partition_no", "record_offset", "record_ts", "content", "record_value", "topic", "generation", "extract_id", "extract_ts", "valid"),
    *("mark", "mark_id", "mark_lsn", "mark_keys", "ts_ms", "op"),
)


Stage = Callable[[str], str]


def stages(s: Scope) -> tuple[Stage, ...]:
    """From decoded records to what is kept of them: each makes a SELECT over the relation the one before made."""
    made = _made(s)
    return (*_typed(s), *_zoned(s), *_ordered(s, made), *_judged(s), lambda relation: _kept(s, made, relation))


def records(s: Scope, decoded: str) -> str:
    """SELECT over the decoded records of what is kept of them: all stages, one in the other."""
    sql, relation = "", decoded
    for number, stage in enumerate(stages(s)):
        sql = stage(relation)
        relation = f"({sql}) AS q{number}"
    return sql


def _typed(s: Scope) -> Iterator[Stage]:
    """Typed columns under their names, `given<i>` whether there was a text, `_absent`, `old_<key>` where it may be another."""
    d = s.d
    texts = [f"{_row_text(s, i, c)} AS t{i}" for i, c in enumerate(s.table.columns) if c.expression is None]
    texts += [f"{text} AS o{i}" for i, text in _old_texts(s).items()]
    yield lambda relation: f"SELECT *, {', '.join(texts)} FROM {relation}"
    columns = [*_carried(s), *_source_columns(s)]
    values: list[tuple[int, str]] = []
    for i, c in enumerate(s.table.columns):
        if c.expression is not None:
            continue
        values.append((i, typed(d, f"t{i}", c.type)))
        columns.append(f"t{i} IS NOT NULL AS given{i}")
        if s.table.route is Route.CDC and c.name in s.table.key:
            columns += [f"{typed(d, f'o{i}', c.type)} AS old_{c.name}", f"b{i}__is AS old_{c.name}__is"]
    columns.append(f"{_absent(s)} AS _absent")
    if d.longest and sum(len(value) for _, value in values) > d.longest:
        yield from map(_more, _portions([f"{value} AS x{i}" for i, value in values], d.longest))
        values = [(i, f"x{i}") for i, _ in values]
    columns += [f"{value} AS {s.held(s.table.columns[i].name)}" for i, value in values]
    yield lambda relation: f"SELECT {', '.join(columns)} FROM {relation}"


def _more(columns: Sequence[str]) -> Stage:
    return lambda relation: f"SELECT *, {', '.join(columns)} FROM {relation}"


def _portions(texts: Sequence[str], longest: int) -> Iterator[list[str]]:
    portion: list[str] = []
    for text in texts:
        if portion and sum(map(len, portion)) + len(text) > longest:
            yield portion
            portion = []
        portion.append(text)
    yield portion


def _carried(s: Scope) -> tuple[str, ...]:
    return (*_CARRIED, "ts_ms__is", "op__is") if s.table.route is Route.CDC else _CARRIED


def _kept(s: Scope, made: dict[str, str], judged: str) -> str:
    """What is asked for later: of `record_value` only what nobody could read, of `ts_ms` only when a source was seen, nothing that only helped to
    judge."""
    settled = {"record_value", "valid", "mark", "ts_ms", "ts_ms__is", "op__is", "s_schema", "s_table"}
    settled |= {*(f"given{i}" for i, _ in enumerate(s.table.columns)), *(f"old_{k}__is" for k in s.table.key)}
    kept = [name for name in made if name not in settled]
    value = "CASE WHEN reason IS NOT NULL THEN record_value END AS record_value"
    seen = "CASE WHEN told IN ('mark', 'heartbeat') THEN ts_ms END AS ts_ms"
    return f"SELECT {', '.join([*kept, '_sequence', '_identity', *verdict(s), seen, value])} FROM {judged}"


def _made(s: Scope) -> dict[str, str]:
    """The columns of a record with derived ones and canonical keys, each as an expression over what is typed."""
    d, o = s.d, order(s)
    keep = [*_carried(s), "_absent", *(f"given{i}" for i, c in enumerate(s.table.columns) if c.expression is None)]
    keep += [f"old_{k}__is" for k in s.table.key] if s.table.route is Route.CDC else []
    made = {name: name for name in keep}
    for c in s.table.columns:
        name = s.held(c.name)
        value = name if c.expression is None else render(d, c.expression, "v_")
        made[name] = value
        if c.name in s.table.key:
            made[name] = canonical(d, value, c.type, case_insensitive=s.table.source.case_insensitive)
            made |= {s.held(spelling(c.name)): value} if s.table.folds(c.name) else {}
            if s.table.route is Route.CDC:
                made[f"old_{c.name}"] = canonical(d, f"old_{c.name}", c.type, case_insensitive=s.table.source.case_insensitive)
    if s.table.route is Route.CDC:
        made |= {"s_schema": "s_schema", "s_table": "s_table"}
    return made | {"_commit_ts": o.commit_ts, "_place": o.place, "_snapshot": o.snapshot}


def _ordered(s: Scope, made: dict[str, str]) -> tuple[Stage, ...]:
    """Adds the order, each part computed once."""
    o = order(s)
    columns = [x if x == name else f"{x} AS {name}" for name, x in made.items()]
    return (
        lambda relation: f"SELECT {', '.join([*columns, *o.needs])} FROM {relation}",
        lambda relation: f"SELECT {', '.join(made)}, {o.sequence} AS _sequence FROM {relation}",
    )


def _judged(s: Scope) -> tuple[Stage, ...]:
    """Adds the identity, `told` and `reason`."""
    return (
        lambda relation: f"SELECT *, {order(s).identity} AS _identity, {told(s)} AS told FROM {relation}",
        lambda relation: f"SELECT *, {reason(s)} AS reason FROM {relation}",
    )


def _source_columns(s: Scope) -> tuple[str, ...]:
    if s.table.route is not Route.CDC:
        return ()
    lsns = ("s_lsn", "s_sequence") if s.is_postgres_source else ("s_commit_lsn", "s_change_lsn", "s_event_serial_no")
    return ("s_ts_us", "s_ts_ns", "s_ts_ms", "s_schema", "s_table", "s_snapshot_id", *lsns)


def _row_text(s: Scope, i: int, c: Column) -> str:
    """The text of a column in the row the event is about: of a deletion that is its key, from before or the message key."""
    if s.table.route is not Route.CDC:
        return f"a{i}"
    if c.name in s.table.key:
        return f"CASE WHEN op = 'd' THEN COALESCE(b{i}, k{i}) ELSE a{i} END"
    return f"CASE WHEN op <> 'd' AND a{i} <> {s.text(UNAVAILABLE)} THEN a{i} END"


def _old_texts(s: Scope) -> dict[int, str]:
    """By column of the key its text before an update that writes the key otherwise: of no other record need it be typed."""
    if s.table.route is not Route.CDC:
        return {}
    keys = [i for i, c in enumerate(s.table.columns) if c.name in s.table.key]
    differ = " OR ".join(f"b{i} <> a{i}" for i in keys)
    return {i: f"CASE WHEN op = 'u' AND ({differ}) THEN b{i} END" for i in keys}


def _absent(s: Scope) -> str:
    """Columns the event does not know, NULL when it knows all; what a deletion knows nobody asks."""
    parts, tests = [], []
    for i, c in enumerate(s.table.columns):
        if c.name in s.table.key:
            continue
        if c.expression is None:
            unknown = f"NOT a{i}__is"
            unknown += f" OR a{i} = {s.text(UNAVAILABLE)}" if s.table.route is Route.CDC else ""
        else:
            read = _read(c)
            inputs = [j for j, other in enumerate(s.table.columns) if other.name in read and other.expression is None]
            unknown = " OR ".join(f"NOT a{j}__is" for j in inputs) or "FALSE"
        tests.append(unknown)
        parts.append(f"CASE WHEN {unknown} THEN {s.text(s.ordinal(c.name))} ELSE '' END")
    if not parts:
        return s.d.null(s.d.varchar)
    of_row = "op <> 'd' AND " if s.table.route is Route.CDC else ""
    return f"CASE WHEN {of_row}({' OR '.join(tests)}) THEN {s.d.concat(parts)} END"


def _read(c: Column) -> frozenset[str]:
    return columns_of(c.expression) if c.expression is not None else frozenset()


def _zoned(s: Scope) -> tuple[Stage, ...]:
    """Zoneless times of a zone become UTC by the shipped table; sentinels stay."""
    d = s.d
    zoned = [c for c in s.events() if c.type.kind is Kind.TIMESTAMP and c.time_zone != "UTC"]
    if not zoned:
        return ()
    names = {c.name: i for i, c in enumerate(zoned)}
    replaced, joins = [], []
    for c in zoned:
        x, z = f"w.{s.held(c.name)}", f"z{names[c.name]}"
        shifted = d.add_seconds(x, f"-{z}.offset_seconds")
        replaced.append(f"COALESCE({shifted}, {x}) AS {s.held(c.name)}")
        joins.append(
            f"LEFT JOIN {s.names.zones} AS {z} ON {z}.zone = {s.text(c.time_zone)} AND {x} >= {z}.local_from AND {x} < {z}.local_to "
            f"AND EXTRACT(YEAR FROM {x}) NOT IN {_SENTINEL_YEARS} AND {x} <> {d.timestamp('1900-01-01 00:00:00')}"
        )
    others = [f"w.{n}" for n in _typed_names(s) if n not in {s.held(c.name) for c in zoned}]
    return (lambda relation: f"SELECT {', '.join([*others, *replaced])} FROM (SELECT * FROM {relation}) AS w {' '.join(joins)}",)


def _typed_names(s: Scope) -> list[str]:
    names = [*_carried(s), *_source_columns(s), "_absent"]
    for i, c in enumerate(s.table.columns):
        if c.expression is None:
            names += [s.held(c.name), f"given{i}"]
            if s.table.route is Route.CDC and c.name in s.table.key:
                names += [f"old_{c.name}", f"old_{c.name}__is"]
    return names
