"""What the statements of a fact share: names of its relations, its columns as they are read and shown, the latest state of a key."""

from retailflow.model.fact import Fact, FactKind, Parent, Role
from retailflow.model.table import Column, Table
from retailflow.sql.keys import reference
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.types import Kind


def base_name(fact: Fact) -> str:
    return temp("base", fact.name)


def fact_keys(fact: Fact) -> str:
    """Keys of the fact's table whose rows are to be made anew; filled by `sql.touch`."""
    return temp("keys", fact.name)


def there(parent: Parent) -> str:
    return f"{parent.table}_there"


def refers(s: Scope, columns: tuple[str, ...], parent: Table, alias: str, other: str, owner: Table | None = None) -> str:
    """`alias` (a relation with columns of `owner`, by default this table) refers to the key of `parent` in `other`."""
    table = owner or s.table
    pairs = zip(columns, parent.key, strict=True)
    return " AND ".join(
        f"{other}.{s.d.ident(k)} = {reference(s.d, f'{alias}.{s.d.ident(by)}', table.column(by), parent, k)}" for by, k in pairs
    )


def latest_rows(s: Scope, keys: str | None) -> str:
    """SELECT of the last state of each key that is a row, from the chain; deleted keys have none."""
    limited = f" JOIN {keys} AS k ON {on('c', 'k', s.keys)}" if keys else ""
    w = f"OVER (PARTITION BY {qualified('c', s.keys)} ORDER BY c._n"
    since = f"MIN(c._eff) OVER (PARTITION BY {qualified('c', s.keys)}, c._life) AS _since"
    numbered = f"SELECT c.*, {since}, LEAD(c._n) {w}) AS _later FROM {s.temp('chain')} AS c{limited}"
    return f"SELECT x.* FROM ({numbered}) AS x WHERE x._later IS NULL AND x._deleted = 0"


def owner_of(s: Scope, fact: Fact, column: str) -> Table:
    parent = fact.parent_of(column)
    return s.project.table(parent.table) if parent else s.table


def column_of(s: Scope, fact: Fact, name: str) -> Column:
    return owner_of(s, fact, name).column(name)


def shown_value(s: Scope, fact: Fact, name: str, alias: str) -> str:
    """A raw column as the fact shows it: in canonical form where it refers to a dimension."""
    d = s.d
    x = f"{alias}.{d.ident(name)}"
    if name in s.table.key:
        return x
    for role in fact.roles:
        if name in role.by and not role.is_date:
            dimension = s.project.table(role.dimension)
            return reference(d, x, column_of(s, fact, name), dimension, dimension.key[role.by.index(name)])
    return x


def is_periodic(fact: Fact) -> bool:
    return fact.kind is FactKind.PERIODIC_SNAPSHOT


def identity(s: Scope, fact: Fact) -> tuple[str, ...]:
    """What tells the rows of a fact apart."""
    return (*s.keys, "period_start") if is_periodic(fact) else s.keys


def is_versioned(s: Scope, role: Role) -> bool:
    dimension = s.project.table(role.dimension).dimension
    assert dimension is not None, "resolved: a role names a table with a dimension"
    return dimension.versioned


def moment(s: Scope, fact: Fact, role: Role, alias: str, since: str) -> str:
    """The time a role is looked up at, a timestamp."""
    name = role.time or fact.time
    if name is None:
        return f"{alias}.{since}"
    x = f"{alias}.{s.d.ident(name)}"
    if column_of(s, fact, name).type.kind is Kind.DATE:
        x = s.d.cast(x, s.d.timestamp_type)
    return f"COALESCE({x}, {alias}.{since})"
