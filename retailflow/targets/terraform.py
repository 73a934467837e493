"""Terraform variables: one `terraform.tfvars.json` an environment, dumped from data, each table and topic a sorted entry."""

from collections.abc import Iterator

from retailflow.artifact import Artifact, dump_json
from retailflow.model.project import Environment, Project
from retailflow.model.source import Source
from retailflow.model.table import Table
from retailflow.targets import glue, kafka, places
from retailflow.targets.glue_jobs import definition


def emit(project: Project) -> Iterator[Artifact]:
    """`terraform/environments/<env>/terraform.tfvars.json`; every top-level key is a variable of the modules."""
    for environment in project.environments:
        path = f"terraform/environments/{environment.name}/terraform.tfvars.json"
        yield Artifact(path, dump_json(variables(project, environment)))


def variables(project: Project, environment: Environment) -> dict[str, object]:
    """What the modules are told of an environment; `settings` are its sizes and the ARNs of what exists, as the project has them."""
    return {
        "account_id": environment.account,
        "bucket": places.bucket(project, environment),
        "catalog_databases": {layer: places.database(project, environment, layer) for layer in places.LAYERS},
        "environment": environment.name,
        "glue_jobs": {job.name(project, environment): definition(job, project, environment) for job in glue.jobs(project)},
        "kafka_topics": _topics(project, environment),
        "project": project.name,
        "region": environment.region,
        "settings": dict(environment.settings),
        "sources": {source.name: _source(source) for source, _ in kafka.captured_sources(project)},
        "tables": {table.name: _table(project, environment, table) for table in project.tables},
        "warehouse_schemas": {"staging": project.naming.staging_schema, "warehouse": project.naming.warehouse_schema},
    }


def _topics(project: Project, environment: Environment) -> dict[str, object]:
    topics = [kafka.table_topic(table) for table in kafka.topic_tables(project)]
    topics += [kafka.heartbeat_topic(source, tables) for source, tables in kafka.captured_sources(project)]
    entries = (kafka.as_data(kafka.in_environment(topic, environment)) for topic in topics)
    return {str(entry.pop("name")): entry for entry in entries}


def _source(source: Source) -> dict[str, object]:
    return {"kind": source.kind.value, "server": source.server, "database": source.database, "secret": source.secret}


def _table(project: Project, environment: Environment, table: Table) -> dict[str, object]:
    return {
        "dimensions": [d.name for d in (table.dimension, table.dimension and table.dimension.history) if d is not None],
        "facts": [fact.name for fact in table.facts],
        "group": table.group,
        "landing": places.there(places.landing(project, table), environment),
        "owner": table.owner,
        "route": table.route.value,
        "staging": places.there(places.staging(project, table), environment),
        "topic": places.there(table.topic.name, environment) if kafka.has_topic(table) else None,
        "warehouse_path": table.warehouse_path,
    }
