"""`redshift/schemas/design/*.sql`: how tables lie on Redshift, and why; statements that reach tables which exist as well as new ones."""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import calendar, layout
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.layout import Layout
from retailflow.sql.names import Names
from retailflow.targets.redshift import paths
from retailflow.targets.redshift.sql_file import comment, sql_file

_STYLES = {"all": "ALL", "even": "EVEN", "auto": "AUTO"}


def emit(project: Project) -> Iterator[Artifact]:
    """Each statement on its own, outside of a transaction."""
    n = Names(project, REDSHIFT)
    control = {
        n.watermarks: layout.everywhere("topic"),
        n.counts: layout.everywhere("topic"),
        n.marks: layout.everywhere("table_name"),
        n.sources: layout.everywhere(),
        n.seeds: layout.everywhere(),
        n.numbers: layout.everywhere("n"),
        n.zones: layout.everywhere("zone", "local_from"),
        n.quarantine: layout.spread("table_name", "record_ts"),
        n.passed: layout.spread("table_name", "record_offset"),
        n.dates: layout.everywhere(calendar.KEY),
    }
    blocks = (_design(name, chosen) for name, chosen in control.items())
    yield sql_file("redshift/schemas/design/020_control.sql", blocks, source="retailflow.yaml")
    for table in project.tables:
        yield sql_file(paths.design(table), _of_table(project, n, table), [table])


def _of_table(project: Project, n: Names, table: Table) -> Iterator[str]:
    yield _design(n.log(table.name), layout.log(table))
    for dimension in dimensions_of(table):
        yield _design(n.warehouse(dimension.name), layout.dimension(project, table, dimension))
    for fact in table.facts:
        yield _design(n.warehouse(fact.name), layout.fact(project, table, fact))
        yield _design(n.extra_references(fact.name), layout.references(table))


def _design(relation: str, chosen: Layout) -> str:
    d = REDSHIFT
    style = f"KEY DISTKEY {d.ident(chosen.distkey)}" if chosen.distkey else _STYLES[chosen.style]
    lines = [comment(f"{relation}: {'; '.join(chosen.why)}."), f"ALTER TABLE {relation} ALTER DISTSTYLE {style};\n"]
    if chosen.sortkey:
        lines.append(f"ALTER TABLE {relation} ALTER COMPOUND SORTKEY ({', '.join(map(d.ident, chosen.sortkey))});\n")
    return "".join(lines)
