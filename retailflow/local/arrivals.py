"""What arrived since the last load, read into the raw tables a load begins with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from retailflow.local.engine import Intake, Warehouse
from retailflow.local.ledger import Position
from retailflow.local.topics.inventory import Reader, readers, topic_files
from retailflow.local.topics.portion import Portion, new_portion
from retailflow.model.project import Project
from retailflow.sql.statement import Temp

BEATS = "raw_heartbeat_records"
STRAYS = "raw_strays"
NO_TABLE = 1  # the generation of topics that belong to no table


@dataclass(slots=True)
class Arrivals:
    """New portions by reader and topic, and how far the files are taken once these are. `waiting`: files whose last line is not whole."""

    by_table: dict[str, list[Intake]] = field(default_factory=dict)
    beats: list[Intake] = field(default_factory=list)
    strays: list[Intake] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    files: int = 0

    @property
    def any(self) -> bool:
        return bool(self.positions)


def find(project: Project, topics: Path, before: dict[str, Position]) -> Arrivals:
    """Look at every topic file; nothing is read into the warehouse yet."""
    arrivals = Arrivals()
    known = readers(project)
    portions: defaultdict[str, list[Portion]] = defaultdict(list)
    for file in topic_files(topics):
        arrivals.files += 1
        reader = known.get(file.topic, Reader()).name
        position = before.get(file.name)
        taken = position.taken if position is not None and position.reader == reader else None
        portion = new_portion(file.path, taken)
        if portion is not None:
            portions[file.topic].append(portion)
            arrivals.positions[file.name] = Position(reader, portion.taken)
        seen = portion.taken if portion is not None else taken
        if file.path.stat().st_size > (seen.bytes if seen is not None else 0) + len("\r\n"):
            arrivals.waiting.append(file.name)
    for topic, found in portions.items():
        _assign(arrivals, project, known.get(topic, Reader()), topic, tuple(found))
    return arrivals


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
    warehouse.load_raw(BEATS, arrivals.beats)
    warehouse.load_raw(STRAYS, arrivals.strays)
    warehouse.temp(Temp("raw_heartbeats", _heartbeats(project, warehouse, arrivals.beats)))


def _heartbeats(project: Project, warehouse: Warehouse, intakes: Iterable[Intake]) -> str:
    """SELECT of (source, commit_ts) of what stands in the heartbeat topics."""
    d = warehouse.dialect
    known = readers(project)
    sources = " ".join(f"WHEN {d.literal(i.topic)} THEN {d.literal(known[i.topic].source)}" for i in intakes)
    source = f"CASE topic {sources} END" if sources else f"CAST(NULL AS {d.varchar})"
    read = d.extract(BEATS, "payload", [("ts_ms", ("ts_ms",))], ["topic"])
    ms = d.try_cast("ts_ms", d.bigint)
    digits = d.matches("ts_ms", "^[0-9]{1,15}$")
    return f"SELECT {source} AS source, {d.from_epoch_us(f'{ms} * 1000')} AS commit_ts FROM ({read}) AS b WHERE {digits}"
