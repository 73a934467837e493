"""Functions: those that are missing, those that only the leader node knows, and those that overflow."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

_MISSING = {
    "STRING_AGG": "LISTAGG",
    "ARRAY_AGG": "LISTAGG, or ARRAY over a SUPER value",
    "GENERATE_SERIES": "a table of numbers",
    "TO_TSVECTOR": None,
    "TO_TSQUERY": None,
    "REGEXP_MATCHES": "REGEXP_SUBSTR",
    "JSONB_EXTRACT_PATH": "JSON_EXTRACT_PATH_TEXT, or a path into SUPER",
    "UNNEST_ARRAY": None,
}
_LEADER = {
    "NOW": "GETDATE() or SYSDATE",
    "AGE": "DATEDIFF",
    "SUBSTR": "SUBSTRING",
    "CURRENT_TIMESTAMP": "SYSDATE",
    "LOCALTIMESTAMP": "SYSDATE",
    "LOCALTIME": "SYSDATE",
    "CURRENT_TIME": "SYSDATE",
}
_WITHOUT_BRACKETS = ("CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "LOCALTIME", "CURRENT_TIME")


def _called(statement: Statement, name: str) -> Iterator[int]:
    """Where the function is called; a column or table of its name is none."""
    for i in statement.every(name):
        following = statement.tokens[i + 1] if i + 1 < len(statement.tokens) else None
        before = statement.tokens[i - 1] if i else None
        if before is not None and before.token_type is TokenType.DOT:
            continue
        if name in _WITHOUT_BRACKETS or (following is not None and following.token_type is TokenType.L_PAREN):
            yield i


def missing(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Functions of PostgreSQL that Redshift lacks. Source: agent toolkit, redshift SQL syntax; dg c_unsupported-postgresql-functions."""
    for name, instead in _MISSING.items():
        for i in _called(statement, name):
            yield Problem(f"Redshift has no {name}", statement.tokens[i], f"use {instead}" if instead else None)


def leader_only(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """These run on the leader node, and fail as soon as a table of one's own is read. Source: dg c_SQL_functions_leader_node_only."""
    if next(statement.all(exp.Table), None) is None:
        return
    for name, instead in _LEADER.items():
        for i in _called(statement, name):
            yield Problem(f"{name} is known to the leader node only", statement.tokens[i], f"use {instead}")


def overflow(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """STRTOL gives 64 bits with a sign, so 16 hexadecimal digits overflow for half of all hashes. Source: dg r_STRTOL."""
    for call in statement.all(exp.FromBase):
        digits = _digits(call.this) if call.expression.name == "16" else None
        if digits is not None and digits >= 16:
            yield Problem(f"{digits} hexadecimal digits do not fit 64 bits with a sign", call, "take 15, or two times 8")


def _digits(text: exp.Expr) -> int | None:
    """How many characters of a text are taken, where that is said."""
    length = text.args.get("length") if isinstance(text, exp.Substring) else text.expression if isinstance(text, exp.Left) else None
    return int(length.name) if isinstance(length, exp.Literal) and length.name.isdigit() else None


RULES = (Rule("RF949", missing), warning("RF976", overflow), Rule("RF977", leader_only))
