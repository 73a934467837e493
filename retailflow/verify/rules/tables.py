"""CREATE: clauses Redshift lacks, attributes that contradict each other, columns that cannot be keys."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

MOST_COLUMNS, MOST_SORTED, MOST_INTERLEAVED = 1600, 400, 8
_NOT_KEYS = ("VARBYTE", "VARBINARY", "SUPER", "GEOMETRY", "GEOGRAPHY", "HLLSKETCH")
_MISSING = ("INDEX", "SEQUENCE", "TRIGGER", "TYPE", "DOMAIN", "TABLESPACE", "RULE", "AGGREGATE", "OPERATOR", "EXTENSION")
_CLAUSES = (exp.PartitionedByProperty, exp.InheritsProperty)


def created(statement: Statement, kind: str = "TABLE") -> exp.Create | None:
    tree = statement.tree
    return tree if isinstance(tree, exp.Create) and tree.kind == kind else None


def definitions(create: exp.Create) -> list[exp.ColumnDef]:
    return [e for e in create.this.expressions if isinstance(e, exp.ColumnDef)] if isinstance(create.this, exp.Schema) else []


def clauses(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """There are no CHECK and EXCLUDE constraints, partitions, inheritance or generated columns.

    Source: dg c_unsupported-postgresql-features.
    """
    create = created(statement)
    if create is None:
        return
    for check in create.find_all(exp.CheckColumnConstraint):
        yield Problem("Redshift has no CHECK constraints", check)
    for generated in create.find_all(exp.ComputedColumnConstraint, exp.GeneratedAsRowColumnConstraint):
        yield Problem("Redshift has no generated columns", generated)
    at = statement.find("EXCLUDE")
    if at is not None and definitions(create):
        yield Problem("Redshift has no EXCLUDE constraints", statement.tokens[at])
    iceberg = statement.has("USING", "ICEBERG") or statement.has("EXTERNAL")
    for words in (("PARTITION BY",), ("INHERITS",)):
        found = statement.find(*words)
        if found is not None and definitions(create) and not iceberg:
            yield Problem(f"Redshift has no {' '.join(words)}", statement.tokens[found])


def default(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A DEFAULT has no subquery and no column in it. Source: dg r_CREATE_TABLE_NEW (DEFAULT)."""
    create = created(statement)
    for constraint in create.find_all(exp.DefaultColumnConstraint) if create is not None else ():
        for part in constraint.find_all(exp.Select, exp.Column):
            yield Problem("a DEFAULT is made of constants", part)
            break


