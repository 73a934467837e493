"""The order coordinate of an event as one text that compares byte by byte, and the identity that makes two events one."""

from dataclasses import dataclass

from retailflow.model.source import ExtractMode, Route
from retailflow.sql.keys import canonical_text
from retailflow.sql.scope import Scope

_FULL_LSN = "^[0-9a-fA-F]{8}:[0-9a-fA-F]{8}:[0-9a-fA-F]{4}$"
_LSN = "^[0-9a-fA-F]{1,8}:[0-9a-fA-F]{1,8}:[0-9a-fA-F]{1,4}$"
_EPOCH_SHIFT = 62_135_596_800_000_000  # microseconds from year 1 to 1970, so that no time is negative
SNAPSHOT_OP = "r"
_LSN_WIDTH, _TIME_WIDTH = 20, 18


@dataclass(frozen=True, slots=True)
class Order:
    """SQL over a decoded and typed record: each NULL when it cannot be told. `commit_ts` is a timestamp, the others text.

    `sequence` is over the first three as `_commit_ts`, `_place`, `_snapshot`, and over the columns `needs`; `identity` over it too.
    """

    commit_ts: str
    place: str
    snapshot: str
    sequence: str
    identity: str
    needs: tuple[str, ...] = ()


def order(s: Scope) -> Order:
    match s.table.route:
        case Route.CDC:
            return _cdc(s)
        case Route.STREAM:
            return _stream(s)
        case Route.BATCH:
            return _batch(s)


def time_text(s: Scope, timestamp: str) -> str:
    """A time as 18 digits."""
    return s.d.lpad(f"({s.d.epoch_us(timestamp)} + {_EPOCH_SHIFT})", _TIME_WIDTH)


def lsn(s: Scope, x: str) -> str:
    """An LSN as 20 characters of fixed width, NULL when it is none."""
    d = s.d
    if s.is_postgres_source:
        return f"CASE WHEN {d.matches(x, '^[0-9]{1,20}$')} THEN {d.lpad(x, 20)} END"
    parts = [d.lpad(d.split_part(x, ":", n), width) for n, width in ((1, 8), (2, 8), (3, 4))]
    full = f"WHEN {d.matches(x, _FULL_LSN)} THEN LOWER(REPLACE({x}, ':', ''))"
    return f"CASE {full} WHEN {d.matches(x, _LSN)} THEN LOWER({d.concat(parts)}) END"


def place_of(s: Scope, sequence: str, incarnation: str) -> str:
    """The place an event stands at, an LSN or a time: the first characters of its sequence, as many as the route of its incarnation has."""
    now = f"SUBSTRING({sequence}, 1, {s.place_width})"
    widths = {era.incarnation: _LSN_WIDTH if era.route is Route.CDC else _TIME_WIDTH for era in s.table.eras}
    before = " ".join(f"WHEN {i} THEN SUBSTRING({sequence}, 1, {width})" for i, width in sorted(widths.items()) if width != s.place_width)
    return f"CASE {incarnation} {before} ELSE {now} END" if before else now


def deletion_sequence(s: Scope, place: str, commit_ts: str, snapshot: str) -> str:
    """Where the derived deletions of a complete snapshot stand: first at their place."""
    if s.table.route is Route.CDC:
        return s.d.concat([place, s.text("0"), time_text(s, commit_ts), snapshot])
    return s.d.concat([place, s.text("0"), snapshot])


def source_time(s: Scope, us: str, ns: str, ms: str) -> str:
    """The commit time, from the finest of three counts since 1970."""
    d = s.d
    digits = "^-?[0-9]{1,18}$"
    microseconds = (
        f"CASE WHEN {d.matches(us, digits)} THEN {d.try_cast(us, d.bigint)} "
        f"WHEN {d.matches(ns, '^-?[0-9]{1,19}$')} THEN {d.floor_div(d.try_cast(ns, d.bigint), 1000)} "
        f"WHEN {d.matches(ms, '^-?[0-9]{1,14}$')} THEN {d.try_cast(ms, d.bigint)} * 1000 END"
    )
    return d.from_epoch_us(microseconds)


def moves(s: Scope) -> str:
    """Whether an update changes the key: both are told, in canonical form, and differ."""
    present = " AND ".join(f"old_{k} IS NOT NULL" for k in s.table.key)
    differ = " OR ".join(f"old_{k} <> {s.held(k)}" for k in s.table.key)
    return f"(op = 'u' AND {present} AND ({differ}))"


def _cdc(s: Scope) -> Order:
    d = s.d
    commit_ts = source_time(s, "s_ts_us", "s_ts_ns", "s_ts_ms")
    if s.is_postgres_source:
        bare = "REPLACE(REPLACE(REPLACE(REPLACE(s_sequence, '[', ''), ']', ''), '\"', ''), ' ', '')"
        place = f"CASE WHEN op = 'r' THEN {lsn(s, 's_lsn')} ELSE {lsn(s, d.split_part(bare, ',', 1))} END"
        change, serial = lsn(s, d.split_part(bare, ",", 2)), d.literal("0000000000")
    else:
        place, change = lsn(s, "s_commit_lsn"), lsn(s, "s_change_lsn")
        serial = f"CASE WHEN {d.matches('s_event_serial_no', '^[0-9]{1,10}$')} THEN {d.lpad('s_event_serial_no', 10)} END"
    given = "s_lsn" if s.is_postgres_source else "s_commit_lsn"
    snapshot = f"CASE WHEN op = 'r' THEN COALESCE(s_snapshot_id, {given}) END"
    rank = f"CASE WHEN op = 'd' THEN '1' WHEN op = 'c' OR {moves(s)} THEN '2' ELSE '3' END"  # under its new key a row is created
    of_change = d.concat(["_place", d.literal("2"), change, serial, rank])
    of_row = d.concat(["_place", d.literal("1"), time_text(s, "_commit_ts"), "_snapshot"])
    return Order(
        commit_ts=commit_ts,
        place=place,
        sequence=f"CASE WHEN op = 'r' THEN {of_row} ELSE {of_change} END",
        identity="CASE WHEN op = 'r' THEN 's' || _snapshot ELSE 'c' || _sequence END",
        snapshot=snapshot,
        needs=("s_sequence",) if s.is_postgres_source else ("s_change_lsn", "s_event_serial_no"),
    )


def _stream(s: Scope) -> Order:
    d, t = s.d, s.table
    commit_ts = s.held(t.time) if t.time else "record_ts"
    if t.event_id:
        event = canonical_text(d, s.held(t.event_id), t.column(t.event_id).type)
        tail, identity = event, d.concat([d.literal("e"), event])
    else:
        tail = d.concat([d.lpad("generation", 10), d.lpad("partition_no", 10), d.lpad("record_offset", 20)])
        identity = d.concat([d.literal("o"), tail])
    return Order(commit_ts, time_text(s, commit_ts), "NULL", d.concat(["_place", d.literal("2"), tail]), identity)


def _batch(s: Scope) -> Order:
    """A row of an incremental extract stands at the time it declares itself, another at that of its extract."""
    d, t = s.d, s.table
    declares = t.extract is not None and t.extract.mode is ExtractMode.INCREMENTAL
    commit_ts = s.held(t.time) if t.time and declares else "extract_ts"
    sequence, identity = d.concat(["_place", d.literal("1"), "extract_id"]), d.concat([d.literal("s"), "extract_id"])
    return Order(commit_ts, time_text(s, commit_ts), "extract_id", sequence, identity)
