"""Killed anywhere and run again, a run ends the same; two at once do not disturb each other."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retailflow.errors import StopError
from tests.integration.run_support import Shop, change, text

RUN = """
import sys
from pathlib import Path
from tests.integration.run_support import Shop
shop = object.__new__(Shop)
folder = Path(sys.argv[1])
from retailflow.local.folders import Folders
from tests.factories import project
shop.model, shop.folders, shop.database = project(), Folders(folder / "topics", folder / "files"), folder / "warehouse.duckdb"
print("ready", flush=True)
shop.run()
"""
ROOT = Path(__file__).parents[2]


def start(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def batches(rng: random.Random) -> list[str]:
    events = [change(rng.randrange(200), rng.choice(["a", "b", None]), at) for at in range(6_000)]
    rng.shuffle(events)
    return [text(events[at : at + 2_000]) for at in range(0, 6_000, 2_000)]


def test_killed_at_any_moment_it_ends_the_same(tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    wanted, killed = Shop(tmp_path / "wanted"), Shop(tmp_path / "killed")
    written = batches(rng)
    wanted.write("".join(written))
    began = time.perf_counter()
    wanted.run()
    whole = time.perf_counter() - began
    hits = 0
    killed.write("")
    for batch in written:
        killed.append(batch)
        for _ in range(3):
            process = start(tmp_path / "killed")
            time.sleep(rng.uniform(0, whole))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            hits += process.returncode == -signal.SIGKILL
    killed.run()
    assert killed.star() == wanted.star(), f"seed {seed}"
    assert killed.rows("SELECT * FROM staging.counts") == wanted.rows("SELECT * FROM staging.counts")
    assert hits, "no run was hit; the moments are too late"


def test_a_second_run_waits_or_says_who_is_in_the_way(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.write(text([change(1, "a", 1)]))
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(shop.database)!r}); print('held', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StopError) as stopped:
        shop.run()
    (finding,) = stopped.value.findings
    assert (finding.code, stopped.value.exit_code) == ("RF510", 2)
    assert f"process {holder.pid}" in finding.message
    assert "--warehouse" in (finding.hint or "")
    waiting = start(tmp_path)
    holder.communicate("\n")
    waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert len(shop.star()) == 1
