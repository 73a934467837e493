"""Many scenarios, several at once, their verdicts in the order of the files."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock, local

from retailflow.local.scenario.files import shown
from retailflow.local.scenario.judge import Outcome, Verdict, judge
from retailflow.local.scenario.read import Reading, read
from retailflow.local.scenario.scenario import Scenario
from retailflow.local.scenario.setting import Setting
from retailflow.local.scenario.stage import Engines, Stage
from retailflow.model.project import Project

# Told after each scenario: how many are done, how many there are.
Observer = Callable[[int, int], None]


def readings(files: Sequence[Path], root: Path | None, setting: Setting) -> tuple[Reading, ...]:
    """Every file as a scenario, or what is wrong with it."""
    return tuple(read(file, shown(file, root or Path.cwd()), setting) for file in files)


def judge_all(found: Sequence[Reading], engines: Engines, observe: Observer | None = None) -> Iterator[Verdict]:
    """The verdicts in order, each as soon as it is there."""
    with Suite(engines) as suite:
        coming = suite.judge(found)
        for number, verdict in enumerate(coming, start=1):
            yield verdict.result()
            if observe is not None:
                observe(number, len(coming))


class Suite:
    """Engines work outside of Python's lock, so threads are enough; each has a stage of its own and keeps it while the project stays."""

    def __init__(self, engines: Engines, workers: int | None = None) -> None:
        self._stages = _Stages(engines)
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)

    def __enter__(self) -> "Suite":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._stages.close()

    def judge(self, found: Sequence[Reading]) -> list[Future[Verdict]]:
        """What will be said of each; a fault of retailflow itself is raised where it is asked for."""
        return [self._pool.submit(self._verdict, reading) for reading in found]

    def _verdict(self, reading: Reading) -> Verdict:
        scenario = reading.scenario
        if scenario is None:
            return Verdict(reading.path, reading.name, Outcome.BROKEN, findings=reading.findings)
        try:
            return judge(scenario, lambda: self._stages.of(scenario))
        except Exception as error:
            error.add_note(f"while playing {reading.path}")
            raise


class _Stages:
    """One stage a thread."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._mine = local()
        self._open: list[Stage] = []
        self._lock = Lock()

    def close(self) -> None:
        for stage in self._open:
            stage.close()

    def of(self, scenario: Scenario) -> Stage:
        stage: Stage | None = getattr(self._mine, "stage", None)
        if stage is None or not _same(stage.original, scenario.project):
            stage = self._mine.stage = self._exchange(stage, scenario.project)
        return stage

    def _exchange(self, before: Stage | None, project: Project) -> Stage:
        if before is not None:
            before.close()
        stage = Stage(project, self._engines)
        with self._lock:
            if before is not None:
                self._open.remove(before)
            self._open.append(stage)
        return stage


def _same(one: Project, other: Project) -> bool:
    return one is other or one == other
