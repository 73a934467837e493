"""SQLMesh: a model of kind SCD_TYPE_2, run day after day; the whole source is compared, and the whole table written anew."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from benchmarks.scd2.batches import Batch
from benchmarks.scd2.contestant import outcome
from benchmarks.scd2.customers import ATTRIBUTES, KEY, TYPED, Outcome
from benchmarks.scd2.database import Place
from benchmarks.scd2.peer import versions
from benchmarks.scd2.source import TABLE, Source
from benchmarks.scd2.timing import Command

# What `sqlmesh plan` and `sqlmesh run` do, on a day that is named: of its commands only `plan` takes one.
SCRIPT = """
import sys
from sqlmesh import Context
from sqlmesh.core.console import configure_console
configure_console()
folder, what, day = sys.argv[1:]
context = Context(paths=folder)
if what == "plan":
    context.plan("prod", execution_time=day, auto_apply=True, no_prompts=True)
elif not context.run("prod", execution_time=day).is_success:
    sys.exit("the run failed")
"""


@dataclass(slots=True)
class SqlMesh:
    """`by`: column or time. `shared`: the source of all, on PostgreSQL. `runs`: how often it was started; each is a day."""

    place: Place
    environment: Path
    by: str
    shared: Source | None
    source: Source = field(init=False)
    runs: int = 0

    knows_ends = False

    def __post_init__(self) -> None:
        self.source = self.shared or Source(self.place.database(self._label, str(self.environment / "bin/python")))

    @property
    def name(self) -> str:
        return f"SQLMesh SCD2, by {self.by}"

    @property
    def times(self) -> str:
        return "runs" if self.by == "column" else "`updated_at`; ends by deletion of runs"

    @property
    def _label(self) -> str:
        return f"sqlmesh_{self.by}"

    @property
    def _project(self) -> Path:
        return self.place.folder / f"{self._label}_project"

    def prepare(self) -> None:
        (self._project / "models").mkdir(parents=True)
        (self._project / "config.yaml").write_text(
            f"gateways: {{local: {{connection: {self._connection()}, state_schema: {self._label}_state}}}}\n"
            "default_gateway: local\n"
            f"model_defaults: {{dialect: {self.place.engine}, start: 2023-11-14}}\n"
            "disable_anonymized_analytics: true\n"
        )
        how = f"columns [{', '.join(ATTRIBUTES)}]" if self.by == "column" else "updated_at_name updated_at, updated_at_as_valid_from true"
        kind = f"SCD_TYPE_2_BY_{self.by.upper()} (unique_key {KEY}, {how}, invalidate_hard_deletes true)"
        columns = ", ".join(f"{name}::{kind}" for name, kind in TYPED.items())
        model = f"MODEL (name {self._label}.customer, kind {kind}, cron '@daily');\nSELECT {columns} FROM {TABLE}\n"
        (self._project / "models/customer.sql").write_text(model)

    def bring_up(self, batch: Batch) -> None:
        self.source.bring_up(batch)

    def command(self, batch: Batch) -> Command:
        self.runs += 1
        what = "plan" if self.runs == 1 else "run"
        day = date(2024, 1, 1) + timedelta(days=self.runs)
        arguments = (str(self.environment / "bin/python"), "-c", SCRIPT, str(self._project), what, str(day))
        return Command(arguments, {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"}, self._project)

    def outcome(self) -> Outcome:
        return outcome(self.source.database, f"{self._label}.customer", "valid_to IS NULL")

    def versions(self) -> dict[str, str]:
        return versions(self.environment, "sqlmesh", "sqlglot", "duckdb", "psycopg2")

    def _connection(self) -> str:
        if self.place.postgres is None:
            return f"{{type: duckdb, database: '{self.place.file(self._label)}'}}"
        p = self.place.postgres.parts
        address = f"host: '{p['host']}', port: {p['port']}, user: '{p['user']}', password: '{p['password']}', database: '{p['dbname']}'"
        return f"{{type: postgres, {address}}}"
