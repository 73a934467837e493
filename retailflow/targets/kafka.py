"""Kafka topics: one file a topic, with its settings in every environment.

One file a topic, not one an environment: two people who add a table each never meet in one file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from retailflow.artifact import Artifact, dump_yaml, header
from retailflow.model.project import Environment, Project
from retailflow.model.source import Route, Source, Topic
from retailflow.model.table import Table
from retailflow.targets.places import there

HEARTBEAT_RETENTION_MS = 7 * 24 * 60 * 60 * 1000
"""How long a heartbeat is kept. Only the latest says anything; a week survives a long outage of its readers."""


def emit(project: Project) -> Iterator[Artifact]:
    """`kafka/topics/<table>.yaml` for tables fed by events, `kafka/topics/<heartbeat topic>.yaml` for sources with capture."""
    for table in topic_tables(project):
        yield _file(project, table.name, table_topic(table), table.path, (table.path,))
    for source, tables in captured_sources(project):
        topic = heartbeat_topic(source, tables)
        yield _file(project, topic.name, topic, "retailflow.yaml", tuple(table.path for table in tables))


def topic_tables(project: Project) -> tuple[Table, ...]:
    """The tables whose events come by Kafka; batch extracts come as files."""
    return tuple(filter(has_topic, project.tables))


def has_topic(table: Table) -> bool:
    return table.route is not Route.BATCH


def captured_sources(project: Project) -> Iterator[tuple[Source, tuple[Table, ...]]]:
    """Sources that Debezium reads, each with the tables it captures there."""
    for source in project.sources:
        tables = tuple(t for t in project.tables if t.source.name == source.name and t.route is Route.CDC)
        if tables:
            yield source, tables


def table_topic(table: Table) -> Topic:
    """The topic of a table; kept by age, never compacted, unless the spec says otherwise: history is every change, not the latest."""
    config = {"cleanup.policy": "delete", **dict(table.topic.config)}
    return Topic(table.topic.name, table.topic.partitions, table.topic.replication_factor, tuple(sorted(config.items())))


def heartbeat_topic(source: Source, tables: Iterable[Table]) -> Topic:
    """The topic Debezium writes heartbeats of a source to: one partition, as many replicas as the safest of its tables."""
    config = (("cleanup.policy", "delete"), ("retention.ms", str(HEARTBEAT_RETENTION_MS)))
    return Topic(f"__debezium-heartbeat.{source.name}", 1, max(t.topic.replication_factor for t in tables), config)


def in_environment(topic: Topic, environment: Environment) -> Topic:
    """A topic as an environment has it: by its name there, with no more replicas than there are brokers (setting `kafka_brokers`)."""
    name = there(topic.name, environment)
    brokers = dict(environment.settings).get("kafka_brokers")
    if not isinstance(brokers, int) or brokers >= topic.replication_factor:
        return replace(topic, name=name)
    replicas = max(brokers, 1)
    config = dict(topic.config)
    if "min.insync.replicas" in config:
        config["min.insync.replicas"] = str(min(int(config["min.insync.replicas"]), max(replicas - 1, 1)))
    return Topic(name, topic.partitions, replicas, tuple(sorted(config.items())))


def as_data(topic: Topic) -> dict[str, object]:
    return {
        "name": topic.name,
        "partitions": topic.partitions,
        "replication_factor": topic.replication_factor,
        "config": dict(topic.config),
    }


def _file(project: Project, stem: str, topic: Topic, source: str, specs: tuple[str, ...]) -> Artifact:
    path = f"kafka/topics/{stem}.yaml"
    data = {"environments": {environment.name: as_data(in_environment(topic, environment)) for environment in project.environments}}
    return Artifact(path, header(path, source) + dump_yaml(data), specs)
