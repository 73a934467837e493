"""The runtime of Glue jobs, as far as it is plain: arguments, options, names and statements."""

import subprocess
import sys

import pytest

from retailflow.runtime import arguments
from retailflow.runtime.arguments import MissingArgumentError
from retailflow.runtime.landing import RECORDS, Landing, create_table, table_name
from retailflow.runtime.streaming import checkpoint, kafka_options

OPTIONS = {"bootstrap_servers": "b:9098", "bucket": "lake", "catalog": "glue_catalog", "database": "landing", "environment": "dev"}
LANDING = Landing("customer_changes", 2, "customer", "landing/customer/")


def test_arguments_are_found_among_those_of_glue() -> None:
    argv = ["--JOB_NAME", "x", "--bucket", "lake", "--catalog=c", "--enable-metrics", "--database", "d=e"]
    assert arguments.read(("bucket", "catalog", "database"), argv) == {"bucket": "lake", "catalog": "c", "database": "d=e"}


def test_optional_arguments_may_be_missing_and_needed_ones_are_named() -> None:
    assert arguments.read((), ["--window", "10 seconds"], ("window", "kafka_auth")) == {"window": "10 seconds"}
    with pytest.raises(MissingArgumentError, match="--a VALUE, --b VALUE"):
        arguments.read(("a", "b"), ["--a"])


def test_landing_begins_with_the_first_record_and_stops_when_records_are_gone() -> None:
    options = kafka_options(LANDING, OPTIONS)
    assert (options["startingOffsets"], options["failOnDataLoss"], options["subscribe"]) == ("earliest", "true", "customer_changes")
    assert not [key for key in options if "sasl" in key]
    assert kafka_options(LANDING, {**OPTIONS, "kafka_auth": "iam"})["kafka.sasl.mechanism"] == "AWS_MSK_IAM"


def test_the_environment_shows_in_topic_folder_and_checkpoint() -> None:
    landing = Landing("{env}.customer", 1, "customer", "{env}/landing/")
    assert kafka_options(landing, OPTIONS)["subscribe"] == "dev.customer"
    assert "'s3://lake/dev/landing/'" in create_table(landing, OPTIONS)
    assert checkpoint(landing, OPTIONS) == "s3://lake/checkpoints/dev/customer/1"


def test_a_topic_made_anew_has_a_checkpoint_of_its_own() -> None:
    assert checkpoint(LANDING, OPTIONS) != checkpoint(Landing("customer_changes", 3, "customer", ""), OPTIONS)


def test_names_and_places_are_quoted() -> None:
    hostile = Landing("t", 1, "a`b", "x'y\\")
    assert table_name(hostile.table, OPTIONS) == "`glue_catalog`.`landing`.`a``b`"
    assert r"LOCATION 's3://lake/x\'y\\'" in create_table(hostile, OPTIONS)


def test_the_table_has_every_part_of_a_record() -> None:
    statement = create_table(LANDING, OPTIONS)
    assert all(f"`{name}` {kind}" in statement for name, kind in RECORDS)


def test_importing_the_runtime_loads_only_the_standard_library() -> None:
    probe = (
        "import sys; before = set(sys.modules); import retailflow.runtime.streaming, retailflow.runtime.batch; "
        "new = {m.partition('.')[0] for m in set(sys.modules) - before}; print(sorted(new - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['retailflow']"
