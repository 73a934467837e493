"""One delivery of a scenario, load by load, and what came of it."""

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.report import FATES
from retailflow.local.run import run
from retailflow.local.scenario.scenario import Arrival, Extract, Message, Scenario, Value
from retailflow.local.scenario.shape import StarTable
from retailflow.local.scenario.stage import Stage
from retailflow.local.scenario.variants import Delivery
from retailflow.model.project import Project
from retailflow.sql.names import Names

Rows = tuple[Mapping[str, Value], ...]
Star = Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Records of a table (or of a topic without one) that were held back for one reason."""

    table: str
    code: str
    details: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Played:
    """`star` in the end and `after` the loads that were asked for; `stopped`: why a load was not done, with its number."""

    star: Star
    after: Mapping[int, Star] = field(default_factory=dict)
    quarantined: tuple[Quarantined, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stopped: tuple[Finding, ...] = ()
    load: int = 0


def play(stage: Stage, scenario: Scenario, delivery: Delivery, tables: Mapping[str, StarTable], looks: Iterable[int] = ()) -> Played:
    """Deliver it into an empty warehouse. `looks`: numbers of loads after which the star is read."""
    stage.clear()
    after: dict[int, Star] = {}
    wanted = frozenset(looks)
    with tempfile.TemporaryDirectory(prefix="retailflow-scenario-") as folder:
        place = Folders(Path(folder) / "topics", Path(folder) / "files")
        for number, load in enumerate(delivery.loads, start=1):
            try:
                _load(stage, place, load, number)
            except StopError as stop:
                return Played({}, after, stopped=stop.findings, load=number)
            if number in wanted:
                after[number] = read_star(stage.warehouse, stage.project(), tables)
    star = read_star(stage.warehouse, stage.project(), tables)
    return Played(star, after, _quarantined(stage, scenario), _counts(stage, scenario))


def read_star(warehouse: Warehouse, project: Project, tables: Mapping[str, StarTable]) -> Star:
    names, found = Names(project, warehouse.dialect), dict[str, Rows]()
    for name, table in tables.items():
        select = ", ".join(map(warehouse.dialect.ident, table.columns))
        rows = warehouse.rows(f"SELECT {select} FROM {names.warehouse(name)}")
        found[name] = tuple(dict(zip(table.columns, row, strict=True)) for row in rows)
    return found


def _load(stage: Stage, place: Folders, arrivals: Iterable[Arrival], number: int) -> None:
    """Events of generations gone by come while the project was as it was then."""
    by_age: defaultdict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_age[arrival.age].append(arrival)
    for age in sorted(by_age, reverse=True) or [0]:
        _write(place, by_age[age], f"{number}-{age}")
        run(stage.project(age), stage.warehouse, place, plan=stage.program(age))


def _write(place: Folders, arrivals: Iterable[Arrival], name: str) -> None:
    place.topics.mkdir(exist_ok=True)
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for arrival in arrivals:
        match arrival:
            case Message():
                lines[arrival.topic].append(_line(arrival))
            case Extract():
                _write_extract(place.files, arrival)
    for topic, texts in lines.items():
        (place.topics / topic).mkdir(exist_ok=True)
        (place.topics / topic / f"{name}.jsonl").write_text("".join(texts), encoding="utf-8")


def _line(message: Message) -> str:
    record = {"key": message.key, "value": message.value, "partition": message.partition, "offset": message.offset}
    record |= {} if message.timestamp is None else {"timestamp": message.timestamp}
    return json.dumps(record) + "\n"


def _write_extract(files: Path, extract: Extract) -> None:
    path = files / extract.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(extract.text, encoding="utf-8", errors="surrogatepass")
    if extract.modified is not None:
        nanoseconds = int(extract.modified.replace(tzinfo=UTC).timestamp() * 1_000_000) * 1000
        os.utime(path, ns=(nanoseconds, nanoseconds))


def _quarantined(stage: Stage, scenario: Scenario) -> tuple[Quarantined, ...]:
    names = Names(stage.project(), stage.warehouse.dialect)
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for table, topic, code, detail in stage.warehouse.rows(
        f"SELECT table_name, topic, code, detail FROM {names.quarantine} ORDER BY topic, record_offset"
    ):
        grouped[str(table or _owner(scenario, str(topic))), str(code)].append(str(detail))
    return tuple(Quarantined(*of, tuple(dict.fromkeys(d)), len(d)) for of, d in sorted(grouped.items()))


def _counts(stage: Stage, scenario: Scenario) -> dict[str, dict[str, int]]:
    names = Names(stage.project(), stage.warehouse.dialect)
    sums = ", ".join(f"SUM({fate})" for fate in FATES)
    found: dict[str, dict[str, int]] = {}
    for topic, *counted in stage.warehouse.rows(f"SELECT topic, {sums} FROM {names.counts} GROUP BY topic"):
        of = found.setdefault(_owner(scenario, str(topic)), dict.fromkeys(FATES, 0))
        for fate, number in zip(FATES, counted, strict=True):
            of[fate] += int(str(number))
    return found


def _owner(scenario: Scenario, topic: str) -> str:
    """The table that a topic or an extract belongs to, else the topic."""
    extracts = {a.path: a.table for batch in scenario.batches for a in batch if isinstance(a, Extract)}
    return extracts.get(topic) or next((t.name for t in scenario.project.tables if t.topic.name == topic), topic)
