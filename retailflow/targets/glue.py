"""Glue jobs: thin scripts of constants and one call into `retailflow.runtime`, with their SQL beside them."""

from collections.abc import Callable, Iterable, Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Group, Project
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.targets import lake_raw, lake_sql, places
from retailflow.targets.glue_jobs import Job
from retailflow.targets.kafka import has_topic, topic_tables

SqlOf = Callable[[Project], Iterable[Artifact]]


def emit(project: Project, templates: Templates, sql: SqlOf = lake_sql.emit) -> Iterator[Artifact]:
    """`glue/streaming/<group>.py` and `glue/batch/<group>.py` where a group has something for them to do, and `glue/sql/`."""
    statements = tuple(sql(project))
    yield from statements
    for job in jobs(project):
        tables = _tables(project, job.group)
        content = _streaming(project, job, tables, templates) if job.kind == "streaming" else _batch(project, job, statements, templates)
        yield Artifact(job.script, header(job.script, "retailflow.yaml") + content, tuple(table.path for table in tables))


def jobs(project: Project) -> Iterator[Job]:
    """The jobs of a project: a group without topics has no streaming job; a batch job, which runs the load, has every group of tables."""
    streamed = {table.group for table in topic_tables(project)}
    loaded = {table.group for table in project.tables}
    for group in project.groups:
        if group.name in streamed:
            yield Job(group, "streaming")
        if group.name in loaded:
            yield Job(group, "batch")


def _tables(project: Project, group: Group) -> tuple[Table, ...]:
    return tuple(table for table in project.tables if table.group == group.name)


def _streaming(project: Project, job: Job, tables: tuple[Table, ...], templates: Templates) -> str:
    landings = [
        {"topic": t.topic.name, "generation": t.era.generation, "table": t.name, "folder": places.landing(project, t)}
        for t in filter(has_topic, tables)
    ]
    landings += [
        {"topic": topic, "generation": 1, "table": name, "folder": places.landing_folder(project, name)}
        for topic, name in lake_raw.heartbeats(project, tables)
    ]
    return templates.render("glue/streaming.py.j2", group=job.group.name, landings=landings)


def _batch(project: Project, job: Job, statements: tuple[Artifact, ...], templates: Templates) -> str:
    """The whole load, whatever the group: a table of one group may be the parent, or the dimension, of one of another."""
    paths = sorted((s.path.removeprefix("glue/sql/") for s in statements), key=lambda path: path.rpartition("/")[2])
    landed = {"records": lake_raw.records(project), "extracts": lake_raw.extracts(project)}
    return templates.render("glue/batch.py.j2", group=job.group.name, statements=paths, **landed)
