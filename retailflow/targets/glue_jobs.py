"""Glue job definitions, as Terraform creates them: one streaming and one batch job a group.

Sources: AWS Glue developer guide (job parameters, worker types, streaming, Iceberg) and the Glue API.
"""

import re
from dataclasses import dataclass

from retailflow.errors import Finding, StopError
from retailflow.model.project import Environment, Group, Project
from retailflow.targets import places

CATALOG = "glue_catalog"
INTERNAL_ARGUMENTS = ("--JOB_NAME", "--debug", "--endpoint", "--mode")
"""Glue sets these itself; a job that is given them does not run."""
SHARED_ARGUMENTS = ("--bucket", "--catalog", "--database", "--environment", "--landing", "--sql", "--staging", "--warehouse")
"""Where the tables of all groups lie. Jobs that did not agree on it would take each other's work for rubbish (`runtime/transaction.py`)."""

_COMMAND = {"streaming": "gluestreaming", "batch": "glueetl"}
_CHAIN = " --conf "
_NUMBERS = ("max_capacity", "max_retries", "number_of_workers", "timeout")


@dataclass(frozen=True, slots=True)
class Job:
    """`kind` is `streaming` or `batch`; the script is `glue/<kind>/<group>.py`."""

    group: Group
    kind: str

    @property
    def script(self) -> str:
        return f"glue/{self.kind}/{self.group.name}.py"

    def name(self, project: Project, environment: Environment) -> str:
        return f"{project.name}-{environment.name}-{self.group.name}-{self.kind}"


def definition(job: Job, project: Project, environment: Environment) -> dict[str, object]:
    """The arguments of an `aws_glue_job`, in Terraform's names; its role, and brokers it makes, are Terraform's own to add."""
    settings = {_snake(key): value for key, value in job.group.settings if not key.startswith("--")}
    given = {key: value for key, value in job.group.settings if key.startswith("--")}
    _refuse_internal(job.group, given)
    size: dict[str, object] = {} if "max_capacity" in settings else {"worker_type": "G.1X", "number_of_workers": 2}
    limits: dict[str, object] = {"timeout": 480} if job.kind == "batch" else {}  # a streaming job has none
    numbers = {key: int(value) for key, value in settings.items() if key in _NUMBERS and value.isdigit()}
    return {
        "command": {
            "name": _COMMAND[job.kind],
            "python_version": "3",
            "script_location": places.artifact(project, environment, job.script),
        },
        "default_arguments": _with_given(_arguments(job, project, environment), given),
        "description": f"{project.name}: {job.kind} of group {job.group.name}",
        "glue_version": "5.1",
        "max_retries": 0,
        **size,
        **limits,
        **settings,
        **numbers,
    }


def _arguments(job: Job, project: Project, environment: Environment) -> dict[str, str]:
    bucket = places.bucket(project, environment)
    common = {
        "--TempDir": f"s3://{bucket}/temporary/",
        "--additional-python-modules": places.runtime_wheel(project, environment),
        "--conf": _iceberg(bucket),
        "--datalake-formats": "iceberg",
        "--enable-auto-scaling": "true",
        "--enable-continuous-cloudwatch-log": "true",
        "--enable-job-insights": "true",
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        "--job-bookmark-option": "job-bookmark-disable",
        "--python-modules-installer-option": "--no-deps",  # the runtime is the standard library and Spark; nothing else is fetched
    }
    if job.kind == "batch":
        return {
            **common,
            "--catalog": CATALOG,
            "--environment": environment.name,
            "--landing": places.database(project, environment, "landing"),
            "--sql": places.artifact(project, environment, "glue/sql"),
            "--staging": places.database(project, environment, "staging"),
            "--warehouse": places.database(project, environment, "curated"),
        }
    return {
        **common,
        "--auto-scale-within-microbatch": "true",
        "--bucket": bucket,
        "--catalog": CATALOG,
        "--environment": environment.name,
        "--database": places.database(project, environment, "landing"),
        "--kafka_auth": "iam",
        **_brokers(environment),
    }


def _brokers(environment: Environment) -> dict[str, str]:
    """Of a cluster that exists (setting `kafka_bootstrap_servers`); those of one that Terraform makes Terraform adds."""
    brokers = dict(environment.settings).get("kafka_bootstrap_servers")
    return {"--bootstrap_servers": str(brokers)} if brokers else {}


def _with_given(arguments: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """A group's own arguments win; its Spark settings come after ours, which stay."""
    confs = [conf for conf in (arguments["--conf"], given.get("--conf")) if conf]
    return {**arguments, **given, "--conf": _CHAIN.join(confs)}


def _iceberg(bucket: str) -> str:
    """Spark's settings for Iceberg tables in the Glue Data Catalog: Glue takes one `--conf`, so the rest is chained onto it."""
    catalog = f"spark.sql.catalog.{CATALOG}"
    settings = (
        "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        f"{catalog}=org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
        f"{catalog}.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
        f"{catalog}.warehouse=s3://{bucket}/",
        "spark.sql.session.timeZone=UTC",
    )
    return _CHAIN.join(settings)


def _snake(name: str) -> str:
    """`NumberOfWorkers`, as Glue's API says it, is `number_of_workers` to Terraform."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _refuse_internal(group: Group, given: dict[str, str]) -> None:
    hint = "remove it from the group's settings"
    why = dict.fromkeys(INTERNAL_ARGUMENTS, "an argument Glue keeps for itself")
    why |= dict.fromkeys(SHARED_ARGUMENTS, "the same for all groups, and set by retailflow")
    findings = [Finding("RF604", f"`{key}` of group `{group.name}` is {why[key]}", hint=hint) for key in given if key in why]
    if findings:
        raise StopError(findings)
