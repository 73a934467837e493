"""Where records come from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """Topics are `<topic>.jsonl` or `<topic>/*.jsonl`, extracts what the specs' `files.path` match."""

    topics: Path
    files: Path
