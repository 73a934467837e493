"""How statements are laid out: only blanks between tokens differ, and clauses, joins and branches stand at the beginning of lines."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from retailflow.sql.lines import WIDTH, laid_out, lines

GENERATED = Path(__file__).parents[3] / "generated"
# Written here anew, and slowly: texts (quotes in them doubled), names in quotes, words and numbers, signs one by one.
TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|`[^`]*`|[\w.$]+|\|\||[^\w\s]""")


def tokens(sql: str) -> list[str]:
    return TOKEN.findall(sql)


def test_clauses_joins_and_conditions_stand_at_the_beginning_of_lines() -> None:
    sql = (
        "SELECT a.first_column, a.second_column, COALESCE(b.third_column, 0) AS third_column, CASE WHEN a.state = 'open' AND a.kind = 'x' "
        "THEN 'a rather long text' WHEN a.state IS NULL THEN 'another one, with FROM and WHERE in it' ELSE a.state END AS state "
        "FROM staging.orders AS a LEFT JOIN (SELECT c.order_id, MAX(c.amount) AS third_column FROM staging.lines AS c GROUP BY c.order_id) "
        "AS b ON b.order_id = a.order_id WHERE a.ordered_at BETWEEN DATE '2024-01-01' AND DATE '2024-12-31' AND (a.state = 'open' OR "
        "a.state = 'paid' OR a.state = 'shipped' OR a.some_other_state_of_it = 'returned' OR a.some_other_state_of_it = 'never returned')"
    )
    assert laid_out(sql).split("\n") == [
        "SELECT",
        "  a.first_column, a.second_column,",
        "  COALESCE(b.third_column, 0) AS third_column,",
        "  CASE",
        "    WHEN a.state = 'open' AND a.kind = 'x' THEN 'a rather long text'",
        "    WHEN a.state IS NULL THEN 'another one, with FROM and WHERE in it'",
        "    ELSE a.state",
        "  END AS state",
        "FROM staging.orders AS a",
        "LEFT JOIN (",
        "  SELECT c.order_id, MAX(c.amount) AS third_column",
        "  FROM staging.lines AS c",
        "  GROUP BY c.order_id",
        ") AS b ON b.order_id = a.order_id",
        "WHERE a.ordered_at BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'",
        "  AND (",
        "    a.state = 'open'",
        "      OR a.state = 'paid'",
        "      OR a.state = 'shipped'",
        "      OR a.some_other_state_of_it = 'returned'",
        "      OR a.some_other_state_of_it = 'never returned'",
        "  )",
    ]


def test_what_fits_a_line_stays_on_it() -> None:
    assert lines("DELETE FROM dw.t WHERE dw.t.a IS DISTINCT FROM 1") == ["DELETE FROM dw.t WHERE dw.t.a IS DISTINCT FROM 1"]


def test_a_type_stays_on_one_line() -> None:
    """A line that ends in `DECIMAL(` says nothing."""
    for width in range(90, 140):
        made = laid_out(f"SELECT a, CAST(CAST(b.{'q' * width} * 2 AS DECIMAL(37, 8)) AS DECIMAL(19, 4)) AS m FROM t WHERE x = 1")
        assert "DECIMAL(\n" not in made
        assert made.count("DECIMAL(37, 8)") == made.count("DECIMAL(19, 4)") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a -- a word to the reader\nFROM t WHERE " + "a = 1 AND " * 40 + "b = 2",
        "SELECT /* a word */ a FROM t WHERE " + "a = 1 AND " * 40 + "b = 2",
        "SELECT 'ends here? \\' FROM t WHERE " + "a = 1 AND " * 40 + "b = 2",
        "INSERT INTO t VALUES\n  (1, 'a', " + "2, " * 80 + "3),\n  (2)",
        "SELECT ((a FROM t WHERE " + "a = 1 AND " * 40 + "b = 2",
    ],
    ids=("comment", "comment in line", "backslash before a quote", "rows", "brackets that do not close"),
)
def test_what_could_be_misread_is_left_as_it_is(sql: str) -> None:
    assert laid_out(sql) == sql


