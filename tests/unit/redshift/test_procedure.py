"""Steps as procedures: guards, temporary tables, asserts, and the lengths that platforms allow."""

import pytest

from retailflow.sql.dialects import POSTGRES, REDSHIFT
from retailflow.sql.procedure import LIMIT, Printer, TooLongError
from retailflow.sql.statement import Assert, Execute, Step, Temp
from retailflow.targets.redshift import loads
from retailflow.targets.redshift.loads import Loads
from retailflow.verify.split import statements
from tests.factories import column, dimension, project, table

PRINTER = Printer(REDSHIFT, {("a", "b"): "b"})


def test_a_step_is_printed_as_what_a_run_would_do() -> None:
    steps = (
        Step("always", (Temp("tmp_x", "SELECT 1 AS a, 2 AS b", ("a", "b")), Execute("DELETE FROM dw.t"))),
        Step("sometimes", (Assert("RF502", "100 % it's", "SELECT 1"), Temp("tmp_y", "SELECT 1 AS c")), "SELECT 1 FROM x LIMIT 1"),
    )
    [text] = PRINTER.procedures("staging.p", steps)
    assert text.splitlines() == [
        "CREATE OR REPLACE PROCEDURE staging.p() AS $$",
        "DECLARE",
        "  _rf_rows BIGINT;",
        "BEGIN",
        "  -- always",
        "  DROP TABLE IF EXISTS tmp_x;",
        "  CREATE TEMP TABLE tmp_x DISTKEY (b) AS",
        "  SELECT 1 AS a, 2 AS b;",
        "  DELETE FROM dw.t;",
        "  -- sometimes",
        "  SELECT INTO _rf_rows COUNT(*) FROM (SELECT 1 FROM x LIMIT 1) AS asked;",
        "  IF _rf_rows > 0 THEN",
        "    SELECT INTO _rf_rows COUNT(*) FROM (SELECT 1) AS asked;",
        "    IF _rf_rows > 0 THEN",
        "      RAISE EXCEPTION 'RF502: 100 %% it''s (% rows)', _rf_rows;",
        "    END IF;",
        "    DROP TABLE IF EXISTS tmp_y;",
        "    CREATE TEMP TABLE tmp_y AS",
        "    SELECT 1 AS c;",
        "  END IF;",
        "END;",
        "$$ LANGUAGE plpgsql",
    ]


def test_texts_of_people_stay_what_they_are() -> None:
    hostile = "'a\n  b $$ $rf1$ ; -- x'"
    [text] = PRINTER.procedures("p", (Step("a\nb", (Execute(f"INSERT INTO t VALUES ({hostile})"),)),))
    assert f"({hostile})" in text
    assert text.startswith("CREATE OR REPLACE PROCEDURE p() AS $rf2$")
    assert "-- a?b\n" in text


def test_what_is_too_long_becomes_several_that_are_called() -> None:
    steps = [Step(f"s{i}", tuple(Execute(f"DELETE FROM t WHERE a = {i} AND b = {j}") for j in range(40)), "SELECT 1") for i in range(3)]
    made = Printer(REDSHIFT, {}, limit=1600).procedures("staging.p", steps)
    assert len(made) > 4
    assert all(len(sql.encode()) <= 1600 for sql in made)
    names = [sql.split("(")[0].split()[-1] for sql in made]
    assert names[-1] == "staging.p"
    assert [line.strip() for line in made[-1].splitlines() if "CALL" in line] == [f"CALL {name}();" for name in names[:-1]]
    deletes = [s.text for sql in made for s in statements(sql) if s.words[0] == "DELETE"]
    assert deletes == [f"DELETE FROM t WHERE a = {i} AND b = {j}" for i in range(3) for j in range(40)]
    with pytest.raises(TooLongError):
        Printer(REDSHIFT, {}, limit=100).procedures("p", steps)


def test_a_table_of_three_hundred_columns_fits_the_data_api() -> None:
    kinds = (
        *("int", "nvarchar(80)", "decimal(19,4)", "datetime2(7)", "datetime2(3)", "date", "bit", "float", "varchar(max)", "time(7)"),
        *("uniqueidentifier", "varbinary(16)", "datetimeoffset", "bigint", "money"),
    )
    columns = tuple(column(f"column_{i:03}", kinds[i % len(kinds)], time_zone="Europe/Berlin") for i in range(299))
    names = [c.name for c in columns]
    wide = table("wide", columns=(column("wide_id", nullable=False), *columns), dimension=dimension("wide", *names))
    made = Loads(project(wide), REDSHIFT)
    longest = max(len(sql.encode()) for part in made.parts() for sql in made.procedures(part))
    assert longest <= LIMIT
    files = {a.path: a for a in loads.emit(project(wide))}
    assert max(len(s.text.encode()) for s in statements(files["redshift/load/wide.sql"].content) if s.procedure is None) <= 200_000


def test_postgresql_has_no_word_for_where_rows_lie() -> None:
    [text] = Printer(POSTGRES, {}).procedures("p", (Step("s", (Temp("x", "SELECT 1 AS a", ("a",)),)),))
    assert "CREATE TEMP TABLE x AS\n" in text


def test_a_load_locks_first_and_returns_when_nothing_is_new() -> None:
    lines = [line.strip() for line in Loads(project(), REDSHIFT).main().splitlines()]
    begin = lines.index("BEGIN")
    assert lines[begin + 1] == "LOCK staging.load_lock;"
    assert lines.index("RETURN;") < next(i for i, line in enumerate(lines) if line.startswith(("CALL", "UPDATE", "DROP", "MERGE")))
    calls = [line for line in lines if line.startswith("CALL")]
    assert calls[0] == "CALL staging.take_customer();"
    assert calls[-1] == "CALL staging.refresh_dim_customer();"
