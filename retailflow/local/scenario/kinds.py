"""What an entry of a batch is: told by its keys, and which others go with them."""

from enum import StrEnum

from retailflow.errors import did_you_mean
from retailflow.resolve.sink import Sink
from retailflow.source import Step
from retailflow.spec.scenario import EventSpec


class Kind(StrEnum):
    CHANGE = "op"
    MARK = "mark"
    HEARTBEAT = "heartbeat"
    TOMBSTONE = "tombstone"
    EXTRACT = "extract"
    PLAIN = "row"
    RAW = "raw"


_RECORD = frozenset(("table", "timestamp", "partition", "offset", "generation"))
_GOES_WITH = {
    Kind.CHANGE: _RECORD | {"row", "key", "before", "commit", "change", "serial", "at", "snapshot", "raw", "omit"},
    Kind.MARK: _RECORD | {"keys", "commit", "at"},
    Kind.HEARTBEAT: _RECORD | {"source"},
    Kind.TOMBSTONE: _RECORD,
    Kind.EXTRACT: frozenset(("table", "rows", "text", "at", "generation")),
    Kind.PLAIN: _RECORD | {"at", "raw"},
    Kind.RAW: _RECORD | {"topic", "key", "at"},
}
_NEEDED = {
    Kind.CHANGE: ("table",),
    Kind.MARK: ("table", "keys"),
    Kind.TOMBSTONE: ("table",),
    Kind.EXTRACT: ("table",),
    Kind.PLAIN: ("table",),
}


def kind_of(spec: EventSpec, sink: Sink, *steps: Step) -> Kind | None:
    """The kind, None where a finding says why there is none, or what does not go with it."""
    given = spec.model_fields_set
    found = next((kind for kind in Kind if kind.value in given), None)
    if found is None:
        hint = "a change has `op`, a plain row `row`; see docs/reference/scenarios.md"
        sink.add("RF532", "this says nothing that arrives", *steps, hint=hint)
        return None
    odd = sorted(given - _GOES_WITH[found] - {found.value})
    for name in odd:
        hint = did_you_mean(name, _GOES_WITH[found]) or f"with it go {', '.join(f'`{n}`' for n in sorted(_GOES_WITH[found]))}"
        sink.add("RF532", f"`{name}` does not go with `{found.value}`", *steps, name, hint=hint, key=True)
    missing = [name for name in _NEEDED.get(found, ()) if name not in given]
    for name in missing:
        sink.add("RF532", f"`{name}` is missing beside `{found.value}`", *steps)
    return None if odd or missing else found
