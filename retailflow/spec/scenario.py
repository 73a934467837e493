"""What a person writes about a scenario: change events in batches, and the rows of the star that must come of them."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from retailflow.spec.base import Strict
from retailflow.spec.project import ProjectSpec, SourceSpec

Op = Literal["c", "u", "d", "r", "t", "create", "update", "delete", "read", "truncate"]
Fate = Annotated[int, Field(ge=0)]
SOURCE = "erp"  # of tables within a scenario that name none


class SourceOverride(Strict):
    """What is different about a source within the scenario."""

    kind: Literal["sqlserver", "postgresql"] | None = None
    time_zone: str | None = None
    collation: str | None = None
    incarnation: Annotated[int, Field(ge=1)] | None = None


class EventSpec(Strict):
    """One thing that arrives. Which of the keys are given says what it is."""

    table: str | None = Field(default=None, description="The table it is about")
    source: str | None = Field(default=None, description="With `heartbeat`: the source that lives")
    topic: str | None = Field(default=None, description="With `raw`: a topic that no table reads")
    op: Op | None = Field(default=None, description="A change (`c`, `u`, `d`), a row of a snapshot (`r`), or a truncate (`t`)")
    row: dict[str, Any] | None = Field(default=None, description="The row by columns of the spec; what is left out is absent")
    key: Any = Field(default=None, description="Of a deletion or tombstone: the key, as a value or by columns")
    before: dict[str, Any] | None = Field(default=None, description="The row before the change")
    commit: int | str | None = Field(default=None, description="Place in the log: a number, or an LSN as text")
    change: int | str | None = Field(default=None, description="Place within the commit; by default in the order of the file")
    serial: int | None = Field(default=None, description="`event_serial_no`, 1 by default")
    at: str | None = Field(default=None, description="When it was committed, UTC")
    timestamp: str | None = Field(default=None, description="When Kafka received it, UTC; without it nothing is held against it")
    snapshot: str | int | None = Field(default=None, description="With `op: r`: the snapshot the row belongs to")
    mark: str | int | None = Field(default=None, description="The end of a snapshot of that id")
    keys: Annotated[int, Field(ge=0)] | None = Field(default=None, description="With `mark`: how many keys the snapshot has")
    heartbeat: str | None = Field(default=None, description="The source has been seen up to then, UTC")
    tombstone: Any = Field(default=None, description="A record without a value, of that key")
    extract: str | None = Field(default=None, description="An extract file, its path below the files folder")
    rows: list[dict[str, Any]] | None = Field(default=None, description="With `extract`: what stands in it")
    text: str | None = Field(default=None, description="With `extract`: what stands in it, as it is")
    raw: Any = Field(default=None, description="Fields or the whole value as they are on the wire, however wrong")
    omit: list[str] | None = Field(default=None, min_length=1, description="Fields of `source` that are not there")
    partition: Annotated[int, Field(ge=0)] = 0
    offset: Annotated[int, Field(ge=0)] | None = Field(default=None, description="By default the next of the partition")
    generation: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Of the topic, if not the current one")


class ExpectedTable(Strict):
    """Rows of a table of the star, with the columns that matter, in any order."""

    rows: list[dict[str, Any]]
    exact: bool = Field(default=True, description="Whether there may be no other rows")

    @classmethod
    def lengthen(cls, value: Any) -> Any:
        return {"rows": value} if isinstance(value, list) else value


class CountsSpec(Strict):
    """What became of the records of a table."""

    received: Fate | None = None
    applied: Fate | None = None
    duplicate: Fate | None = None
    skipped: Fate | None = None
    quarantined: Fate | None = None


class ScenarioSpec(Strict):
    """One scenario."""

    short: ClassVar[str | None] = None

    scenario: str = Field(description="What happens, in a few words")
    why: str = Field(default="", description="What would go wrong, or the sentence it stands for")
    tables: dict[str, dict[str, Any]] | None = Field(default=None, description="Tables of its own, by default those of the project")
    sources: dict[str, SourceOverride] = Field(default_factory=dict)
    batches: list[list[EventSpec]] = Field(min_length=1, description="What arrives, load by load")
    expect: dict[str, ExpectedTable] = Field(default_factory=dict, description="The star in the end")
    after: dict[str, dict[str, ExpectedTable]] = Field(default_factory=dict, description="The star after a batch, by its number from 1")
    expect_quarantine: dict[str, dict[str, int]] = Field(default_factory=dict, description="By table: code and how many")
    expect_counts: dict[str, CountsSpec] = Field(default_factory=dict)
    expect_error: str | None = Field(default=None, description="The code that stops a load")


def project_around(scenario: ScenarioSpec, used: set[str]) -> ProjectSpec:
    """The project of a scenario with tables of its own: nothing but the sources they come from."""
    sources = {name: _source(name, scenario.sources.get(name)) for name in sorted(used | scenario.sources.keys())}
    return ProjectSpec(version=1, name="scenario", sources=sources)


def with_sources(project: ProjectSpec, overrides: dict[str, SourceOverride]) -> ProjectSpec:
    """The project with what a scenario says otherwise about its sources; names it does not know are left out."""
    changed = {
        name: source.model_copy(update=overrides[name].model_dump(exclude_none=True)) if name in overrides else source
        for name, source in project.sources.items()
    }
    return project.model_copy(update={"sources": changed})


def _source(name: str, override: SourceOverride | None) -> SourceSpec:
    base = SourceSpec(server="db.example.com", database=name)
    return base if override is None else base.model_copy(update=override.model_dump(exclude_none=True))
