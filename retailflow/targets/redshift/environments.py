"""`redshift/environments/<env>.json`: what stands for the `${…}` of the streaming files there, null where nobody has said it."""

from collections.abc import Iterator

from retailflow.artifact import Artifact, dump_json
from retailflow.model.project import Environment, Project

BROKERS, ROLE, NAME = "kafka_bootstrap", "redshift_streaming_role", "env"


def emit(project: Project) -> Iterator[Artifact]:
    for environment in project.environments:
        yield Artifact(f"redshift/environments/{environment.name}.json", dump_json(placeholders(environment)))


def placeholders(environment: Environment) -> dict[str, str | None]:
    """By the name in `${…}`: from the settings of the environment, where they have it."""
    settings = dict(environment.settings)
    values: dict[str, str | None] = {name: str(settings[name]) if name in settings else None for name in (BROKERS, ROLE)}
    return values | {NAME: environment.name}


def placeholder(name: str) -> str:
    return "${" + name + "}"
