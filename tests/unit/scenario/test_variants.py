"""The same events delivered otherwise: nothing is lost, and every run is the same."""

from retailflow.local.scenario.scenario import Message, Scenario
from retailflow.local.scenario.variants import others
from tests.factories import project


def scenario(moves: bool) -> Scenario:
    events = tuple(Message("customer_changes", 0, 0, n, None, {"n": n}, None, moves) for n in range(6))
    return Scenario("s", "", "s.yaml", 1, project(), (events[:3], events[3:]), (), {})


def test_every_delivery_brings_every_event() -> None:
    for delivery in others(scenario(moves=True)):
        brought = {str(a.value) for load in delivery.loads for a in load if isinstance(a, Message)}
        assert brought == {str({"n": n}) for n in range(6)}, delivery.name


def test_one_offset_holds_one_record() -> None:
    for moves in (True, False):
        for delivery in others(scenario(moves)):
            held: dict[int, str] = {}
            for arrival in (a for load in delivery.loads for a in load if isinstance(a, Message)):
                assert held.setdefault(arrival.offset, str(arrival.value)) == str(arrival.value), delivery.name


def test_what_is_told_by_its_place_keeps_it() -> None:
    for delivery in others(scenario(moves=False)):
        assert all(a.value == {"n": a.offset} for load in delivery.loads for a in load if isinstance(a, Message))


def test_seeds_are_fixed() -> None:
    assert list(others(scenario(moves=True))) == list(others(scenario(moves=True)))
    assert [d.name for d in others(scenario(moves=True))] == ["in one load", "shuffled", "duplicated"]