def identity(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """IDENTITY columns are INTEGER or BIGINT. Source: dg r_CREATE_TABLE_NEW (IDENTITY)."""
    create = created(statement)
    for definition in definitions(create) if create is not None else ():
        kinds = [c.kind for c in definition.constraints]
        is_identity = any(isinstance(k, exp.GeneratedAsIdentityColumnConstraint) for k in kinds)
        if is_identity and definition.kind is not None and not definition.kind.is_type("int", "bigint"):
            yield Problem(f"`{definition.name}` counts itself, so it is INTEGER or BIGINT", definition)


def like(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """LIKE brings distribution, sort keys and BACKUP along; they cannot be given beside it. Source: dg r_CREATE_TABLE_NEW (LIKE)."""
    create = created(statement)
    if (
        create is None
        or not isinstance(create.this, exp.Schema)
        or not any(isinstance(e, exp.LikeProperty) for e in create.this.expressions)
    ):
        return
    given = (exp.DistStyleProperty, exp.DistKeyProperty, exp.SortKeyProperty, exp.BackupProperty)
    for attribute in create.args["properties"].expressions if create.args.get("properties") else ():
        if isinstance(attribute, given):
            yield Problem("LIKE brings this along, so it cannot be given", attribute)


def distribution(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A DISTKEY goes with DISTSTYLE KEY, or with none. Source: dg r_CREATE_TABLE_NEW (DISTKEY)."""
    create = statement.tree if isinstance(statement.tree, exp.Create) else None
    style = create.find(exp.DistStyleProperty) if create is not None else None
    key = create.find(exp.DistKeyProperty) if create is not None else None
    if style is not None and key is not None and style.this.name.upper() != "KEY":
        yield Problem(f"a DISTKEY does not go with DISTSTYLE {style.this.name.upper()}", key)


def key_types(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Rows are neither distributed nor sorted by binary, SUPER, spatial and sketch columns.

    Source: dg r_CREATE_TABLE_NEW (DISTKEY, SORTKEY).
    """
    create = created(statement)
    if create is None:
        return
    types = {d.name.lower(): d.kind.sql(dialect="redshift").upper() for d in definitions(create) if d.kind is not None}
    for attribute in create.find_all(exp.DistKeyProperty, exp.SortKeyProperty):
        named = attribute.this if isinstance(attribute.this, list) else [attribute.this]
        for column in named:
            kind = types.get(column.name.lower(), "")
            if kind.startswith(_NOT_KEYS):
                yield Problem(f"`{column.name}` is {kind}, which rows are neither distributed nor sorted by", column)


def too_many(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """At most 1,600 columns, 400 of them in a compound and 8 in an interleaved sort key. Source: dg r_CREATE_TABLE_NEW."""
    create = created(statement)
    if create is None:
        return
    columns = definitions(create)
    if len(columns) > MOST_COLUMNS:
        yield Problem(f"a table has at most {MOST_COLUMNS:,} columns, this one {len(columns):,}", columns[MOST_COLUMNS])
    for key in create.find_all(exp.SortKeyProperty):
        most = MOST_INTERLEAVED if statement.has("INTERLEAVED", "SORTKEY") else MOST_SORTED
        if len(key.this) > most:
            yield Problem(f"this sort key has at most {most} columns", key.this[most])


def temporary(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A temporary table is in no schema one could name. Source: dg r_CREATE_TABLE_NEW (TEMPORARY)."""
    create = created(statement)
    if create is not None and create.find(exp.TemporaryProperty) is not None:
        table = create.this.this if isinstance(create.this, exp.Schema) else create.this
        if table.db:
            yield Problem(f"the temporary table `{table.name}` is given a schema", table, f"write `{table.name}`")


def existence(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """CREATE TABLE … AS, views and materialized views know no IF NOT EXISTS; materialized views no OR REPLACE.

    Source: dg r_CREATE_TABLE_AS, r_CREATE_VIEW, materialized-view-create-sql-command.
    """
    tree = statement.tree
    if not isinstance(tree, exp.Create) or tree.kind not in ("TABLE", "VIEW"):
        return
    materialized = tree.find(exp.MaterializedProperty) is not None
    what = "CREATE MATERIALIZED VIEW" if materialized else "CREATE VIEW" if tree.kind == "VIEW" else "CREATE TABLE … AS"
    if tree.args.get("exists") and (tree.kind == "VIEW" or tree.expression is not None):
        yield Problem(f"{what} knows no IF NOT EXISTS", tree.this)
    if materialized and tree.args.get("replace"):
        yield Problem(f"{what} knows no OR REPLACE", tree.this, "drop it first; a streaming view then reads its topic anew")


def objects(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """There are no indexes, sequences, triggers, types, domains, tablespaces. Source: dg c_unsupported-postgresql-features."""
    if statement.words[0] not in ("CREATE", "DROP", "ALTER"):
        return
    rest = [w for w in statement.words[1:5] if w not in ("OR", "REPLACE", "UNIQUE", "CONSTRAINT", "CONCURRENTLY")]
    if rest and rest[0] in _MISSING:
        yield Problem(f"Redshift has no {rest[0]}", statement.tokens[0])


def encode(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """One explicit ENCODE turns automatic encoding off for the whole table. Source: dg r_CREATE_TABLE_NEW (ENCODE AUTO)."""
    create = created(statement)
    found = create.find(exp.EncodeColumnConstraint) if create is not None else None
    if found is not None and found.this.name.upper() != "AUTO":
        yield Problem("one ENCODE turns automatic encoding off for all columns", found)


RULES = (
    Rule("RF921", clauses),
    Rule("RF922", default),
    Rule("RF923", identity),
    Rule("RF924", like),
    Rule("RF925", distribution),
    Rule("RF926", key_types),
    Rule("RF927", too_many),
    Rule("RF928", temporary),
    Rule("RF929", existence),
    Rule("RF930", objects),
    warning("RF931", encode),
)
