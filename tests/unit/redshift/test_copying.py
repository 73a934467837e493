"""Parquet by manifest: the table has the columns of the files in their order, and what it shows is what a streaming view shows."""

import re
from dataclasses import replace

from retailflow.local.engine import RAW_COLUMNS
from retailflow.model.source import Era, Extract, ExtractMode, Route
from retailflow.render.templates import Templates
from retailflow.runtime.landing import RECORDS
from retailflow.targets import redshift
from retailflow.targets.redshift.copying import LANDED
from retailflow.verify import lint
from tests.factories import ERP, project, table

BATCH = table("price", eras=(Era(1, 1, Route.BATCH),), extract=Extract("p/*.csv", "csv", ExtractMode.FULL))
COPIED = table("bulk", warehouse_path="copy")
CLICK = table("click", eras=(Era(1, 1, Route.STREAM),), source=replace(ERP, name="click"), dimension=None)
# What Spark writes as Parquet, and the types COPY reads each of them as.
READ_AS = {"INT": "INTEGER", "BIGINT": "BIGINT", "TIMESTAMP": "TIMESTAMP", "BINARY": "VARBYTE(16777216)"}


def files() -> dict[str, str]:
    return {a.path.removeprefix("redshift/"): a.content for a in redshift.emit(project(table(), BATCH, COPIED, CLICK), Templates())}


def test_the_columns_are_those_of_the_landed_files_in_their_order() -> None:
    """COPY of Parquet goes by position, and the numbers of columns have to be equal."""
    assert [kind for _, kind in LANDED] == [READ_AS.get(kind, "SUPER") for _, kind in RECORDS]
    assert [name.removeprefix("kafka_") for name, _ in LANDED] == [name for name, _ in RECORDS]


def test_only_tables_that_are_copied_have_a_file_and_no_streaming_view() -> None:
    made = files()
    assert {path for path in made if path.startswith("copy/")} == {"copy/price.sql", "copy/bulk.sql"}
    assert "streaming/bulk.sql" not in made
    assert "streaming/customer.sql" in made


def test_the_view_of_what_was_copied_has_the_columns_of_the_raw_relation() -> None:
    for name in ("bulk", "price"):
        text = files()[f"copy/{name}.sql"]
        head = text[text.index(f"VIEW staging.raw_{name}") :]
        head = head[: head.index("FROM (")]
        assert re.findall(r"\b(\w+)(?=,|\n\Z)", re.sub(r"COALESCE.*AS", "", head)) == list(RAW_COLUMNS)


def test_copy_is_by_manifest_and_people_enter_as_texts_in_quotes() -> None:
    made = files()
    assert (
        "EXECUTE 'COPY staging.copied_bulk FROM ' || QUOTE_LITERAL(_rf_manifest) || ' IAM_ROLE ' || QUOTE_LITERAL(_rf_role) || "
        "' FORMAT AS PARQUET MANIFEST SERIALIZETOJSON';"
    ) in made["copy/bulk.sql"]
    assert "' FORMAT AS PARQUET MANIFEST';" in made["copy/price.sql"]  # no SUPER among its columns


def test_the_load_takes_what_was_copied_and_then_it_is_gone() -> None:
    made = files()
    for name in ("bulk", "price"):
        taken = made[f"load/{name}.sql"]
        first, last = taken.index(f"SELECT * FROM staging.raw_{name}"), taken.index(f"DELETE FROM staging.copied_{name};")
        assert first < taken.index(f"INSERT INTO staging.{name}_log") < last
        assert f"CALL staging.take_{name}();" in made["load/_load.sql"]
    assert "staging.last_bulk" not in made["load/bulk.sql"]


def test_lint_finds_nothing_in_them() -> None:
    assert not lint({path: text for path, text in files().items() if path.endswith(".sql")})
