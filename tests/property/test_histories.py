"""Random histories reach what the proofs claim to try: long lives of one key, deletions, duplicates, NULLs, equal times, many loads."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.property.telling import Case
from tests.property.troubles import TROUBLE, delivered
from tests.reference.events import Admitted, Event
from tests.reference.histories import ALL
from tests.reference.log import outcomes, read_log

OF_STREAMS = ("happened_at", "event_no")  # never NULL where they count


@dataclass
class Seen:
    longest: int = 0
    loads: set[int] = field(default_factory=set)
    empty: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def share(self, what: str, of: str) -> float:
        return self.counted[what] / self.counted[of]


def look_at(features: frozenset[str], examples: int) -> Seen:
    seen = Seen()

    @seed(20240301)
    @settings(max_examples=examples, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(delivered(features))
    def draw(case: Case) -> None:
        count(seen, case)

    draw()
    return seen


def count(seen: Seen, case: Case) -> None:
    history, counted = case.history, seen.counted
    log = read_log(history.specs, history.records, history.files)
    seen.loads.add(len(case.loads))
    seen.empty += not any(log.events.values())
    known: set[object] = set()
    for _, outcome in outcomes(history.specs, [record for load in case.loads for record in load], history.files):
        counted["records"] += 1
        if isinstance(outcome, Admitted):
            ids = {event.identity for event in outcome.events}
            counted["duplicates"] += ids <= known
            known |= ids
    for table, keys in log.events.items():
        columns = [c.name for c in history.specs.tables[table].attributes if c.name not in OF_STREAMS]
        for events in keys.values():
            seen.longest = max(seen.longest, len(events))
            for before, event in zip((None, *events), events, strict=False):
                _count_event(counted, before, event, columns)


def _count_event(counted: Counter[str], before: Event | None, event: Event, columns: list[str]) -> None:
    counted["events"] += 1
    counted["deletions"] += event.row is None
    if before is not None:
        counted["followed"] += 1
        counted["at equal times"] += before.time == event.time
        counted["back in time"] += before.time > event.time
    if event.row is None:
        return
    for name in columns:
        counted["values"] += 1
        counted["NULL"] += event.row.get(name, "") is None


def test_histories_of_one_table_are_long_and_full_of_trouble() -> None:
    seen = look_at(TROUBLE["types 0, 1, 2 with deletions"], 100)
    assert seen.longest >= 80
    assert seen.empty == 0
    assert {1, 2, 3, 4} <= seen.loads
    assert max(seen.loads) >= 6
    assert seen.share("deletions", "events") > 0.2
    assert seen.share("duplicates", "records") > 0.1
    assert seen.share("NULL", "values") > 0.2
    assert seen.share("at equal times", "followed") > 0.25
    assert seen.share("back in time", "followed") > 0.1


def test_where_everything_meets_keys_have_histories_too() -> None:
    seen = look_at(ALL, 100)
    assert seen.longest >= 20
    assert seen.empty <= 15
    assert max(seen.loads) >= 6
    assert seen.share("deletions", "events") > 0.2
    assert seen.share("duplicates", "records") > 0.03
    assert seen.share("NULL", "values") > 0.15
