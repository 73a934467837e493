"""What arrived since the last load, read into the raw tables a load begins with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from retailflow.local.engine import Intake, Warehouse
from retailflow.local.extracts import ExtractFile, extract_files, read_extract, untimed
from retailflow.local.folders import Folders
from retailflow.local.ledger import Position
from retailflow.local.topics.inventory import Reader, readers, topic_files
from retailflow.local.topics.portion import Portion, fingerprint, new_portion
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.sql.judge import is_ahead
from retailflow.sql.statement import Temp

BEATS = "raw_heartbeat_records"
STRAYS = "raw_strays"
NO_TABLE = 1  # the generation of topics that belong to no table


@dataclass(slots=True)
class Arrivals:
    """New portions by reader and topic, new extracts, and how far the files are taken once these are.

    `waiting`: topic files whose last line is not whole. `changed`: extracts that are not what was read.
    `untimed`: (file, `files.path` it would match if its name told a time), which are not read.
    """

    by_table: dict[str, list[Intake]] = field(default_factory=dict)
    beats: list[Intake] = field(default_factory=list)
    strays: list[Intake] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    extracts: list[tuple[Table, ExtractFile]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    untimed: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0


def find(project: Project, folders: Folders, before: dict[str, Position]) -> Arrivals:
    """Look at every topic file and extract; nothing is read into the warehouse yet."""
    arrivals = Arrivals()
    _find_topics(arrivals, project, folders.topics, before)
    of_files = [table for table in project.tables if table.route is Route.BATCH and folders.files.is_dir()]
    for table in of_files:
        _find_extracts(arrivals, table, folders.files, before)
    arrivals.untimed += [(name, table.extract.path) for table, name in untimed(of_files, folders.files) if table.extract is not None]
    return arrivals


def _find_topics(arrivals: Arrivals, project: Project, topics: Path, before: dict[str, Position]) -> None:
    known = readers(project)
    portions: defaultdict[str, list[Portion]] = defaultdict(list)
    for file in topic_files(topics):
        arrivals.files += 1
        reader = known.get(file.topic, Reader()).name
        name = f"topics/{file.name}"
        position = before.get(name)
        taken = position.taken if position is not None and position.reader == reader else None
        portion = new_portion(file.path, taken)
        if portion is not None:
            portions[file.topic].append(portion)
            arrivals.positions[name] = Position(reader, portion.taken)
        seen = portion.taken if portion is not None else taken
        if file.path.stat().st_size > (seen.bytes if seen is not None else 0) + len("\r\n"):
            arrivals.waiting.append(file.name)
    for topic, found in portions.items():
        _assign(arrivals, project, known.get(topic, Reader()), topic, tuple(found))


def _find_extracts(arrivals: Arrivals, table: Table, files: Path, before: dict[str, Position]) -> None:
    """A path is read once; what changes under it afterwards is told, not read."""
    for file in extract_files(table, files):
        arrivals.files += 1
        name, now = f"files/{table.name}/{file.name}", fingerprint(file.path)
        if name not in before:
            arrivals.extracts.append((table, file))
            arrivals.positions[name] = Position(f"table {table.name}", now)
        elif before[name].taken != now:
            arrivals.changed.append(file.name)


def _assign(arrivals: Arrivals, project: Project, reader: Reader, topic: str, portions: tuple[Portion, ...]) -> None:
    if reader.table:
        intake = Intake(topic, project.table(reader.table).era.generation, portions)
        arrivals.by_table.setdefault(reader.table, []).append(intake)
    elif reader.source:
        arrivals.beats.append(Intake(topic, NO_TABLE, portions))
    else:
        arrivals.strays.append(Intake(topic, NO_TABLE, portions))


def load(project: Project, warehouse: Warehouse, arrivals: Arrivals) -> None:
    """Make `raw_<table>` for every table, and the raw tables of heartbeats and of topics nobody reads."""
    for table in project.tables:
        warehouse.load_raw(f"raw_{table.name}", arrivals.by_table.get(table.name, []))
    for table, extracts in groupby(arrivals.extracts, key=itemgetter(0)):
        warehouse.append_raw(f"raw_{table.name}", chain.from_iterable(read_extract(table, file) for _, file in extracts))
    warehouse.load_raw(BEATS, arrivals.beats)
    warehouse.load_raw(STRAYS, arrivals.strays)
    warehouse.temp(Temp("raw_heartbeats", _heartbeats(project, warehouse, arrivals.beats)))


def _heartbeats(project: Project, warehouse: Warehouse, intakes: Iterable[Intake]) -> str:
    """SELECT of (source, commit_ts) of what stands in the heartbeat topics."""
    d = warehouse.dialect
    known = readers(project)
    sources = " ".join(f"WHEN {d.literal(i.topic)} THEN {d.literal(known[i.topic].source)}" for i in intakes)
    source = f"CASE topic {sources} END" if sources else f"CAST(NULL AS {d.varchar})"
    read = d.extract(BEATS, "payload", [("ts_ms", ("ts_ms",))], ["topic", "record_ts"])
    ms = d.try_cast("ts_ms", d.bigint)
    digits = d.matches("ts_ms", "^[0-9]{1,15}$")
    commit_ts = f"CASE WHEN {digits} THEN {d.from_epoch_us(f'{ms} * 1000')} END"
    believed = f"NOT COALESCE({is_ahead(d, commit_ts, 'record_ts')}, FALSE)"
    return f"SELECT {source} AS source, {commit_ts} AS commit_ts FROM ({read}) AS b WHERE {digits} AND {believed}"
