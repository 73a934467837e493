"""What a person writes about one source table: `tables/<table>.yaml`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from retailflow.spec.base import Names, Scalar, Strict
from retailflow.spec.dimension import DimensionSpec
from retailflow.spec.fact import FactSpec

Ingest = Literal["cdc", "stream", "batch"]


class ColumnChecksSpec(Strict):
    """What must hold of every value of a column."""

    not_null: bool = Field(default=False, description="The value must be there")
    matches: str | None = Field(default=None, description="Regular expression to be found in the text; ^ and $ anchor it")
    in_: list[Scalar] | None = Field(default=None, alias="in", min_length=1, description="The values that are allowed")
    between: list[Scalar] | None = Field(default=None, min_length=2, max_length=2, description="Lowest and highest allowed value")
    on_fail: Literal["quarantine", "warn", "block"] = Field(default="warn", description="What happens to a row that fails")


class ColumnSpec(Strict):
    """A column: its T-SQL type, or more."""

    short: ClassVar[str | None] = "type"

    type: str | None = Field(default=None, description="T-SQL type as the source declares it, such as `nvarchar(80)`")
    from_: str | None = Field(default=None, alias="from", description="Name at the source, if another")
    expr: str | None = Field(default=None, description="Derives the column from others; it is then not read from the event")
    scd: Literal[0, 1, 2, 3, 6] | None = Field(default=None, description="How the dimension shows it, if other than the table's default")
    time_zone: str | None = Field(default=None, description="Zone of a zoneless datetime, if other than the source's (IANA name)")
    pii: str | None = Field(default=None, description="Kind of personal data, such as `email`")
    description: str = ""
    nullable: bool | None = Field(default=None, description="Whether NULL is allowed; key columns are never NULL")
    checks: ColumnChecksSpec = ColumnChecksSpec()


class FilesSpec(Strict):
    """Where the extracts of a batch table lie."""

    path: str = Field(description="Glob below the files folder, such as `suppliers/*.csv`; `{time:%Y%m%d}` reads the time from the name")
    format: Literal["csv", "json"] = "csv"
    mode: Literal["full", "incremental"] = Field(description="Whether a file holds all rows, or those new and changed")
    date_format: str = Field(default="", description="How the files write dates and datetimes (`strptime` directives), if not as ISO 8601")
    min_rows: Annotated[int, Field(ge=0)] = Field(default=0, description="Fewer keys make a full extract incomplete")


class EarlierSpec(Strict):
    """A generation of the topic that came before the current one."""

    generation: Annotated[int, Field(ge=1)]
    incarnation: Annotated[int, Field(ge=1)] = 1
    ingest: Ingest = "cdc"


class TableChecksSpec(Strict):
    """Checks that look at other rows; they audit and never quarantine."""

    unique: list[Names] = Field(default_factory=list, description="Sets of columns whose values no two current rows share")
    relationship: dict[str, str] = Field(default_factory=dict, description="Column to the table whose key it names")
    on_fail: Literal["warn", "block"] = "warn"


class KafkaSpec(Strict):
    """Topic settings; `config` in Kafka's own words."""

    topic: str | None = None
    partitions: Annotated[int, Field(ge=1, le=100_000)] | None = None
    replication_factor: Annotated[int, Field(ge=1, le=100)] | None = None
    config: dict[str, Scalar] = Field(default_factory=dict)


class RedshiftSpec(Strict):
    """Physical choices on Redshift, where the rules should not decide."""

    distkey: str | None = None
    sortkey: Names | None = None
    diststyle: Literal["auto", "even", "key", "all"] | None = None


class TableSpec(Strict):
    """One source table."""

    table: str = Field(description="Name, in lower case; also the name of the file")
    description: str = ""
    owner: str | None = Field(default=None, description="Who answers for the table")
    group: str | None = Field(default=None, description="Tables of one group share jobs")
    source: str | None = Field(default=None, description="`source.schema.table`, or only `source` for stream and batch")
    ingest: Ingest = Field(default="cdc", description="How events come: change capture, plain events, or file extracts")
    key: Names | None = Field(default=None, description="Business key: one column or several")
    scd: Literal[0, 1, 2, 3, 4, 6] | None = Field(default=None, description="How the dimension shows columns that do not say otherwise")
    columns: dict[str, ColumnSpec] = Field(min_length=1, description="Columns by name")
    where: str | None = Field(default=None, description="Rows that fail this condition count as deleted")
    event_id: str | None = Field(default=None, description="Column that tells one plain event from another")
    time: str | None = Field(default=None, description="Column that says when a plain event or an extract row happened")
    files: FilesSpec | None = None
    generation: Annotated[int, Field(ge=1)] = Field(default=1, description="Raised when the topic is created anew")
    earlier: list[EarlierSpec] = Field(default_factory=list, description="Generations before the current one")
    dimension: DimensionSpec | None = None
    facts: dict[str, FactSpec] = Field(default_factory=dict)
    checks: TableChecksSpec = TableChecksSpec()
    kafka: KafkaSpec = KafkaSpec()
    glue: dict[str, Scalar] = Field(default_factory=dict)
    redshift: RedshiftSpec = RedshiftSpec()
    warehouse_path: Literal["stream", "copy"] | None = Field(default=None, description="How rows reach Redshift")
