"""Tables that the linted files create, by name: what one statement can be held against another by."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from retailflow.verify.statement import Statement


@dataclass(frozen=True, slots=True)
class Columns:
    """In lower case; `nullable` are those of them that may be NULL, `fixed` those that have a DEFAULT or are in a constraint, so that they
    can never be widened, `placed` those that rows are distributed or sorted by."""

    names: tuple[str, ...]
    nullable: frozenset[str]
    fixed: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()


Catalog = dict[str, Columns]
_FIXING = (exp.DefaultColumnConstraint, exp.UniqueColumnConstraint, exp.PrimaryKeyColumnConstraint, exp.Reference)


def catalog(statements: Iterable[Statement]) -> Catalog:
    found: Catalog = {}
    for statement in statements:
        tree = statement.tree
        if isinstance(tree, exp.Create) and tree.kind == "TABLE" and isinstance(tree.this, exp.Schema):
            definitions = [e for e in tree.this.expressions if isinstance(e, exp.ColumnDef)]
            primary = {c.name.lower() for key in tree.this.find_all(exp.PrimaryKey) for c in key.expressions}
            nullable = (d.name.lower() for d in definitions if d.name.lower() not in primary and not _is_required(d))
            names = tuple(d.name.lower() for d in definitions)
            fixed = (d.name.lower() for d in definitions if any(isinstance(c.kind, _FIXING) for c in d.constraints))
            found[table_name(tree.this.this)] = Columns(names, frozenset(nullable), frozenset((*primary, *fixed)), _placed(tree))
    return found


def _placed(create: exp.Create) -> frozenset[str]:
    keys = (key.this for key in create.find_all(exp.DistKeyProperty, exp.SortKeyProperty))
    return frozenset(column.name.lower() for key in keys for column in (key if isinstance(key, list) else [key]))


def table_name(table: exp.Expr) -> str:
    """`schema.table` in lower case."""
    return ".".join(part.name for part in table.parts).lower() if isinstance(table, exp.Table) else table.name.lower()


def _is_required(definition: exp.ColumnDef) -> bool:
    kinds = [constraint.kind for constraint in definition.constraints]
    required = (exp.PrimaryKeyColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)
    return any((isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null")) or isinstance(k, required) for k in kinds)
