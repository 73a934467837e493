"""Projects by hand: the smallest that is complete, and what a test wants different about it."""

from dataclasses import replace
from datetime import date
from typing import Any

from retailflow.model.dimension import Attribute, Dimension, OnDelete
from retailflow.model.project import Calendar, Environment, Group, Naming, Project
from retailflow.model.source import Era, Route, Source, SourceKind, Topic
from retailflow.model.table import Column, Columnar, Table
from retailflow.scd import Scd
from retailflow.types import parse_type

ERP = Source("erp", SourceKind.SQLSERVER, "erp.example.net", "erp", "Europe/Berlin", True, 1, "retail/erp")
DEV = Environment("dev", "111111111111", "eu-central-1", ())
PROD = Environment("prod", "222222222222", "eu-central-1", (("kafka_brokers", 6),))
NAMING = Naming(
    topic="{table}_changes",
    bucket="retail-datalake-{env}",
    landing="landing/{table}/",
    staging="staging/{table}/",
    dimensions="curated/dimensions/",
    facts="curated/facts/",
    staging_schema="staging",
    warehouse_schema="dw",
)
CALENDAR = Calendar(date(2024, 1, 1), date(2024, 12, 31), 2, ())


def column(name: str, tsql: str = "int", **changes: Any) -> Column:
    """A column as the source declares it; `changes` are fields of `Column`."""
    return replace(Column(name, parse_type(tsql), name, True, "UTC", None, ""), **changes)


def dimension(table: str, *columns: str, scd: Scd = Scd.VERSION, **changes: Any) -> Dimension:
    """The dimension of a table whose every attribute is of one type."""
    attributes = tuple(Attribute(name, scd) for name in columns)
    base = Dimension(f"dim_{table}", table, f"{table}_key", attributes, (), OnDelete.CLOSE, None, True, "", "")
    return replace(base, **changes)


def table(name: str = "customer", **changes: Any) -> Table:
    """A table `<name>_id int, name nvarchar(80)` with a dimension of type 2."""
    key = f"{name}_id"
    base = Table(
        name=name,
        description="",
        owner="data",
        group="default",
        source=ERP,
        source_schema="Sales",
        source_table=name.title(),
        columns=(column(key, nullable=False), column("name", "nvarchar(80)")),
        key=(key,),
        where=None,
        event_id=None,
        time=None,
        extract=None,
        topic=Topic(f"{name}_changes", 3, 3, (("retention.ms", "604800000"),)),
        eras=(Era(1, 1, Route.CDC),),
        checks=(),
        dimension=dimension(name, "name"),
        facts=(),
        warehouse_path="stream",
        columnar=Columnar(),
        path=f"tables/{name}.yaml",
    )
    return replace(base, **changes)


def project(*tables: Table, **changes: Any) -> Project:
    """A project of these tables (default: `customer`) in two environments; sources and groups are those the tables name."""
    chosen = tuple(sorted(tables or (table(),), key=lambda t: t.name))
    sources = {t.source.name: t.source for t in chosen}
    groups = sorted({t.group for t in chosen})
    base = Project(
        name="retail",
        tables=chosen,
        sources=tuple(sources[name] for name in sorted(sources)),
        environments=(DEV, PROD),
        groups=tuple(Group(name, ()) for name in groups),
        naming=NAMING,
        calendar=CALENDAR,
    )
    return replace(base, **changes)
