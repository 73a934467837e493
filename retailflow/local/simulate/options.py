"""What a simulation is asked for, and what it tells afterwards."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """Shares are of 1. `events` counts rows and changes (copies included), not tombstones, heartbeats and marks.

    `day`: None is 2024-03-15, or with `append` the day after the last there is. `initial` is the share of first rows. `updates` and
    `deletes` are shares of the transactions, the others of all events.
    """

    seed: int = 1
    events: int = 200_000
    day: date | None = None
    initial: float = 0.25
    updates: float = 0.35
    deletes: float = 0.02
    duplicates: float = 0.01
    late: float = 0.02
    malformed: float = 0.0005
    append: bool = False


@dataclass(slots=True)
class Counts:
    """Records of one topic by what they are; copies and delays are counted apart from what was copied or delayed."""

    initial: int = 0
    creates: int = 0
    updates: int = 0
    deletes: int = 0
    plain: int = 0
    duplicates: int = 0
    late: int = 0
    malformed: int = 0
    tombstones: int = 0
    marks: int = 0
    extract_rows: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """`topics` by table name; `files` are the extract files written; `events` as `Options.events` counts them."""

    events: int
    day: date
    topics: dict[str, Counts]
    files: tuple[Path, ...] = ()
