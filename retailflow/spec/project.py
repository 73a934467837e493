"""What a person writes about the whole: `retailflow.yaml`."""

from typing import Annotated, Literal

from pydantic import Field

from retailflow.spec.base import Scalar, Setting, Strict
from retailflow.spec.table import KafkaSpec


class EnvironmentSpec(Strict):
    """One account and region the project is deployed to."""

    account: str = Field(description="AWS account, twelve digits, quoted")
    region: str
    settings: dict[str, Setting] = Field(default_factory=dict, description="Sizes, and ARNs of what exists")


class SourceSpec(Strict):
    """A database that tables come from."""

    kind: Literal["sqlserver", "postgresql"] = "sqlserver"
    server: str = Field(default="localhost", description="Host name, with a port after a comma if it is not the usual one")
    database: str | None = Field(default=None, description="The name of the source when absent")
    time_zone: str = Field(default="UTC", description="Zone of zoneless datetimes (IANA name)")
    collation: str = Field(default="SQL_Latin1_General_CP1_CI_AS", description="Keys fold case if it contains `_CI_`")
    incarnation: Annotated[int, Field(ge=1)] = Field(default=1, description="Raised when the database is restored or moved")
    secret: str = Field(default="", description="Name of the secret that holds credentials")


class NamingSpec(Strict):
    """Patterns of names, with `{table}` and `{env}` in them."""

    topic: str = "{table}_changes"
    bucket: str = "retail-datalake-{env}"
    landing: str = "landing/{table}/"
    staging: str = "staging/{table}/"
    dimensions: str = "curated/dimensions/"
    facts: str = "curated/facts/"
    staging_schema: str = "staging"
    warehouse_schema: str = "dw"


class DefaultsSpec(Strict):
    """What tables have that say nothing else."""

    owner: str = ""
    group: str = "default"
    kafka: KafkaSpec = KafkaSpec()
    glue: dict[str, Scalar] = Field(default_factory=dict)


class CalendarSpec(Strict):
    """The date dimension."""

    first: str = Field(default="2020-01-01", description="First day, `YYYY-MM-DD`")
    last: str = Field(default="2030-12-31", description="Last day, `YYYY-MM-DD`")
    fiscal_start: Annotated[int, Field(ge=1, le=12)] = Field(default=1, description="Month in which the 4-4-5 year begins")
    holidays: str | None = Field(default=None, description="File of `YYYY-MM-DD: name` lines, beside retailflow.yaml")


class ProjectSpec(Strict):
    """The project."""

    version: Literal[1] = Field(description="Version of this format")
    name: str
    requires: str | None = Field(default=None, description="Versions of retailflow that serve, such as `>=0.1,<1`")
    environments: dict[str, EnvironmentSpec] = Field(default_factory=dict)
    sources: dict[str, SourceSpec] = Field(default_factory=dict)
    naming: NamingSpec = NamingSpec()
    defaults: DefaultsSpec = DefaultsSpec()
    groups: dict[str, dict[str, Scalar]] = Field(default_factory=dict)
    calendar: CalendarSpec = CalendarSpec()
