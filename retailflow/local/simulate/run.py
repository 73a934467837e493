"""One simulation from a resolved project to files: builds the parts, fills, trades, publishes."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from retailflow.local.simulate.batch_files import write_extracts
from retailflow.local.simulate.clock import Day
from retailflow.local.simulate.engine import Engine, chance_for
from retailflow.local.simulate.log_position import LogPosition, PostgresLog, SqlServerLog
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.options import Options, Summary
from retailflow.local.simulate.outlet import Outlet
from retailflow.local.simulate.relations import fill_order, references
from retailflow.local.simulate.resume import Seen, read_topic, rejoin, restore
from retailflow.local.simulate.rows import Rows
from retailflow.local.simulate.topic_file import TopicFile
from retailflow.local.simulate.weights import busy, weigh
from retailflow.model.project import Project
from retailflow.model.source import Route, SourceKind
from retailflow.model.table import Table

DEFAULT_DAY = date(2024, 3, 15)
Progress = Callable[[int], None]


@dataclass(slots=True)
class _Parts:
    """What is built from a project: rows and outlets by table, topic files by name, what was read when going on."""

    rows: dict[str, Rows]
    outlets: dict[str, Outlet]
    topics: dict[str, TopicFile]
    logs: dict[str, LogPosition]
    seen: dict[str, Seen]


def simulate(project: Project, options: Options, topics: Path, files: Path, progress: Progress | None = None) -> Summary:
    """Write a trading day of events for a project; the same arguments give the same bytes. Raises OSError."""
    seen = (
        {t.name: read_topic(topics, t.topic.name, _key_fields(t)) for t in project.tables if t.route is not Route.BATCH}
        if options.append
        else {}
    )
    last = max((s.time for s in seen.values()), default=0)
    chosen = options.day or (_day_after(last) if last else DEFAULT_DAY)
    day = Day(chosen, _zone(project))
    moment = Moment(chance_for(options.seed, chosen if last else ""), _zones(project))
    parts = _build(project, options, topics, moment, seen)
    refs = references(project)
    rows_wanted = int(options.events * min(max(options.initial, 0.0), 1.0))
    engine = Engine(options, parts.rows, parts.outlets, weigh(project, refs, rows_wanted), moment)
    engine.floor = last + 1 if last else 0
    try:
        gc.disable()  # nothing made here goes in circles, and looking for circles takes a quarter of the time
        for topic in parts.topics.values():
            topic.begin(keep=options.append)
        engine.fill(day, rows_wanted, frozenset(n for n in parts.rows if not (n in seen and seen[n].latest)))
        engine.trade(day, max(options.events, engine.events), progress)
        written = _extracts(parts, files, options, chosen)
        for topic in parts.topics.values():
            topic.release(max(day.end, engine.floor))
        for topic in parts.topics.values():
            topic.publish()
    finally:
        gc.enable()
        for topic in parts.topics.values():
            topic.discard()
    return Summary(engine.events, chosen, {name: outlet.counts for name, outlet in parts.outlets.items()}, tuple(written))


def _build(project: Project, options: Options, folder: Path, moment: Moment, seen: dict[str, Seen]) -> _Parts:
    refs = references(project)
    order, hot = fill_order(project, refs), busy(project, refs)
    rows = {name: Rows(project.table(name), chance_for(options.seed, name), _own(project.table(name), options, moment)) for name in order}
    for name in order:
        rows[name].connect(refs[name], rows, hot)
    sources = {t.source.name: t.source for t in project.tables}
    logs: dict[str, LogPosition] = {s.name: PostgresLog() if s.kind is SourceKind.POSTGRESQL else SqlServerLog() for s in sources.values()}
    beats = {t.source.name: f"__debezium-heartbeat.{t.source.name}" for t in project.tables if t.route is Route.CDC}
    topics = {name: TopicFile(folder / f"{name}.jsonl", 1) for name in sorted(beats.values())}
    if options.append:
        for name, topic in topics.items():
            topic.offsets = [read_topic(folder, name, ()).offsets.get(0, 0)]
    outlets: dict[str, Outlet] = {}
    for name in order:
        table = rows[name].table
        topic = TopicFile(folder / f"{table.topic.name}.jsonl", rows[name].partitions)
        if table.route is not Route.BATCH:
            topics[table.topic.name] = topic
        beat = topics.get(beats.get(table.source.name, "")) if table.route is Route.CDC else None
        outlets[name] = Outlet(
            rows[name], topic, logs[table.source.name], beat, options, chance_for(options.seed, name, "outlet", options.day)
        )
        if name in seen:
            restore(rows[name], topic, logs[table.source.name], seen[name])
    for each in rows.values():
        rejoin(each)
    return _Parts(rows, outlets, topics, logs, seen)


def _extracts(parts: _Parts, files: Path, options: Options, day: date) -> list[Path]:
    written: list[Path] = []
    for name, rows in parts.rows.items():
        if rows.table.route is Route.BATCH:
            rows.moment.chance(chance_for(options.seed, name, day))
            written += write_extracts(rows, files, options, day, parts.outlets[name].counts)
    return written


def _own(table: Table, options: Options, moment: Moment) -> Moment:
    """Tables of route batch are made apart from the rest, so that going on finds them as they were."""
    if table.route is not Route.BATCH:
        return moment
    return Moment(chance_for(options.seed, table.name, "rows"), frozenset({table.source.time_zone, *(c.time_zone for c in table.columns)}))


def _key_fields(table: Table) -> tuple[str, ...]:
    return tuple(c.field for c in table.key_columns) if table.route is Route.CDC else ()


def _zones(project: Project) -> frozenset[str]:
    return frozenset(c.time_zone for t in project.tables for c in t.columns) | {t.source.time_zone for t in project.tables}


def _zone(project: Project) -> str:
    """The zone of the trading day: that of the source most tables come from."""
    zones = [t.source.time_zone for t in project.tables if t.route is Route.CDC]
    return max(sorted(set(zones)), key=zones.count) if zones else "UTC"


def _day_after(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, UTC).date() + timedelta(days=1)
