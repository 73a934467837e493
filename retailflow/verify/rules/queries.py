"""SELECT: constructs of PostgreSQL that Redshift lacks, and QUALIFY."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement


def constructs(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """No VALUES in FROM, no LATERAL, no DISTINCT ON, no FILTER, no ARRAY[…]. Source: agent toolkit, redshift SQL syntax; dg
    c_unsupported-postgresql-features."""
    for values in statement.all(exp.Values):
        if not isinstance(values.parent, exp.Insert):
            yield Problem("VALUES is no table in FROM", values, "write SELECT … UNION ALL SELECT …")
    for lateral in statement.all(exp.Lateral):
        yield Problem("Redshift has no LATERAL", lateral)
    for distinct in statement.all(exp.Distinct):
        if distinct.args.get("on") is not None:
            yield Problem("Redshift has no DISTINCT ON", distinct, "number the rows by ROW_NUMBER, and keep the first by QUALIFY")
    for kept in statement.all(exp.Filter):
        yield Problem("an aggregate takes no FILTER", kept, "put a CASE into it")
    for i in statement.every("ARRAY", "["):
        yield Problem("Redshift has no ARRAY[…]", statement.tokens[i], "ARRAY(…) makes a SUPER value")


def qualify(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Where QUALIFY follows FROM at once, the relation needs an alias, else QUALIFY is read as one. Source: dg r_QUALIFY_clause."""
    for select in statement.all(exp.Select):
        clauses = ("where", "group", "having", "joins", "laterals")
        if select.args.get("qualify") is None or any(select.args.get(c) for c in clauses):
            continue
        relation = select.args["from_"].this if select.args.get("from_") is not None else None
        if relation is not None and not relation.alias:
            yield Problem("without WHERE, QUALIFY needs an alias before it", relation, "give the relation one")


RULES = (Rule("RF948", constructs), Rule("RF971", qualify))
