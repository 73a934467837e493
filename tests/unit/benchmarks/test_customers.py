"""The changes a benchmark is run on: were they not what it says, its figures would be of something else."""

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.scd2.customers import COLUMNS, Customers, Outcome


def test_a_batch_changes_each_of_its_keys_once_in_the_shares_that_are_promised() -> None:
    customers = Customers(1000)
    list(customers.first())
    events = list(map(json.loads, customers.batch(100)))
    assert len({event["key"]["customer_id"] for event in events}) == 100
    assert {op: sum(event["value"]["op"] == op for event in events) for op in "cud"} == {"c": 7, "u": 90, "d": 3}


def test_commits_and_offsets_ascend_over_all_batches() -> None:
    events = [event["value"]["source"] | event for event in _events(Customers(1000))]
    assert [e["commit_lsn"] for e in events] == sorted({e["commit_lsn"] for e in events})
    assert [e["ts_ms"] for e in events] == sorted(e["ts_ms"] for e in events)
    for partition in range(3):
        offsets = [e["offset"] for e in events if e["partition"] == partition]
        assert offsets == list(range(len(offsets)))


def test_what_is_due_is_what_the_events_come_to() -> None:
    customers = Customers(1000)
    rows: dict[int, dict[str, Any]] = {}
    due = Outcome()
    for event in _events(customers):
        key, value = event["key"]["customer_id"], event["value"]
        assert rows.pop(key, None) == value["before"]
        if value["before"]:
            due.ends_ms += value["source"]["ts_ms"]
        if value["after"]:
            assert list(value["after"]) == list(COLUMNS)
            rows[key] = value["after"]
            due.versions += 1
            due.cents += int(value["after"]["credit_limit"].replace(".", ""))
    due.current = len(rows)
    assert customers.outcome == due


def _events(customers: Customers) -> Iterator[dict[str, Any]]:
    for lines in (customers.first(), customers.batch(200), customers.round(), customers.batch(200), customers.batch(200)):
        yield from map(json.loads, lines)
