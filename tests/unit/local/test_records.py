"""Lines of topic files as raw records, as Python reads them."""

import json
from datetime import datetime

import pytest

from retailflow.local.engine import RawRecord
from retailflow.local.topics.records import record
from retailflow.local.topics.unreadable import UNREADABLE, offset_of
from retailflow.runtime.record_text import members


def of(line: str, number: int = 7) -> RawRecord:
    return record("t", 2, number, line)


def value_of(value: str) -> RawRecord:
    return of(f'{{"offset":1,"value":{value}}}')


def test_a_whole_record() -> None:
    line = '{"key":{"id":1},"value":{"a": 1.50},"partition":3,"offset":12,"timestamp":1700000000123,"headers":{}}'
    time = datetime(2023, 11, 14, 22, 13, 20, 123000)
    assert of(line) == RawRecord("t", 2, 3, 12, time, '{"id":1}', '{"a": 1.50}', '{"a": 1.50}')


def test_an_absent_offset_is_the_number_of_the_line() -> None:
    assert of('{"value":{}}')[2:4] == (0, 7)


@pytest.mark.parametrize("line", ["", "5", "[1]", '"x"', "{'a':1}", '{"value":{}', '{"value":{}} x', '{"value":{},}', '{"value":NaN}'])
def test_what_is_no_json_object_is_unreadable(line: str) -> None:
    assert of(line)[2:] == (UNREADABLE, offset_of(7, line), None, None, line, None, None, None)


@pytest.mark.parametrize("place", ['"offset":-1', '"offset":1.5', '"offset":"1"', '"offset":9223372036854775808', '"partition":true'])
def test_what_has_no_usable_place_is_unreadable(place: str) -> None:
    assert of(f'{{"value":{{}},{place}}}').partition_no == UNREADABLE


def test_unreadable_lines_are_told_apart_by_place_and_text() -> None:
    assert len({offset_of(1, "a"), offset_of(2, "a"), offset_of(1, "b")}) == 3


@pytest.mark.parametrize("value", ["null", '{"value":1}'])
def test_an_object_in_a_string_is_that_object(value: str) -> None:
    assert value_of(json.dumps(f'{{"x": {value}}}')).payload == f'{{"x": {value}}}'


def test_the_wrapper_of_kafka_connect_goes() -> None:
    wrapped = '{"schema":{"a":1},"payload":{"id":1}}'
    assert value_of(wrapped).payload == value_of(json.dumps(wrapped)).payload == '{"id":1}'
    assert value_of(wrapped).record_value == wrapped
    assert of(f'{{"key":{wrapped},"offset":1}}').record_key == '{"id":1}'


def test_a_row_with_columns_named_like_the_wrapper_stays() -> None:
    row = '{"schema":"x","payload":{"id":1},"id":2}'
    assert value_of(row).payload == row


@pytest.mark.parametrize("value", ["null", None])
def test_null_or_no_value_is_a_tombstone(value: str | None) -> None:
    assert (value_of(value) if value else of('{"offset":1}'))[6:8] == (None, None)


@pytest.mark.parametrize("value", ["5", "true", "[1]", '"text"', '"{\\"broken"', '""'])
def test_a_value_that_is_no_object_has_no_payload(value: str) -> None:
    found = value_of(value)
    assert (found.payload, found.partition_no) == (None, 0)
    assert found.record_value is not None


def test_a_zero_character_is_refused_where_it_stands_and_not_where_it_is_spelled() -> None:
    assert value_of('{"a":"\\u0000"}').payload is None
    assert value_of('{"a":"\\\\u0000"}').payload is not None
    assert value_of('"\\u0000"').record_value == "\ufffd"


def test_half_a_surrogate_pair_is_refused() -> None:
    assert value_of('{"a":"\\ud83d"}').partition_no == UNREADABLE
    assert value_of('{"a":"\\ud83d\\ude00"}').payload is not None


@pytest.mark.parametrize(("key", "read"), [('"C-17"', '"C-17"'), ('"{\\"id\\":1}"', '{"id":1}'), ("null", None), ("7", "7")])
def test_keys(key: str, read: str | None) -> None:
    assert of(f'{{"key":{key},"offset":1}}').record_key == read


@pytest.mark.parametrize("time", ["-1", "null", '"now"', "99999999999999999"])
def test_a_time_that_is_none(time: str) -> None:
    assert of(f'{{"timestamp":{time},"offset":1}}').record_ts is None


def test_members_keep_their_text_and_the_first_of_equal_names() -> None:
    assert members(' { "a" : 1.10 , "b":{"c": [1, 2]}, "a": 2 } ') == {"a": "1.10", "b": '{"c": [1, 2]}'}
    assert members("{}") == {}
