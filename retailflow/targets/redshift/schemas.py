"""`redshift/schemas/*.sql`: schemas, control tables, seeds, the tables of every spec; plain SQL, which PostgreSQL runs as it is.

`redshift/schemas/views/*.sql`: members and roles; views that are bound late, which Redshift alone knows.
"""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import schema, seed, views
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.names import Names
from retailflow.targets.redshift import backfills, paths
from retailflow.targets.redshift.sql_file import comment, sql_file, statement, together

_PROJECT = "retailflow.yaml"


def emit(project: Project) -> Iterator[Artifact]:
    """Run in the order of their names; each may be run again."""
    yield sql_file("redshift/schemas/010_schemas.sql", map(statement, schema.schemas(project, REDSHIFT)), source=_PROJECT)
    yield sql_file("redshift/schemas/020_control.sql", _control(project), source=_PROJECT)
    yield sql_file("redshift/schemas/030_numbers.sql", [_seed(seed.numbers(project, REDSHIFT))], source=_PROJECT)
    yield sql_file("redshift/schemas/040_zones.sql", map(_seed, seed.zones(project, REDSHIFT)))
    yield sql_file("redshift/schemas/050_dim_date.sql", _dates(project), source=_PROJECT)
    for table in project.tables:
        yield sql_file(paths.tables(table), _tables(project, table), [table])
    for view in (*views.members(project, REDSHIFT), *views.roles(project, REDSHIFT)):
        yield sql_file(
            paths.view(view.name), [statement(view.statement, _why(view.name))], view.tables, source="" if view.tables else _PROJECT
        )


_CONTROL = {
    "watermarks": "How far loads have come, by topic, generation and partition.",
    "counts": "Received = applied + duplicate + skipped + quarantined, by topic, generation and partition, for ever.",
    "passed": "Coordinates that were taken and are in no log: duplicates and what is skipped.",
    "quarantine": "Records that could not be decoded, typed or ordered, or failed a check: the reason and the payload.",
    "marks": "Ends of snapshots and extracts, and whether as many keys came as they say.",
    "horizon": "How far each table is known: its last commit and latest commit time, and whether every event of it knows every column.",
    "sources": "How far each source has been seen, and how far the star was loaded.",
    "seeds": "Which rows the seeds below have, by a fingerprint.",
    "numbers": "0 to 99,999.",
    "zones": "Offsets of time zones, by local and by UTC time.",
}


def _control(project: Project) -> Iterator[str]:
    n = Names(project, REDSHIFT)
    why = {f"CREATE TABLE IF NOT EXISTS {n.staging(name)} (": text for name, text in _CONTROL.items()}
    for made in schema.control_tables(project, REDSHIFT):
        yield statement(made, why[made.partition("\n")[0]])
    lock = Names(project, REDSHIFT).load_lock
    yield statement(
        f"CREATE TABLE IF NOT EXISTS {lock} (\n  loads BIGINT\n)", "Locked by a load, so that the next one waits; counts loads."
    )
    yield statement(f"INSERT INTO {lock} SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM {lock})")
    yield statement(
        backfills.result_ddl(project), "How many rows of each table of the star the last backfill found other than they should be."
    )


def _seed(planted: seed.Seed) -> str:
    return together(planted.statements, f"{planted.name}: these rows are in {planted.table} once its fingerprint is noted.")


def _dates(project: Project) -> Iterator[str]:
    yield statement(schema.dates_ddl(project, REDSHIFT), "The date dimension, one row a day.")
    yield _seed(seed.dates(project, REDSHIFT))


def _tables(project: Project, table: Table) -> Iterator[str]:
    if table.description:
        yield comment(table.description)
    yield from map(statement, schema.table_ddl(project, table, REDSHIFT), _reasons(table))


def _reasons(table: Table) -> Iterator[str]:
    """A sentence a table, in the order of their statements."""
    yield f"Every admitted event of {table.name}, once: what the star is made from."
    for dimension in dimensions_of(table):
        each = "version of a key" if dimension.versioned else "key"
        yield f"{dimension.name}: a row for each {each}."
    for fact in table.facts:
        kind, each = fact.kind.value.replace("_", " "), ", ".join(table.key)
        period = " and period" if fact.kind is FactKind.PERIODIC_SNAPSHOT else ""
        yield f"{fact.name}, {kind}: a row for each {each}{period}."
        yield f"Keys of dimensions that states of {fact.name} refer to and its rows do not show."


def _why(name: str) -> str:
    if name.endswith(views.MEMBERS):
        return "With two rows more, -1 (not known) and -2 (missing), so that an inner join loses no fact."
    return "The dimension under the name of a role."
