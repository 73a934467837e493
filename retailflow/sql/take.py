"""Taking: what arrived is admitted once, appended to the log, counted, and the keys it touches are named.

Provided by the caller before a load: for every table a relation `raw_<table>` of arrivals with the columns topic, generation, partition_no,
record_offset, record_ts, record_key, record_value, payload, content, extract_id, extract_ts, and `raw_heartbeats (source, commit_ts)`.
Left for the rest of the load: `tmp_touched_<table>` with the keys of the table that have something new.
"""

from retailflow.model.source import Route
from retailflow.sql import admit, horizon, marks, once, onward
from retailflow.sql.decode import decoded
from retailflow.sql.keys import key_text
from retailflow.sql.once import COORDINATES
from retailflow.sql.ordering import moves
from retailflow.sql.scope import LOG_COLUMNS, Scope, on, qualified
from retailflow.sql.statement import Assert, Execute, Step, Temp


def take(s: Scope) -> tuple[Step, ...]:
    """The steps that take the arrivals of one table."""
    something = f"SELECT 1 FROM {s.raw} LIMIT 1"
    goes_on = onward.some_go_on(s)
    untouched = (Temp(s.temp("touched"), _nothing_touched(s), s.keys), *((horizon.none_onward(s),) if goes_on else ()))
    taken = (
        Step(f"admit {s.table.name}", (*_judge(s), *_admit(s))),
        *_conflicts(s),
        Step(f"log {s.table.name}", (*_keep(s), *_count(s))),
    )
    return (
        *((horizon.begin(s),) if goes_on else ()),
        *once.arrivals(s),
        Step(f"take {s.table.name}", taken, something),
        Step(f"touch {s.table.name}", untouched, f"SELECT 1 {_unless(something)}"),
        *marks.settle(s),
    )


def _unless(select: str) -> str:
    return f"WHERE NOT EXISTS ({select})"


def _nothing_touched(s: Scope) -> str:
    return f"SELECT {', '.join(s.keys)} FROM {s.log} WHERE FALSE"


def _judge(s: Scope) -> tuple[Temp, ...]:
    """One statement, or as many as an engine needs because it computes again what is read twice, or takes none so long."""
    dec, rec = s.temp("decoded"), s.temp("records")
    if s.d.computes_once:
        return (Temp(rec, admit.records(s, f"({decoded(s)}) AS d")),)
    temps, sql, relation = ([], "", f"({decoded(s)}{s.d.fence}) AS d") if s.d.fence else ([Temp(dec, decoded(s))], "", dec)
    for number, stage in enumerate(admit.stages(s)):
        if s.d.longest and len(sql) > s.d.longest // 2:
            temps.append(Temp(s.temp(f"stage{len(temps)}"), sql))
            relation = temps[-1].name
        sql = stage(relation)
        relation = f"({sql}{s.d.fence}) AS q{number}"
    return (*temps, Temp(rec, sql))


def _admit(s: Scope) -> tuple[Temp, ...]:
    """`tmp_rows`: events; `tmp_repeats`: which of them are a later copy of their identity, or logged already. Most loads have none."""
    rec, rows, repeats = s.temp("records"), s.temp("rows"), s.temp("repeats")
    events = [_events(s, rec)]
    if s.table.route is Route.CDC:
        events.append(_old_key_deletions(s, rec))
    columns = ", ".join(("topic", *COORDINATES, "part", "_identity", *s.held_keys))
    identity = _identity(s)
    numbered = f"SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY {', '.join(identity)} ORDER BY partition_no, record_offset) AS copy_no FROM {rows}"
    known = f"{_known(s)} AS l ON {_logged(s, 'l', 'n')}"
    again = f"SELECT n.*, l._identity IS NOT NULL AS logged FROM ({numbered}) AS n LEFT JOIN {known} WHERE n.copy_no > 1 OR l._identity IS NOT NULL"
    return Temp(rows, " UNION ALL ".join(events), is_cheap=True), Temp(repeats, again)


def _known(s: Scope) -> str:
    """FROM of the events of the log that may arrive again. Beyond the horizon no change is known, so the log need not be asked for it."""
    era = s.table.era.incarnation
    if s.table.route is not Route.CDC or not onward.some_go_on(s):
        return f"(SELECT {', '.join((*s.keys, '_identity'))} FROM {s.log} WHERE _incarnation = {era})"
    below = f"h.table_name = {s.text(s.table.name)} AND h.incarnation = {era} AND (r._kind <> 2 OR r._commit <= h.last_commit)"
    return (
        f"(SELECT DISTINCT {qualified('k', (*s.keys, '_identity'))} FROM {s.log} AS k "
        f"JOIN {s.temp('rows')} AS r ON {_logged(s, 'k', 'r')} JOIN {s.names.horizon} AS h ON {below} WHERE k._incarnation = {era})"
    )


def _event_columns(s: Scope) -> tuple[str, ...]:
    return ("_commit_ts", "_identity", "_snapshot", "_absent", *s.held_stored)


