"""Watching runs when something changed, and waits until an extract stands still."""

from collections.abc import Callable
from pathlib import Path

from retailflow.local.report import Report
from retailflow.local.watch import watch
from tests.integration.run_support import Shop, change, sums, text


def test_a_run_now_and_one_after_every_change(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) % 2 == 0:
            shop.append(text([change(len(naps), "a", len(naps))]))

    reports = watch(shop.run, shop.folders, 0.5, nap)
    assert [sums(next(reports))[0] for _ in range(3)] == [0, 1, 1]
    assert naps == [0.5] * 4


def test_an_extract_that_grows_is_left_alone(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    seen: list[int] = []
    extract = shop.folders.files / "x.csv"
    growth = iter(["", "a\n", "a\nb\n", "a\nb\nc\n"])

    def nap(seconds: float) -> None:
        content = next(growth, None)
        if content:
            extract.write_text(content)

    def take() -> Report:
        seen.append(extract.stat().st_size if extract.exists() else 0)
        return Report((), (), 0, (), (), 0.0)

    reports = watch(take, shop.folders, 0.5, nap)
    next(reports)
    next(reports)
    assert seen == [0, 6]


def test_nothing_is_held_between_runs(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.write(text([change(1, "a", 1)]))
    looked: list[int] = []

    def nap(seconds: float) -> None:
        looked.append(len(shop.star()))
        shop.append(text([change(2, "b", 2)]))

    take: Callable[[], Report] = shop.run
    reports = watch(take, shop.folders, 0.5, nap)
    assert [sums(next(reports))[0] for _ in range(2)] == [1, 1]
    assert looked == [1]
