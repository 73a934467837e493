"""Options that the benchmarks share, and the place they work in."""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.scd2.database import Place
from benchmarks.scd2.postgres_server import server


def parser(description: str | None, batch: int) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--engine", choices=("duckdb", "postgres"), default="duckdb")
    made.add_argument("--batch", type=int, default=batch, help="how many keys a batch changes")
    made.add_argument("--batches", type=int, default=5)
    made.add_argument("--folder", type=Path, help="where to work, and to leave everything (default: a temporary folder)")
    return made


@contextmanager
def place(engine: str, folder: Path | None) -> Iterator[Place]:
    """Empty at the beginning, and gone at the end unless `folder` is named."""
    work = (folder or Path(tempfile.mkdtemp(prefix="scd2-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    try:
        if engine == "postgres":
            with server(work / "postgres") as postgres:
                yield Place(work, postgres)
        else:
            yield Place(work)
    finally:
        if folder is None:
            shutil.rmtree(work, ignore_errors=True)
