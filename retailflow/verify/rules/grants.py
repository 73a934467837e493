"""GRANT by column and masking policies."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement


def by_column(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Only SELECT and UPDATE are granted by column, and not to be passed on. Source: dg r_GRANT."""
    tree = statement.tree
    if not isinstance(tree, exp.Grant):
        return
    columns = [p for p in tree.args.get("privileges") or () if p.expressions]
    for privilege in columns:
        if privilege.name.upper() not in ("SELECT", "UPDATE"):
            yield Problem(f"{privilege.name.upper()} is not granted by column", privilege)
    if columns and tree.args.get("grant_option"):
        yield Problem("what is granted by column cannot be passed on", columns[0], "leave out WITH GRANT OPTION")


def masking(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A policy is attached to one grantee by a statement, and its value is cast to the type of its column.

    Source: dg r_CREATE_MASKING_POLICY, r_ATTACH_MASKING_POLICY.
    """
    if statement.starts("ATTACH", "MASKING", "POLICY"):
        to = statement.find("TO")
        rest = statement.words[to:] if to is not None else ()
        if "," in rest:
            yield Problem("a masking policy is attached to one grantee at a time", statement.tokens[to or 0], "write a statement for each")
    if statement.starts("CREATE", "MASKING", "POLICY"):
        using = statement.find("USING")
        if using is not None and not any(word in statement.words[using:] for word in ("::", "CAST")):
            yield Problem("what a masking policy shows is cast to the type of its column", statement.tokens[using])


RULES = (Rule("RF984", by_column), Rule("RF985", masking))
