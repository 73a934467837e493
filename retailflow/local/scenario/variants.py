"""The same events delivered otherwise: in another order, more than once, all at once. Seeds come from names, so every run is the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from retailflow.local.scenario.scenario import Arrival, Message, Scenario

AS_GIVEN = "as given"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrives in each load."""

    name: str
    loads: tuple[tuple[Arrival, ...], ...]


def as_given(scenario: Scenario) -> Delivery:
    return Delivery(AS_GIVEN, scenario.batches)


def others(scenario: Scenario) -> Iterator[Delivery]:
    """Those that must give the same star."""
    events = [arrival for batch in scenario.batches for arrival in batch]
    if len(scenario.batches) > 1:
        yield Delivery("in one load", (tuple(events),))
    if len(events) > 1:
        yield Delivery("shuffled", _shuffled(events, _random(scenario, "shuffled")))
    yield Delivery("duplicated", _duplicated(events, _random(scenario, "duplicated")))


def _random(scenario: Scenario, variant: str) -> Random:
    return Random(f"{scenario.name}: {variant}")


def _shuffled(events: Sequence[Arrival], random: Random) -> tuple[tuple[Arrival, ...], ...]:
    """Any order, in two loads; what may move has its offsets in the order of its arrival. The second load brings the first one again."""
    mixed = list(events)
    random.shuffle(mixed)
    if mixed == list(events):
        mixed.reverse()
    placed = list(_placed(mixed))
    cut = random.randint(1, len(placed) - 1)
    again = [e for e in placed[:cut] if isinstance(e, Message)]
    second = [*placed[cut:], *again]
    random.shuffle(second)
    return tuple(placed[:cut]), tuple(second)


def _duplicated(events: Sequence[Arrival], random: Random) -> tuple[tuple[Arrival, ...], ...]:
    """Some events twice, at two offsets, from the last to the first."""
    copies = [e for e in events if isinstance(e, Message) and e.moves and random.random() < 0.5]
    return (tuple(reversed([*events, *_behind(events, copies)])),)


def _placed(events: Iterable[Arrival]) -> Iterator[Arrival]:
    """Those that may move get the offsets that such events had, in this order."""
    events = list(events)
    free: dict[tuple[str, int, int], list[int]] = {}
    for event in events:
        if isinstance(event, Message) and event.moves:
            free.setdefault(_partition(event), []).append(event.offset)
    following = {partition: iter(sorted(offsets)) for partition, offsets in free.items()}
    for event in events:
        if isinstance(event, Message) and event.moves:
            yield replace(event, offset=next(following[_partition(event)]))
        else:
            yield event


def _behind(events: Iterable[Arrival], copies: Iterable[Message]) -> Iterator[Message]:
    """Copies, at offsets that come after all others."""
    last: dict[tuple[str, int, int], int] = {}
    for event in events:
        if isinstance(event, Message):
            last[_partition(event)] = max(last.get(_partition(event), -1), event.offset)
    for copy in copies:
        last[_partition(copy)] += 1
        yield replace(copy, offset=last[_partition(copy)])


def _partition(message: Message) -> tuple[str, int, int]:
    return (message.topic, message.age, message.partition)
