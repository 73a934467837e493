"""A batch as files: the lines of the topic, and the same typed, since hand-written SQL is also measured on what needs no parsing."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.scd2.customers import TYPED


@dataclass(frozen=True, slots=True)
class Batch:
    """`lines`: what was appended to the topic. `typed`: Parquet (or CSV, for PostgreSQL) of `op`, the columns, `changed_at`."""

    number: int
    lines: Path
    typed: Path

    @property
    def is_first(self) -> bool:
        return self.number == 0


def write(number: int, lines: Iterable[str], topic: Path, typed: Path) -> Batch:
    """`topic`: the folder of its files. `typed`: the file to (over)write; its suffix says the format."""
    file = topic / f"{number:04}.jsonl"
    with file.open("w", encoding="utf-8") as target:
        target.writelines(lines)
    return _typed(Batch(number, file, typed))


def nothing(number: int, folder: Path, suffix: str) -> Batch:
    """A batch without a line."""
    file = folder / "nothing.jsonl"
    file.touch()
    return _typed(Batch(number, file, folder / f"nothing{suffix}"))


def struct() -> str:
    """The type of a line, of what a load needs of it."""
    row = ", ".join(f"{name} {'BIGINT' if kind == 'TIMESTAMP' else kind}" for name, kind in TYPED.items())
    return f"STRUCT(op VARCHAR, before STRUCT({row}), after STRUCT({row}), source STRUCT(ts_ms BIGINT))"


def parse(lines: str) -> str:
    """SELECT of DuckDB over a file of lines. `lines`: its path."""
    image = "(CASE WHEN value.op = 'd' THEN value.before ELSE value.after END)"
    columns = ", ".join(f"epoch_ms({image}.{n}) AS {n}" if kind == "TIMESTAMP" else f"{image}.{n} AS {n}" for n, kind in TYPED.items())
    quoted = lines.replace("'", "''")
    return (
        f"SELECT value.op AS op, {columns}, epoch_ms(value.source.ts_ms) AS changed_at "
        f"FROM read_ndjson('{quoted}', columns = {{value: '{struct()}'}})"
    )


def _typed(batch: Batch) -> Batch:
    form = "FORMAT csv, HEADER false" if batch.typed.suffix == ".csv" else "FORMAT parquet"
    target = str(batch.typed).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({parse(str(batch.lines))}) TO '{target}' ({form})")
    return batch
