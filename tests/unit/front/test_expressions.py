"""Expressions: what they are taken for, the type of every part, and what is refused because engines disagree about it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retailflow.model import expression as e
from retailflow.render.model import expression_text
from retailflow.resolve.expression import ExpressionError, Readable, UnresolvableError, read_expression
from retailflow.resolve.expression.widths import arithmetic, common, decimal, type_of

TYPES = {
    "quantity": "int",
    "small": "smallint",
    "tiny": "tinyint",
    "big": "bigint",
    "price": "money",
    "discount": "decimal(5,4)",
    "wide": "decimal(38,20)",
    "rate": "float",
    "status": "varchar(10)",
    "name": "nvarchar(80)",
    "notes": "nvarchar(max)",
    "day": "date",
    "at": "datetime2(3)",
    "sent": "datetimeoffset",
    "open_flag": "bit",
    "code": "uniqueidentifier",
    "raw_bytes": "varbinary(8)",
    "opens": "time(0)",
}
SCOPE: dict[str, Readable | None] = {name: Readable(type_of(t), "Europe/Berlin") for name, t in TYPES.items()} | {"broken": None}


def read(text: str) -> e.Expression:
    return read_expression(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "meaning", "t"),
    [
        ("quantity", "quantity", "int"),
        ("Quantity", "quantity", "int"),
        ("[quantity]", "quantity", "int"),
        ("quantity + 1", "(quantity + 1)", "bigint"),
        ("small + tiny", "(small + tiny)", "int"),
        ("price + 1", "(price + 1)", "decimal(20,4)"),
        ("price - discount", "(price - discount)", "decimal(20,4)"),
        ("quantity * price * (1 - discount)", "((quantity * price) * (1 - discount))", "decimal(37,8)"),
        ("price / quantity", "(price / quantity)", "decimal(30,15)"),
        ("quantity / 2.0", "(quantity / 2)", "decimal(17,6)"),
        ("price * price * price", "((price * price) * price)", "decimal(38,12)"),
        ("wide / wide", "(wide / wide)", "decimal(38,6)"),
        ("quantity * rate", "(quantity * rate)", "float"),
        ("-quantity", "(0 - quantity)", "bigint"),
        ("-1.50", "-1.5", "decimal(3,2)"),
        ("- -1", "1", "int"),
        ("1e3", "1000.0", "float"),
        ("quantity = 1.5", "(quantity = 1.5)", "bit"),
        ("status = 'a  '", "(status = 'a')", "bit"),
        ("'a' <> status", "('a' <> status)", "bit"),
        ("status != N'ä'", "(status <> 'ä')", "bit"),
        ("status = 'it''s'", "(status = 'it''s')", "bit"),
        ("day >= '2024-02-29'", "(day >= '2024-02-29')", "bit"),
        ("at >= '2024-07-01'", "(at >= '2024-06-30 22:00:00')", "bit"),
        ("at < '2024-01-01T10:00:00.1234567'", "(at < '2024-01-01 09:00:00.123456')", "bit"),
        ("at = '9999-12-31'", "(at = '9999-12-31 00:00:00')", "bit"),
        ("at > sent", "(at > sent)", "bit"),
        ("sent > '2024-07-01 02:00:00+02:00'", "(sent > '2024-07-01 00:00:00')", "bit"),
        ("opens <= '08:30'", "(opens <= '08:30:00')", "bit"),
        ("open_flag = 1", "(open_flag = 1)", "bit"),
        ("code = '6f9619ff-8b86-d011-b42d-00c04fc964ff'", "(code = '6F9619FF-8B86-D011-B42D-00C04FC964FF')", "bit"),
        ("raw_bytes = 0xABCD", "(raw_bytes = 'abcd')", "bit"),
        ("not open_flag and quantity > 1 or status = 'x'", "(((not open_flag) and (quantity > 1)) or (status = 'x'))", "bit"),
        ("status is not null", "(status is not null)", "bit"),
        ("status in ('a', 'b ')", "(status in ('a', 'b'))", "bit"),
        ("quantity not in (1, -2)", "(quantity not in (1, -2))", "bit"),
        ("quantity between 1 and 5", "((quantity >= 1) and (quantity <= 5))", "bit"),
        ("isnull(status, 'none')", "coalesce(status, 'none')", "nvarchar(10)"),
        ("coalesce(null, price, 0)", "coalesce(null, price, 0)", "money"),
        ("coalesce(discount, 0)", "coalesce(discount, 0)", "decimal(5,4)"),
        ("coalesce(discount, 10)", "coalesce(cast(discount as decimal(6,4)), 10)", "decimal(6,4)"),
        ("nullif(quantity, 0)", "nullif(quantity, 0)", "int"),
        (
            "iif(open_flag = 1, 1.5, quantity)",
            "case when (open_flag = 1) then 1.5 else cast(quantity as decimal(11,1)) end",
            "decimal(11,1)",
        ),
        ("case status when 'a' then 1 when 'b' then 2 end", "case when (status = 'a') then 1 when (status = 'b') then 2 end", "int"),
        ("case when open_flag = 1 then null else price end", "case when (open_flag = 1) then null else price end", "money"),
        ("abs(price)", "abs(price)", "money"),
        ("round(price, 2)", "round(price, 2)", "money"),
        ("len(name)", "length(name)", "int"),
        ("upper(trim(name))", "upper(trim(name))", "nvarchar(80)"),
        ("substring(name, 1, 3)", "substring(name, 1, 3)", "nvarchar(3)"),
        ("concat(name, ' ', status)", "concat(name, ' ', status)", "nvarchar(91)"),
        ("concat(name, notes)", "concat(name, notes)", "nvarchar(max)"),
        ("cast(quantity as decimal(10,2)) / 3", "(cast(quantity as decimal(10,2)) / 3)", "decimal(14,6)"),
        ("cast(rate as decimal(19,4))", "cast(rate as decimal(19,4))", "decimal(19,4)"),
        ("cast(open_flag as int)", "case when open_flag then 1 when (not open_flag) then 0 end", "int"),
        ("coalesce(day, '1900-01-01')", "coalesce(day, '1900-01-01')", "date"),
        ("cast('2024-02-29' as date)", "'2024-02-29'", "date"),
        ("cast(null as date)", "null", "date"),
        ("cast(quantity as varchar(11))", "cast(quantity as varchar(11))", "varchar(11)"),
        ("price -- the list price", "price", "money"),
    ],
)
def test_meaning_and_type(text: str, meaning: str, t: str) -> None:
    expression = read(text)
    assert expression_text(expression) == meaning
    assert expression.type.tsql == t


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("quantity /", "RF210", "/"),
        ("quantity * * 2", "RF210", None),
        ("(quantity", "RF210", None),
        ("'open", "RF210", None),
        ("", "RF210", None),
        ("quantity; price", "RF210", None),
        ("x" * 5000, "RF210", None),
        ("(" * 200 + "1" + ")" * 200, "RF210", None),
        ("prize", "RF211", "prize"),
        ("price * prize", "RF211", "prize"),
        ("store.price", "RF211", None),
        ("quantity / 2", "RF212", "quantity / 2"),
        ("price + quantity / small", "RF212", "quantity / small"),
        ("getdate()", "RF213", "getdate"),
        ("current_timestamp", "RF213", None),
        ("price * rand()", "RF213", "rand"),
        ("newid()", "RF213", "newid"),
        ("sysutcdatetime()", "RF213", "sysutcdatetime"),
        ("(select 1)", "RF214", None),
        ("quantity in (select 1)", "RF214", None),
        ("exists (select 1)", "RF214", None),
        ("sum(price)", "RF214", None),
        ("row_number() over (order by day)", "RF214", None),
        ("quantity % 2", "RF214", None),
        ("status like 'a%'", "RF214", None),
        ("name || status", "RF214", None),
        ("try_cast(name as int)", "RF214", None),
        ("convert(int, name)", "RF214", None),
        ("quantity in (small, 2)", "RF214", "small"),
        ("quantity in (1, null)", "RF214", None),
        ("delete from store", "RF214", None),
        ("quantity as q", "RF214", None),
        ("*", "RF214", None),
        ("@x", "RF214", None),
        ("{{ x }}", "RF214", None),
        ("datediff(day, day, day)", "RF215", None),
        ("left(name, 2)", "RF215", None),
        ("xp_cmdshell('x')", "RF215", "xp_cmdshell"),
        ("round(price)", "RF215", None),
        ("round(price, quantity)", "RF215", None),
        ("round(price, 2, 1)", "RF215", None),
        ("substring(name, 0, 1)", "RF215", None),
        ("ltrim(name)", "RF215", None),
        ("coalesce(name)", "RF215", None),
        ("name + 'x'", "RF216", None),
        ("day + 1", "RF216", None),
        ("status = 5", "RF216", None),
        ("status = null", "RF216", None),
        ("price between 1 and null", "RF216", None),
        ("case status when null then 1 end", "RF216", None),
        ("quantity in ()", "RF210", None),
        ("grant select on x", "RF214", None),
        ("cast('2024-01-01' as datetime)", "RF216", None),
        ("coalesce(day, 'soon')", "RF208", None),
        ("null", "RF216", None),
        ("quantity and 1", "RF216", None),
        ("not quantity", "RF216", None),
        ("day = at", "RF216", None),
        ("coalesce(name, 1)", "RF216", None),
        ("cast(price as int)", "RF216", None),
        ("cast(at as date)", "RF216", None),
        ("cast(name as nvarchar(10))", "RF216", None),
        ("cast(quantity as varchar)", "RF216", None),
        ("cast(name as int)", "RF216", None),
        ("round(rate, 2)", "RF216", None),
        ("wide * wide", "RF217", "wide * wide"),
        ("9" * 39, "RF217", None),
        ("day = '2024-02-30'", "RF208", None),
        ("at = 'yesterday'", "RF208", None),
        ("code = 'x'", "RF208", None),
        ("open_flag = 2", "RF208", None),
        ("cast(quantity as geography)", "RF201", None),
    ],
)
def test_refused(text: str, code: str, part: str | None) -> None:
    with pytest.raises(ExpressionError) as refused:
        read(text)
    assert refused.value.code == code
    if part is not None:
        assert text[refused.value.start : refused.value.start + refused.value.length] == part


def test_a_column_with_a_finding_of_its_own_gets_no_second_one() -> None:
    with pytest.raises(UnresolvableError):
        read("quantity * broken")


def test_a_literal_between_columns_of_two_zones_is_refused() -> None:
    t = type_of("datetime2(3)")
    scope = {"a": Readable(t, "Europe/Berlin"), "b": Readable(t, "America/New_York")}
    with pytest.raises(ExpressionError, match="two zones"):
        read_expression("coalesce(a, b) > '2024-01-01'", scope)


def test_what_a_derived_column_stands_for_takes_its_place() -> None:
    scope = {"twice": Readable(type_of("bigint"), stands_for=read("quantity * 2"))}
    assert expression_text(read_expression("twice + 1", scope)) == "((quantity * 2) + 1)"
    assert e.columns_of(read_expression("twice", scope)) == {"quantity"}


DECIMALS = st.tuples(st.integers(1, 38), st.integers(0, 18)).map(lambda ps: (max(ps), ps[1]))


@given(DECIMALS, DECIMALS, st.sampled_from("+-*"))
def test_a_result_that_fits_holds_every_value(left: tuple[int, int], right: tuple[int, int], operator: str) -> None:
    """The widest values of both sides are within the result wherever its precision was not capped."""
    try:
        t = arithmetic(operator, decimal(*left), decimal(*right), (left, right))
    except ExpressionError:
        assert operator == "*"
        assert left[1] + right[1] > 37
        return
    assert t.scale == (left[1] + right[1] if operator == "*" else max(left[1], right[1]))
    if t.precision < 38:
        most = [(Decimal(10) ** p - 1).scaleb(-s) for p, s in (left, right)]
        result = most[0] * most[1] if operator == "*" else most[0] + most[1]
        assert result <= (Decimal(10) ** t.precision - 1).scaleb(-t.scale)


@given(DECIMALS, DECIMALS)
def test_a_quotient_keeps_six_digits_at_least(left: tuple[int, int], right: tuple[int, int]) -> None:
    t = arithmetic("/", decimal(*left), decimal(*right), (left, right))
    assert 6 <= t.scale <= 37
    assert t.precision <= 38


@pytest.mark.parametrize(
    ("left", "right", "t"),
    [
        ("int", "bigint", "bigint"),
        ("int", "decimal(5,2)", "decimal(12,2)"),
        ("decimal(38,0)", "decimal(38,10)", "decimal(38,10)"),
        ("money", "float", "float"),
        ("varchar(5)", "nvarchar(9)", "nvarchar(9)"),
        ("varchar(max)", "nvarchar(9)", "nvarchar(max)"),
        ("datetime2(3)", "datetime2(7)", "datetime2(7)"),
        ("date", "datetime2(3)", None),
        ("int", "varchar(5)", None),
    ],
)
def test_what_two_types_have_in_common(left: str, right: str, t: str | None) -> None:
    found = common(type_of(left), type_of(right))
    assert (found.tsql if found else None) == t
