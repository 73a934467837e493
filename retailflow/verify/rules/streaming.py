"""Streaming from Kafka: what a streaming view may hold, and what makes its refreshes fail or lose records."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

LONGEST_TOPIC = 128
_BINARY = ("kafka_key", "kafka_value", "kafka_headers")
_MUTABLE = ("GETDATE", "SYSDATE", "RANDOM", "CURRENT_DATE", "NOW")


def streaming_view(statement: Statement) -> exp.Create | None:
    """A materialized view that reads what Kafka delivers."""
    tree = statement.tree
    if not isinstance(tree, exp.Create) or tree.kind != "VIEW" or next(statement.all(exp.MaterializedProperty), None) is None:
        return None
    return tree if any(column.name.lower().startswith("kafka_") for column in statement.all(exp.Column)) else None


def topic(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A topic that Redshift reads has a name of at most 128 characters. Source: dg materialized-view-streaming-ingestion (limits)."""
    view = streaming_view(statement)
    for table in view.expression.find_all(exp.Table) if view is not None and view.expression is not None else ():
        if len(table.name) > LONGEST_TOPIC:
            yield Problem(f"the topic has {len(table.name)} characters, and Redshift reads {LONGEST_TOPIC}", table)


def maintainable(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A streaming view grows row by row: no joins, subqueries, unions, windows, distinct aggregates, orders, limits, clocks.

    Source: dg materialized-view-streaming-ingestion (limits), materialized-view-refresh-sql-command. Its keys cannot be binary either.
    """
    view = streaming_view(statement)
    if view is None or view.expression is None:
        return
    names = {exp.Join: "join", exp.Subquery: "subquery", exp.SetOperation: "set operation", exp.Window: "window", exp.Order: "ORDER BY"}
    for kind, name in {**names, exp.Limit: "LIMIT", exp.Distinct: "DISTINCT"}.items():
        for found in view.expression.find_all(kind):
            yield Problem(f"a streaming view holds no {name}", found, "do that in a view over it, or in the load")
            break
    for word in _MUTABLE:
        for i in statement.every(word):
            yield Problem(f"a streaming view reads no clock and draws no lots: {word}", statement.tokens[i], "`refresh_time` is there")
    for key in view.find_all(exp.DistKeyProperty, exp.SortKeyProperty):
        for column in key.this if isinstance(key.this, list) else [key.this]:
            if column.name.lower() in _BINARY:
                yield Problem(f"`{column.name}` is binary, which rows are neither distributed nor sorted by", column)


def unguarded(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """One record that is no JSON makes every refresh fail, unless CAN_JSON_PARSE was asked.

    Source: dg materialized-view-streaming-ingestion (errors are not skipped).
    """
    view = streaming_view(statement)
    for i in statement.every("JSON_PARSE") if view is not None else ():
        if not statement.has("CAN_JSON_PARSE"):
            yield Problem(
                "one record that is no JSON stops the view", statement.tokens[i], "CASE WHEN CAN_JSON_PARSE(x) THEN JSON_PARSE(x) END"
            )


def strict_cast(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A cast that fails makes every refresh fail. Source: dg materialized-view-streaming-ingestion (errors are not skipped)."""
    view = streaming_view(statement)
    for cast in view.expression.find_all(exp.Cast) if view is not None and view.expression is not None else ():
        if not isinstance(cast, exp.TryCast):
            yield Problem("a cast that fails stops the view", cast, "keep the value as it is, and type it in the load")


def filters(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """WHERE CAN_JSON_PARSE(…) leaves out tombstones, whose value is NULL, and whatever is no JSON. Source: dg CAN_JSON_PARSE."""
    view = streaming_view(statement)
    where = view.expression.find(exp.Where) if view is not None and view.expression is not None else None
    if where is not None:
        yield Problem("what this filter leaves out is gone for good", where, "keep every record; a CASE guards the parse")


def external_schema(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """FROM KAFKA needs a URI; iam needs a role, mtls a certificate; there is no SASL. Source: dg r_CREATE_EXTERNAL_SCHEMA."""
    if not statement.starts("CREATE", "EXTERNAL", "SCHEMA") or not statement.has("FROM", "KAFKA"):
        return
    if not statement.has("URI"):
        yield Problem("FROM KAFKA needs the URI of the brokers", statement.tokens[0])
    at = statement.find("AUTHENTICATION")
    how = statement.words[at + 1].strip("\0").upper() if at is not None and at + 1 < len(statement.words) else ""
    if how not in ("NONE", "IAM", "MTLS"):
        yield Problem("AUTHENTICATION is none, iam or mtls", statement.tokens[at if at is not None else 0])
    if how == "IAM" and not statement.has("IAM_ROLE"):
        yield Problem("AUTHENTICATION iam needs an IAM_ROLE", statement.tokens[0])
    if how == "MTLS" and not (statement.has("AUTHENTICATION_ARN") or statement.has("SECRET_ARN")):
        yield Problem("AUTHENTICATION mtls needs AUTHENTICATION_ARN or SECRET_ARN", statement.tokens[0])


def clause_order(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """BACKUP, then distribution and sort key, then AUTO REFRESH, then AS. Source: dg materialized-view-create-sql-command (syntax)."""
    tree = statement.tree
    if not isinstance(tree, exp.Create) or tree.find(exp.MaterializedProperty) is None:
        return
    refresh = statement.find("AUTO", "REFRESH")
    later = [i for word in ("DISTSTYLE", "DISTKEY", "SORTKEY", "BACKUP") if (i := statement.find(word)) is not None]
    if refresh is not None and any(i > refresh for i in later):
        yield Problem("AUTO REFRESH comes after BACKUP, distribution and sort key", statement.tokens[refresh])


def capitals(statement: Statement, known: Catalog) -> Iterator[Problem]:
    """A topic with capitals is found only with enable_case_sensitive_identifier, set for the cluster or workgroup. Source: dg
    materialized-view-streaming-ingestion-getting-started-MSK."""
    view = streaming_view(statement)
    for table in view.expression.find_all(exp.Table) if view is not None and view.expression is not None else ():
        if table.name != table.name.lower() and not table.name.startswith("${"):
            hint = "set enable_case_sensitive_identifier for the cluster or workgroup, too: automatic refreshes have no session"
            yield Problem(f"the topic `{table.name}` has capital letters, which fold", table, hint)


def folded_path(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A path into SUPER folds to lower case, in quotes too, unless a setting is made: what has capitals is then NULL without a word.

    Source: dg super-configurations, r_enable_case_sensitive_super_attribute.
    """
    if statement.procedure is None or statement.procedure.keeps_case:
        return
    told: set[str] = set()
    for i in statement.every("."):
        path = statement.words[i + 1 : i + 2]
        name = path[0].removeprefix("\0") if path and path[0].startswith("\0") else ""
        follows = statement.words[i + 2 : i + 3] == (".",) or (i >= 2 and statement.words[i - 2] == ".")
        if name != name.lower() and follows and name not in told:
            told.add(name)
            hint = "create the procedure with SET enable_case_sensitive_super_attribute TO TRUE"
            yield Problem(f"the path to `{name}` folds to lower case", statement.tokens[i + 1], hint)


RULES = (
    Rule("RF961", topic),
    Rule("RF962", maintainable),
    Rule("RF963", unguarded),
    warning("RF964", strict_cast),
    warning("RF965", filters),
    Rule("RF966", external_schema),
    Rule("RF967", clause_order),
    warning("RF968", capitals),
    warning("RF969", folded_path),
)
