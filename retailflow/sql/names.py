"""What things are called in the warehouse, and the temporary tables of a load."""

from dataclasses import dataclass

from retailflow.model.project import Project
from retailflow.sql.dialects.base import Dialect

DATES = "dim_date"


@dataclass(frozen=True, slots=True)
class Names:
    """Names are SQL text, ready to paste: schema-qualified where permanent."""

    project: Project
    d: Dialect

    def staging(self, name: str) -> str:
        return f"{self.d.ident(self.project.naming.staging_schema)}.{self.d.ident(name)}"

    def warehouse(self, name: str) -> str:
        return f"{self.d.ident(self.project.naming.warehouse_schema)}.{self.d.ident(name)}"

    def log(self, table: str) -> str:
        return self.staging(f"{table}_log")

    def copied(self, table: str) -> str:
        """What COPY brought and no load has taken."""
        return self.staging(f"copied_{table}")

    def extra_references(self, fact: str) -> str:
        """References of states that the fact row itself does not show."""
        return self.staging(f"{fact}_references")

    @property
    def watermarks(self) -> str:
        return self.staging("watermarks")

    @property
    def counts(self) -> str:
        return self.staging("counts")

    @property
    def quarantine(self) -> str:
        return self.staging("quarantine")

    @property
    def passed(self) -> str:
        """Coordinates that were taken and are in no log: duplicates and skipped ones."""
        return self.staging("passed")

    @property
    def marks(self) -> str:
        return self.staging("marks")

    @property
    def horizon(self) -> str:
        """How far each table is known: see `sql.horizon`."""
        return self.staging("horizon")

    @property
    def sources(self) -> str:
        return self.staging("sources")

    @property
    def numbers(self) -> str:
        """0 to 99,999: no engine's series can be joined with tables on Redshift."""
        return self.staging("numbers")

    @property
    def zones(self) -> str:
        return self.staging("zones")

    @property
    def load_lock(self) -> str:
        """Where loads of several sessions wait for each other."""
        return self.staging("load_lock")

    @property
    def seeds(self) -> str:
        """Which rows the seeds have: see `sql.seed`."""
        return self.staging("seeds")

    @property
    def dates(self) -> str:
        """The date dimension."""
        return self.warehouse(DATES)


def temp(kind: str, name: str) -> str:
    """A temporary table of a load; the spec's names are plain, so these are too."""
    return f"tmp_{kind}_{name}"
