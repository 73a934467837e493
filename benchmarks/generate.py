"""How long `generate` takes on 1,000 tables, in fresh processes: first into an empty folder, then with nothing to do.

python benchmarks/generate.py [--tables 1000] [--seed 7]
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

BAR = 20.0
TYPES = ("int", "bigint", "nvarchar(80)", "varchar(24)", "money", "decimal(12,4)", "datetime2(3)", "date", "bit", "uniqueidentifier")

# Runs in a process of its own; prints where the time went as JSON.
CHILD = """
import json, sys, time
start = time.perf_counter()
marks = []
def mark(what):
    global start
    now = time.perf_counter()
    marks.append((what, now - start))
    start = now
from pathlib import Path
from retailflow import __version__
from retailflow.compiler import compile
from retailflow.plan import apply, make, read_inputs
from retailflow.render.templates import Templates
from retailflow.rules import validate
from retailflow.targets.targets import targets
mark("imports")
root = Path(sys.argv[1])
project, findings = validate(root)
assert project is not None, findings[:3]
mark("read, check, resolve")
templates = Templates()
if "--by-target" in sys.argv:
    for target in targets(templates):
        count = sum(1 for _ in target(project))
        function = getattr(target, "func", target)
        mark(f"{function.__module__.rpartition('.')[2]} ({count:,} files)")
artifacts = compile(project, templates)
mark("compile")
plan = make(artifacts, root / "generated", read_inputs(root, project), __version__)
mark("compare")
apply(plan, root / "generated")
mark("write")
print(json.dumps({"marks": marks, "files": len(artifacts), "changes": len(plan.changes)}))
"""


def write_project(root: Path, tables: int, seed: int) -> None:
    """A project of dimensions of several types, facts with parents and roles, plain tables and streams."""
    chance = random.Random(seed)
    (root / "tables").mkdir(parents=True)
    (root / "retailflow.yaml").write_text(
        "version: 1\nname: bench\n"
        "environments:\n"
        + "".join(f"  {name}: {{account: '11111111111{i}', region: eu-central-1}}\n" for i, name in enumerate(("dev", "qa", "prod")))
        + "sources:\n"
        + "".join(f"  s{i}: {{kind: sqlserver, server: s{i}.example.net, database: d{i}, secret: s/{i}}}\n" for i in range(10))
    )
    dimensions: list[str] = []
    headers: list[str] = []
    for number in range(tables):
        kind = chance.choices(("dimension", "header", "fact", "stream"), (55, 10, 30, 5))[0]
        if kind == "fact" and (not headers or len(dimensions) < 4):
            kind = "dimension"
        name = f"{kind}_{number}"
        text = {"dimension": _dimension, "header": _header, "fact": _fact, "stream": _stream}[kind](name, chance, dimensions, headers)
        (root / f"tables/{name}.yaml").write_text(text)
        if kind == "dimension":
            dimensions.append(name)
        elif kind == "header":
            headers.append(name)


def _columns(chance: random.Random, count: int) -> list[str]:
    return [f"  c{i}: {{type: '{chance.choice(TYPES)}', description: Column {i} as the source has it.}}" for i in range(count)]


def _top(name: str, chance: random.Random) -> list[str]:
    return [f"table: {name}", f"source: s{chance.randrange(10)}.dbo.{name}", f"group: g{chance.randrange(20)}"]


def _dimension(name: str, chance: random.Random, dimensions: list[str], headers: list[str]) -> str:
    columns = _columns(chance, chance.randint(3, 14))
    columns[0] = columns[0].replace("{type", "{scd: 1, type")
    lines = [*_top(name, chance), "key: id", f"scd: {chance.choice((1, 2, 2, 2))}", "columns:", "  id: int", *columns]
    return "\n".join(lines) + "\n"


def _header(name: str, chance: random.Random, dimensions: list[str], headers: list[str]) -> str:
    lines = [*_top(name, chance), "key: id", "columns:", "  id: int", "  who: int", "  at: datetime2(3)", *_columns(chance, 4)]
    return "\n".join(lines) + "\n"


def _fact(name: str, chance: random.Random, dimensions: list[str], headers: list[str]) -> str:
    roles = chance.sample(dimensions, 3)
    columns = ["  order_id: int", "  line: smallint", *(f"  r{i}: int" for i in range(2)), "  quantity: int", "  price: money"]
    return (
        "\n".join(
            [
                *_top(name, chance),
                "key: [order_id, line]",
                "columns:",
                *columns,
                "facts:",
                f"  fact_{name}:",
                "    type: transaction",
                "    grain: [order_id, line]",
                "    time: at",
                f"    parent: {{{chance.choice(headers)}: {{by: order_id, columns: [who, at]}}}}",
                f"    dimensions: {{{roles[0]}: who, {roles[1]}: r0, {roles[2]}: r1, day: {{dimension: date, by: at}}}}",
                "    measures: {quantity: , amount: {expr: quantity * price, type: 'decimal(19,4)'}}",
            ]
        )
        + "\n"
    )


def _stream(name: str, chance: random.Random, dimensions: list[str], headers: list[str]) -> str:
    lines = [f"table: {name}", "ingest: stream", "event_id: id", "time: at", f"group: g{chance.randrange(20)}"]
    return "\n".join([*lines, "columns:", "  id: uniqueidentifier", "  at: datetime2(3)", *_columns(chance, 5)]) + "\n"


def measure(root: Path, *options: str) -> tuple[float, str]:
    """Seconds in all, and a line a part."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", CHILD, str(root), *options]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout)
    total = sum(seconds for _, seconds in told["marks"])
    lines = [f"  {what:<28}{seconds:8.2f} s" for what, seconds in told["marks"]]
    lines.append(f"  {'in all':<28}{total:8.2f} s   {told['changes']:,} of {told['files']:,} files changed")
    return total, "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, options.tables, options.seed)
        first, text = measure(root)
        print(f"{options.tables:,} tables into an empty folder\n{text}\n")
        _, text = measure(root)
        print(f"again, nothing to do\n{text}\n")
        _, text = measure(root, "--by-target")
        print(f"by target (each runs a second time)\n{text}\n")
    bar = BAR * max(options.tables, 1000) / 1000
    print(f"bar: {bar:.1f} s, measured: {first:.1f} s")


if __name__ == "__main__":
    main()