def _fresh(s: Scope) -> str:
    """FROM and WHERE of the events to be logged, aliased r."""
    coordinates = ("topic", *COORDINATES, "part")
    return f"{s.temp('rows')} AS r WHERE NOT EXISTS (SELECT 1 FROM {s.temp('repeats')} AS i WHERE {on('i', 'r', coordinates)})"


def _identity(s: Scope) -> tuple[str, ...]:
    """What is equal for copies of one event, while it is being admitted."""
    return ("_identity",) if s.event_id else (*s.held_keys, "_identity")


def _logged(s: Scope, log: str, row: str) -> str:
    """Whether a row of the log is of the same event."""
    same = [] if s.event_id else [f"{log}.{k} = {row}.{v}" for k, v in zip(s.keys, s.held_keys, strict=True)]
    return " AND ".join([*same, f"{log}._identity = {row}._identity"])


def _events(s: Scope, records: str) -> str:
    op = "op" if s.table.route is Route.CDC else "'r'" if s.table.route is Route.BATCH else "'c'"
    kind = "CASE WHEN op = 'r' THEN 1 ELSE 2 END" if s.table.route is Route.CDC else "1" if s.table.route is Route.BATCH else "2"
    commit = f"CASE WHEN op = 'r' THEN _sequence ELSE SUBSTRING(_sequence, 1, {s.place_width + 1}) END"
    commit = commit if s.table.route is Route.CDC else "_sequence"
    columns = (
        f"topic, {', '.join(COORDINATES)}, 0 AS part, content, {kind} AS _kind, {op} AS _op, _sequence, {commit} AS _commit, "
        f"{', '.join(_event_columns(s))}"
    )
    return f"SELECT {columns} FROM {records} WHERE outcome = 'row'"


def _old_key_deletions(s: Scope, records: str) -> str:
    """An update that changes the key is two events at one place; the first deletes the old key."""
    d = s.d
    sequence = d.concat([f"SUBSTRING(_sequence, 1, {d.length('_sequence')} - 1)", d.literal("1")])
    nulls = [f"{d.null(d.type(s.table.column(n.name).type))} AS {s.held(n.name)}" for n in s.table.columns if n.name not in s.table.key]
    spellings = [f"{d.null(d.varchar)} AS {v}" for v in s.held_stored[len(s.keys) + len(nulls) :]]
    keys = [f"old_{k} AS {s.held(k)}" for k in s.table.key]
    columns = (
        f"topic, {', '.join(COORDINATES)}, 1 AS part, content, 2 AS _kind, 'd' AS _op, {sequence} AS _sequence, "
        f"SUBSTRING(_sequence, 1, {s.place_width + 1}) AS _commit, _commit_ts, 'c' || {sequence} AS _identity, "
        f"{d.null(d.varchar)} AS _snapshot, {d.null(d.varchar)} AS _absent, {', '.join([*keys, *nulls, *spellings])}"
    )
    return f"SELECT {columns} FROM {records} WHERE outcome = 'row' AND {moves(s)}"


def _conflicts(s: Scope) -> tuple[Step, ...]:
    """Two different contents of one identity block the load."""
    rows, repeats = s.temp("rows"), s.temp("repeats")
    coordinates = ("topic", *COORDINATES, "part")
    shown = ", ".join(f"a.{v} AS {k}" for k, v in zip(s.keys, s.held_keys, strict=True))
    shown += f", a._identity, {qualified('a', ('topic', *COORDINATES))}"
    other = f"SELECT {shown} FROM {repeats} AS i JOIN {rows} AS a ON {on('i', 'a', coordinates)}"
    later = f"SELECT 1 FROM {repeats} AS f WHERE {on('f', 'b', coordinates)} AND f.copy_no > 1"
    first = f"JOIN {rows} AS b ON {on('a', 'b', _identity(s))} WHERE i.copy_no > 1 AND NOT EXISTS ({later})"
    logged = f"JOIN {s.log} AS b ON {_logged(s, 'b', 'i')} AND b._incarnation = {s.table.era.incarnation}"
    message = f"two different contents of one event of `{s.table.name}`"
    here = Assert("RF502", message, f"{other} {first} AND ({_contradicts(s, s.held_stored)})")
    before = Assert("RF502", message, f"{other} {logged} WHERE i.logged AND i.copy_no = 1 AND ({_contradicts(s, s.stored)})")
    return (
        Step(f"compare copies of events of {s.table.name}", (here,), f"SELECT 1 FROM {repeats} WHERE copy_no > 1 LIMIT 1"),
        Step(f"compare events of {s.table.name} with the log", (before,), f"SELECT 1 FROM {repeats} WHERE logged AND copy_no = 1 LIMIT 1"),
    )


