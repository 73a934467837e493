"""Every construct a plan is written in, as the four engines get it: one file to read and to compare."""

from collections.abc import Callable
from pathlib import Path

import pytest

from retailflow.sql.dialects import DUCKDB, POSTGRES, REDSHIFT, SPARK
from retailflow.sql.dialects.base import Dialect
from retailflow.types import parse_type

GOLDEN = Path(__file__).parent / "dialects.md"
INT, TEXT = parse_type("int"), parse_type("nvarchar(20)")
TYPES = (
    "bit",
    "tinyint",
    "bigint",
    "decimal(12,3)",
    "money",
    "real",
    "float",
    "nvarchar(20)",
    "varchar(max)",
    "date",
    "time(3)",
    "datetime2(3)",
)
CONSTRUCTS: dict[str, Callable[[Dialect], str]] = {
    "a plain name": lambda d: d.ident("net_amount"),
    "a name that has to be quoted": lambda d: d.ident('Order "x"`y`'),
    "a reserved word": lambda d: d.ident("order"),
    "a text": lambda d: d.literal("it's 50 % \\ of it"),
    "a moment": lambda d: d.timestamp("2024-03-31 01:30:00"),
    "NULL of a type": lambda d: d.null("BIGINT"),
    "a cast that a pattern allowed": lambda d: d.try_cast("x", "INTEGER"),
    "as a type that may not hold it": lambda d: f"{d.fit('x', INT)}\n{d.fit('x', parse_type('decimal(5,2)'))}",
    "a float as a decimal": lambda d: d.fit_float("x", parse_type("decimal(5,2)")),
    "as text": lambda d: d.text("x"),
    "matches a regular expression": lambda d: d.matches("x", r"^\d{2}\.$"),
    "texts side by side": lambda d: d.concat(["a", "b"]),
    "filled up on the left": lambda d: d.lpad("x", 8),
    "a part between separators": lambda d: d.split_part("x", ":", 2),
    "characters": lambda d: d.length("x"),
    "bytes": lambda d: d.bytes("x"),
    "trailing blanks cut": lambda d: d.rtrim("x"),
    "characters for characters": lambda d: d.translate("x", "aä", "AÄ"),
    "base64 as hexadecimal": lambda d: d.base64_to_hex("x"),
    "contains": lambda d: d.contains("x", ",2,"),
    "microseconds since 1970": lambda d: d.epoch_us("x"),
    "from microseconds since 1970": lambda d: d.from_epoch_us("x"),
    "division towards minus infinity": lambda d: d.floor_div("x", 1000),
    "from days since 1970": lambda d: d.from_epoch_days("x"),
    "a time from microseconds": lambda d: d.time_from_us("x"),
    "microseconds of a time": lambda d: d.time_us("x"),
    "seconds later": lambda d: d.add_seconds("t", "s"),
    "microseconds later": lambda d: d.add_microseconds("t", "1"),
    "its date": lambda d: d.date_of("t"),
    "a date as a number": lambda d: d.date_key("t"),
    "first day of its week": lambda d: d.trunc_period("t", "week"),
    "days between": lambda d: d.days_between("a", "b"),
    "days later": lambda d: d.add_days("a", "n"),
    "months later": lambda d: d.add_months("a", "n"),
    "eight hexadecimal digits as a number": lambda d: d.hex32("x"),
    "fields of a document": lambda d: d.extract("r", "payload", (("a0", ("after", "OrderID")), ("op", ("op",))), ("topic",), ("a0",)),
    "differs, NULL being a value": lambda d: d.changed("a", "b"),
    "the lesser": lambda d: d.least("a", "b"),
    "the greatest of several": lambda d: d.greatest_of(("a", "b", "c")),
    "delete what another table names": lambda d: d.delete_using("dw.t", "gone", ("a", "b")),
    "delete where": lambda d: d.delete_where("dw.t", "dw.t.a = 1"),
    "update from another table": lambda d: d.update_from("dw.t", "a", "s.b", "src", "s", "dw.t.id = s.id"),
    "merge": lambda d: d.merge("dw.t", "src", ("id",), ("id", "a", "b")),
    "take over what differs": lambda d: ";\n".join(d.take_over("dw.t", "src", ("id",), ("id", "a", "b"), ("b",))),
    "rows of constants": lambda d: ";\n".join(d.insert_rows("dw.t", (("a", INT), ("b", TEXT)), ((1, "x"), (2, None)))),
    "the numbers to 99": lambda d: d.series(2),
    "a view": lambda d: d.create_view("dw.v", "SELECT 1 AS a"),
    "options of a table": lambda d: d.table_options((("id", INT),)) or "(none)",
    "found by a key": lambda d: ";\n".join(d.index("dw", "dim_customer", ("customer_id",))) or "(none)",
    "room for ends": lambda d: ";\n".join(d.room("dw", "dim_customer")) or "(none)",
    "read by several threads": lambda d: d.side_by_side("raw_customer"),
    "types": lambda d: ", ".join(d.type(parse_type(t)) for t in TYPES),
}


def printed() -> str:
    parts = ["# Constructs, as each engine gets them\n\nWritten by `tests/golden/test_dialects.py`.\n"]
    for name, construct in CONSTRUCTS.items():
        said: dict[str, list[str]] = {}
        for d in (REDSHIFT, DUCKDB, POSTGRES, SPARK):
            said.setdefault(construct(d), []).append(d.name)
        parts.append(f"\n## {name}\n" + "".join(f"\n{', '.join(names)}\n```sql\n{sql.strip()}\n```\n" for sql, names in said.items()))
    return "".join(parts)


def test_every_construct_is_printed_as_it_was_read(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        GOLDEN.write_text(printed(), encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == printed()


def test_no_construct_is_left_out() -> None:
    """A new one is added to the list above, so that someone has read what it prints."""
    of_everyone = {name for name in vars(Dialect) if not name.startswith("_") and callable(getattr(Dialect, name))}
    named = {name for construct in CONSTRUCTS.values() for name in construct.__code__.co_names}
    elsewhere = {
        "cast",
        "value",
        "fold",
        "greatest",
        "spread_by",
        "take_over_apart",
        "content_hash",
        "is_text",
        "type",
    }  # parts of others
    assert of_everyone - named - elsewhere == set()
