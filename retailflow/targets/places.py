"""Where things are in an environment: buckets, folders, databases and artifacts, by the patterns of the project."""

from retailflow import __version__
from retailflow.model.project import Environment, Project
from retailflow.model.table import Table

LAYERS = ("landing", "staging", "quarantine", "curated")


def bucket(project: Project, environment: Environment) -> str:
    return project.naming.bucket.replace("{env}", environment.name)


def landing(project: Project, table: Table) -> str:
    """The folder of a table's records as received, relative to the bucket; `{env}` may stand in it."""
    return landing_folder(project, table.name)


def landing_folder(project: Project, landing: str) -> str:
    """The same for a landing table of any name: heartbeats have some too."""
    return project.naming.landing.replace("{table}", landing)


def staging(project: Project, table: Table) -> str:
    return project.naming.staging.replace("{table}", table.name)


def there(pattern: str, environment: Environment) -> str:
    """A name or folder as an environment has it."""
    return pattern.replace("{env}", environment.name)


def database(project: Project, environment: Environment, layer: str) -> str:
    """The Glue Data Catalog's name of a layer: lower-case letters, digits and `_` only, for the readers that know no more."""
    return "_".join((project.name, environment.name, layer)).lower().replace("-", "_")


def artifact(project: Project, environment: Environment, path: str) -> str:
    """Where a generated file lies once it is deployed."""
    return f"s3://{bucket(project, environment)}/artifacts/{environment.name}/{path}"


def runtime_wheel(project: Project, environment: Environment) -> str:
    """The wheel with `retailflow.runtime`, of the version that generated the jobs."""
    return artifact(project, environment, f"retailflow-{__version__}-py3-none-any.whl")
