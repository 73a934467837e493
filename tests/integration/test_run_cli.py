"""`retailflow run` and `retailflow query` as a person types them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from retailflow.cli.app import build
from retailflow.errors import StopError
from retailflow.local.duckdb_engine import DuckDbWarehouse
from tests.integration.run_support import change, text

PROJECT = """version: 1
name: shop
environments: {dev: {account: '111111111111', region: eu-central-1}}
sources: {erp: {kind: sqlserver, server: localhost, database: erp, secret: shop/erp}}
"""
TABLE = """table: customer
description: People who buy.
source: erp.Sales.Customer
key: customer_id
scd: 2
columns: {customer_id: int, name: nvarchar(80)}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "retailflow.yaml").write_text(PROJECT)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/customer.yaml").write_text(TABLE)
    topics = tmp_path / ".retailflow/topics"
    topics.mkdir(parents=True)
    (topics / "customer_changes.jsonl").write_text(
        text([change(1, "a", 1), change(1, "b", 2)]) + '{"value":"broken","offset":9}\n{"value": {'
    )
    return tmp_path


def call(root: Path, *words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(build(), [*words, "--project", str(root)], input=stdin)


def test_run_says_what_became_of_the_records_and_what_to_look_at(root: Path) -> None:
    result = call(root, "run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:2] == [
        "topic             received  applied  duplicate  skipped  quarantined",
        "customer_changes         3        2          0        0            1",
    ]
    assert result.stdout.splitlines()[-1].split() == ["dim_customer", "2"]
    assert "staging.quarantine" in result.stderr
    assert "customer_changes.jsonl" in result.stderr, "its last line is not whole"
    assert "nothing new" in call(root, "run").stdout


def test_run_as_json(root: Path) -> None:
    told = json.loads(call(root, "run", "--format", "json").stdout)
    assert told["hops"] == [
        {
            "topic": "customer_changes",
            "generation": 1,
            "partition": 0,
            "received": 3,
            "applied": 2,
            "duplicate": 0,
            "skipped": 0,
            "quarantined": 1,
        }
    ]
    assert told["star"] == {"dim_customer": 2}
    assert told["waiting"] == ["customer_changes.jsonl"]


def test_query_in_three_formats_and_from_stdin(root: Path) -> None:
    call(root, "run")
    sql = "SELECT name, is_current, customer_key, NULL AS nothing FROM dim_customer ORDER BY valid_from"
    rows = json.loads(call(root, "query", sql, "--format", "json").stdout)
    assert [(row["name"], row["is_current"], row["nothing"]) for row in rows] == [("a", False, None), ("b", True, None)]
    assert call(root, "query", "-", "--format", "csv", stdin=sql).stdout.splitlines()[0] == "name,is_current,customer_key,nothing"
    table = call(root, "query", sql)
    assert str(rows[0]["customer_key"]) in table.stdout
    assert "NULL" in table.stdout
    assert "2 rows" in table.stderr


def test_nothing_to_run_on(tmp_path: Path, root: Path) -> None:
    result = call(root, "run", "--topics", str(tmp_path / "none"))
    assert isinstance(result.exception, StopError)
    assert (result.exception.findings[0].code, result.exception.exit_code) == ("RF515", 2)


def test_an_engine_there_is_not(root: Path) -> None:
    result = call(root, "run", "--engine", "oracle")
    assert result.exit_code == 2
    assert "duckdb, postgres" in result.stderr


def test_a_run_after_a_changed_spec_says_what_it_did(root: Path) -> None:
    call(root, "run")
    (root / "tables/customer.yaml").write_text(TABLE.replace("scd: 2", "scd: 1"))
    assert "customer was folded anew (changed: dim_customer)" in call(root, "run").stderr
    (root / "tables/customer.yaml").write_text(TABLE.replace("nvarchar(80)", "nvarchar(90)"))
    told = json.loads(call(root, "run", "--format", "json").stdout)
    assert (told["taken_anew"], told["folded_anew"], told["left"]) == ({"customer": "changed: columns"}, {}, [])


def test_backfill_counts_checks_and_mends(root: Path) -> None:
    missing = call(root, "backfill")
    assert isinstance(missing.exception, StopError)
    assert (missing.exception.exit_code, missing.exception.findings[0].code) == (2, "RF513")
    call(root, "run")
    sound = call(root, "backfill", "customer", "--check")
    assert (sound.exit_code, sound.stdout.splitlines()[-1].split()) == (0, ["dim_customer", "0"])
    with closing(DuckDbWarehouse(root / ".retailflow/warehouse.duckdb", ("staging", "dw"))) as warehouse:
        warehouse.execute("UPDATE dw.dim_customer SET name = 'z'")
    for words, code, differed in ((("--check",), 3, 2), (("--from", "2099-01-01"), 0, 0), ((), 0, 2), (("--check",), 0, 0)):
        result = call(root, "backfill", "--json", *words)
        assert (result.exit_code, json.loads(result.stdout)["differed"]) == (code, {"dim_customer": differed}), words


def test_backfill_says_what_it_does_not_understand(root: Path) -> None:
    unknown = call(root, "backfill", "custmer")
    assert isinstance(unknown.exception, StopError)
    assert "customer" in (unknown.exception.findings[0].hint or "")
    assert call(root, "backfill", "--from", "yesterday").exit_code == 2
