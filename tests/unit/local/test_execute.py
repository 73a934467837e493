"""Steps run in order under their guards; an assertion with rows stops the load and says what to look at."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from retailflow.errors import StopError
from retailflow.local.engine import Result, Warehouse
from retailflow.local.execute import execute
from retailflow.sql.statement import Assert, Execute, Load, Step, Temp
from tests.factories import project


@dataclass
class Fake:
    """Answers SELECTs from a table of results and writes down everything else."""

    answers: dict[str, Result] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def execute(self, sql: str) -> None:
        self.done.append(sql)

    def temp(self, temp: Temp) -> None:
        self.done.append(f"temp {temp.name}")

    def result(self, sql: str, limit: int | None = None) -> Result:
        found = self.answers.get(sql, Result((), ()))
        return Result(found.columns, found.rows[:limit])


def run(fake: Fake, *steps: Step) -> list[tuple[str, int, int]]:
    seen: list[tuple[str, int, int]] = []

    def observe(step: str, done: int, of: int) -> None:
        seen.append((step, done, of))

    execute(Load(steps), cast(Warehouse, fake), project(), observe)  # of a warehouse it has what `execute` calls
    return seen


def test_steps_in_order_and_only_where_the_guard_has_a_row() -> None:
    fake = Fake({"yes": Result(("one",), ((1,),))})
    steps = (
        Step("a", (Temp("t", "x"), Execute("1"))),
        Step("b", (Execute("2"),), guard="no"),
        Step("c", (Execute("3"),), guard="yes"),
    )
    assert run(fake, *steps) == [("a", 0, 3), ("b", 1, 3), ("c", 2, 3)]
    assert fake.done == ["temp t", "1", "3"]


def test_an_assertion_without_rows_lets_pass() -> None:
    fake = Fake()
    run(fake, Step("a", (Assert("RF501", "m", "none"), Execute("1"))))
    assert fake.done == ["1"]


def test_an_assertion_with_rows_stops_shows_ten_and_names_the_place_and_the_command() -> None:
    columns = ("topic", "partition_no", "record_offset", "kept")
    fake = Fake({"bad": Result(columns, tuple(("customer_changes", 0, n, None) for n in range(30)))})
    with pytest.raises(StopError) as stopped:
        run(fake, Step("a", (Assert("RF501", "two contents", "bad"), Execute("1"))))
    (finding,) = stopped.value.findings
    lines = finding.message.splitlines()
    assert (finding.code, lines[0], lines[1], lines[11]) == (
        "RF501",
        "two contents",
        "  topic=customer_changes, partition_no=0, record_offset=0, kept=NULL",
        "  …",
    )
    assert len(lines) == 12
    assert finding.place is not None
    assert finding.place.path == "tables/customer.yaml"
    assert 'retailflow query "SELECT * FROM staging.customer_log WHERE _partition_no = 0 AND _offset = 0"' in (finding.hint or "")
    assert fake.done == []
