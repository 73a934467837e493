"""The files a load is generated as for Spark say the same as the load itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from retailflow.model.project import Project
from retailflow.model.source import Era, Route, Topic
from retailflow.runtime import script
from retailflow.runtime.script import Statement, parse
from retailflow.sql.dialects import SPARK
from retailflow.sql.load import load
from retailflow.sql.schema import create
from retailflow.sql.statement import Assert, Execute, Step, Temp
from retailflow.targets import lake_raw, lake_sql
from tests.factories import project, table


class Recorder:
    """A lake that only remembers; queries without a row are those that hold one of `empty`."""

    def __init__(self, *empty: str) -> None:
        self.empty = empty
        self.done: list[str] = []

    def temp(self, name: str, select: str) -> None:
        self.done.append(f"{name} = {select}")

    def execute(self, sql: str) -> None:
        self.done.append(sql)

    def check(self, code: str, message: str, select: str) -> None:
        self.done.append(f"{code} {message}: {select}")

    def holds(self, guard: str) -> bool:
        return not any(word in guard for word in self.empty)


def files(model: Project) -> list[str]:
    made = {artifact.path.rpartition("/")[2]: artifact.content for artifact in lake_sql.emit(model)}
    return [made[name] for name in sorted(made)]


def run(recorder: Recorder, texts: list[str]) -> list[str]:
    lake: Any = recorder
    for text in texts:
        if not script.run(lake, text):
            break
    return recorder.done


def flat(steps: tuple[Any, ...]) -> Iterator[str]:
    for step in steps:
        match step:
            case Temp():
                yield f"{step.name} = {step.select}"
            case Execute():
                yield step.sql
            case Assert():
                yield f"{step.code} {step.message}: {step.select}"
            case Step():
                yield from flat(step.body)


def placed(model: Project) -> Project:
    return replace(model, naming=replace(model.naming, staging_schema="${staging}", warehouse_schema="${warehouse}"))


def test_the_files_in_order_are_the_tables_what_has_landed_and_the_load() -> None:
    model = project()
    there = placed(model)
    landed = (lake_raw.raw_heartbeats(there), *map(lake_raw.raw, there.tables))
    wanted = (*create(there, SPARK), *flat(landed), *flat(load(there, SPARK).steps))
    assert sorted(map(bare, run(Recorder(), files(model)))) == sorted(map(bare, wanted))


def bare(sql: str) -> str:
    """Without blanks: how a statement is laid out is no difference."""
    return "".join(sql.split())


def test_rows_that_a_seed_has_are_not_written_again() -> None:
    done = run(Recorder("seeds"), files(project()))
    assert not [statement for statement in done if "INSERT" in statement and "dim_date" in statement]


def test_a_load_reads_the_generations_of_its_incarnation_and_route() -> None:
    eras = (Era(1, 1, Route.CDC), Era(2, 2, Route.BATCH), Era(3, 2, Route.CDC), Era(4, 2, Route.CDC))
    (temp,) = lake_raw.raw(table(eras=eras)).body
    assert isinstance(temp, Temp)
    assert "l.generation IN (3, 4)" in temp.select


def test_a_topic_is_called_as_its_environment_calls_it() -> None:
    (temp,) = lake_raw.raw(table(topic=Topic("{env}.it's", 1, 1, ()))).body
    assert isinstance(temp, Temp)
    assert r"'${environment}.it\'s' AS topic" in temp.select


def test_heartbeats_land_once_and_are_read_from_where_they_land() -> None:
    model = project(table("a", group="g"), table("b", group="h"))
    a, b = model.tables
    assert list(lake_raw.heartbeats(model, (a,))) == [("__debezium-heartbeat.erp", "_heartbeats_of_erp")]
    assert not list(lake_raw.heartbeats(model, (b,)))
    (temp,) = lake_raw.raw_heartbeats(model).body
    assert isinstance(temp, Temp)
    assert "FROM landed__heartbeats_of_erp AS l" in temp.select
    assert lake_raw.records(model) == ("a", "b", "_heartbeats_of_erp")


def test_where_nothing_is_new_the_load_ends_early() -> None:
    done = run(Recorder("SELECT 1"), files(project()))
    assert not [statement for statement in done if statement.startswith("tmp_chain")]


def test_a_step_whose_query_has_no_row_is_passed_over_with_the_steps_in_it() -> None:
    text = "\n".join(
        [
            "-- a comment",
            "--: step a",
            "--: only if",
            "SELECT none",
            "--: step b",
            "--: execute",
            "B",
            "--: end",
            "--: end",
            "--: execute",
            "C",
        ]
    )
    assert run(Recorder("none"), [text]) == ["C"]
    assert run(Recorder(), [text]) == ["B", "C"]


def test_an_assertion_has_its_code_and_its_words() -> None:
    assert list(parse("--: assert RF501 two contents\nSELECT 1\n")) == [Statement("assert", "RF501 two contents", "SELECT 1")]


def test_an_unknown_directive_stops() -> None:
    with pytest.raises(ValueError, match="`leap` is no directive"):
        run(Recorder(), ["--: leap\n"])


def test_texts_of_people_begin_no_line_and_name_no_variable() -> None:
    assert SPARK.literal("a\n--: execute ${staging}") == r"'a\n--: execute $\u007Bstaging}'"
