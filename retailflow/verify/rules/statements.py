"""INSERT, UPDATE, DELETE: where WITH, USING and aliases stand, and what is not there at all."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement


def delete(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """DELETE gives no aliases, and with USING it needs FROM. Source: dg r_DELETE (syntax)."""
    tree = statement.tree
    if not isinstance(tree, exp.Delete):
        return
    if isinstance(tree.this, exp.Table) and tree.this.args.get("alias") is not None:
        yield Problem("the table of a DELETE takes no alias", tree.this.args["alias"], "write the name of the table before its columns")
    for table in tree.args.get("using") or ():
        if table.args.get("alias") is not None:
            yield Problem("a table in USING takes no alias", table.args["alias"], "write the name of the table before its columns")
    at = statement.find("DELETE")
    if tree.args.get("using") and at is not None and statement.words[at + 1] != "FROM":
        yield Problem("DELETE with USING needs FROM", statement.tokens[at])


def insert_with(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """WITH stands inside of the SELECT that is inserted, not before INSERT. Source: dg r_WITH_clause."""
    tree = statement.tree
    if isinstance(tree, exp.Insert) and statement.starts("WITH"):
        yield Problem("WITH stands behind INSERT INTO, before its SELECT", statement.tokens[0])


def elsewhere(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """There is neither RETURNING nor ON CONFLICT. Source: agent toolkit, redshift SQL syntax."""
    tree = statement.tree
    if isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge):
        for clause in tree.find_all(exp.Returning, exp.OnConflict):
            name = "RETURNING" if isinstance(clause, exp.Returning) else "ON CONFLICT"
            at = statement.find(*name.split())
            yield Problem(f"Redshift has no {name}", statement.tokens[at] if at is not None else None, "use MERGE, or look the rows up")


RULES = (Rule("RF945", delete), Rule("RF946", insert_with), Rule("RF947", elsewhere))
