"""Statements are told apart, those in procedures too, and each knows where it is."""

import pytest

from retailflow.errors import Severity
from retailflow.verify import lint
from retailflow.verify.split import statements
from retailflow.verify.tokens import UnreadableError

BODY = """CREATE OR REPLACE PROCEDURE dw.p() AS $rf1$
DECLARE
  n BIGINT;
BEGIN
  -- a comment; with a semicolon
  LOCK dw.t;
  SELECT INTO n COUNT(*) FROM (SELECT 1 FROM a LIMIT 1) AS q;
  SELECT b, c INTO n, m.x FROM d;
  IF n > 0 AND CASE WHEN n = 1 THEN TRUE ELSE FALSE END THEN
    n := 3;
    DELETE FROM e WHERE f = ';';
  ELSIF n = 0 THEN
    RAISE EXCEPTION 'VACUUM; %', n;
  ELSE
    WHILE n < 3 LOOP
      UPDATE g SET h = 1;
    END LOOP;
  END IF;
  FOR r IN SELECT i FROM j LOOP
    INSERT INTO k VALUES (r.i);
  END LOOP;
  EXECUTE 'DROP TABLE ' || n;
  RETURN;
EXCEPTION WHEN OTHERS THEN
  ROLLBACK;
END;
$rf1$ LANGUAGE plpgsql SET x TO y;
SELECT 2;
"""


def test_the_sql_of_a_procedure_is_told_from_the_language_around_it() -> None:
    found = list(statements(BODY))
    inside = [s.words[0] for s in found if s.procedure is not None]
    assert inside == ["LOCK", "SELECT", "SELECT", "DELETE", "UPDATE", "SELECT", "INSERT", "EXECUTE", "ROLLBACK"]
    assert [s.words[0] for s in found if s.procedure is None] == ["CREATE", "SELECT"]
    assert all(s.in_block and s.procedure is not None and s.procedure.has_settings for s in found[1:-1])
    assert not found[-1].in_block
    trees = [s.tree.sql(dialect="redshift") for s in found if s.words[0] == "SELECT" and s.tree is not None]
    assert trees == ["SELECT COUNT(*) FROM (SELECT 1 FROM a LIMIT 1) AS q", "SELECT b, c FROM d", "SELECT i FROM j", "SELECT 2"]


def test_a_procedure_without_transaction_is_no_block() -> None:
    found = list(statements("CREATE PROCEDURE p() NONATOMIC AS $$ BEGIN DELETE FROM t; END $$ LANGUAGE plpgsql"))
    assert [s.in_block for s in found] == [False, False]


def test_a_block_ends_with_it() -> None:
    found = list(statements("BEGIN; SELECT 1; COMMIT; SELECT 2; START TRANSACTION; SELECT 3; ROLLBACK; SELECT 4"))
    assert [s.words[1] for s in found if s.in_block and s.words[0] == "SELECT"] == ["\x001", "\x003"]


@pytest.mark.parametrize(
    ("sql", "line", "column", "length"),
    [
        ("SELECT 1;\nSELECT a,\n  tag FROM t", 3, 3, 3),
        ("-- x\n\nCREATE PROCEDURE p() AS $$\nBEGIN\n  SELECT INTO n\n    tag FROM t;\nEND $$ LANGUAGE plpgsql", 6, 5, 3),
        ("SELECT 'ä;ö' AS x; SELECT NOW(), a FROM t", 1, 27, 3),
    ],
)
def test_a_finding_says_where(sql: str, line: int, column: int, length: int) -> None:
    [finding] = lint({"a.sql": sql})
    assert finding.place is not None
    assert (finding.place.line, finding.place.column, finding.place.length) == (line, column, length)


def test_what_one_file_creates_is_known_in_another() -> None:
    merge = "MERGE INTO dw.t USING s ON dw.t.a = s.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)"
    assert not lint({"m.sql": merge})
    [finding] = lint({"m.sql": merge, "t.sql": "CREATE TABLE dw.t (a INTEGER)"})
    assert (finding.code, finding.severity) == ("RF908", Severity.WARNING)
    assert not lint({"m.sql": merge, "t.sql": "CREATE TABLE dw.t (a INTEGER, PRIMARY KEY (a))"})


def test_a_text_without_an_end_is_no_crash() -> None:
    with pytest.raises(UnreadableError):
        list(statements("SELECT 'x"))
    assert [f.code for f in lint({"a.sql": "SELECT 'x", "b.sql": "SELECT 1"})] == ["RF900"]


def test_nothing_is_found_in_nothing() -> None:
    assert not lint({"a.sql": "", "b.sql": "-- only words;\n;;\n"})