def test_a_text_of_people_keeps_its_lines_and_blanks() -> None:
    text = "'first line,  two blanks\n  SELECT x FROM y\n( it''s'"
    sql = f"SELECT a, b FROM t\nWHERE c = {text} AND " + "a = 1 AND " * 30 + f"d = {text}"
    assert laid_out(sql).count(text) == 2
    assert [line for line in lines(sql) if "\n" in line] == [f"WHERE c = {text}", f"  AND d = {text}"]


NAMES = st.sampled_from(
    ["a", "b.c", '"Order"', "`x y`", "t.long_column_name_of_a_table", '"from"."where, AND ) \'"', "1", "NULL", "TRUE", "DATE '2024-01-01'"]
)
TEXTS = st.text("ab ,()'\nANDFROM|+-`\"", max_size=30).map(lambda text: "'" + text.replace("'", "''").replace("--", "- ") + "'")
LEAVES = NAMES | TEXTS


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: f"{p[0]} = {p[1]}"),
        st.tuples(inner, st.sampled_from(["AND", "OR", "||", "+", "-", "*", "="]), inner).map(" ".join),
        pairs.map(lambda p: f"COALESCE({p[0]}, {p[1]})"),
        pairs.map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} ELSE {p[0]} END"),
        pairs.map(lambda p: f"CASE {p[0]} WHEN 1 THEN {p[1]} END"),
        pairs.map(lambda p: f"x BETWEEN ({p[0]}) AND ({p[1]})"),
        inner.map(lambda x: f"({x})"),
        inner.map(lambda x: f"SUM({x}) OVER (PARTITION BY {x} ORDER BY {x} ROWS UNBOUNDED PRECEDING)"),
        inner.map(lambda x: f"NOT EXISTS (SELECT 1 FROM t WHERE {x})"),
        st.tuples(inner, inner, inner).map(lambda p: f"(SELECT {p[0]} AS n, {p[1]} FROM (SELECT a FROM u) AS v WHERE {p[2]})"),
    )


STATEMENTS = st.lists(st.recursive(LEAVES, _deeper, max_leaves=25), min_size=1, max_size=6).map(
    lambda items: (
        f"SELECT {', '.join(items)} FROM t AS x LEFT JOIN u AS y ON {' AND '.join(items)} WHERE {items[0]} UNION ALL SELECT a FROM b"
    )
)


@given(STATEMENTS)
def test_only_blanks_between_tokens_change_and_never_twice(sql: str) -> None:
    once = laid_out(sql)
    assert tokens(once) == tokens(sql)
    assert laid_out(once) == once


def generated() -> Iterator[tuple[str, str]]:
    for path in sorted((GENERATED / "glue/sql").rglob("*.sql")):
        for piece in path.read_text(encoding="utf-8").split("\n--: ")[1:]:
            yield path.name, piece.partition("\n")[2].strip()


def test_what_is_generated_is_laid_out_and_comes_of_the_statement_on_one_line() -> None:
    for name, sql in generated():
        assert laid_out(sql) == sql, name
        if sql.startswith(("SELECT", "MERGE", "INSERT")) and "VALUES\n" not in sql:
            flat = " ".join(line.strip() for line in lines(sql)).replace("( ", "(").replace(" )", ")")
            assert tokens(flat) == tokens(sql), name
            assert laid_out(flat) == sql, name


def test_hardly_a_line_is_longer_than_a_screen() -> None:
    """What is longer is one text, or one call that has nothing to be split at."""
    laid = (sql for _, sql in generated() if "VALUES\n" not in sql)
    assert [line for sql in laid for line in lines(sql) if len(line) > WIDTH + 40 and not line.lstrip().startswith("'")] == []


def test_a_parser_reads_the_same_tree() -> None:
    seen = 0
    for path in sorted((GENERATED / "redshift/audits").glob("*.sql"))[:8]:
        for sql in re.sub(r"^--.*\n", "", path.read_text(encoding="utf-8"), flags=re.M).split(";\n"):
            if sql.strip():
                flat = " ".join(sql.split())
                assert sqlglot.parse_one(sql, dialect="redshift") == sqlglot.parse_one(flat, dialect="redshift")
                seen += 1
    assert seen > 50
