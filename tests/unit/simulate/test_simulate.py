"""Simulated sources: the same for the same seed, histories that can have happened, references that lead somewhere."""

import csv
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from retailflow.local.simulate import Options, simulate
from retailflow.local.simulate.pattern import matching
from retailflow.local.simulate.wire import civil, moment_writer, scaled
from retailflow.model.source import Route
from retailflow.types import parse_type
from tests.factories import column, project, table
from tests.unit.simulate.shop import history, records, shop

OPTIONS = Options(seed=3, events=6_000, malformed=0.01, late=0.05, duplicates=0.05, deletes=0.05)


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    summary = simulate(shop(), OPTIONS, folder, folder / "files")
    assert summary.events >= OPTIONS.events
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes(topics: Path, tmp_path: Path) -> None:
    simulate(shop(), OPTIONS, tmp_path, tmp_path / "files")
    assert contents(tmp_path) == contents(topics)
    simulate(shop(), OPTIONS, tmp_path, tmp_path / "files")
    assert contents(tmp_path) == contents(topics)
    simulate(shop(), replace(OPTIONS, seed=4), tmp_path, tmp_path / "files")
    assert contents(tmp_path) != contents(topics)


def test_every_history_can_have_happened(topics: Path) -> None:
    seen = set()
    for each in (t for t in shop().tables if t.route is Route.CDC):
        for events in history(topics, each).values():
            row = None
            for _, op, before, after in events:
                assert (row is None) == (op in "rc"), events
                assert op in "rc" or before == row, events
                row = after
                seen.add(op)
    assert seen == set("rcud")


def test_snapshots_end_with_a_mark_that_counts(topics: Path) -> None:
    for each in (t for t in shop().tables if t.route is Route.CDC):
        values = [r["value"] for r in records(topics, each.topic.name)]
        rows = [v for v in values if isinstance(v, dict) and v.get("op") == "r"]
        (mark,) = [v for v in values if isinstance(v, dict) and v.get("retailflow") == "snapshot_end"]
        assert mark["keys"] == len(rows) > 0
        places = {json.dumps(v["source"].get("commit_lsn") or v["source"]["lsn"]) for v in rows}
        assert places == {json.dumps(mark["lsn"])}
        assert {v["source"].get("snapshot_id", v["source"].get("commit_lsn")) for v in rows} == {mark["snapshot_id"]}


def test_coordinates_are_complete_and_keys_stay_in_their_partition(topics: Path) -> None:
    for each in (t for t in shop().tables if t.route is not Route.BATCH):
        offsets: dict[int, list[int]] = {}
        homes: dict[str, int] = {}
        for record in records(topics, each.topic.name):
            offsets.setdefault(record["partition"], []).append(record["offset"])
            if record["key"] is not None:
                assert homes.setdefault(json.dumps(record["key"]), record["partition"]) == record["partition"]
        assert all(found == list(range(len(found))) for found in offsets.values())
        assert len(offsets) == 3


def test_tombstones_follow_deletions_and_heartbeats_come(topics: Path) -> None:
    values = [r["value"] for r in records(topics, "customer_changes")]
    assert 0 < sum(v is None for v in values) <= sum(isinstance(v, dict) and v.get("op") == "d" for v in values)
    beats = [r["value"]["ts_ms"] for r in records(topics, "__debezium-heartbeat.erp")]
    assert len(beats) > 100
    assert beats == sorted(beats)


def test_references_mostly_lead_to_rows_and_some_come_first(topics: Path) -> None:
    each = {t.name: t for t in shop().tables}
    born = {json.loads(key)[0]: events[0][0] for key, events in history(topics, each["customer"]).items()}
    named = [(e[3]["customer_id"], e[0]) for events in history(topics, each["order"]).values() for e in events if e[3]]
    unborn = [who for who, place in named if who is not None and not (who in born and born[who] <= place)]
    assert 0 < len(unborn) < 0.03 * len(named)
    assert 0 < sum(who is None for who, _ in named) < 0.1 * len(named)
    orders = set(history(topics, each["order"]))
    assert {json.dumps(json.loads(key)[:1]) for key in history(topics, each["order_line"])} <= orders


def test_copies_delays_and_defects(topics: Path, tmp_path: Path) -> None:
    summary = simulate(shop(), OPTIONS, tmp_path, tmp_path / "files")
    each = summary.topics["order_line"]
    assert min(each.duplicates, each.late, each.malformed) > 0
    clean = simulate(shop(), replace(OPTIONS, duplicates=0.0, late=0.0, malformed=0.0), tmp_path, tmp_path / "files")
    assert all(c.duplicates == c.late == c.malformed == 0 for c in clean.topics.values())
    places = [r["value"]["source"]["commit_lsn"] for r in records(tmp_path, "order_changes") if (r["value"] or {}).get("op")]
    assert places == sorted(places)
    late = [
        r["value"]["source"]["commit_lsn"]
        for r in records(topics, "order_changes")
        if isinstance(r["value"], dict) and r["value"].get("op")
    ]
    assert [p for p in late if p] != sorted(p for p in late if p)


