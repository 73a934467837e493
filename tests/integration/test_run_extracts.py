"""Extracts are read once, each as a whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from retailflow.model.source import Era, Extract, ExtractMode, Route
from tests.factories import project, table
from tests.integration.run_support import Shop, sums


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    extract = Extract("customers-{time:%Y%m%d}.csv", "csv", ExtractMode.FULL)
    batch = replace(table("customer"), extract=extract, eras=(Era(1, 1, Route.BATCH),), source_schema=None, source_table=None)
    return Shop(tmp_path, project(batch))


def test_a_full_extract_closes_what_it_lacks(shop: Shop) -> None:
    (shop.folders.files / "customers-20240101.csv").write_text("customer_id,name\n1,a\n2,\n")
    assert sums(shop.run()) == (3, 2, 0, 1, 0)
    assert shop.rows("SELECT customer_id, name, is_current FROM dw.dim_customer ORDER BY 1") == [(1, "a", True), (2, None, True)]
    (shop.folders.files / "customers-20240201.csv").write_text("customer_id,name\n1,b\n")
    assert sums(shop.run()) == (2, 1, 0, 1, 0)
    assert shop.rows("SELECT customer_id, name FROM dw.dim_customer WHERE is_current ORDER BY 1") == [(1, "b")]


def test_a_path_is_read_once_and_a_change_under_it_is_told(shop: Shop) -> None:
    path = shop.folders.files / "customers-20240101.csv"
    path.write_text("customer_id,name\n1,a\n")
    shop.run()
    assert shop.run().changed == ()
    path.write_text("customer_id,name\n1,a\n2,b\n")
    report = shop.run()
    assert (sums(report), report.changed) == ((0, 0, 0, 0, 0), ("customers-20240101.csv",))
