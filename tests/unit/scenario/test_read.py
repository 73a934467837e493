"""What a person may get wrong in a scenario: findings, each at its place."""

from pathlib import Path

import pytest

from retailflow.errors import Finding
from retailflow.local.scenario.read import Reading, read
from retailflow.local.scenario.scenario import Message
from retailflow.local.scenario.setting import Setting

TABLE = (
    "tables: {customer: {key: customer_id, scd: 2, columns: {customer_id: int, city: nvarchar(9), at_time: datetime2(7), paid: money}}}\n"
)
EVENT = "{table: customer, op: c, row: {customer_id: 7}, commit: 1, at: 2024-03-01}"


def reading(tmp_path: Path, text: str) -> Reading:
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file, "s.yaml", Setting(None))


def scenario(event: str = EVENT, more: str = "") -> str:
    return f"scenario: s\n{TABLE}batches:\n  - - {event}\n{more}"


def test_a_good_one_has_no_findings(tmp_path: Path) -> None:
    found = reading(tmp_path, scenario())
    assert found.findings == ()
    assert found.scenario is not None


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        ("{table: custmer, op: c, row: {customer_id: 7}, commit: 1, at: 2024-03-01}", "RF532", "custmer"),
        ("{table: customer, op: c, row: {customer_id: 7, town: x}, commit: 1, at: 2024-03-01}", "RF532", "town"),
        ("{table: customer, op: c, row: {customer_id: seven}, commit: 1, at: 2024-03-01}", "RF533", "whole number"),
        ("{table: customer, op: c, row: {customer_id: [7]}, commit: 1, at: 2024-03-01}", "RF533", "one value"),
        ("{table: customer, op: c, row: {customer_id: 7}, commit: 1, at: yesterday}", "RF533", "yesterday"),
        ("{table: customer, op: c, row: {customer_id: 7}, commit: 1}", "RF532", "committed"),
        ("{table: customer, op: c, commit: 1, at: 2024-03-01}", "RF532", "no row"),
        ("{table: customer, op: x, row: {customer_id: 7}}", "RF014", "op"),
        ("{table: customer, op: c, rwo: {customer_id: 7}}", "RF011", "rwo"),
        ("{table: customer, op: c, row: {customer_id: 7}, keys: 3, at: 2024-03-01}", "RF532", "keys"),
        ("{table: customer, mark: s1, commit: 1, at: 2024-03-01}", "RF532", "keys"),
        ("{table: customer}", "RF532", "nothing that arrives"),
        ("{topic: ../up, raw: x}", "RF532", "topic"),
        ("{table: customer, extract: ../../x.csv, rows: []}", "RF532", "files"),
        ("{source: wms, heartbeat: 2024-03-01}", "RF532", "wms"),
        ("{table: customer, op: c, row: {customer_id: 7}, generation: 4, at: 2024-03-01}", "RF532", "generation 4"),
        ("{table: customer, op: c, row: {customer_id: 7}, omit: [lns], at: 2024-03-01}", "RF532", "lns"),
    ],
)
def test_an_event_that_cannot_be(tmp_path: Path, event: str, code: str, words: str) -> None:
    found = reading(tmp_path, scenario(event))
    assert found.scenario is None
    first = found.findings[0]
    assert (first.code, words in first.message) == (code, True), found.findings
    assert first.place is not None
    assert first.place.line == 4


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("expect: {dim_custmer: []}\n", "RF532"),
        ("expect: {dim_customer: [{town: x}]}\n", "RF532"),
        ("expect: {dim_customer: [{valid_from: soon}]}\n", "RF533"),
        ("after: {2: {dim_customer: []}}\n", "RF532"),
        ("expect_counts: {vendor: {received: 1}}\n", "RF532"),
        ("expect_counts: {customer: {lost: 1}}\n", "RF011"),
        ("sources: {erp: {time_zone: Mars/Olympus}}\n", "RF118"),
    ],
)
def test_an_expectation_that_cannot_be(tmp_path: Path, more: str, code: str) -> None:
    found = reading(tmp_path, scenario(more=more))
    assert found.scenario is None
    assert code in {f.code for f in found.findings}


@pytest.mark.parametrize(
    "text", ["", "[]", "scenario: s\n", "{", "scenario: s\nbatches: []\n", "a: &a [*a]\n", "\x00", "scenario: s\nbatches: [[1]]\n"]
)
def test_what_is_no_scenario(tmp_path: Path, text: str) -> None:
    found = reading(tmp_path, text)
    assert found.scenario is None
    assert all(isinstance(f, Finding) for f in found.findings)
    assert found.findings


def test_tables_of_its_own_are_checked_where_they_stand(tmp_path: Path) -> None:
    text = (
        f"scenario: s\ntables:\n  customer:\n    key: custmer_id\n    scd: 2\n    columns: {{customer_id: int}}\nbatches:\n  - - {EVENT}\n"
    )
    (finding,) = reading(tmp_path, text).findings
    assert finding.code == "RF101"
    assert finding.place is not None
    assert finding.place.line == 4


def test_without_tables_there_must_be_a_project(tmp_path: Path) -> None:
    assert [f.code for f in reading(tmp_path, f"scenario: s\nbatches:\n  - - {EVENT}\n").findings] == ["RF531"]


def test_values_go_over_the_wire_as_the_connector_sends_them(tmp_path: Path) -> None:
    row = "{customer_id: 7, at_time: '1970-01-01 00:00:00.0000012', paid: 12.50}"
    found = reading(tmp_path, scenario(f"{{table: customer, op: c, row: {row}, commit: 10, at: 2024-03-01 10:00}}"))
    assert found.scenario is not None
    message = found.scenario.batches[0][0]
    assert isinstance(message, Message)
    assert isinstance(message.value, dict)
    assert message.value["after"] == {"customer_id": 7, "at_time": 1200, "paid": "12.50"}
    assert message.value["source"]["commit_lsn"] == "00000000:0000000a:0001"
    assert message.key == {"customer_id": 7}
