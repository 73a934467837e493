"""Iceberg tables: written their own way."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.rules.tables import created, definitions
from retailflow.verify.statement import Statement


def shape(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """USING ICEBERG, not STORED AS; no constraints and no LIKE; texts without a length. Source: dg iceberg-writes-sql-syntax."""
    create = created(statement)
    if create is None:
        return
    stored = statement.find("STORED", "AS", "ICEBERG")
    if stored is not None:
        yield Problem("an Iceberg table is made by USING ICEBERG", statement.tokens[stored])
    if not statement.has("USING", "ICEBERG"):
        return
    if isinstance(create.this, exp.Schema) and any(isinstance(e, exp.LikeProperty) for e in create.this.expressions):
        yield Problem("an Iceberg table is not made LIKE another", statement.tokens[0])
    for definition in definitions(create):
        if definition.constraints:
            yield Problem(f"`{definition.name}`: columns of Iceberg tables have no constraints", definition)
        kind = definition.kind
        if isinstance(kind, exp.DataType) and kind.is_type("varchar") and kind.expressions:
            yield Problem(f"`{definition.name}`: texts of Iceberg tables have no length", definition)


RULES = (Rule("RF988", shape),)
