"""What is known of every table before references between them are followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from retailflow.errors import did_you_mean
from retailflow.model.source import Source
from retailflow.model.table import Column
from retailflow.resolve.sink import Sink
from retailflow.source import Document, Step
from retailflow.spec import TableSpec


@dataclass(frozen=True, slots=True)
class Outline:
    """A table by itself: its columns (None where a finding says what is wrong with one) and its key."""

    document: Document
    spec: TableSpec
    source: Source
    columns: Mapping[str, Column | None]
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.spec.table

    @property
    def has_dimension(self) -> bool:
        return self.spec.scd is not None or self.spec.dimension is not None

    @property
    def key_columns(self) -> tuple[Column | None, ...]:
        return tuple(self.columns.get(name) for name in self.key)


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables by name; `broken`: names of those whose file could not be read, which nobody else is to be told about."""

    outlines: Mapping[str, Outline]
    broken: frozenset[str] = field(default_factory=frozenset)

    def find(self, sink: Sink, name: str, *steps: Step, key: bool = False) -> Outline | None:
        """The table of that name, or a finding at the place that names it."""
        if name in self.outlines:
            return self.outlines[name]
        if name not in self.broken:
            sink.add("RF111", f"there is no table `{name}`", *steps, hint=did_you_mean(name, self.outlines), key=key)
        return None
