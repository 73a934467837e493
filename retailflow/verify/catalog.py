"""Tables that the linted files create, by name: what one statement can be held against another by."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from retailflow.verify.statement import Statement


@dataclass(frozen=True, slots=True)
class Columns:
    """In lower case; `nullable` are those of them that may be NULL."""

    names: tuple[str, ...]
    nullable: frozenset[str]


Catalog = dict[str, Columns]


def catalog(statements: Iterable[Statement]) -> Catalog:
    found: Catalog = {}
    for statement in statements:
        tree = statement.tree
        if isinstance(tree, exp.Create) and tree.kind == "TABLE" and isinstance(tree.this, exp.Schema):
            definitions = [e for e in tree.this.expressions if isinstance(e, exp.ColumnDef)]
            primary = {c.name.lower() for key in tree.this.find_all(exp.PrimaryKey) for c in key.expressions}
            nullable = (d.name.lower() for d in definitions if d.name.lower() not in primary and not _is_required(d))
            found[table_name(tree.this.this)] = Columns(tuple(d.name.lower() for d in definitions), frozenset(nullable))
    return found


def table_name(table: exp.Expr) -> str:
    """`schema.table` in lower case."""
    return ".".join(part.name for part in table.parts).lower() if isinstance(table, exp.Table) else table.name.lower()


def _is_required(definition: exp.ColumnDef) -> bool:
    kinds = [constraint.kind for constraint in definition.constraints]
    required = (exp.PrimaryKeyColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)
    return any((isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null")) or isinstance(k, required) for k in kinds)
