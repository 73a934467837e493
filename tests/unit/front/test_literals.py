"""Literals in the type of a column: canonical, or refused with what would be."""

import pytest

from retailflow.resolve.expression.literals import LiteralError, canonical
from retailflow.types import parse_type


@pytest.mark.parametrize(
    ("value", "t", "text"),
    [
        ("007", "int", "7"),
        ("-0", "int", "0"),
        ("255", "tinyint", "255"),
        ("9223372036854775807", "bigint", "9223372036854775807"),
        ("1.50", "decimal(5,2)", "1.5"),
        ("100", "decimal(5,2)", "100"),
        ("-0.00", "decimal(5,2)", "0"),
        (".5", "decimal(1,1)", "0.5"),
        ("1e3", "float", "1000.0"),
        ("-0.0", "float", "0.0"),
        ("true", "bit", "1"),
        ("0", "bit", "0"),
        ("gold  ", "varchar(4)", "gold"),
        ("0xAB", "varbinary(1)", "ab"),
        ("2024-02-29", "date", "2024-02-29"),
        ("08:30", "time(0)", "08:30:00"),
        ("08:30:15.250", "time(3)", "08:30:15.25"),
        ("2024-01-01 12:00", "datetime", "2024-01-01 11:00:00"),
        ("2024-07-01T12:00:00", "datetime", "2024-07-01 10:00:00"),
        ("2024-10-27 02:30:00", "datetime", "2024-10-27 00:30:00"),  # twice: the earlier instant
        ("2024-03-31 02:30:00", "datetime", "2024-03-31 01:30:00"),  # never: the offset before
        ("1900-01-01", "datetime", "1900-01-01 00:00:00"),
        ("0001-01-01", "datetime2(0)", "0001-01-01 00:00:00"),
        ("9999-12-31 23:59:59", "datetime2(0)", "9999-12-31 23:59:59"),
        ("2024-07-01 12:00:00Z", "datetime2(0)", "2024-07-01 12:00:00"),
        ("2024-07-01 12:00:00", "datetimeoffset", "2024-07-01 12:00:00"),
        ("2024-07-01 12:00:00-05:00", "datetimeoffset", "2024-07-01 17:00:00"),
    ],
)
def test_canonical(value: str, t: str, text: str) -> None:
    assert canonical(value, parse_type(t), "Europe/Berlin") == text


@pytest.mark.parametrize(
    ("value", "t"),
    [
        ("256", "tinyint"),
        ("-1", "tinyint"),
        ("2147483648", "int"),
        ("1.0", "int"),
        ("one", "int"),
        ("١", "int"),
        ("1.234", "decimal(5,2)"),
        ("1000", "decimal(5,2)"),
        ("1e3", "decimal(9,2)"),
        ("nan", "float"),
        ("inf", "float"),
        ("1e999", "float"),
        ("maybe", "bit"),
        ("bronze", "varchar(5)"),
        ("0xA", "varbinary(8)"),
        ("2024-02-30", "date"),
        ("20240101", "date"),
        ("2024-W01-1", "date"),
        ("24:00", "time(0)"),
        ("2024-01-01 25:00", "datetime"),
        ("2024-01-01Z", "datetime"),
        ("yesterday", "datetime"),
        ("0001-01-01 00:00:00+05:00", "datetimeoffset"),
        ("6F9619FF8B86D011B42D00C04FC964FF", "uniqueidentifier"),
    ],
)
def test_refused(value: str, t: str) -> None:
    with pytest.raises(LiteralError):
        canonical(value, parse_type(t), "Europe/Berlin")
