"""`retailflow test` as a person runs it: what is wrong is shown row by row, and the exit code tells."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retailflow.cli.app import build
from retailflow.errors import StopError

SCENARIO = """scenario: a customer comes back
why: a return opens a version after the gap
tables: {customer: {key: customer_id, scd: 2, columns: {customer_id: int, city: nvarchar(40)}}}
batches:
  - - {table: customer, op: c, row: {customer_id: 7, city: Oslo}, commit: 1, at: 2024-03-01 10:00}
    - {table: customer, op: d, key: 7, commit: 2, at: 2024-03-02}
  - - {table: customer, op: c, row: {customer_id: 7, city: Rome}, commit: 3, at: 2024-03-05}
expect:
  dim_customer:
    - {customer_id: 7, city: Oslo, valid_from: 2024-03-01 10:00, valid_to: 2024-03-02}
    - {customer_id: 7, city: Rome, valid_from: 2024-03-05, valid_to: open}
"""
WRONG = SCENARIO.replace("Rome, valid_from", "Paris, valid_from")


def written(folder: Path, text: str, name: str = "s.yaml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_scenario_that_holds(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["test", written(tmp_path, SCENARIO)])
    assert result.exit_code == 0, result.output
    assert result.stdout == "passed  s.yaml: a customer comes back\n"


def test_a_wrong_expectation_shows_both_rows(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["test", written(tmp_path, WRONG)])
    assert result.exit_code == 1
    rows = [line.split() for line in result.stdout.splitlines() if line.strip().startswith(("-", "+"))]
    assert ["-", "expected", "(line", "11)", "7", "2024-03-05", "[Paris]", "open"] in rows
    assert ["+", "got", "7", "2024-03-05", "[Rome]", "open"] in rows


def test_as_data(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["test", "--format", "json", written(tmp_path, WRONG)])
    (verdict,) = json.loads(result.stdout)
    assert (verdict["outcome"], verdict["problems"][0]["table"]) == ("failed", "dim_customer")
    assert [row["status"] for row in verdict["problems"][0]["rows"]] == ["expected", "got"]


def test_one_that_cannot_be_read_stands_beside_the_others(tmp_path: Path) -> None:
    written(tmp_path, SCENARIO, "b.yaml")
    written(tmp_path, SCENARIO.replace("city: Oslo}, commit", "town: Oslo}, commit"), "a.yaml")
    result = CliRunner().invoke(build(), ["test", str(tmp_path)])
    assert result.exit_code == 1
    assert "BROKEN  a.yaml" in result.stdout
    assert "error[RF532]: `town` is not a column of `customer`" in result.stdout
    assert "passed  b.yaml" in result.stdout


def test_what_is_held_back_unexpectedly_is_told(tmp_path: Path) -> None:
    text = SCENARIO.replace("row: {customer_id: 7, city: Rome}", "raw: {customer_id: seven}")
    result = CliRunner().invoke(build(), ["test", written(tmp_path, text)])
    assert "`customer` has 1 in quarantine by `untypable` (customer_id), expected 0" in result.stdout


def test_no_such_file() -> None:
    result = CliRunner().invoke(build(), ["test", "nowhere.yaml"])
    assert isinstance(result.exception, StopError)
    assert (result.exception.exit_code, result.exception.findings[0].code) == (2, "RF530")
