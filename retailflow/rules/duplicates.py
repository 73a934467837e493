"""What two tables cannot both be called or share."""

from collections.abc import Callable, Iterator

from retailflow.errors import Finding, Place
from retailflow.resolve import Loaded, Written
from retailflow.rules.reserved import DATE_DIMENSION

Claims = Callable[[Written], Iterator[tuple[str, Place]]]


def warehouse_names(loaded: Loaded) -> Iterator[Finding]:
    """Dimensions, their histories and facts are tables of one schema."""
    taken = {DATE_DIMENSION: "the calendar"}
    for written in loaded.written:
        for name, place in _tables(written):
            if name in taken:
                message = f"`{name}` is already the name of {taken[name]}"
                yield Finding("RF108", message, place, hint="choose another name")
            taken.setdefault(name, f"a table made from {written.document.path}")


def _tables(written: Written) -> Iterator[tuple[str, Place]]:
    spec, document = written.spec, written.document
    if spec.scd is not None or spec.dimension is not None:
        named = spec.dimension is not None and spec.dimension.name is not None
        name = spec.dimension.name if spec.dimension is not None and spec.dimension.name is not None else f"dim_{spec.table}"
        place = document.place("dimension", "name") if named else document.place("table")
        yield name, place
        if spec.scd == 4:
            yield f"{name}_history", place
    for fact in spec.facts:
        yield fact, document.key_place("facts", fact)


def topics(loaded: Loaded) -> Iterator[Finding]:
    """Two tables in one topic could not be told apart; Kafka's metrics mix up names that differ in `.` and `_` only."""
    taken: dict[str, str] = {}
    for written in loaded.written:
        if written.table is None:
            continue
        name = written.table.topic.name
        other = taken.setdefault(name.replace(".", "_"), written.spec.table)
        if other != written.spec.table:
            place = written.document.place("kafka", "topic") if written.spec.kafka.topic else written.document.place("table")
            yield Finding("RF109", f"topic `{name}` is also that of table `{other}`", place, hint="give each table a topic of its own")
