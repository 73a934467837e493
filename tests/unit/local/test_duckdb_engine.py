"""The file of the embedded warehouse: how its rows lie, and what opening it says."""

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from retailflow.errors import StopError
from retailflow.local.duckdb_engine import DuckDbWarehouse


def test_rows_lie_in_small_groups_so_that_a_load_does_not_compress_a_hundred_thousand_old_ones(tmp_path: Path) -> None:
    with closing(DuckDbWarehouse(tmp_path / "w.duckdb", ("staging", "dw"))) as warehouse:
        warehouse.execute("CREATE TABLE staging.log (i INTEGER)")
        for _ in range(5):
            warehouse.execute("INSERT INTO staging.log SELECT i FROM range(20000) AS r(i)")
            warehouse.execute("CHECKPOINT")
        groups = warehouse.rows(
            "SELECT row_group_id, SUM(count) FROM pragma_storage_info('staging.log') WHERE segment_type = 'INTEGER' GROUP BY row_group_id"
        )
    assert sum(int(str(rows)) for _, rows in groups) == 100_000
    assert max(int(str(rows)) for _, rows in groups) <= 50_000


@pytest.mark.parametrize("name", ["warehouse", "memory", "dw", "temp"])
def test_neither_the_name_of_the_file_nor_that_of_a_schema_gets_in_the_way(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.duckdb"
    with closing(DuckDbWarehouse(file, ("staging", "warehouse"))) as warehouse:
        warehouse.execute("CREATE TABLE warehouse.t AS SELECT 1 AS one")
        warehouse.execute("CREATE OR REPLACE VIEW warehouse.v AS SELECT * FROM warehouse.t")
        assert warehouse.rows("SELECT one FROM t") == [(1,)]
    with closing(DuckDbWarehouse(file, ("staging", "warehouse"), read_only=True)) as warehouse:
        assert warehouse.read("SELECT one FROM warehouse.v").rows == ((1,),)


def test_other_programs_open_the_file_as_they_are_used_to(tmp_path: Path) -> None:
    with closing(DuckDbWarehouse(tmp_path / "w.duckdb", ("staging", "dw"))) as warehouse:
        warehouse.execute("CREATE TABLE dw.t AS SELECT 1 AS one")
        warehouse.execute("CREATE VIEW dw.v AS SELECT * FROM dw.t")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        assert connection.execute("SELECT one FROM dw.v").fetchall() == [(1,)]
        connection.execute("INSERT INTO dw.t VALUES (2)")
    with closing(DuckDbWarehouse(tmp_path / "w.duckdb", ("staging", "dw"))) as warehouse:
        assert warehouse.rows("SELECT SUM(one) FROM dw.v") == [(3,)]


def test_what_is_no_warehouse_or_is_open_here_already_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no database, but long enough to look like one\n" * 100)
    with pytest.raises(StopError) as stopped:
        DuckDbWarehouse(tmp_path / "text.duckdb", ("staging", "dw"))
    assert stopped.value.findings[0].code == "RF511"
    with closing(DuckDbWarehouse(tmp_path / "w.duckdb", ("staging", "dw"))), pytest.raises(StopError) as stopped:
        DuckDbWarehouse(tmp_path / "w.duckdb", ("staging", "dw"))
    assert stopped.value.findings[0].code == "RF511"
