"""dbt: `dbt snapshot`, which compares the whole source with what it has."""

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.scd2.batches import Batch
from benchmarks.scd2.contestant import outcome
from benchmarks.scd2.customers import KEY, Outcome
from benchmarks.scd2.database import Place
from benchmarks.scd2.peer import versions
from benchmarks.scd2.source import Source
from benchmarks.scd2.timing import Command

PROJECT = """name: bench
version: '1.0'
profile: bench
flags: {send_anonymous_usage_stats: false}
"""
SOURCES = "sources: [{name: source, schema: source, tables: [{name: customer}]}]\n"


@dataclass(slots=True)
class Dbt:
    """`environment`: where dbt is installed. `strategy`: check or timestamp. `shared`: the source of all, on PostgreSQL."""

    place: Place
    environment: Path
    strategy: str
    shared: Source | None
    source: Source = field(init=False)

    knows_ends = False

    def __post_init__(self) -> None:
        self.source = self.shared or Source(self.place.database(self._label, str(self.environment / "bin/python")))

    @property
    def name(self) -> str:
        return f"dbt snapshot, {self.strategy}"

    @property
    def times(self) -> str:
        return "runs" if self.strategy == "check" else "`updated_at`; ends by deletion of runs"

    @property
    def _label(self) -> str:
        return f"dbt_{self.strategy}"

    @property
    def _project(self) -> Path:
        return self.place.folder / self._label

    def prepare(self) -> None:
        for folder in ("models", "snapshots"):
            (self._project / folder).mkdir(parents=True)
        how = "check_cols: all" if self.strategy == "check" else "updated_at: updated_at"
        config = f"{{strategy: {self.strategy}, unique_key: {KEY}, {how}, hard_deletes: invalidate, schema: snapshots}}"
        (self._project / "dbt_project.yml").write_text(PROJECT)
        (self._project / "models/sources.yml").write_text(SOURCES)
        snapshot = f"snapshots: [{{name: customer, relation: \"source('source', 'customer')\", config: {config}}}]\n"
        (self._project / "snapshots/customer.yml").write_text(snapshot)
        (self._project / "profiles.yml").write_text(f"bench: {{target: dev, outputs: {{dev: {self._target()}}}}}\n")

    def bring_up(self, batch: Batch) -> None:
        self.source.bring_up(batch)

    def command(self, batch: Batch) -> Command:
        folder = str(self._project)
        arguments = (str(self.environment / "bin/dbt"), "snapshot", "--project-dir", folder, "--profiles-dir", folder)
        return Command(arguments, {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}, self._project)

    def outcome(self) -> Outcome:
        return outcome(self.source.database, f"{self._label}_snapshots.customer", "dbt_valid_to IS NULL")

    def versions(self) -> dict[str, str]:
        return versions(self.environment, "dbt-core", "dbt-duckdb", "dbt-postgres", "duckdb", "psycopg2-binary")

    def _target(self) -> str:
        if self.place.postgres is None:
            return f"{{type: duckdb, path: '{self.place.file(self._label)}', schema: {self._label}, threads: 1}}"
        p = self.place.postgres.parts
        address = f"host: '{p['host']}', port: {p['port']}, user: '{p['user']}', password: '{p['password']}', dbname: '{p['dbname']}'"
        return f"{{type: postgres, {address}, schema: {self._label}, threads: 1}}"
