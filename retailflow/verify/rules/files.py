"""COPY and UNLOAD: which options go with which format."""

from collections.abc import Iterator

from sqlglot import parse_one
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement

_COLUMNAR = ("PARQUET", "ORC")
_NOT_COLUMNAR = (
    *("MAXERROR", "REGION", "DELIMITER", "DATEFORMAT", "TIMEFORMAT", "ACCEPTANYDATE", "GZIP", "LZOP", "BZIP2", "ZSTD", "IGNOREHEADER"),
    *("COMPUPDATE", "JSON", "CSV", "FIXEDWIDTH", "QUOTE", "ESCAPE", "REMOVEQUOTES", "TRIMBLANKS", "TRUNCATECOLUMNS", "ENCODING"),
)
_UNLOAD = {
    "PARQUET": ("DELIMITER", "FIXEDWIDTH", "ADDQUOTES", "ESCAPE", "HEADER", "GZIP", "BZIP2", "ZSTD"),
    "JSON": ("DELIMITER", "HEADER", "FIXEDWIDTH", "ADDQUOTES", "ESCAPE"),
}


def copy(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """COPY of PARQUET and ORC takes few options; columns are matched by position. Source: dg copy-usage_notes-copy-from-columnar."""
    if not statement.starts("COPY") or not any(statement.has(kind) for kind in _COLUMNAR):
        return
    kind = next(k for k in _COLUMNAR if statement.has(k))
    for option in _NOT_COLUMNAR:
        for i in statement.every(option):
            yield Problem(f"COPY of {kind} takes no {option}", statement.tokens[i])
    null = statement.find("NULL", "AS")
    if null is not None:
        yield Problem(f"COPY of {kind} takes no NULL AS", statement.tokens[null])


def unload(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """The query has no LIMIT outside, PARQUET and JSON take no options of text, CLEANPATH and ALLOWOVERWRITE exclude each other.

    Source: dg r_UNLOAD.
    """
    if not statement.starts("UNLOAD"):
        return
    for kind, options in _UNLOAD.items():
        if statement.has(kind):
            for option in options:
                for i in statement.every(option):
                    yield Problem(f"UNLOAD of {kind} takes no {option}", statement.tokens[i])
            null = statement.find("NULL", "AS")
            if null is not None:
                yield Problem(f"UNLOAD of {kind} takes no NULL AS", statement.tokens[null])
    if statement.has("CLEANPATH") and statement.has("ALLOWOVERWRITE"):
        yield Problem("CLEANPATH and ALLOWOVERWRITE exclude each other", statement.tokens[0])
    query = next((t for t in statement.tokens if t.token_type in (TokenType.STRING, TokenType.HEREDOC_STRING)), None)
    if query is not None and _has_limit(query.text):
        yield Problem("the query of UNLOAD has no LIMIT outside", query, "put the LIMIT into a subquery")


def _has_limit(query: str) -> bool:
    try:
        return parse_one(query, dialect="redshift").args.get("limit") is not None
    except SqlglotError:
        return False


RULES = (Rule("RF981", copy), Rule("RF982", unload))
