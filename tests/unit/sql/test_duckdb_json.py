"""Values and their presence read from JSON, whatever the names are, by one struct or by paths."""

import json
from collections.abc import Sequence

import duckdb
import pytest

from retailflow.sql.dialects import DUCKDB
from retailflow.sql.dialects.duckdb_json import Field

HOSTILE = ['a"b', "it's", "a.b", "back\\slash", "*", "$", "x]", "é", "white space", "line\nbreak", "{}", "0"]


def read(document: object, fields: Sequence[Field]) -> list[tuple[object, object]]:
    """(value, presence) of each field."""
    relation = f"(SELECT {DUCKDB.literal(json.dumps(document))} AS doc) AS r"
    with duckdb.connect() as connection:
        row = connection.execute(DUCKDB.extract(relation, "doc", fields, [], [name for name, _ in fields])).fetchone()
    assert row is not None
    return list(zip(row[: len(fields)], row[len(fields) :], strict=True))


@pytest.mark.parametrize("also", [[], ["A", "a"]], ids=["a struct", "names that differ by case"])
def test_names_are_taken_as_they_are(also: list[str]) -> None:
    names = [*HOSTILE, *also]
    after: dict[str, object] = {name: i for i, name in enumerate(names)}
    fields: list[Field] = [(f"f{i}", ("after", name)) for i, name in enumerate(names)]
    assert read({"after": after}, fields) == [(str(i), True) for i in range(len(names))]
    assert read({"after": dict.fromkeys(names)}, fields) == [(None, True)] * len(names)
    assert read({"after": {}}, fields) == [(None, False)] * len(names)


@pytest.mark.parametrize("after", [None, "text", [1], 5])
def test_what_is_no_object_has_no_fields(after: object) -> None:
    assert read({"after": after, "op": "c"}, [("a", ("after", "x")), ("o", ("op",))]) == [(None, False), ("c", True)]


def test_values_are_texts() -> None:
    document = {"n": 12345678901234567890123, "t": True, "o": {"k": [1, "x"]}, "s": 'quo"te', "z": None}
    fields: list[Field] = [(name, (name,)) for name in document]
    values = [value for value, _ in read(document, fields)]
    assert values == ["12345678901234567890123", "true", '{"k":[1,"x"]}', 'quo"te', None]


def test_a_field_inside_of_another_is_found_too() -> None:
    assert read({"a": {"b": 1}}, [("whole", ("a",)), ("part", ("a", "b"))]) == [('{"b":1}', True), ("1", True)]
