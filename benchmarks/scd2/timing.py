"""What a process costs, from its start to its end."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

# A small process starts the one that is measured: on Linux a new program's peak memory begins with that of the process which started it.
LAUNCHER = """
import json, os, subprocess, sys, time
with open(sys.argv[1], "wb") as log:
    began = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
peak = usage.ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime, peak]))
"""


@dataclass(frozen=True, slots=True)
class Command:
    """`env` is added to the environment."""

    arguments: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None


class Cost(NamedTuple):
    """Wall and CPU seconds, and the peak memory in MB of the largest process; a server's work is in neither of the last two."""

    seconds: float
    cpu: float
    megabytes: int


def timed(command: Command, log: Path) -> Cost:
    """`log` gets what it says. A command that fails ends the benchmark."""
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(log), *command.arguments]
    done = subprocess.run(launcher, env=environment(command.env), cwd=command.cwd, stdout=subprocess.PIPE, text=True, check=True)
    code, seconds, cpu, megabytes = json.loads(done.stdout)
    if code:
        said = log.read_text(errors="replace")[-4000:]
        raise SystemExit(f"{said}\n{command.arguments[0]} ended with {code}")
    return Cost(seconds, cpu, megabytes)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours, but Python keeps what it has compiled, as it does for users."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "NO_COLOR": "1", **more}
