"""Every rule of `lint-sql`: the wrong example of its page gives its code and no other, the right one none; and what else it refuses."""

import inspect

import pytest

from retailflow.errors import Severity
from retailflow.errors.pages import codes, page
from retailflow.verify import lint
from retailflow.verify.rules import RULES

PAGES = [code for code in codes() if "RF900" <= code < "RF998"]


def found(sql: str) -> set[str]:
    return {finding.code for finding in lint({"a.sql": sql})}


def test_every_rule_has_a_page_and_says_where_it_is_from() -> None:
    assert {rule.code for rule in RULES} | {"RF900"} == set(PAGES)
    assert len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert "Source: " in (inspect.getdoc(rule.check) or ""), rule.code


@pytest.mark.parametrize("code", [code for code in PAGES if code != "RF987"])
def test_the_wrong_example_is_wrong_in_that_way_only_and_the_right_one_right(code: str) -> None:
    wrong, right = page(code).wrong, page(code).right
    assert wrong
    assert right
    assert all({f.code for f in lint({e.path: e.content})} == {code} for e in wrong)
    assert all(not lint({e.path: e.content}) for e in right)


def test_warnings_are_what_the_platform_takes() -> None:
    warnings = {rule.code for rule in RULES if rule.severity is Severity.WARNING}
    assert warnings == {"RF908", "RF909", "RF912", "RF913", "RF931", "RF941", "RF959", "RF964", "RF965", "RF968", "RF969", "RF976", "RF991"}


MERGE = "MERGE INTO dw.t USING s ON dw.t.a = s.a "
BOTH = "WHEN MATCHED THEN UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)"


