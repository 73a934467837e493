"""The reference model against small cases, their rows written by hand from `docs/semantics.md`; and its independence of order."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.events import ExtractFile, Record
from tests.reference.histories import ALL, BASIC, TRANSACTIONS, Project, deliveries, projects
from tests.reference.keys import canonical, surrogate_key
from tests.reference.log import Conflict
from tests.reference.model import Counts, counts, quarantine, star
from tests.reference.spec import load
from tests.reference.values import BEGINNING, OPEN, Untypable, parse_type, read, to_local, to_utc

START = datetime(2024, 1, 1)
Rows = list[dict[str, Any]]
Table = dict[str, Any]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def when(at: datetime) -> Any:
    """Days since the start, or the name of a bound."""
    return {BEGINNING: "beginning", OPEN: "open"}.get(at, (at - START) / timedelta(days=1))


class Source:
    """Writes records to the topics of a source; `at` is in days, LSNs are small numbers."""

    def __init__(self, *tables: Table, **source: Any) -> None:
        self.config = {"sources": {"erp": source}}
        self.tables = [{"source": f"erp.dbo.{table['table']}", **table} for table in tables]
        self.records: list[Record] = []
        self.files: list[ExtractFile] = []

    def send(self, table: str, value: Any, key: Any = None, **more: Any) -> None:
        self.records.append(Record(f"{table}_changes", len(self.records), value, key, **more))

    def change(self, topic: str, op: str, lsn: int, at: float, row: Mapping[str, Any] | None, **more: Any) -> None:
        before, order, generation = more.pop("before", None), more.pop("order", 1), more.pop("generation", None)
        source: dict[str, Any] = {"ts_ms": round((day(at) - datetime(1970, 1, 1)).total_seconds() * 1000)}
        source |= {"commit_lsn": f"27:{lsn:x}:1", "change_lsn": f"27:{lsn:x}:{order:x}", "event_serial_no": 1} | more
        self.send(topic, {"before": before, "after": row, "op": op, "source": source}, generation=generation)

    def put(self, table: str, lsn: int, at: float, /, *, order: int = 1, **row: Any) -> None:
        self.change(table, "u", lsn, at, row, order=order)

    def delete(self, table: str, lsn: int, at: float, /, *, order: int = 1, **key: Any) -> None:
        self.change(table, "d", lsn, at, None, before=key, order=order)

    def snapshot(
        self, table: str, lsn: int, at: float, rows: Sequence[Mapping[str, Any]], keys: int | None = None, name: str = "s"
    ) -> None:
        for row in rows:
            self.change(table, "r", lsn, at, row, change_lsn=None, event_serial_no=None, snapshot_id=name)
        if keys is not None:
            ms = round((day(at) - datetime(1970, 1, 1)).total_seconds() * 1000)
            self.send(table, {"retailflow": "snapshot_end", "snapshot_id": name, "lsn": f"27:{lsn:x}:1", "keys": keys, "ts_ms": ms})

    def heartbeat(self, table: str, at: float) -> None:
        self.send(table, {"ts_ms": round((day(at) - datetime(1970, 1, 1)).total_seconds() * 1000)})

    def star(self) -> dict[str, Rows]:
        return star(load(self.config, self.tables), self.records, self.files)

    def rows(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """Rows of a table: the columns asked for, times as days."""
        return [tuple(when(v) if isinstance(v := row[c], datetime) else v for c in columns) for row in self.star()[name]]

    def versions(self, *columns: str, name: str = "dim_t") -> list[tuple[Any, ...]]:
        return self.rows(name, *columns, "valid_from", "valid_to")

    def quarantined(self) -> list[str]:
        return list(quarantine(load(self.config, self.tables), self.records, self.files).values())


def t(scd: int = 2, columns: Mapping[str, Any] | None = None, **dimension: Any) -> Table:
    """A dimension `t` of key `id` and, unless said, one attribute `a`."""
    return {"table": "t", "key": "id", "scd": scd, "columns": {"id": "int", **(columns or {"a": "varchar(10)"})}, "dimension": dimension}


# --- 2. events ----------------------------------------------------------------------------------------------------------------------


def test_lsns_are_compared_as_numbers() -> None:
    source = Source(t())
    source.put("t", 0x10, 2, id=1, a="later")
    source.put("t", 0x9, 1, id=1, a="earlier")
    assert source.versions("a") == [("earlier", 1, 2), ("later", 2, "open")]


def test_lsns_may_be_padded_and_in_either_case() -> None:
    source = Source(t())
    row = {"id": 1, "a": "x"}
    source.change("t", "c", 0xAB, 1, row, commit_lsn="27:ab:1", change_lsn="27:AB:1")
    source.change("t", "c", 0xAB, 1, row, commit_lsn="00000027:000000AB:0001", change_lsn="00000027:000000ab:0001")
    assert source.versions("a") == [("x", 1, "open")]


def test_of_one_commit_only_the_last_change_of_a_key_counts() -> None:
    source = Source(t())
    for order, value in enumerate(["a", "b", "a"], 1):
        source.put("t", 1, 1, order=order, id=1, a=value)
    source.put("t", 2, 2, id=1, a="b")
    source.put("t", 3, 3, id=1, a="a")
    assert source.versions("a") == [("a", 1, 2), ("b", 2, 3), ("a", 3, "open")]


def test_at_one_coordinate_deletions_come_first_then_creates_then_updates() -> None:
    source = Source(t())
    source.change("t", "u", 1, 1, {"id": 1, "a": "update"})
    source.change("t", "c", 1, 1, {"id": 1, "a": "create"})
    source.change("t", "d", 1, 1, None, before={"id": 1})
    assert source.versions("a") == [("update", 1, "open")]


def test_a_snapshot_row_stands_just_before_the_changes_of_its_lsn() -> None:
    source = Source(t(1))
    source.put("t", 5, 5, id=1, a="change")
    source.snapshot("t", 5, 6, [{"id": 1, "a": "snapshot"}])
    assert source.versions("a") == [("change", "beginning", "open")]


def test_a_deletion_of_what_is_not_alive_is_left_out() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 2, 2, id=1)
    source.delete("t", 3, 9, id=1)  # would push the effective time of what follows
    source.put("t", 4, 4, id=1, a="y")
    assert source.versions("a") == [("x", 1, 2), ("y", 4, "open")]


def test_created_and_deleted_in_one_commit_was_never_alive() -> None:
    source = Source(t(1))
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 1, 1, order=2, id=1)
    assert source.versions("a") == []


def test_a_key_change_is_a_deletion_and_a_creation() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.change("t", "u", 2, 2, {"id": 2, "a": "x"}, before={"id": 1, "a": "x"})
    assert source.versions("id", "a") == [(1, "x", 1, 2), (2, "x", 2, "open")]


def test_a_change_of_spelling_is_no_key_change() -> None:
    source = Source(t(columns={"id": "varchar(5)", "a": "int"}))
    source.put("t", 1, 1, id="ab", a=1)
    source.change("t", "u", 2, 2, {"id": "AB ", "a": 1}, before={"id": "ab"})
    assert source.versions("id", "id_source") == [("AB", "AB", 1, "open")]


def test_a_row_that_fails_where_is_a_deletion() -> None:
    source = Source({**t(), "where": "a <> 'no'"})
    for lsn, value in enumerate(["yes", "no", None, "yes"], 1):
        source.put("t", lsn, lsn, id=1, a=value)
    assert source.versions("a") == [("yes", 1, 2), ("yes", 4, "open")]


def test_a_deletion_takes_its_key_from_before_else_from_the_message_key() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.put("t", 1, 1, id=2, a="x")
    source.delete("t", 2, 2, id=1)
    source.send("t", source.records[-1].value | {"before": None}, key='{"id": 2}')
    assert source.versions("id") == [(1, 1, 2), (2, 1, 2)]


def test_postgresql_orders_by_commit_lsn_and_lsn() -> None:
    source = Source(t(), kind="postgresql")
    for sequence, value in (('["9","12"]', "first"), ('["10","8"]', "second"), ('["10","9"]', "third")):
        source.change("t", "u", 1, 1 if value == "first" else 2, {"id": 1, "a": value}, sequence=sequence)
    assert source.versions("a") == [("first", 1, 2), ("third", 2, "open")]


# absent fields


def test_absent_within_a_life_has_the_value_last_known() -> None:
    source = Source(t(columns={"a": "varchar(10)", "b": "int"}))
    source.put("t", 1, 1, id=1, a="x", b=1)
    source.put("t", 2, 2, id=1, b=2)
    source.put("t", 3, 3, id=1, a="__debezium_unavailable_value", b=3)
    assert source.versions("a", "b") == [("x", 1, 1, 2), ("x", 2, 2, 3), ("x", 3, 3, "open")]


def test_a_first_appearance_opens_no_version_and_shows_in_all_of_it() -> None:
    source = Source(t(columns={"a": "varchar(10)", "b": "int"}))
    source.put("t", 1, 1, id=1, b=1)
    source.put("t", 2, 2, id=1, a="x", b=1)
    source.put("t", 3, 3, id=1, a=None, b=1)  # NULL is not unknown
    assert source.versions("a", "b") == [("x", 1, 1, 3), (None, 1, 3, "open")]


def test_a_deletion_forgets_also_one_within_a_commit() -> None:
    source = Source(t(columns={"a": "varchar(10)", "b": "int"}))
    source.put("t", 1, 1, id=1, a="x", b=1)
    source.delete("t", 2, 2, id=1)
    source.put("t", 2, 2, order=2, id=1, b=2)  # alive before and after: one life
    source.put("t", 3, 3, id=1, b=3)
    assert source.versions("a", "b") == [("x", 1, 1, 2), (None, 2, 2, 3), (None, 3, 3, "open")]


def test_known_also_from_an_event_that_a_later_one_of_its_commit_replaced() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.change("t", "u", 1, 1, {"id": 1}, order=2)
    assert source.versions("a") == [("x", 1, "open")]


def test_ignoring_deletions_nothing_is_forgotten() -> None:
    source = Source(t(columns={"a": "varchar(10)", "b": "int"}, on_delete="ignore"))
    source.put("t", 1, 1, id=1, a="x", b=1)
    source.delete("t", 2, 2, id=1)
    source.put("t", 2, 2, order=2, id=1, b=2)
    source.delete("t", 3, 3, id=1)
    assert source.versions("a", "b", "is_deleted") == [("x", 1, False, 1, 2), ("x", 2, False, 2, "open")]


# snapshots


def test_a_complete_snapshot_deletes_what_it_does_not_hold() -> None:
    source = Source(t())
    for key in (1, 2):
        source.put("t", 1, 1, id=key, a="x")
    source.snapshot("t", 5, 5, [{"id": 1, "a": "x"}], keys=1)
    source.put("t", 6, 6, id=2, a="x")
    assert source.versions("id") == [(1, 1, "open"), (2, 1, 5), (2, 6, "open")]


def test_an_incomplete_snapshot_is_just_its_rows() -> None:
    source = Source(t())
    for key in (1, 2):
        source.put("t", 1, 1, id=key, a="x")
    source.snapshot("t", 5, 5, [{"id": 1, "a": "y"}], keys=2)
    source.snapshot("t", 6, 6, [{"id": 1, "a": "y"}], name="unmarked")
    assert source.versions("id", "a") == [(1, "x", 1, 5), (1, "y", 5, "open"), (2, "x", 1, "open")]


def test_a_quarantined_row_with_a_readable_key_counts_and_holds() -> None:
    source = Source(t())
    for key in (1, 2):
        source.put("t", 1, 1, id=key, a="x")
    source.snapshot("t", 5, 5, [{"id": 1, "a": "x"}, {"id": 2, "a": 17}], keys=2)
    assert source.quarantined() == ["untypable"]
    assert source.versions("id") == [(1, 1, "open"), (2, 1, "open")]


def test_rows_at_another_lsn_hold_but_do_not_count() -> None:
    source = Source(t())
    for key in (1, 2, 3):
        source.put("t", 1, 1, id=key, a="x")
    source.snapshot("t", 4, 4, [{"id": 2, "a": "x"}])
    source.snapshot("t", 5, 5, [{"id": 1, "a": "x"}], keys=1)
    assert source.versions("id") == [(1, 1, "open"), (2, 1, "open"), (3, 1, 5)]


def test_fewer_rows_than_the_spec_asks_make_it_incomplete() -> None:
    source = Source({**t(), "at_least": 1})
    source.put("t", 1, 1, id=1, a="x")
    source.snapshot("t", 5, 5, [], keys=0)
    assert source.versions("id") == [(1, 1, "open")]


def test_derived_deletions_come_before_the_snapshot_rows_of_their_place() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.snapshot("t", 5, 5, [], keys=0, name="empty")
    source.snapshot("t", 5, 5, [{"id": 1, "a": "y"}], name="full")
    assert source.versions("a") == [("x", 1, 5), ("y", 5, "open")]


# other routes


def stream(**more: Any) -> Table:
    columns = {"id": "int", "a": "varchar(10)", "e": "varchar(5)", "at": "datetime2(3)"}
    return {"table": "t", "ingest": "stream", "key": "id", "scd": 2, "columns": columns, **more}


def test_stream_events_are_ordered_by_time_then_identity_as_text() -> None:
    source = Source(stream(event_id="e", time="at"))
    for event, at, value in (("9", 2, "last"), ("10", 2, "first of its time"), ("1", 1, "x"), ("9", 2, "last")):
        source.send("t", {"id": 1, "a": value, "e": event, "at": f"2024-01-0{at}"})
    assert source.versions("a") == [("x", 0, 1), ("last", 1, "open")]


def test_stream_events_without_an_id_are_ordered_by_their_coordinates_as_numbers() -> None:
    source = Source(stream())
    for offset, value in ((10, "last"), (9, "replaced")):
        source.records.append(Record("t_changes", offset, {"id": 1, "a": value}, timestamp=1_704_067_200_000))
    assert source.versions("a") == [("last", 0, "open")]


def test_two_equal_purchases_at_two_offsets_are_two() -> None:
    fact = {"type": "transaction", "measures": {"amount": None}}
    source = Source({"table": "click", "ingest": "stream", "columns": {"amount": "int"}, "facts": {"fact_click": fact}})
    for _ in range(2):
        source.send("click", {"amount": 5}, timestamp=0)
    assert source.rows("fact_click", "amount") == [(5,), (5,)]


def test_null_in_a_declared_event_id_or_time_is_quarantined() -> None:
    source = Source(stream(event_id="e", time="at"))
    source.send("t", {"id": 1, "e": None, "at": 0})
    source.send("t", {"id": 1, "e": "x", "at": None})
    assert source.quarantined() == ["unorderable", "unorderable"]


def extracts(mode: str = "full", **more: Any) -> Table:
    files = {"path": "t/{time:%Y%m%d}*.csv", "format": "csv", "mode": mode}
    return {**t(), "ingest": "batch", "files": files, **more}


def test_a_full_extract_says_what_is_gone() -> None:
    source = Source(extracts(), time_zone="Etc/GMT+12")  # its midnight is noon in UTC
    source.files = [ExtractFile("t/20240103.csv", "id,a\n1,\n"), ExtractFile("t/20240102.csv", "id,a\n1,x\n2,x\n")]
    expected = [(1, "x", "beginning", 2.5), (1, None, 2.5, "open"), (2, "x", "beginning", 2.5)]
    assert source.versions("id", "a") == expected


def test_an_incremental_extract_is_just_its_rows() -> None:
    source = Source(extracts("incremental"))
    source.files = [ExtractFile("t/20240103.csv", "id,a\n1,y\n"), ExtractFile("t/20240102.csv", "id,a\n1,x\n2,x\n")]
    assert source.versions("id", "a") == [(1, "x", 1, 2), (1, "y", 2, "open"), (2, "x", 1, "open")]


def test_a_tables_events_come_by_one_route() -> None:
    source = Source(extracts())
    source.put("t", 1, 1, id=1, a="x")
    assert source.quarantined() == ["route"]
    source = Source(stream())
    source.put("t", 1, 1, id=1, a="x")
    assert source.quarantined() == ["route"]


def test_incarnations_come_one_after_the_other_whatever_their_lsns_and_times() -> None:
    table = {**t(), "generation": 2, "earlier": [{"generation": 1, "incarnation": 1}]}
    source = Source(table, incarnation=2)
    source.change("t", "u", 1, 1, {"id": 1, "a": "new"})
    source.change("t", "u", 9, 3, {"id": 1, "a": "old"}, generation=1)
    source.change("t", "u", 9, 3, {"id": 1, "a": "?"}, generation=7)
    assert source.versions("a") == [("new", 3, "open")]
    assert source.quarantined() == ["generation"]


# guards, quarantine and counts


def test_two_contents_at_one_coordinate_stop_the_load() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.records.append(Record("t_changes", 0, None))
    with pytest.raises(Conflict):
        source.star()


def test_two_contents_of_one_identity_block() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.put("t", 1, 1, id=1, a="y")
    with pytest.raises(Conflict):
        source.star()


def test_what_is_quarantined() -> None:
    source = Source({**t(), "columns": {"id": "int", "a": {"type": "varchar(3)", "checks": {"in": ["x"], "on_fail": "quarantine"}}}})
    row = {"id": 1, "a": "x"}
    source.change("t", "t", 1, 1, None)
    source.change("t", "c", 1, 1, {"id": None, "a": "x"})
    source.change("t", "c", 1, 1, row, change_lsn=None)
    source.change("t", "c", 1, 1, row, event_serial_no=None)
    source.change("t", "c", 1, 1, row, table="other")
    source.change("t", "c", 1, 1, {"id": 1, "a": "long text"})
    source.change("t", "c", 1, 1, {"id": 1, "a": "y"})
    source.send("t", "{not json")
    source.send("other", {"op": "c"})
    reasons = ["truncate", "null_key", "unorderable", "unorderable", "no_table", "untypable", "check", "undecodable", "no_table"]
    assert source.quarantined() == reasons
    assert source.versions() == []


def test_a_commit_time_a_day_ahead_of_its_kafka_timestamp_is_not_believed() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    value, at = source.records.pop().value, 1_704_067_200_000
    source.send("t", value, timestamp=at)
    source.send("t", value, timestamp=at - 1)
    assert source.quarantined() == ["future"]


def test_counts() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.send("t", source.records[0].value)  # a copy
    source.records.append(source.records[0])  # a replay: no new coordinate
    source.delete("t", 2, 2, id=9)  # has no effect, is applied
    source.send("t", None)
    source.heartbeat("t", 3)
    source.snapshot("t", 3, 3, [], keys=0)
    source.change("t", "t", 4, 4, None)
    specs = load(source.config, source.tables)
    assert counts(specs, source.records) == {("t_changes", 1, 0): Counts(7, applied=2, duplicate=1, skipped=3, quarantined=1)}


# --- 3. times -----------------------------------------------------------------------------------------------------------------------


def test_effective_times_do_not_run_backward() -> None:
    source = Source(t())
    for lsn, at, value in ((1, 5, "x"), (2, 3, "y"), (3, 4, "z"), (4, 6, "w")):
        source.put("t", lsn, at, id=1, a=value)
    assert source.versions("a") == [("z", 5, 6), ("w", 6, "open")]


def test_a_snapshot_row_stands_between_its_neighbours() -> None:
    source = Source(t(beginning=False))
    source.put("t", 1, 2, id=1, a="x")
    source.snapshot("t", 2, 1, [{"id": 1, "a": "early"}], name="s1")  # before the change before it: 2
    source.snapshot("t", 3, 9, [{"id": 1, "a": "late"}], name="s2")  # after the next change: 4
    source.snapshot("t", 4, 3, [{"id": 1, "a": "third"}], name="s3")  # not before the row before it: 4
    source.put("t", 5, 4, id=1, a="y")
    source.snapshot("t", 6, 7, [{"id": 1, "a": "last"}], name="s4")
    assert source.versions("a") == [("early", 2, 4), ("y", 4, 7), ("last", 7, "open")]


def test_snapshot_rows_do_not_move_the_changes_after_them() -> None:
    source = Source(t(beginning=False))
    source.snapshot("t", 1, 9, [{"id": 1, "a": "snapshot"}])
    source.put("t", 2, 2, id=1, a="x")
    source.put("t", 3, 3, id=1, a="y")
    assert source.versions("a") == [("x", 2, 3), ("y", 3, "open")]


def test_the_beginning_is_for_the_first_row_of_a_snapshot() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="seen")
    source.delete("t", 1, 1, id=2)  # no state, and yet an event
    source.snapshot("t", 2, 2, [{"id": key, "a": "x"} for key in (1, 2, 3)], keys=3, name="first")
    source.snapshot("t", 3, 3, [{"id": key, "a": "x"} for key in (1, 2, 3, 4)], keys=4, name="second")
    expected = [(1, "seen", 1, 2), (1, "x", 2, "open"), (2, "x", 2, "open"), (3, "x", "beginning", "open"), (4, "x", 3, "open")]
    assert source.versions("id", "a") == expected


def test_the_beginning_may_be_switched_off() -> None:
    source = Source(t(beginning=False))
    source.snapshot("t", 2, 2, [{"id": 1, "a": "x"}])
    assert source.versions("a") == [("x", 2, "open")]


def test_an_effective_column_replaces_the_start() -> None:
    source = Source(t(columns={"a": "varchar(10)", "since": "datetime2(3)"}, effective="since"))
    rows = ((1, "x", "2024-02-01"), (2, "y", "2023-12-31"), (3, "z", None), (4, "z", "2024-03-01"))
    for lsn, value, since in rows:
        source.put("t", lsn, lsn, id=1, a=value, since=since)
    source.snapshot("t", 9, 9, [{"id": 2, "a": "x", "since": None}])
    assert source.versions("id", "a", "since") == [
        (1, "y", -1, -1, 3),
        (1, "z", None, 3, 31),
        (1, "x", 31, 31, 60),
        (1, "z", 60, 60, "open"),
        (2, "x", None, 9, "open"),
    ]


def test_an_effective_value_not_after_the_deletion_before_it_is_not_used() -> None:
    source = Source(t(columns={"a": "varchar(10)", "since": "datetime2(3)"}, effective="since"))
    source.put("t", 1, 1, id=1, a="x", since="0001-01-01")
    source.delete("t", 2, 5, id=1)
    source.put("t", 3, 6, id=1, a="y", since="2024-01-06")  # day 5
    source.put("t", 4, 7, id=1, a="z", since="9999-12-31")
    clamped = (datetime(9999, 12, 30) - START).days
    assert source.versions("a") == [("x", "beginning", 5), ("y", 6, clamped), ("z", clamped, "open")]


def test_rows_that_start_at_or_after_their_deletion_are_dropped() -> None:
    source = Source(t(columns={"a": "varchar(10)", "since": "date"}, effective="since"))
    source.put("t", 1, 1, id=1, a="x", since="2024-01-02")
    source.put("t", 2, 2, id=1, a="y", since="2024-02-01")
    source.delete("t", 3, 3, id=1)
    assert source.versions("a") == [("x", 1, 3)]


def test_an_effective_column_makes_no_dimension_versioned() -> None:
    source = Source(t(columns={"a": {"type": "varchar(10)", "scd": 1}, "since": "datetime2(3)"}, effective="since"))
    source.put("t", 1, 1, id=1, a="x", since="2024-02-01")
    source.put("t", 2, 2, id=1, a="y", since="2024-03-01")
    assert source.versions("a", "since") == [("y", 60, 1, "open")]


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        (datetime(2024, 1, 1, 12), datetime(2024, 1, 1, 11)),
        (datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 27, 0, 30)),  # overlap: the earlier instant
        (datetime(2024, 3, 31, 2, 30), datetime(2024, 3, 31, 1, 30)),  # gap: the offset before it
        (datetime(1900, 1, 1), datetime(1900, 1, 1)),
        (datetime(1, 1, 1), datetime(1, 1, 1)),
        (datetime(9999, 12, 31, 23, 59), datetime(9999, 12, 31, 23, 59)),
    ],
)
def test_zones(wall: datetime, instant: datetime) -> None:
    assert to_utc(wall, "Europe/Berlin") == instant


def test_sentinels_are_not_shifted_back_either() -> None:
    assert to_local(datetime(9999, 12, 31), "Asia/Tokyo") == datetime(9999, 12, 31)
    assert to_local(datetime(2024, 1, 1), "Asia/Tokyo") == datetime(2024, 1, 1, 9)


# --- 4. values ----------------------------------------------------------------------------------------------------------------------


def test_surrogate_keys_are_frozen() -> None:
    """Each pinned by `printf TEXT | md5sum`: (first 8 hex digits mod 2^31) · 2^32 + next 8."""
    assert surrogate_key((7,), None) == 2991932910858553941  # 1:7 -> a9857b2167864a55
    assert surrogate_key((7,), START) == 462931439375033433  # 1:7@1704067200000000 -> 866ca9b0ff4f2459
    assert surrogate_key((7,), BEGINNING) == 4751745952540327357  # 1:7@-2208988800000000 -> c1f197c49c10fdbd
    assert surrogate_key((7,), None, "s") == 6046770515385426610  # s1:7 -> 53ea71bf1fdaa2b2
    assert surrogate_key((1, "A"), None) == 8668593652551991179  # 1:11:A -> 784d07ffb2913f8b
    assert surrogate_key(("1A",), None) == 6773607335888631096  # 2:1A -> de00affbdf9f3538
    assert surrogate_key((1, "A"), None, "s") == 8436530576324842477  # s1:1s1:A -> f51493dc4a9053ed
    assert surrogate_key((Decimal("1.5000"),), None) == 3268609730287643339  # 3:1.5 -> ad5c6f3b5b2e2acb
    assert surrogate_key(("ß",), None) == 2080109747829629880  # 1:ß, one character -> 9cde08cb753663b8
    assert surrogate_key((True,), None) == surrogate_key((1,), None)
    assert surrogate_key((Decimal("100.00"),), None) == surrogate_key((100,), None)
    assert surrogate_key((b"\x0a\xff",), None) == surrogate_key(("0aff",), None)


def test_canonical_keys() -> None:
    assert canonical("aß ı  ", case_insensitive=True) == "Aß I"  # ß has no upper case of one character
    assert canonical("aB ", case_insensitive=False) == "aB"
    assert canonical("a\t", case_insensitive=True) == "A\t"


def test_the_spelling_of_the_latest_row_is_kept() -> None:
    source = Source(t(columns={"id": "varchar(5)", "a": "varchar(10)"}))
    source.put("t", 1, 1, id="ab", a="x")
    source.put("t", 2, 2, id="Ab ", a="y")
    assert source.versions("id", "id_source", "a") == [("AB", "Ab", "x", 1, 2), ("AB", "Ab", "y", 2, "open")]
    source = Source(t(columns={"id": "varchar(5)", "a": "varchar(10)"}), collation="Latin1_General_BIN2")
    source.put("t", 1, 1, id="ab ", a="x")
    source.put("t", 2, 2, id="AB", a="x")
    assert source.versions("id") == [("AB", 2, "open"), ("ab", 1, "open")]
    assert "id_source" not in source.star()["dim_t"][0]


def test_trailing_blanks_are_no_change_and_case_is() -> None:
    source = Source(t())
    for lsn, value in enumerate(["x", "x  ", "X"], 1):
        source.put("t", lsn, lsn, id=1, a=value)
    assert source.versions("a") == [("x", 1, 3), ("X", 3, "open")]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("bit", "1", True),
        ("tinyint", 255, 255),
        ("bigint", "-9223372036854775808", -(2**63)),
        ("decimal(5,2)", "1.500", Decimal("1.50")),
        ("decimal(5,2)", "-0.00", Decimal("0.00")),
        ("decimal(38,0)", "9" * 38, Decimal("9" * 38)),
        ("money", 1.1, Decimal("1.1000")),
        ("float", "-0.0", 0.0),
        ("date", 19723, date(2024, 1, 1)),
        ("time(3)", 61_001, datetime(1970, 1, 1, 0, 1, 1, 1000).time()),
        ("datetime", 1_704_067_200_123, datetime(2024, 1, 1, 0, 0, 0, 123_000)),
        ("datetime2", 1_704_067_200_123_456_700, datetime(2024, 1, 1, 0, 0, 0, 123_456)),
        ("datetime2(6)", "2024-01-01T10:00:00.1234567", datetime(2024, 1, 1, 10, 0, 0, 123_456)),
        ("datetimeoffset", "2024-01-01T10:00:00+02:00", datetime(2024, 1, 1, 8)),
        ("varchar(3)", "abc   ", "abc"),
        ("uniqueidentifier", "0a8e1b2c-0000-1111-2222-333344445555", "0A8E1B2C-0000-1111-2222-333344445555"),
        ("varbinary(4)", "0x0AfF", b"\x0a\xff"),
        ("varbinary(4)", "Cv8=", b"\x0a\xff"),
    ],
)
def test_typing(kind: str, raw: Any, value: Any) -> None:
    typed = read(parse_type(kind), raw, "UTC")
    assert (typed, type(typed)) == (value, type(value))
    assert str(typed) == str(value)  # no negative zero


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("bit", 2),
        ("int", 2**31),
        ("int", "1.0"),
        ("int", True),
        ("decimal(5,2)", "1.005"),
        ("decimal(5,2)", "1000"),
        ("float", "NaN"),
        ("float", "1e999"),
        ("date", "2024-02-30"),
        ("time(3)", 86_400_000),
        ("datetime2(3)", 10**18),
        ("datetimeoffset", "2024-01-01T10:00:00"),
        ("varchar(3)", "abcd"),
        ("varchar(3)", 1),
        ("uniqueidentifier", "0a8e1b2c"),
        ("varbinary(4)", "0x0"),
    ],
)
def test_untypable(kind: str, raw: Any) -> None:
    with pytest.raises(Untypable):
        read(parse_type(kind), raw, "UTC")


# --- 5. dimensions ------------------------------------------------------------------------------------------------------------------

TYPES = {f"c{scd}": {"type": "varchar(5)", "scd": scd} for scd in (0, 1, 2, 3, 6)}


def test_how_each_type_reads_a_column() -> None:
    source = Source(t(columns=TYPES))
    for lsn, value in enumerate(["a", "b", "b", None], 1):
        source.put("t", lsn, lsn, id=1, **dict.fromkeys(TYPES, value))
    shown = ("c0", "c1", "c2", "c3", "previous_c3", "c6", "current_c6")
    assert source.versions(*shown) == [
        ("a", None, "a", None, "b", "a", None, 1, 2),
        ("a", None, "b", None, "b", "b", None, 2, 4),
        ("a", None, None, None, "b", None, None, 4, "open"),
    ]


def test_first_latest_and_previous_run_across_lives() -> None:
    source = Source(t(columns={name: TYPES[name] for name in ("c0", "c1", "c3")}))
    source.put("t", 1, 1, id=1, c0="a", c1="a", c3="a")
    source.delete("t", 2, 2, id=1)
    source.put("t", 3, 3, id=1, c0="b", c1="b", c3="b")
    source.delete("t", 4, 4, id=1)
    assert source.versions("c0", "c1", "c3", "previous_c3", "is_current") == [("a", "b", "b", "a", False, 1, 4)]


def test_previous_is_the_last_different_value() -> None:
    source = Source(t(3))
    for lsn, value in enumerate(["a", "b", "a", "a"], 1):
        source.put("t", lsn, lsn, id=1, a=value)
    assert source.versions("a", "previous_a") == [("a", "b", 1, "open")]
    source.put("t", 5, 5, id=2, a="only")
    assert source.versions("a", "previous_a")[1] == ("only", None, 5, "open")


def test_an_unversioned_dimension_holds_every_key_however_short_its_life() -> None:
    source = Source(t(1))
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 2, 1, id=1)
    assert source.versions("a", "is_current") == [("x", False, 1, 1)]


def test_a_key_left_without_versions_is_not_in_a_versioned_dimension() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 2, 1, id=1)
    assert source.versions("a") == []


def test_a_return_after_close_opens_a_version_after_the_gap() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 2, 2, id=1)
    source.put("t", 3, 3, id=1, a="x")
    assert source.versions("a", "is_current", "is_deleted") == [("x", False, False, 1, 2), ("x", True, False, 3, "open")]


def test_flag_keeps_a_deleted_version_until_the_next() -> None:
    source = Source(t(on_delete="flag"))
    source.put("t", 1, 1, id=1, a="x")
    source.delete("t", 2, 2, id=1)
    source.put("t", 3, 3, id=1, a="y")
    source.delete("t", 4, 3, id=1)  # a life that leaves no version
    source.put("t", 5, 5, id=1, a="z")
    source.delete("t", 6, 6, id=1)
    assert source.versions("a", "is_deleted", "is_current") == [
        ("x", False, False, 1, 2),
        ("x", True, False, 2, 5),
        ("z", False, False, 5, 6),
        ("z", True, True, 6, "open"),
    ]


def test_flag_in_an_unversioned_dimension() -> None:
    source = Source(t(1, on_delete="flag"))
    source.put("t", 1, 1, id=1, a="x")
    source.put("t", 1, 1, id=2, a="x")
    source.delete("t", 2, 2, id=1)
    assert source.versions("id", "is_deleted", "is_current") == [(1, True, True, 1, "open"), (2, False, True, 1, "open")]


def test_ignore_leaves_derived_deletions_out_too() -> None:
    source = Source(t(on_delete="ignore"))
    source.put("t", 1, 1, id=1, a="x")
    source.snapshot("t", 2, 2, [], keys=0)
    source.delete("t", 3, 9, id=1)
    source.put("t", 4, 4, id=1, a="y")
    assert source.versions("a", "is_deleted") == [("x", False, 1, 4), ("y", False, 4, "open")]


def test_type_4_is_a_current_table_and_a_history() -> None:
    source = Source(t(4, columns={"a": "varchar(5)", "b": {"type": "int", "scd": 1}}))
    source.put("t", 1, 1, id=7, a="x", b=1)
    source.put("t", 2, 2, id=7, a="y", b=2)
    assert source.versions("t_key", "a", "b") == [(surrogate_key((7,), None), "y", 2, 1, "open")]
    history = [(surrogate_key((7,), day(1)), "x", 2, 1, 2), (surrogate_key((7,), day(2)), "y", 2, 2, "open")]
    assert source.versions("t_key", "a", "b", name="dim_t_history") == history


def test_of_rows_with_one_start_only_the_last_remains() -> None:
    source = Source(t())
    source.put("t", 1, 1, id=1, a="x")
    source.put("t", 2, 1, id=1, a="y")
    source.put("t", 3, 2, id=1, a="x")
    assert source.versions("a") == [("y", 1, 2), ("x", 2, "open")]


# lookups


def looking(scd: int, by_scd: int = 2, parent: Mapping[str, Any] | None = None, **dimension: Any) -> Source:
    """`t` looks up `label` of `p` by `p_id`."""
    columns = {"p_id": {"type": "int", "scd": by_scd}}
    lookups = {"p": {"by": "p_id", "columns": [{"p_label": "label"}], "scd": scd}}
    p = {"table": "p", "key": "id", "columns": {"id": "int", "label": "varchar(5)", "since": {"type": "date"}}, **(parent or {})}
    return Source(t(columns=columns, lookups=lookups, **dimension), p)


def test_a_type_2_lookup_splits_versions() -> None:
    source = looking(2)
    source.put("p", 1, 4, id=1, label="l")
    source.put("p", 2, 6, id=1, label="l")  # no change, no split
    source.put("p", 3, 8, id=1, label="m")
    source.put("t", 1, 2, id=1, p_id=1)  # before the parent's first row: the first row's
    source.put("t", 4, 10, id=1, p_id=None)
    assert source.versions("p_id", "p_label") == [(1, "l", 2, 8), (1, "m", 8, 10), (None, None, 10, "open")]


def test_a_type_1_lookup_shows_the_latest() -> None:
    source = looking(1)
    source.put("p", 1, 4, id=1, label="l")
    source.put("p", 3, 8, id=1, label="m")
    source.put("t", 1, 2, id=1, p_id=1)
    source.put("t", 2, 3, id=1, p_id=2)  # nobody
    assert source.versions("p_id", "p_label") == [(1, "m", 2, 3), (2, None, 3, "open")]


@pytest.mark.parametrize(
    ("on_delete", "second", "first"),
    [
        ("close", [("l", 1, 2), (None, 2, 4), ("m", 4, "open")], [("m", 1, "open")]),
        ("flag", [("l", 1, 4), ("m", 4, "open")], [("m", 1, "open")]),
        ("ignore", [("l", 1, 4), ("m", 4, "open")], [("m", 1, "open")]),
    ],
)
def test_a_deleted_parent(on_delete: str, second: list[Any], first: list[Any]) -> None:
    for scd, expected in ((2, second), (1, first)):
        source = looking(scd, parent={"scd": 2, "dimension": {"on_delete": on_delete}})
        source.put("p", 1, 1, id=1, label="l")
        source.delete("p", 2, 2, id=1)
        source.put("p", 3, 4, id=1, label="m")
        source.put("t", 1, 1, id=1, p_id=1)
        assert source.versions("p_label") == expected
        source.delete("p", 4, 5, id=1)
        assert source.versions("p_label")[-1][0] == (None if on_delete == "close" else "m")


def test_a_parent_without_a_version_is_null() -> None:
    for scd in (1, 2):
        source = looking(scd, parent={"scd": 2, "dimension": {"on_delete": "flag"}})
        source.put("p", 1, 1, id=1, label="l")
        source.delete("p", 2, 1, id=1)
        source.put("t", 1, 1, id=1, p_id=1)
        assert source.versions("p_label") == [(None, 1, "open")]


def test_the_parents_own_starts_count() -> None:
    source = looking(2, parent={"scd": 2, "dimension": {"effective": "since"}})
    source.put("p", 1, 1, id=1, label="l", since=None)
    source.put("p", 2, 2, id=1, label="m", since="2024-01-08")
    source.put("t", 1, 1, id=1, p_id=1)
    assert source.versions("p_label") == [("l", 1, 7), ("m", 7, "open")]


def test_a_flagged_version_has_the_lookups_of_its_start_and_is_not_split() -> None:
    source = looking(2, on_delete="flag")
    source.put("p", 1, 1, id=1, label="l")
    source.put("t", 1, 2, id=1, p_id=1)
    source.put("p", 2, 3, id=1, label="m")
    source.delete("t", 3, 4, id=1)
    source.put("p", 4, 5, id=1, label="n")
    assert source.versions("p_label", "is_deleted") == [("l", False, 2, 3), ("m", False, 3, 4), ("m", True, 4, "open")]


def test_a_flagged_parent_keeps_its_last_row_in_sequence() -> None:
    source = looking(2, parent={"scd": 2, "dimension": {"on_delete": "flag", "effective": "since"}})
    source.put("p", 1, 1, id=1, label="l", since="2024-01-03")  # day 2
    source.put("p", 2, 2, id=1, label="m", since="2024-02-01")  # starts after the deletion, and is the last all the same
    source.delete("p", 3, 4, id=1)
    source.put("t", 1, 1, id=1, p_id=1)
    assert source.versions("p_label") == [("l", 1, 4), ("m", 4, "open")]


def test_a_split_takes_nothing_from_the_piece_before() -> None:
    columns = {"id": "int", "label": "varchar(5)", "rank": "int"}
    source = looking(2, parent={"columns": columns, "scd": 2, "dimension": {"on_delete": "flag"}})
    source.tables[0]["dimension"]["lookups"]["p"]["columns"] = ["label", "rank"]
    source.put("p", 1, 1, id=1, label="l", rank=1)
    source.delete("p", 2, 2, id=1)  # forgets
    source.put("p", 3, 3, id=1, label="m")
    source.put("t", 1, 1, id=1, p_id=1)
    assert source.versions("label", "rank") == [("l", 1, 1, 3), ("m", None, 3, "open")]


def test_an_unknown_lookup_opens_no_version() -> None:
    source = looking(2)
    source.put("p", 1, 1, id=1)
    source.put("p", 2, 4, id=1, label="l")
    source.put("t", 1, 2, id=1, p_id=1)
    assert source.versions("p_label") == [("l", 2, "open")]


# --- 6. facts -----------------------------------------------------------------------------------------------------------------------


def selling(dimension: Table | None = None, **fact: Any) -> Source:
    """`line` with its dimension `t`, and `head` for a parent."""
    columns = {"no": "int", "head_no": "int", "t_id": "int", "at": "datetime2(3)", "quantity": "int", "price": "money", "rate": "float"}
    facts = {"fact_sales": {"type": "transaction", "grain": "no", "dimensions": {"t": "t_id"}, "measures": {"quantity": None}, **fact}}
    line = {"table": "line", "key": "no", "columns": columns, "facts": facts}
    head = {"table": "head", "key": "no", "columns": {"no": "int", "main_t": "int", "ordered_at": "datetime2(3)"}}
    return Source(dimension or t(), line, head)


def sk(key: int, at: float | None) -> int:
    return surrogate_key((key,), None if at is None else day(at))


INFERRED = surrogate_key((7,), BEGINNING)


def test_a_surrogate_key_is_an_as_of_lookup() -> None:
    source = selling(time="at")
    source.put("t", 1, 2, id=7, a="x")
    source.put("t", 2, 4, id=7, a="y")
    source.delete("t", 3, 6, id=7)
    for no, at in enumerate([1, 2, 3, 4, 8], 1):
        source.put("line", 10 + no, 20, no=no, t_id=7, at=f"2024-01-{at + 1:02d}", quantity=no)
    keys = [sk(7, 2), sk(7, 2), sk(7, 2), sk(7, 4), sk(7, 4)]  # before the first: the first; in a gap: the last before it
    assert [row[0] for row in source.rows("fact_sales", "t_key")] == keys


def test_the_columns_of_a_fact_row() -> None:
    source = selling(time="at", dimensions={"t": "t_id", "sold": {"dimension": "date", "by": "at"}}, degenerate=["no", "head_no"])
    source.put("t", 1, 2, id=7, a="x")
    source.put("line", 2, 2, no=1, head_no=5, t_id=7, at="2024-01-04", quantity=3)
    assert source.star()["fact_sales"] == [
        {"t_key": sk(7, 2), "sold_key": 20240104, "no": 1, "t_id": 7, "at": day(3), "head_no": 5, "quantity": 3}
    ]


def test_without_a_time_it_is_the_first_state_of_the_current_life() -> None:
    source = selling(time="at")
    source.put("t", 1, 2, id=7, a="x")
    source.put("t", 2, 5, id=7, a="y")
    source.put("line", 3, 1, no=1, t_id=7)
    source.delete("line", 4, 4, no=1)
    source.put("line", 5, 4.5, no=1, t_id=7)
    source.put("line", 6, 9, no=1, t_id=7, quantity=2)
    assert source.rows("fact_sales", "t_key", "at") == [(sk(7, 2), None)]


def test_a_deletion_removes_a_fact_row() -> None:
    source = selling()
    source.put("line", 1, 1, no=1, t_id=7)
    source.delete("line", 2, 2, no=1)
    assert source.rows("fact_sales", "no") == []


def test_inferred_members_for_every_key_any_state_refers_to() -> None:
    source = selling()
    source.put("line", 1, 1, no=1, t_id=7)
    source.put("line", 2, 2, no=1, t_id=8)
    source.put("line", 3, 3, no=1, t_id=None)
    source.delete("line", 4, 4, no=1)
    found = source.versions("id", "a", "t_key", "is_inferred", "is_current", "is_deleted")
    assert found == [(key, None, surrogate_key((key,), BEGINNING), True, True, False, "beginning", "open") for key in (7, 8)]
    source.put("t", 5, 5, id=7, a="x")
    assert source.versions("id", "is_inferred") == [(7, False, 5, "open"), (8, True, "beginning", "open")]


def test_inferred_members_of_type_4_are_in_the_table_only() -> None:
    source = selling(t(4))
    source.put("line", 1, 1, no=1, t_id=7)
    assert source.versions("id", "t_key") == [(7, surrogate_key((7,), None), "beginning", "open")]
    assert source.versions("id", name="dim_t_history") == []
    assert source.rows("fact_sales", "t_key") == [(surrogate_key((7,), None),)]


PARENT: dict[str, Any] = {
    "parent": {"head": {"by": "head_no", "columns": ["main_t", "ordered_at"]}},
    "dimensions": {"t": "main_t", "ordered": {"dimension": "date", "by": "ordered_at"}},
    "time": "ordered_at",
}


def test_parent_columns_are_those_of_the_parents_latest_state() -> None:
    source = selling(**PARENT)
    source.put("t", 1, 1, id=7, a="x")
    source.put("t", 2, 5, id=7, a="y")
    source.put("line", 3, 1, no=1, head_no=5, quantity=1)
    assert source.rows("fact_sales", "t_key", "ordered_key", "main_t", "ordered_at") == [(-2, -2, None, None)]
    source.put("head", 4, 9, no=5, main_t=7, ordered_at="2024-01-03")
    assert source.rows("fact_sales", "t_key", "ordered_key", "main_t", "ordered_at") == [(sk(7, 1), 20240103, 7, 2)]
    source.put("head", 5, 10, no=5, main_t=None, ordered_at=None)
    assert source.rows("fact_sales", "t_key", "ordered_key", "main_t", "ordered_at") == [(-1, -1, None, None)]
    source.delete("head", 6, 11, no=5)
    assert source.rows("fact_sales", "t_key", "ordered_key", "main_t", "ordered_at") == [(-2, -2, None, None)]
    source.put("line", 7, 12, no=1, head_no=None)
    assert source.rows("fact_sales", "t_key", "ordered_key", "main_t", "ordered_at") == [(-1, -1, None, None)]


def test_inferred_also_through_any_state_of_a_parent() -> None:
    source = selling(**PARENT)
    source.put("line", 1, 1, no=1, head_no=5)
    source.put("head", 2, 1, no=5, main_t=7)
    source.put("head", 3, 2, no=5, main_t=8)
    source.put("head", 3, 2, no=6, main_t=9)  # nobody's parent
    source.delete("head", 4, 3, no=5)
    assert source.versions("id") == [(7, "beginning", "open"), (8, "beginning", "open")]


def test_a_name_of_its_own_and_of_a_parent_is_an_error() -> None:
    with pytest.raises(ValueError, match="both its own"):
        selling(parent={"head": {"by": "head_no", "columns": ["no"]}}).star()


def test_measures_are_rounded_half_away_from_zero_at_the_end() -> None:
    measures = {
        "net": {"expr": "quantity * price * (1 - 0.5)", "type": "decimal(9,2)"},
        "scaled": {"expr": "-price * rate", "type": "decimal(9,1)"},
    }
    source = selling(measures=measures)
    source.put("line", 1, 1, no=1, quantity=1, price="0.01", rate=0.5)
    source.put("line", 1, 1, no=2, quantity=-1, price="0.01", rate=2)
    source.put("line", 1, 1, no=3, quantity=None, price="0.3", rate=0.5)
    found = source.rows("fact_sales", "net", "scaled")
    assert found == [(Decimal("0.01"), Decimal(0)), (Decimal("-0.01"), Decimal(0)), (None, Decimal("-0.2"))]  # -0.15


def test_a_date_role_uses_the_sources_local_date() -> None:
    source = selling(dimensions={"sold": {"dimension": "date", "by": "at"}})
    source.config["sources"]["erp"]["time_zone"] = "America/New_York"
    for no, at in enumerate(["2024-01-01T23:30:00", None, "9999-12-31"], 1):
        source.put("line", no, 1, no=no, at=at)
    assert source.rows("fact_sales", "sold_key") == [(20240101,), (-1,), (99991231,)]


def periodic(period: str, **source: Any) -> Source:
    columns = {"no": "int", "t_id": "int", "on_hand": "int"}
    fact = {"type": "periodic_snapshot", "period": period, "dimensions": {"t": "t_id"}, "measures": {"on_hand": None}}
    return Source(t(), {"table": "stock", "key": "no", "columns": columns, "facts": {"fact_stock": fact}}, **source)


def test_a_periodic_snapshot_has_the_state_at_the_end_of_each_period() -> None:
    source = periodic("day")
    source.put("t", 1, 0, id=7, a="x")
    source.put("t", 2, 1.5, id=7, a="y")
    source.put("stock", 3, 0.5, no=1, t_id=7, on_hand=1)
    source.put("stock", 4, 0.9, no=1, t_id=7, on_hand=2)
    source.delete("stock", 5, 2.5, no=1)
    source.put("stock", 6, 4, no=1, t_id=7, on_hand=3)  # the first instant of day 4
    source.heartbeat("t", 5.5)  # of the same source: `as_of`
    days = [(0, 2, sk(7, 0)), (1, 2, sk(7, 1.5)), (4, 3, sk(7, 1.5)), (5, 3, sk(7, 1.5))]
    expected = [(day(number).date(), on_hand, key) for number, on_hand, key in days]
    assert source.rows("fact_stock", "period_start", "on_hand", "t_key") == expected


def test_periods_are_local_and_weeks_begin_on_monday() -> None:
    source = periodic("week", time_zone="America/New_York")
    source.put("stock", 1, 7.1, no=1, on_hand=1)  # Monday 8th, still Sunday in New York
    source.heartbeat("stock", 14.3)
    assert source.rows("fact_stock", "period_start") == [(date(2024, 1, 1),), (date(2024, 1, 8),), (date(2024, 1, 15),)]
    source = periodic("month")
    source.put("stock", 1, 30.9, no=1, on_hand=1)
    source.put("stock", 2, 31, no=1, on_hand=2)
    assert source.rows("fact_stock", "period_start", "on_hand") == [(date(2024, 1, 1), 1), (date(2024, 2, 1), 2)]


def flowing() -> Source:
    head = {
        "table": "head",
        "key": "no",
        "columns": {"no": "int", "ordered_at": "datetime2(3)", "status": "varchar(9)"},
        "facts": {
            "fact_flow": {
                "type": "accumulating_snapshot",
                "milestones": {
                    "ordered": "ordered_at",
                    "paid": {"status": "status", "at": "paid", "order": ["new", "paid", "shipped"]},
                    "sent": {"from": "line", "by": "head_no", "first": "at"},
                    "done": {"from": "line", "by": "head_no", "last": "at"},
                },
                "lags": {"days": ["ordered", "sent"], "hours": {"from": "sent", "to": "ordered", "unit": "hour"}},
            }
        },
    }
    return Source(head, {"table": "line", "key": "no", "columns": {"no": "int", "head_no": "int", "at": "datetime2(3)"}})


def test_milestones_of_live_children_and_lags() -> None:
    source = flowing()
    source.put("head", 1, 1, no=1, ordered_at="2024-01-01T23:00:00")
    for no, at in ((1, "2024-01-03T00:30:00"), (2, "2024-01-05"), (3, "2024-01-01"), (4, None)):
        source.put("line", 2, 2, order=no, no=no, head_no=1, at=at)
    source.delete("line", 3, 3, no=3)
    sent = 2 + 0.5 / 24
    assert source.rows("fact_flow", "sent", "done", "days", "hours") == [(sent, 4, 2, -25)]
    source.put("line", 4, 4, no=1, head_no=2)
    assert source.rows("fact_flow", "sent", "done", "days") == [(4, 4, 4)]


def test_a_status_milestone_is_when_the_last_unbroken_run_began() -> None:
    source = flowing()
    for lsn, status in enumerate(["new", "paid", "shipped"], 1):
        source.put("head", lsn, lsn, no=1, status=status)
    assert source.rows("fact_flow", "paid") == [(2,)]
    source.put("head", 4, 4, no=1, status="new")  # a correction
    assert source.rows("fact_flow", "paid") == [(None,)]
    source.put("head", 5, 5, no=1, status="shipped")
    assert source.rows("fact_flow", "paid") == [(5,)]
    source.put("head", 6, 6, no=1, status="lost")  # unlisted
    assert source.rows("fact_flow", "paid") == [(None,)]
    source.delete("head", 7, 7, no=1)
    source.put("head", 8, 8, no=1, status="paid")
    assert source.rows("fact_flow", "paid") == [(8,)]


# --- 1. the law ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [BASIC, TRANSACTIONS, ALL], ids=["basic", "transactions", "all"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_arrival_changes_nothing(features: frozenset[str], data: st.DataObject) -> None:
    project: Project = data.draw(projects(features))
    loads: list[list[Record]] = data.draw(deliveries(project.records))
    arrived = [record for load in loads for record in load]
    assert star(project.specs, arrived, project.files[::-1]) == star(project.specs, project.records, project.files)


@settings(max_examples=60, deadline=None)
@given(project=projects(ALL))
def test_every_coordinate_is_counted_once(project: Project) -> None:
    for total in counts(project.specs, project.records, project.files).values():
        assert total.received == total.applied + total.duplicate + total.skipped + total.quarantined


@settings(max_examples=60, deadline=None)
@given(project=projects(ALL))
def test_versions_of_a_key_do_not_overlap(project: Project) -> None:
    tables: Mapping[str, Rows] = star(project.specs, project.records, project.files)
    for name, rows in tables.items():
        if name.startswith("dim_"):
            key = project.specs.tables[name.removeprefix("dim_").removesuffix("_history")].key
            for before, after in pairwise(rows):
                if all(before[column] == after[column] for column in key):
                    assert before["valid_from"] < before["valid_to"] <= after["valid_from"]
