"""Rows as text: nothing is rounded, NULL and the empty text stay apart."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from retailflow.local.engine import Result
from retailflow.local.printing import as_csv, as_json

VALUES = (
    Decimal("1.1000"),
    Decimal("12345678901234567890.123456789"),
    Decimal("1E+3"),
    9223372036854775807,
    0.1,
    float("nan"),
    True,
    datetime(2024, 1, 1, 0, 0, 0, 120),
    date(2024, 1, 1),
    time(10, 30),
    timedelta(hours=1),
    b"\xaa",
    None,
    "",
    'a,"b"\n',
    {"é": [Decimal("1.50"), None]},
)
RESULT = Result(tuple(f"c{i}" for i in range(len(VALUES))), (VALUES,))


def test_csv() -> None:
    header, *line = "".join(as_csv(RESULT)).split("\n", 1)
    assert header == ",".join(RESULT.columns)
    assert line[0] == (
        "1.1000,12345678901234567890.123456789,1000,9223372036854775807,0.1,nan,true,2024-01-01T00:00:00.000120,2024-01-01,10:30:00,"
        '1:00:00,aa,,"","a,""b""\n","{""é"": [1.50, null]}"\n'
    )


def test_json_is_read_back_exactly() -> None:
    (row,) = json.loads("".join(as_json(RESULT)), parse_float=Decimal)
    assert row["c1"] == VALUES[1]
    assert (row["c3"], row["c6"], row["c7"], row["c12"], row["c13"]) == (VALUES[3], True, "2024-01-01T00:00:00.000120", None, "")
    assert row["c15"] == VALUES[15]


def test_json_of_no_rows_and_of_columns_with_one_name() -> None:
    assert "".join(as_json(Result(("a",), ()))) == "[]\n"
    assert json.loads("".join(as_json(Result(("a", "a", "a_2"), ((1, 2, 3), (4, 5, 6)))))) == [
        {"a": 1, "a_2": 2, "a_2_2": 3},
        {"a": 4, "a_2": 5, "a_2_2": 6},
    ]