@pytest.mark.parametrize(
    "sql",
    [
        MERGE + BOTH,
        MERGE.replace("s ON", "(SELECT a, b FROM u) AS s ON") + BOTH,
        MERGE + "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)",
        MERGE + "REMOVE DUPLICATES",
        "BEGIN; DELETE FROM t; INSERT INTO t SELECT 1; COMMIT; VACUUM t",
        "SELECT 'VACUUM; BEGIN; it''s', \"tag\", s.\"order\" FROM t AS s -- VACUUM;\n/* ; */",
        "CREATE TABLE t (a BIGINT IDENTITY(1,1), b VARCHAR(10) DEFAULT 'x' NOT NULL, PRIMARY KEY (a)) DISTKEY (a) COMPOUND SORTKEY (a, b)",
        "CREATE TABLE IF NOT EXISTS t (a INTEGER, name VARCHAR(10), type VARCHAR(3), value INTEGER, date DATE)",
        "CREATE TEMP TABLE t DISTKEY (a) AS SELECT 1 AS a",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a WITH NO SCHEMA BINDING",
        "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(80)",
        "ALTER TABLE t ALTER DISTSTYLE KEY DISTKEY a",
        "ALTER TABLE t ALTER COMPOUND SORTKEY (a, b)",
        "ALTER TABLE t APPEND FROM s IGNOREEXTRA",
        "DELETE FROM t USING s WHERE t.a = s.a",
        "INSERT INTO t VALUES (1), (2)",
        "SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY c DESC) FROM t WHERE a > 1 QUALIFY 1 = 1",
        "SELECT MAX(a) OVER (PARTITION BY b), LEAD(a, 1) IGNORE NULLS OVER (PARTITION BY b ORDER BY c) FROM t",
        "SELECT LAST_VALUE(a IGNORE NULLS) OVER (ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t",
        "SELECT NOW()",
        "SELECT t.now, SUBSTRING(t.age, 1, 2) FROM t",
        "SELECT STRTOL(SUBSTRING(MD5(a), 1, 8), 16) FROM t",
        "GRANT SELECT (a), UPDATE (b) ON t TO u",
        "ATTACH MASKING POLICY p ON t(a, b) TO ROLE r PRIORITY 3",
        "COPY t FROM 's3://b/manifest' IAM_ROLE 'arn:aws:iam::1:role/r' FORMAT AS PARQUET MANIFEST",
        "UNLOAD ('SELECT 1') TO 's3://b/' IAM_ROLE default FORMAT AS PARQUET PARTITION BY (a) CLEANPATH",
        "CREATE EXTERNAL SCHEMA k FROM KAFKA AUTHENTICATION none URI 'b:9092'",
        "CREATE EXTERNAL SCHEMA s FROM DATA CATALOG DATABASE 'd' IAM_ROLE default",
        "LOCK t; CALL p(1); REFRESH MATERIALIZED VIEW v; ANALYZE t; SET query_group TO 'x'; RESET query_group",
        "UPDATE t AS x SET a = s.a FROM s WHERE x.b = s.b",
        "WITH s AS (SELECT 1 AS a) SELECT a FROM s",
    ],
)
def test_what_redshift_takes_is_taken(sql: str) -> None:
    assert not found(sql)


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("RF900", "SELECT 'no end"),
        ("RF900", "SELEC 1"),
        ("RF901", MERGE + "WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b)"),
        ("RF901", MERGE + "WHEN MATCHED THEN UPDATE SET b = s.b"),
        ("RF901", MERGE + "WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a) WHEN MATCHED THEN UPDATE SET b = s.b"),
        ("RF901", MERGE + BOTH + " WHEN NOT MATCHED BY SOURCE THEN DELETE"),
        ("RF901", MERGE + "REMOVE DUPLICATES " + BOTH),
        ("RF903", MERGE + BOTH.replace("SET b", "SET t.b")),
        ("RF903", MERGE + BOTH.replace("(a, b) VALUES", "(t.a, b) VALUES")),
        ("RF904", MERGE.replace("s ON", "(WITH q AS (SELECT 1 AS a, 2 AS b) SELECT a, b FROM q) AS s ON") + BOTH),
        ("RF905", "MERGE INTO dw.t USING dw.t AS s ON dw.t.a = s.a " + BOTH),
        ("RF906", "MERGE INTO stv_x USING s ON stv_x.a = s.a " + BOTH),
        ("RF910", "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT); MERGE INTO t USING u AS s ON t.a = s.a REMOVE DUPLICATES"),
        ("RF911", "BEGIN; VACUUM t; COMMIT"),
        ("RF911", "BEGIN; ALTER TABLE t APPEND FROM s; COMMIT"),
        ("RF911", "START TRANSACTION; CREATE DATABASE d; COMMIT"),
        ("RF911", "BEGIN; DROP SCHEMA s DROP EXTERNAL DATABASE; COMMIT"),
        ("RF912", "BEGIN; REFRESH MATERIALIZED VIEW v; COMMIT"),
        ("RF912", "CREATE PROCEDURE p() AS $$ BEGIN TRUNCATE t; END $$ LANGUAGE plpgsql"),
        ("RF915", "CREATE PROCEDURE p() AS $$ BEGIN ALTER TABLE t APPEND FROM s; END $$ LANGUAGE plpgsql"),
        ("RF915", "CREATE PROCEDURE p() AS $x$ BEGIN SET LOCAL a TO 'b'; END $x$ LANGUAGE plpgsql"),
        ("RF916", "CREATE PROCEDURE p() AS $$ BEGIN EXECUTE 'COMMIT'; END $$ LANGUAGE plpgsql"),
        ("RF916", "CREATE PROCEDURE p() AS $$ BEGIN TRUNCATE t; END $$ LANGUAGE plpgsql SET a TO b"),
        ("RF917", "CREATE PROCEDURE p() NONATOMIC AS $$ BEGIN RETURN; END $$ LANGUAGE plpgsql SET a TO b"),
        ("RF921", "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED)"),
        ("RF921", "CREATE TABLE t (a INTEGER) PARTITION BY RANGE (a)"),
        ("RF921", "CREATE TABLE t (a INTEGER) INHERITS (u)"),
        ("RF922", "CREATE TABLE t (a INTEGER, b INTEGER DEFAULT a + 1)"),
        ("RF926", "CREATE TABLE t (a SUPER, b INTEGER) SORTKEY (b, a)"),
        ("RF929", "CREATE VIEW IF NOT EXISTS v AS SELECT 1 AS a"),
        ("RF929", "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1 AS a"),
        ("RF930", "CREATE SEQUENCE s"),
        ("RF930", "CREATE UNIQUE INDEX i ON t (a)"),
        ("RF930", "CREATE TRIGGER x BEFORE INSERT ON t EXECUTE PROCEDURE p()"),
        ("RF935", "ALTER TABLE t DROP COLUMN a, DROP COLUMN b"),
        ("RF936", "ALTER TABLE t DROP COLUMN IF EXISTS a"),
        ("RF937", "ALTER TABLE t ALTER COLUMN a DROP NOT NULL"),
        ("RF937", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1"),
        ("RF937", "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(9) USING a::VARCHAR(9)"),
        ("RF939", "ALTER TABLE t ADD COLUMN a INTEGER REFERENCES u (a)"),
        ("RF940", "ALTER TABLE t ADD COLUMN a INTEGER DEFAULT NULL NOT NULL"),
        ("RF943", "CREATE TABLE t (a VARCHAR(9), PRIMARY KEY (a)); ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(10)"),
        ("RF944", "CREATE TABLE t (a INTEGER); ALTER TABLE t DROP COLUMN a"),
        ("RF944", "CREATE TABLE t (a INTEGER, b INTEGER) COMPOUND SORTKEY (b); ALTER TABLE t DROP COLUMN b"),
        ("RF944", "CREATE TABLE t (a INTEGER, b INTEGER); ALTER TABLE t ADD PRIMARY KEY (a)"),
        ("RF945", "DELETE FROM t AS x WHERE x.a = 1"),
        ("RF945", "DELETE t USING s WHERE t.a = s.a"),
        ("RF947", "DELETE FROM t WHERE a = 1 RETURNING a"),
        ("RF948", "SELECT * FROM (VALUES (1), (2)) AS v"),
        ("RF948", "SELECT a FROM t, LATERAL (SELECT 1) AS x"),
        ("RF948", "SELECT DISTINCT ON (a) a, b FROM t"),
        ("RF948", "SELECT ARRAY[1, 2]"),
        ("RF949", "SELECT n FROM generate_series(1, 9) AS n"),
        ("RF954", "CREATE TABLE t (tag INTEGER)"),
        ("RF954", "SELECT 1 AS open"),
        ("RF956", "SELECT CAST(a AS JSONB) FROM t"),
        ("RF956", "CREATE TABLE t (a MONEY)"),
        ("RF956", "CREATE TABLE t (a INTEGER[])"),
        ("RF956", "CREATE TABLE t (a BYTEA)"),
        ("RF957", "SELECT CAST(a AS TIME(3)) FROM t"),
        ("RF958", "CREATE TABLE t (a CHAR(5000))"),
        ("RF958", "CREATE TABLE t (a DECIMAL(39, 2))"),
        ("RF958", "CREATE TABLE t (a VARBYTE(16777217))"),
        ("RF959", "SELECT CAST(a AS TEXT) FROM t"),
        ("RF962", "CREATE MATERIALIZED VIEW v AS SELECT kafka_offset FROM k.t JOIN u ON u.a = kafka_offset"),
        ("RF962", "CREATE MATERIALIZED VIEW v DISTKEY (kafka_key) AS SELECT kafka_key FROM k.t"),
        ("RF962", "CREATE MATERIALIZED VIEW v AS SELECT kafka_offset, ROW_NUMBER() OVER (ORDER BY kafka_offset) AS n FROM k.t"),
        ("RF966", "CREATE EXTERNAL SCHEMA k FROM KAFKA AUTHENTICATION sasl URI 'b:9096'"),
        ("RF966", "CREATE EXTERNAL SCHEMA k FROM KAFKA AUTHENTICATION mtls URI 'b:9094'"),
        ("RF969", 'CREATE PROCEDURE p() AS $$ BEGIN INSERT INTO t SELECT d."X"."b" FROM u; END $$ LANGUAGE plpgsql SET a TO b'),
        ("RF972", "SELECT FIRST_VALUE(a) OVER (ORDER BY b) FROM t"),
        ("RF973", "SELECT SUM(a) OVER (ORDER BY b RANGE UNBOUNDED PRECEDING) FROM t"),
        ("RF975", "SELECT ROW_NUMBER() OVER (PARTITION BY 'x' ORDER BY a) FROM t"),
        ("RF975", "SELECT ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) FROM t"),
        ("RF977", "SELECT CURRENT_TIMESTAMP FROM t"),
        ("RF977", "SELECT SUBSTR(a, 1, 2) FROM t"),
        ("RF981", "COPY t FROM 's3://b/' IAM_ROLE default FORMAT AS ORC REGION 'eu-west-1'"),
        ("RF982", "UNLOAD ('SELECT 1') TO 's3://b/' IAM_ROLE default FORMAT PARQUET HEADER"),
        ("RF982", "UNLOAD ('SELECT 1') TO 's3://b/' IAM_ROLE default CLEANPATH ALLOWOVERWRITE"),
        ("RF984", "GRANT DELETE (a) ON t TO u"),
        ("RF985", "ATTACH MASKING POLICY p ON t(a) TO u, v"),
        ("RF987", f"INSERT INTO t VALUES {', '.join(['(1, 2, 3)'] * 19_000)}"),
        ("RF988", "CREATE TABLE s.t (a INTEGER) STORED AS ICEBERG"),
        ("RF988", "CREATE TABLE s.t (a INTEGER NOT NULL) USING ICEBERG"),
    ],
)
def test_what_redshift_refuses_is_told(code: str, sql: str) -> None:
    assert code in found(sql)


def test_more_columns_than_a_table_holds_are_told() -> None:
    def wide(n: int) -> str:
        return f"CREATE TABLE t ({', '.join(f'a{i} INTEGER' for i in range(n))})"

    assert not found(wide(1600))
    assert found(wide(1601)) == {"RF927"}
