"""Which topic files there are, and who reads them: a table, the heartbeats of a source, or nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retailflow.model.project import Project

HEARTBEAT = "__debezium-heartbeat."
_SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class TopicFile:
    """`name`: its path relative to the folder of topics, with `/`."""

    topic: str
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Exactly one of `table` and `source` says who reads a topic; neither: nobody does."""

    table: str = ""
    source: str = ""

    @property
    def name(self) -> str:
        return f"table {self.table}" if self.table else f"source {self.source}" if self.source else "nobody"


def topic_files(folder: Path) -> Iterator[TopicFile]:
    """`<topic>.jsonl` and `<topic>/*.jsonl`, sorted; none when there is no such folder."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            for path in sorted(entry.glob(f"*{_SUFFIX}")):
                if not path.name.startswith("."):
                    yield TopicFile(entry.name, path, f"{entry.name}/{path.name}")
        elif entry.name.endswith(_SUFFIX):
            yield TopicFile(entry.name.removesuffix(_SUFFIX), entry, entry.name)


def readers(project: Project) -> dict[str, Reader]:
    """The topics that are read, by name."""
    beats = {HEARTBEAT + source.name: Reader(source=source.name) for source in project.sources}
    return beats | {table.topic.name: Reader(table=table.name) for table in project.tables}
