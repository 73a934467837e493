"""Streaming: raw views, what is new, and nothing of an account in a file."""

import json
from dataclasses import replace

from retailflow.model.project import Environment, Project
from retailflow.model.source import Era, Extract, ExtractMode, Route, Topic
from retailflow.render.templates import Templates
from retailflow.targets import redshift
from retailflow.targets.redshift import environments, streaming
from tests.factories import DEV, ERP, project, table


def files(p: Project) -> dict[str, str]:
    return {a.path.removeprefix("redshift/"): a.content for a in redshift.emit(p, Templates())}


BATCH = table("price", eras=(Era(1, 1, Route.BATCH),), extract=Extract("p/*.csv", "csv", ExtractMode.FULL))
COPIED = table("bulk", warehouse_path="copy")
CLICK = table("click", eras=(Era(1, 1, Route.STREAM),), source=replace(ERP, name="click"), dimension=None)


def test_a_topic_is_read_raw_and_a_raised_generation_is_another_view() -> None:
    raised = table(eras=(Era(1, 1, Route.CDC), Era(2, 1, Route.CDC)))
    text = files(project(raised))["streaming/customer.sql"]
    created = text.index("CREATE MATERIALIZED VIEW")
    view = text[created : text.index(";", created)]
    assert "staging.stream_customer_g2" in view
    assert "kafka_key, kafka_value" in view
    assert "CASE WHEN CAN_JSON_PARSE(kafka_value) THEN JSON_PARSE(kafka_value) END AS document" in view
    assert "WHERE" not in view
    assert "CAST" not in view
    assert "2 AS generation" in text


def test_the_view_of_what_is_new_has_the_columns_of_the_raw_relation() -> None:
    from retailflow.local.engine import RAW_COLUMNS

    text = files(project())["streaming/customer.sql"]
    created = text[text.index("VIEW staging.raw_customer") : text.index("VIEW staging.last_customer")]
    positions = [created.index(f" AS {name}") for name in RAW_COLUMNS if name not in ("content", "extract_id", "extract_ts")]
    assert positions == sorted(positions)
    head = created[: created.index("FROM (")]
    assert [head.index(x) for x in ("r.*", "AS content", "AS extract_id", "AS extract_ts")] == sorted(
        head.index(x) for x in ("r.*", "AS content", "AS extract_id", "AS extract_ts")
    )
    assert "s.kafka_offset > COALESCE(w.last_offset, -1)" in created
    assert created.count("WITH NO SCHEMA BINDING") == 1


def test_nothing_of_an_account_is_in_a_file_of_sql() -> None:
    settings = (("kafka_bootstrap", "b-1:9098"), ("redshift_streaming_role", "arn:aws:iam::1:role/r"))
    told = Environment("dev", "111111111111", "eu-central-1", settings)
    made = files(project(environments=(told, replace(DEV, name="prod"))))
    assert "'${redshift_streaming_role}'" in made["streaming/_cluster.sql"]
    assert "'${kafka_bootstrap}'" in made["streaming/_cluster.sql"]
    assert not [path for path, text in made.items() if path.endswith(".sql") and ("arn:aws" in text or "111111111111" in text)]
    assert json.loads(made["environments/dev.json"]) == environments.placeholders(told)
    assert json.loads(made["environments/prod.json"]) == {"env": "prod", "kafka_bootstrap": None, "redshift_streaming_role": None}


def test_a_topic_called_after_its_environment_is_filled_in_there() -> None:
    p = project(table(topic=Topic("{env}.customer", 3, 3, ())))
    text = files(p)["streaming/customer.sql"]
    assert 'FROM staging_kafka."${env}.customer"' in text
    assert "'${env}.customer' AS topic" in text


def test_a_topic_with_capitals_says_what_to_set() -> None:
    text = files(project(table(topic=Topic("Customer", 3, 3, ()))))["streaming/customer.sql"]
    assert text.index("SET enable_case_sensitive_identifier TO true;") < text.index("CREATE MATERIALIZED VIEW")
    assert "SET enable" not in files(project())["streaming/customer.sql"]


def test_field_names_keep_their_case_where_records_are_read() -> None:
    text = files(project())["load/customer.sql"]
    take = text[text.index("PROCEDURE staging.take_customer()") : text.index("PROCEDURE staging.touch_customer()")]
    assert 'payload."after"."customer_id"' in take
    assert take.count("SET enable_case_sensitive_super_attribute TO TRUE") == 1


def test_what_does_not_come_by_stream_pretends_nothing() -> None:
    made = files(project(table(), BATCH, COPIED, CLICK))
    assert {path for path in made if path.startswith("streaming/")} == {
        *("streaming/_cluster.sql", "streaming/_heartbeats.sql", "streaming/click.sql", "streaming/customer.sql"),
    }
    assert "dropped_click" in made["load/_count_dropped.sql"]
    assert "dropped_bulk" not in made["load/_count_dropped.sql"]


def test_heartbeats_are_read_of_captured_sources_only() -> None:
    assert streaming.beating(project(table(), CLICK)) == ("erp",)
    made = files(project(CLICK))
    assert "streaming/_heartbeats.sql" not in made
    assert "heartbeat" not in made["load/_load.sql"]


def test_files_of_a_table_are_those_made_of_its_spec() -> None:
    p = project(table(), BATCH, COPIED, CLICK)
    made = {a.path for a in redshift.emit(p, Templates())}
    for t in p.tables:
        mine = redshift.files_of(p, t)
        assert set(mine) <= made
        own = {a.path for a in redshift.emit(p, Templates()) if a.specs[:1] == (t.path,) and "/views/" not in a.path}
        assert own - set(mine) <= {f"redshift/load/{t.name}.sql"}


def test_records_the_platform_drops_count_as_quarantined() -> None:
    made = files(project(table(), CLICK))
    assert "WHERE TRIM(e.mv_name) = 'stream_customer_g1'" in made["streaming/customer.sql"]
    counted = made["load/_count_dropped.sql"]
    assert "FROM staging.dropped_click\n    UNION ALL\n    SELECT" in counted
    assert "INSERT INTO staging.quarantine" in counted
    assert "MERGE INTO staging.counts" in counted
