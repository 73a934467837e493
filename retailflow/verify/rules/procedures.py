"""Stored procedures: what their bodies may hold and how they may be declared."""

from collections.abc import Iterator

from sqlglot.tokenizer_core import TokenType

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement

MOST_BYTES, MOST_ARGUMENTS = 2 * 1024 * 1024, 32
_NEVER = (
    ("PREPARE",),
    ("CREATE", "DATABASE"),
    ("DROP", "DATABASE"),
    ("CREATE", "EXTERNAL", "TABLE"),
    ("VACUUM",),
    ("SET", "LOCAL"),
)
_ENDS = ("COMMIT", "ROLLBACK", "TRUNCATE")


def creates(statement: Statement) -> bool:
    return statement.starts("CREATE", "PROCEDURE") or statement.starts("CREATE", "OR", "REPLACE", "PROCEDURE")


def never(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Statements that need a transaction of their own cannot be in a procedure. Source: dg stored-procedure-constraints."""
    if statement.procedure is None:
        return
    for words in _NEVER:
        if statement.starts(*words):
            yield Problem(f"{' '.join(words)} cannot be in a procedure", statement.tokens[0])
    if statement.starts("ALTER", "TABLE") and statement.has("APPEND", "FROM"):
        yield Problem("ALTER TABLE APPEND cannot be in a procedure", statement.tokens[0])
    if statement.starts("CREATE", "TABLE") and statement.has("USING", "ICEBERG"):
        yield Problem("a procedure cannot write to Iceberg tables", statement.tokens[0])


def ends_transaction(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A procedure created with SET cannot commit, roll back or truncate; dynamic SQL can never commit or roll back.

    Source: dg stored-procedure-transaction-management.
    """
    if statement.procedure is None:
        return
    if statement.procedure.has_settings and statement.words[0] in _ENDS:
        yield Problem(f"a procedure that was created with SET cannot {statement.words[0]}", statement.tokens[0])
    if statement.words[0] == "EXECUTE":
        for token in statement.tokens:
            if token.token_type is TokenType.STRING and token.text.strip().upper().split(" ")[0].rstrip(";") in ("COMMIT", "ROLLBACK"):
                yield Problem("a transaction is not ended by dynamic SQL", token, "write COMMIT or ROLLBACK itself")


def nonatomic(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """NONATOMIC goes neither with SECURITY DEFINER nor with SET. Source: dg r_CREATE_PROCEDURE."""
    if creates(statement) and statement.has("NONATOMIC"):
        if statement.has("SECURITY", "DEFINER"):
            yield Problem("NONATOMIC and SECURITY DEFINER do not go together", statement.tokens[0])
        if "SET" in statement.words:
            yield Problem("NONATOMIC and SET do not go together", statement.tokens[0])


def too_large(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A procedure has at most 2 MB of source and 32 arguments each way. Source: dg stored-procedure-constraints."""
    if not creates(statement):
        return
    size = len(statement.text.encode())
    if size > MOST_BYTES:
        yield Problem(f"the source of a procedure has at most 2 MB, this one {size:,} bytes", statement.tokens[0])
    arguments = _arguments(statement)
    if arguments > MOST_ARGUMENTS:
        yield Problem(f"a procedure has at most {MOST_ARGUMENTS} arguments each way, this one {arguments}", statement.tokens[0])


def _arguments(statement: Statement) -> int:
    """The larger of the numbers of arguments in and out."""
    counts, depth, current = {"in": 0, "out": 0}, 0, ""
    for token, word in zip(statement.tokens, statement.words, strict=True):
        if token.token_type is TokenType.L_PAREN:
            depth += 1
        elif token.token_type is TokenType.R_PAREN:
            depth -= 1
            if depth == 0:
                break
        if depth == 1 and token.token_type is TokenType.COMMA:
            current = ""
        elif depth == 1 and token.token_type is not TokenType.L_PAREN and not current:
            current = word
            counts["out" if word in ("OUT", "INOUT") else "in"] += 1
        elif depth == 1 and word in ("OUT", "INOUT"):
            counts["out"] += 1
    return max(counts.values())


RULES = (Rule("RF915", never), Rule("RF916", ends_transaction), Rule("RF917", nonatomic), Rule("RF918", too_large))