def test_values_follow_types_checks_and_names(topics: Path) -> None:
    each = {t.name: t for t in shop().tables}
    rows = [e[3] for events in history(topics, each["customer"]).values() for e in events if e[3]]
    assert {r["tier"] for r in rows if r["tier"]} == {"bronze", "silver", "gold"}
    assert all(re.fullmatch(".+@example.com", r["email"]) for r in rows)
    assert all(re.fullmatch("[A-Z]{2}-[0-9]{4} ", r["code"]) for r in rows if r["code"])
    assert all(isinstance(r["updated_at"], int) and r["updated_at"] > 10**18 for r in rows)
    orders = [e[3] for events in history(topics, each["order"]).values() for e in events if e[3]]
    assert all(re.fullmatch(r"\d+\.\d{4}", o["total"]) for o in orders if o["total"])
    assert {o["status"] for o in orders} >= {"new", "active"}
    assert {r["on_hand"] for r in (e[3] for events in history(topics, each["stock"]).values() for e in events if e[3])}


def test_extracts_are_files_of_the_day_before_and_after(topics: Path) -> None:
    first, second = (list(csv.DictReader(f.read_text().splitlines())) for f in sorted((topics / "files/prices").glob("*.csv")))
    assert [f.name for f in sorted((topics / "files/prices").glob("*.csv"))] == ["20240315.csv", "20240316.csv"]
    assert {r["item"] for r in first} - {r["item"] for r in second}
    assert {r["item"] for r in second} - {r["item"] for r in first}
    assert all(re.fullmatch(r"\d\d\.\d\d\.\d{4}|", r["valid_on"]) and r["ok"] in ("0", "1") for r in first)


def test_going_on_continues_offsets_places_and_rows(topics: Path, tmp_path: Path) -> None:
    simulate(shop(), OPTIONS, tmp_path, tmp_path / "files")
    before = contents(tmp_path)
    summary = simulate(shop(), replace(OPTIONS, append=True), tmp_path, tmp_path / "files")
    assert summary.day.isoformat() == "2024-03-16"
    after = contents(tmp_path)
    assert all(after[name].startswith(content) for name, content in before.items())
    assert "files/prices/20240317.csv" in after
    test_every_history_can_have_happened(tmp_path)
    test_coordinates_are_complete_and_keys_stay_in_their_partition(tmp_path)
    test_snapshots_end_with_a_mark_that_counts(tmp_path)


def test_nothing_is_left_of_a_simulation_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retailflow.local.simulate.engine._TICK", 100)
    with pytest.raises(KeyboardInterrupt):
        simulate(shop(), OPTIONS, tmp_path, tmp_path / "files", fail)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    "name", ["bit", "tinyint", "char(1)", "date", "time(3)", "uniqueidentifier", "decimal(3,1)", "binary(2)", "datetimeoffset(3)"]
)
def test_keys_of_every_type_are_each_another(tmp_path: Path, name: str) -> None:
    each = table("thing", columns=(column("thing_id", name, nullable=False), column("name", "nvarchar(80)")))
    simulate(project(each), Options(events=3_000, malformed=0.0), tmp_path, tmp_path)
    assert history(tmp_path, each)
    for events in history(tmp_path, each).values():
        assert next(op for _, op, _, _ in events) in "rc"


def test_a_project_without_tables_and_one_that_refers_to_itself(tmp_path: Path) -> None:
    assert simulate(replace(project(), tables=()), Options(events=10), tmp_path, tmp_path).events == 0
    boss = table("employee", columns=(column("employee_id", nullable=False), column("boss_id")))
    from retailflow.checks import Check, CheckKind, OnFail

    boss = replace(boss, checks=(Check(CheckKind.RELATIONSHIP, ("boss_id",), OnFail.WARN, ("employee",)),), dimension=None)
    assert simulate(project(boss), Options(events=500), tmp_path, tmp_path).events >= 500


def test_times_on_the_wire() -> None:
    assert civil(0) == "1970-01-01"
    assert civil(19_797) == "2024-03-15"
    assert civil(-719_162) == "0001-01-01"
    ms = 1_710_457_200_123
    assert moment_writer(parse_type("datetime2(3)"), plain=False)(ms) == "1710457200123"
    assert moment_writer(parse_type("datetime2(6)"), plain=False)(ms) == "1710457200123000"
    assert moment_writer(parse_type("datetime2"), plain=False)(ms) == "1710457200123000000"
    assert moment_writer(parse_type("date"), plain=False)(ms) == "19796"
    assert moment_writer(parse_type("time(3)"), plain=False)(ms) == str(ms % 86_400_000)
    assert moment_writer(parse_type("datetimeoffset(0)"), plain=False)(ms) == '"2024-03-14T23:00:00.000+00:00"'
    assert moment_writer(parse_type("smalldatetime"), plain=True)(ms) == '"2024-03-14T23:00:00.000"'
    assert (scaled(-5, 2), scaled(1250, 2), scaled(7, 0)) == ('"-0.05"', '"12.50"', '"7"')


@pytest.mark.parametrize("pattern", ["[A-Z]{2}[0-9]{6}", "(DE|AT)-\\d+", ".+@.+\\..+", "a?b*c+", "[^0-9]x", "\\w{3}\\s\\w"])
def test_texts_for_patterns(pattern: str) -> None:
    text = matching(pattern, random.Random(1))
    assert text is not None
    assert re.fullmatch(pattern, text)


def test_patterns_that_are_none() -> None:
    assert matching("(", random.Random(1)) is None
