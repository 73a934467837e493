"""Lines that are told by their frame, and those that have to be read."""

import pytest

from retailflow.local.engine import RawRecord
from retailflow.local.topics import framed as module
from retailflow.local.topics.framed import framed
from retailflow.local.topics.records import record, records

TAIL = '"partition":3,"offset":12,"timestamp":1700000000123}'


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that were read."""
    seen: list[str] = []

    def noted(topic: str, generation: int, number: int, line: str) -> RawRecord:
        seen.append(line)
        return record(topic, generation, number, line)

    monkeypatch.setattr(module, "record", noted)
    return seen


@pytest.mark.parametrize("key", ["null", '{"id":1}', '{"id":"a, b"}'])
@pytest.mark.parametrize("value", ["{}", '{"a": 1.50}', '{"a":"},\\"partition\\":4","b":[{}]}', '{"a":"é\\\\"}'])
def test_a_frame_tells_what_reading_does(key: str, value: str, read: list[str]) -> None:
    line = f'{{"key":{key},"value":{value},{TAIL}'
    assert list(framed("t", 2, [(7, line)])) == list(records("t", 2, [(7, line)]))
    assert read == []


@pytest.mark.parametrize(
    "line",
    [
        f'{{"key":null,"value":null,{TAIL}',
        f'{{"key":null,"value":"{{}}",{TAIL}',
        f'{{"value":{{}},"key":null,{TAIL}',
        f'{{"key":null, "value":{{}},{TAIL}',
        f'{{"key":{{"a":{{}}}},"value":{{}},{TAIL}',
        f'{{"key":{{"schema":1,"payload":{{}}}},"value":{{}},{TAIL}',
        f'{{"key":null,"value":{{"schema":{{}},"payload":{{"a":1}}}},{TAIL}',
        f'{{"key":null,"value":{{"a":"\\u0000"}},{TAIL}',
        f'{{"key":null,"value":{{"a":"\\ud800"}},{TAIL}',
        f'{{"key":null,"value":{{"a":{"[" * 100}{"]" * 100}}},{TAIL}',
        f'{{"key":null,"value":{{"a":{"1" * 5000}}},{TAIL}',
        '{"key":null,"value":{},"partition":2147483648,"offset":12,"timestamp":1}',
        '{"key":null,"value":{},"partition":0,"offset":9223372036854775808,"timestamp":1}',
        '{"key":null,"value":{},"partition":0,"offset":07,"timestamp":1}',
        '{"key":null,"value":{},"partition":0,"offset":٣,"timestamp":1}',
    ],
)
def test_what_may_be_something_else_is_read(line: str, read: list[str]) -> None:
    assert list(framed("t", 2, [(7, line)])) == list(records("t", 2, [(7, line)]))
    assert read == [line]
