"""What the bytes of a record say, as loads on the lake read them; and that a topic that is a file says the same."""

import json

import pytest

from retailflow.local.topics.records import record
from retailflow.runtime import record_text

BODY = '{"a": 1.50}'
VALUES = [
    *[
        BODY,
        f" {BODY}\n",
        f'{{"schema":{{}},"payload":{BODY}}}',
        '{"schema":1,"payload":2}',
        '{"schema":1,"payload":null}',
        "null",
        "5",
        "true",
    ],
    *["", "[1]", '"x"', '{"a":1,}', '{"a":NaN}', "{'a':1}", f"{BODY} x", f"{BODY}}}", '{"a":1', "\ufeff{}", '{"a":"\\ud800"}', '{"a":01}'],
    *['{"a":"\\ud83d\\ude00"}', '{"a":"\\u0000"}', '{"a":"\\\\u0000"}', '{"a":"x\0"}', '{"a":1,"a":2}', '{"a":"é"}', '{"a":"\x01"}'],
]
KEYS = [
    '{"id":1}',
    '"C-17"',
    "C-17",
    "7",
    "[1,2]",
    "",
    '{"schema":{},"payload":{"id":3}}',
    '{"schema":1,"payload":null}',
    '{"id":1,}',
    "a\0b",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_that_of_a_topic_file(value: str) -> None:
    line = record("t", 1, 0, json.dumps({"value": value}))
    assert (record_text.text(value.encode()), record_text.payload(value.encode())) == (line.record_value, line.payload)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_that_of_a_topic_file(key: str) -> None:
    assert record_text.key(key.encode()) == record("t", 1, 0, json.dumps({"key": key})).record_key


def test_nothing_stays_nothing() -> None:
    assert record_text.text(None) is record_text.payload(None) is record_text.key(None) is None


def test_what_is_no_text_is_shown_in_hexadecimal() -> None:
    value = b'{"a":"\xff"}'
    assert (record_text.text(value), record_text.payload(value), record_text.key(value)) == ("0x7b2261223a22ff227d", None, None)
