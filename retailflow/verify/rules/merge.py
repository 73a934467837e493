"""MERGE: two branches and no more, a target without an alias, names without a prefix."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog, table_name
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

_SYSTEM = ("pg_", "stl_", "stv_", "svl_", "svv_", "svcs_", "sys_")


def _merge(statement: Statement) -> exp.Merge | None:
    return statement.tree if isinstance(statement.tree, exp.Merge) else None


def shape(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """One WHEN MATCHED (update or delete), then one WHEN NOT MATCHED (insert), neither with a condition; or REMOVE DUPLICATES alone.

    Source: dg r_MERGE (syntax).
    """
    removes = statement.starts("MERGE") and statement.has("REMOVE", "DUPLICATES")
    if removes and statement.has("WHEN"):
        yield Problem("REMOVE DUPLICATES stands alone, without WHEN", statement.tokens[0])
    merge = _merge(statement)
    if merge is None or removes:
        return
    whens = merge.args["whens"].expressions
    for when in whens:
        if when.args.get("condition") is not None:
            yield Problem("a WHEN of MERGE takes no AND", when.args["condition"], "filter the source in a subquery")
        if when.args.get("source"):
            yield Problem("MERGE knows no NOT MATCHED BY SOURCE", statement.tokens[0], "delete those rows by a DELETE … USING of its own")
        if isinstance(when.args["then"], exp.Var) and when.args["then"].name.upper() != "DELETE":
            yield Problem("a WHEN of MERGE cannot do nothing", statement.tokens[0])
    kinds = [(bool(when.args.get("matched")), type(when.args["then"])) for when in whens]
    if [matched for matched, _ in kinds] != [True, False]:
        yield Problem(
            "MERGE has exactly one WHEN MATCHED, and after it one WHEN NOT MATCHED", statement.tokens[0], "or write UPDATE, INSERT"
        )
    elif kinds[1][1] is not exp.Insert or kinds[0][1] is exp.Insert:
        yield Problem("what matches is updated or deleted, what does not is inserted", statement.tokens[0])


def same_columns(statement: Statement, known: Catalog) -> Iterator[Problem]:
    """With REMOVE DUPLICATES both tables have the same columns in the same order. Source: dg r_MERGE (REMOVE DUPLICATES)."""
    if not (statement.starts("MERGE", "INTO") and statement.has("REMOVE", "DUPLICATES") and statement.has("USING")):
        return
    target, source = (known.get(_named(statement, word)) for word in ("INTO", "USING"))
    if target is not None and source is not None and target.names != source.names:
        yield Problem("REMOVE DUPLICATES needs the same columns in the same order on both sides", statement.tokens[0])


def _named(statement: Statement, word: str) -> str:
    """The relation behind a word, in lower case."""
    i = (statement.find(word) or 0) + 1
    parts = [statement.words[i]]
    while statement.words[i + 1 : i + 2] == (".",):
        i += 2
        parts.append(statement.words[i])
    return ".".join(part.strip("\0") for part in parts).lower()


def target_alias(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """The target of MERGE cannot have an alias; its columns are written `table.column`. Source: agent toolkit, redshift SQL semantics."""
    merge = _merge(statement)
    if merge is not None and merge.this.args.get("alias") is not None:
        yield Problem("the target of MERGE takes no alias", merge.this.args["alias"], "write the name of the table before its columns")


def prefixed(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Columns that are set or inserted are written without the table. Source: dg r_MERGE, r_UPDATE (parameters)."""
    merge = _merge(statement)
    assigned: list[exp.Expr] = []
    if merge is not None:
        for when in merge.args["whens"].expressions:
            then = when.args["then"]
            if isinstance(then, exp.Update):
                assigned += [e.this for e in then.expressions]
            if isinstance(then, exp.Insert) and isinstance(then.this, exp.Tuple):
                assigned += then.this.expressions
    if isinstance(statement.tree, exp.Update):
        assigned += [e.this for e in statement.tree.expressions]
    for column in assigned:
        if isinstance(column, exp.Column) and column.table:
            yield Problem(f"`{column.sql()}` is assigned with a prefix", column, f"write `{column.name}`")


def with_clause(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A MERGE can neither begin with nor contain WITH. Source: dg r_MERGE (usage notes)."""
    merge = _merge(statement)
    found = merge.find(exp.With) if merge is not None else None
    if found is not None:
        yield Problem("MERGE and WITH do not go together", found, "use a subquery or a temporary table as the source")


def reads_target(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """The source can be neither the target nor a subquery that reads it. Source: dg r_MERGE (usage notes, and the error it names)."""
    merge = _merge(statement)
    if merge is None:
        return
    target = table_name(merge.this)
    for table in merge.args["using"].find_all(exp.Table):
        if table_name(table) == target:
            yield Problem(f"the source of MERGE reads its target `{target}`", table, "put the source into a temporary table first")


def system_target(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """System and catalog tables cannot be merged into. Source: dg r_MERGE (parameters)."""
    merge = _merge(statement)
    if merge is not None and (merge.this.name.lower().startswith(_SYSTEM) or merge.this.db.lower() == "information_schema"):
        yield Problem(f"`{merge.this.name}` is a system table, which MERGE cannot change", merge.this)


def super_path(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A part of a SUPER column can be neither matched nor merged. Source: dg r_MERGE (limitations of SUPER)."""
    merge = _merge(statement)
    if merge is None:
        return
    names = {merge.args["using"].alias_or_name.lower()}
    for column in (*merge.args["on"].find_all(exp.Column, exp.Dot), *merge.args["whens"].find_all(exp.Column, exp.Dot)):
        first = column.sql(dialect="redshift").split(".")
        if first[0].strip('"').lower() in names and len(first) > 2:
            yield Problem(f"`{column.sql(dialect='redshift')}` is a part of a SUPER value", column, "take the parts out in the source")


def nullable_key(statement: Statement, known: Catalog) -> Iterator[Problem]:
    """A NULL matches nothing, so a row with a NULL in its key is inserted by every run. Source: dg r_MERGE (NOT MATCHED)."""
    merge = _merge(statement)
    columns = known.get(table_name(merge.this)) if merge is not None else None
    if merge is None or columns is None:
        return
    for column in merge.args["on"].find_all(exp.Column):
        if column.table.lower() == merge.this.name.lower() and column.name.lower() in columns.nullable:
            yield Problem(f"`{column.name}` can be NULL, and a NULL never matches", column, "declare it NOT NULL")


def unequal(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """The match is described as equalities between columns of the two. Source: dg r_MERGE (match_condition)."""
    merge = _merge(statement)
    if merge is None:
        return
    for condition in merge.args["on"].flatten() if isinstance(merge.args["on"], exp.And) else (merge.args["on"],):
        if not isinstance(condition.unnest(), exp.EQ):
            yield Problem("MERGE matches by equality of columns", condition)


RULES = (
    Rule("RF901", shape),
    Rule("RF902", target_alias),
    Rule("RF903", prefixed),
    Rule("RF904", with_clause),
    Rule("RF905", reads_target),
    Rule("RF906", system_target),
    Rule("RF907", super_path),
    warning("RF908", nullable_key),
    warning("RF909", unequal),
    Rule("RF910", same_columns),
)
