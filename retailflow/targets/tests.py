"""What CI runs per table: pytest files that hold the generated files against the spec and against what platforms accept.

They repeat what the spec means in constants of their own, so that a file broken by hand fails here whatever the manifest says.
"""

from collections import defaultdict
from collections.abc import Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Environment, Project
from retailflow.model.source import Topic
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.targets import glue, kafka, lake_sql, places
from retailflow.targets.glue_jobs import INTERNAL_ARGUMENTS, Job


def emit(project: Project, templates: Templates, sql: glue.SqlOf = lake_sql.emit) -> Iterator[Artifact]:
    """`tests/<part>/test_<part>_<table>.py`: names that stay apart however pytest imports them."""
    own: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(statement.path.removeprefix("glue/sql/") for statement in sql(project)):
        own[path.partition("/")[0]].append(path)
    jobs = tuple(glue.jobs(project))
    for table in project.tables:
        if kafka.has_topic(table):
            yield _kafka(project, table, templates)
        of_group = [job for job in jobs if job.group.name == table.group]
        yield from _glue(project, table, of_group, own[table.name], templates)


def _kafka(project: Project, table: Table, templates: Templates) -> Artifact:
    topic = kafka.table_topic(table)
    environments = [_environment(environment, topic) for environment in project.environments]
    text = templates.render("tests/kafka.py.j2", path=f"kafka/topics/{table.name}.yaml", environments=environments)
    return _artifact("kafka", table, text)


def _environment(environment: Environment, topic: Topic) -> dict[str, object]:
    here = kafka.in_environment(topic, environment)
    cluster = dict(environment.settings).get("kafka_cluster", "standard")
    return {"name": environment.name, "cluster": cluster, "topic": here, "config": here.config}


def _glue(project: Project, table: Table, jobs: list[Job], own: list[str], templates: Templates) -> Iterator[Artifact]:
    """`own`: paths below `glue/sql/` of the SQL of the table."""
    carrying = [job for job in jobs if (own if job.kind == "batch" else kafka.has_topic(table))]
    if not carrying:
        return
    landing = {"topic": table.topic.name, "generation": table.era.generation, "folder": places.landing(project, table)}
    text = templates.render(
        "tests/glue.py.j2",
        batch=f"glue/batch/{table.group}.py",
        defined=[(environment.name, job.name(project, environment)) for environment in project.environments for job in carrying],
        group=table.group,
        internal=INTERNAL_ARGUMENTS,
        jobs=carrying,
        landing=landing if kafka.has_topic(table) else None,
        statements=own,
        streaming=f"glue/streaming/{table.group}.py",
        table=table.name,
    )
    yield _artifact("glue", table, text)


def _artifact(part: str, table: Table, text: str) -> Artifact:
    path = f"tests/{part}/test_{part}_{table.name}.py"
    return Artifact(path, header(path, table.path) + text, (table.path,))