def _contradicts(s: Scope, stored: tuple[str, ...]) -> str:
    """A row being admitted, a, and another copy of its event, b, which has its columns as `stored`, say different things."""
    apart = "a._sequence <> b._sequence OR a._commit_ts <> b._commit_ts"
    skipped = 0 if s.event_id else len(s.keys)
    pairs = [*zip(s.held_stored[skipped:], stored[skipped:], strict=True), ("_absent", "_absent")]
    differs = " + ".join(s.d.changed(f"a.{mine}", f"b.{other}") for mine, other in pairs)
    return f"{apart} OR (a._op <> 'd' AND {differs} > 0)"


def _keep(s: Scope) -> tuple[Execute | Temp | Step, ...]:
    d, n, era = s.d, s.names, s.table.era
    rec, fresh = s.temp("records"), _fresh(s)
    own = [c for c, _ in LOG_COLUMNS]
    values = [
        "r.topic",
        "r.generation",
        "r.partition_no",
        "r.record_offset",
        "r.content",
        str(era.incarnation),
        *(f"r.{c}" for c in own[6:]),
    ]
    goes_on = onward.some_go_on(s)
    name = s.text(s.table.name)
    text = key_text(d, [(s.held(c.name), c.type) for c in s.table.key_columns])
    of_snapshot = "CASE WHEN code <> 'no_spec' THEN _snapshot END"  # a row of another table is none of its snapshots
    quarantined = (
        f"SELECT topic, {', '.join(COORDINATES)}, {name}, code, detail, record_value, content, {text}, {era.incarnation}, {of_snapshot}, _place, "
        f"record_ts FROM {rec} WHERE outcome = 'quarantined'"
    )
    return (
        *(horizon.onward(s, fresh) if goes_on else ()),
        Execute(
            f"INSERT INTO {s.log} ({', '.join([*own, *s.stored])}) SELECT {', '.join([*values, *(f'r.{c}' for c in s.held_stored)])} FROM {fresh}"
        ),
        Execute(
            f"INSERT INTO {n.quarantine} (topic, {', '.join(COORDINATES)}, table_name, code, detail, payload, content, key_text, incarnation, "
            f"snapshot_id, place, record_ts) {quarantined}"
        ),
        Temp(s.temp("touched"), f"SELECT DISTINCT {_keys_of(s)} FROM {fresh}", s.keys),
        *(horizon.advance(s, fresh) if goes_on else ()),
    )


def _keys_of(s: Scope) -> str:
    return ", ".join(f"r.{v} AS {k}" for k, v in zip(s.keys, s.held_keys, strict=True))


def _count(s: Scope) -> tuple[Execute | Temp, ...]:
    """What every coordinate came to; the log, the quarantine and `passed` together hold each exactly once."""
    d, n = s.d, s.names
    rec, fate, tally = s.temp("records"), s.temp("fate"), s.temp("tally")
    coordinates = ("topic", *COORDINATES)
    repeated = f"SELECT {', '.join(coordinates)}, COUNT(*) AS parts FROM {s.temp('repeats')} GROUP BY {', '.join(coordinates)}"
    parts = f"CASE WHEN {moves(s)} THEN 2 ELSE 1 END" if s.table.route is Route.CDC else "1"
    fates = (
        f"SELECT {qualified('r', coordinates)}, r.content, CASE WHEN r.outcome = 'quarantined' THEN 'quarantined' WHEN r.outcome <> 'row' THEN 'skipped' "
        f"WHEN a.parts = {parts} THEN 'duplicate' ELSE 'applied' END AS fate FROM {rec} AS r LEFT JOIN ({repeated}) AS a ON {on('r', 'a', coordinates)}"
    )
    group = ("topic", "generation", "partition_no")
    sums = ", ".join(f"SUM(CASE WHEN f.fate = '{f}' THEN 1 ELSE 0 END) + COALESCE(MAX(c.{f}), 0) AS {f}" for f in FATES)
    tallied = (
        f"SELECT {qualified('f', group)}, COUNT(*) + COALESCE(MAX(c.received), 0) AS received, {sums} FROM {fate} AS f "
        f"LEFT JOIN {n.counts} AS c ON {on('f', 'c', group)} GROUP BY {qualified('f', group)}"
    )
    mark = s.temp("watermark")
    reached = (
        f"SELECT {qualified('f', group)}, GREATEST(MAX(f.record_offset), COALESCE(MAX(w.last_offset), -1)) AS last_offset FROM {fate} AS f "
        f"LEFT JOIN {n.watermarks} AS w ON {on('f', 'w', group)} GROUP BY {qualified('f', group)}"
    )
    name = s.text(s.table.name)
    return (
        Temp(fate, fates),
        Execute(
            f"INSERT INTO {n.passed} (topic, {', '.join(COORDINATES)}, table_name, content, fate) "
            f"SELECT topic, {', '.join(COORDINATES)}, {name}, content, fate FROM {fate} WHERE fate IN ('skipped', 'duplicate')"
        ),
        Temp(tally, tallied),
        Execute(d.merge(n.counts, tally, group, (*group, "received", *FATES))),
        Temp(mark, reached),
        Execute(d.merge(n.watermarks, mark, group, (*group, "last_offset"))),
        *marks.remember(s),
    )


FATES = ("applied", "duplicate", "skipped", "quarantined")
