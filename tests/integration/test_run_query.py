"""`retailflow query` answers one SELECT, exactly, and changes nothing."""

from contextlib import closing
from pathlib import Path

import pytest

from retailflow.errors import Finding, StopError
from retailflow.local.open import Address, Engine, open_warehouse
from retailflow.local.printing import as_csv, as_json
from retailflow.local.query import query
from tests.factories import project
from tests.integration.run_support import Shop, change, text


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.write(text([change(1, "a", 1), change(2, None, 2)]))
    shop.run()
    return shop


def ask(shop: Shop, sql: str, form: str = "csv") -> str:
    with closing(open_warehouse(Address(Engine.DUCKDB, shop.database), project(), read_only=True)) as warehouse:
        return "".join((as_json if form == "json" else as_csv)(query(warehouse, sql)))


def refused(shop: Shop, sql: str) -> Finding:
    with pytest.raises(StopError) as stopped:
        ask(shop, sql)
    (finding,) = stopped.value.findings
    assert stopped.value.exit_code == 2
    return finding


def test_names_are_found_without_their_schema(shop: Shop) -> None:
    assert ask(shop, "SELECT customer_id, name, valid_from, is_current FROM dim_customer") == (
        "customer_id,name,valid_from,is_current\n1,a,2023-11-15T22:13:20,true\n"
    )
    assert ask(shop, "WITH x AS (FROM customer_log) SELECT COUNT(*) AS n FROM x") == "n\n2\n"


def test_values_are_exact(shop: Shop) -> None:
    decimals = "1.10::DECIMAL(38, 4) AS a, 123456789012345678901234.5678::DECIMAL(38, 4) AS b"
    sql = f"SELECT {decimals}, NULL AS c, '' AS d, TIMESTAMP '2024-01-01 00:00:00.000001' AS e"
    assert ask(shop, sql) == 'a,b,c,d,e\n1.1000,123456789012345678901234.5678,,"",2024-01-01T00:00:00.000001\n'
    assert ask(shop, sql, "json") == (
        '[\n  {"a": 1.1000, "b": 123456789012345678901234.5678, "c": null, "d": "", "e": "2024-01-01T00:00:00.000001"}\n]\n'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM dim_customer",
        "WITH x AS (SELECT 1) DELETE FROM dim_customer",
        "INSERT INTO dim_customer SELECT * FROM dim_customer",
        "DROP TABLE dim_customer",
        "SELECT 1; SELECT 2",
        "COPY dim_customer TO 'out.csv'",
        "ATTACH 'other.db'",
        "SET threads = 1",
        "",
    ],
)
def test_anything_but_one_select_is_refused(shop: Shop, sql: str) -> None:
    before = shop.star()
    assert refused(shop, sql).message == "only one SELECT is answered here"
    assert shop.star() == before


def test_files_of_the_machine_are_out_of_reach(shop: Shop) -> None:
    assert "disabled" in refused(shop, f"SELECT * FROM read_text('{__file__}')").message


def test_a_mistyped_table_is_suggested(shop: Shop) -> None:
    finding = refused(shop, "SELECT * FROM dim_custmer")
    assert finding.code == "RF514"
    assert "dim_custmer" in finding.message
    assert "`dw.dim_customer`" in (finding.hint or "")


def test_an_unknown_table_lists_what_there_is(shop: Shop) -> None:
    assert "dw.dim_customer" in (refused(shop, "SELECT * FROM xyzzy").hint or "")


def test_an_error_shows_where(shop: Shop) -> None:
    finding = refused(shop, "SELECT nam FROM dim_customer")
    assert "^^^" in finding.message
    assert "name" in (finding.hint or "")


def test_no_warehouse_yet(tmp_path: Path) -> None:
    with pytest.raises(StopError) as stopped:
        open_warehouse(Address(Engine.DUCKDB, tmp_path / "none.duckdb"), project(), read_only=True)
    assert stopped.value.findings[0].hint == "`retailflow run` makes it"
    assert not (tmp_path / "none.duckdb").exists()
