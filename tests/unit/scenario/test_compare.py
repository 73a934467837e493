"""Rows wanted against rows there: what is said of those that differ."""

from datetime import datetime

from retailflow.local.scenario.compare import Status, difference, match
from retailflow.local.scenario.play import Star
from retailflow.local.scenario.scenario import ExpectedRow, ExpectedTable, Reference
from retailflow.local.scenario.shape import StarTable
from retailflow.types import parse_type

_INT, _TEXT, _TIME = parse_type("int"), parse_type("varchar(10)"), parse_type("datetime2(6)")
CUSTOMER = StarTable(
    "dim_customer",
    "customer",
    {"customer_key": _INT, "customer_id": _INT, "city": _TEXT, "valid_from": _TIME},
    ("customer_id", "valid_from"),
    {},
    frozenset(),
)
SALE = StarTable("fact_sale", "sale", {"sale_id": _INT, "customer_key": _INT}, ("sale_id",), {"customer_key": "dim_customer"}, frozenset())
TABLES = {"dim_customer": CUSTOMER, "fact_sale": SALE}
FIRST, SECOND = datetime(2024, 3, 1), datetime(2024, 3, 2)
STAR: Star = {
    "dim_customer": (
        {"customer_key": 100, "customer_id": 7, "city": "Oslo", "valid_from": FIRST},
        {"customer_key": 200, "customer_id": 7, "city": "Rome", "valid_from": SECOND},
    ),
    "fact_sale": ({"sale_id": 1, "customer_key": 200},),
}


def expected(name: str, *rows: dict[str, object], exact: bool = True) -> ExpectedTable:
    columns = tuple(dict.fromkeys(c for row in rows for c in row))
    return ExpectedTable(name, columns, tuple(ExpectedRow(row, n) for n, row in enumerate(rows, start=10)), exact)


def test_rows_in_any_order_with_the_columns_that_matter() -> None:
    assert difference(TABLES, expected("dim_customer", {"city": "Rome"}, {"customer_id": 7, "city": "Oslo"}), STAR) is None


def test_a_row_that_differs_stands_beside_the_one_that_is_there() -> None:
    diff = difference(TABLES, expected("dim_customer", {"city": "Oslo"}, {"customer_id": 7, "city": "Bern", "valid_from": SECOND}), STAR)
    assert diff is not None
    shown = [(line.status, line.cells.get("city"), line.line) for line in diff.lines]
    assert shown == [(Status.SAME, "Oslo", 0), (Status.EXPECTED, "Bern", 11), (Status.GOT, "Rome", 0)]
    assert diff.lines[1].differs == {"city"}


def test_rows_too_many_and_too_few() -> None:
    one = difference(TABLES, expected("dim_customer", {"city": "Oslo"}), STAR)
    assert one is not None
    assert [line.status for line in one.lines] == [Status.SAME, Status.UNEXPECTED]
    assert difference(TABLES, expected("dim_customer", {"city": "Oslo"}, exact=False), STAR) is None
    none = difference(TABLES, expected("dim_customer", {"city": "Oslo"}, {"city": "Oslo"}, exact=False), STAR)
    assert none is not None


def test_a_reference_is_the_key_of_the_row_it_describes() -> None:
    right = Reference("dim_customer", {"city": "Rome"})
    assert difference(TABLES, expected("fact_sale", {"sale_id": 1, "customer_key": right}), STAR) is None
    for wrong in ({"city": "Oslo"}, {"city": "Bern"}, {"customer_id": 7}):  # another row, none, more than one
        diff = difference(TABLES, expected("fact_sale", {"sale_id": 1, "customer_key": Reference("dim_customer", wrong)}), STAR)
        assert diff is not None
        assert diff.lines[-1].cells["customer_key"] == "customer_id 7, valid_from 2024-03-02"


def test_rows_that_say_little_leave_the_others_theirs() -> None:
    assert match([[True, True], [True, False]], 2) == {0: 1, 1: 0}
    assert match([[False, False]], 2) == {}
