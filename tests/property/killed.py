"""A load that is killed between any two statements, and done again, ends the same."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from retailflow.local.engine import Intake, RawRecord, Result, Row, Warehouse
from retailflow.local.folders import Folders
from retailflow.local.run import run
from retailflow.model.project import Project as Model
from retailflow.sql.dialects import Dialect
from retailflow.sql.statement import Temp
from tests.property.harness import Rows, append, eras, expected, place, star, write_project
from tests.property.telling import Case, told
from tests.property.troubles import CALENDAR, delivered, wanted

Open = Callable[[Path, Model], Warehouse]
STATEMENTS = 300  # more than most loads have, so that some die close to their commit
KILLS = st.lists(st.integers(0, STATEMENTS), min_size=1, max_size=2)


class Killed(BaseException):
    """The process is gone: nothing is tidied up."""


class Mortal:
    """A warehouse whose process is killed before its call number `end`."""

    def __init__(self, warehouse: Warehouse, end: int) -> None:
        self._warehouse = warehouse
        self._left = end
        self.has_committed = False

    def _tick(self) -> Warehouse:
        if self._left == 0:
            raise Killed
        self._left -= 1
        return self._warehouse

    @property
    def dialect(self) -> Dialect:
        return self._warehouse.dialect

    @property
    def place(self) -> str:
        return self._warehouse.place

    def execute(self, sql: str) -> None:
        self._tick().execute(sql)

    def rows(self, sql: str) -> list[Row]:
        return self._tick().rows(sql)

    def count(self, relation: str) -> int:
        return self._tick().count(relation)

    def result(self, sql: str, limit: int | None = None) -> Result:
        return self._tick().result(sql, limit)

    def read(self, sql: str, limit: int | None = None) -> Result:
        return self._tick().read(sql, limit)

    def begin(self) -> None:
        self._tick().begin()

    def commit(self) -> None:
        """Killed just before it, or just after."""
        self._tick().commit()
        self.has_committed = True
        self._tick()

    def rollback(self) -> None:
        """The dead do not tidy up."""

    def temp(self, temp: Temp) -> None:
        self._tick().temp(temp)

    def load_raw(self, relation: str, intakes: Sequence[Intake]) -> None:
        self._tick().load_raw(relation, intakes)

    def append_raw(self, relation: str, records: Iterable[RawRecord]) -> None:
        self._tick().append_raw(relation, records)

    def drop(self, kind: str, relation: str) -> None:
        self._tick().drop(kind, relation)

    def close(self) -> None:
        self._warehouse.close()


@st.composite
def killed(draw: Any, features: frozenset[str]) -> tuple[Case, list[list[int]]]:
    """A history in a few loads; for each at which of its calls the processes die that try it before one succeeds."""
    case = draw(delivered(features, max_loads=2))
    return case, draw(st.lists(KILLS, min_size=2, max_size=2))


def prove_killed(features: frozenset[str], examples: int, fresh: Open, again: Open) -> None:
    """`fresh` opens an empty warehouse, `again` the one that is there. No process tidies up, so each has a connection of its own.

    A failure is not made smaller, which would take minutes; where the law itself fails, its own test does that.
    """
    hits = 0

    @settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(killed(features))
    def law(drawn: tuple[Case, list[list[int]]]) -> None:
        nonlocal hits
        case, kills = drawn
        want = wanted(case.history)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            project = write_project(root, case.history.config | CALENDAR, case.history.tables)
            got, found = _deliver(root, project, case, iter(kills), fresh, again)
        hits += found
        wrong = told(case, got, expected(want, project))
        assert not wrong, wrong

    law()
    assert hits, "no load was hit"


def _deliver(root: Path, project: Model, case: Case, kills: Iterator[list[int]], fresh: Open, again: Open) -> tuple[dict[str, Rows], int]:
    folders, hits, seen = Folders(root / "topics", root / "files"), 0, None
    with closing(fresh(root, project)) as warehouse:
        played = list(eras(project, warehouse.dialect, case.loads, case.history.files))
    for era in played:
        for records, extracts in era.loads:
            place(folders.files, extracts)
            append(folders.topics, records)
            for end in next(kills, []):
                with closing(again(root, era.project)) as warehouse:
                    mortal, hits = Mortal(warehouse, end), hits + 1
                    with suppress(Killed):
                        run(era.project, mortal, folders, plan=era.plan)
                        hits -= 1
                if seen is None and not mortal.has_committed:
                    continue  # there may be no table yet
                with closing(again(root, era.project)) as warehouse:
                    found = star(project, warehouse)
                assert mortal.has_committed or found == seen, "something is seen of a load that did not commit"
                seen = found
            with closing(again(root, era.project)) as warehouse:
                run(era.project, warehouse, folders, plan=era.plan)
                seen = star(project, warehouse)
    assert seen is not None
    return seen, hits
