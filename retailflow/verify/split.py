"""A file of SQL taken apart: statements, also those of procedures, each knowing whether it runs in a transaction with others."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from retailflow.verify.body import sql_of
from retailflow.verify.statement import Procedure, Statement, is_word, make
from retailflow.verify.tokens import tokens_of

_REDSHIFT = Redshift()


def statements(text: str) -> Iterator[Statement]:
    """In order of the file; a procedure comes before what is in it. Raises UnreadableError."""
    in_block = False
    for tokens in _pieces(tokens_of(text)):
        statement = _parsed(text, 0, tokens)
        first = statement.words[0]
        if first in ("COMMIT", "END", "ROLLBACK", "ABORT"):
            in_block = False
        yield replace(statement, in_block=in_block)
        if first == "BEGIN" or statement.starts("START", "TRANSACTION"):
            in_block = True
        if statement.starts("CREATE", "PROCEDURE") or statement.starts("CREATE", "OR", "REPLACE", "PROCEDURE"):
            yield from _body(statement, text)


def _body(created: Statement, text: str) -> Iterator[Statement]:
    words = created.words
    after = words[words.index("LANGUAGE") :] if "LANGUAGE" in words else ()
    keeps_case = any(word.startswith("ENABLE_CASE_SENSITIVE_") for word in after)
    procedure = Procedure("SET" in after, "NONATOMIC" in words, keeps_case)
    for token in created.tokens:
        if token.token_type is TokenType.HEREDOC_STRING:
            body, start = token.text, token.start + text[token.start : token.end + 1].index(token.text)
            for found in sql_of(tokens_of(body)):
                yield replace(_parsed(body, start, found), procedure=procedure, in_block=not procedure.nonatomic)


def _pieces(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    piece: list[Token] = []
    for token in tokens:
        if token.token_type is not TokenType.SEMICOLON:
            piece.append(token)
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _parsed(source: str, offset: int, tokens: Sequence[Token]) -> Statement:
    return make(source, offset, tokens, _tree(source, tokens) if is_word(tokens[0]) else None)


def _tree(source: str, tokens: Sequence[Token]) -> exp.Expr | None:
    """None for what sqlglot leaves whole; what it says of that is not for whoever lints."""
    log = logging.getLogger("sqlglot")
    before, log.disabled = log.disabled, True
    readable = [token for token in tokens if token.text.upper() != "INTERLEAVED"]  # it stumbles over that word alone
    try:
        tree = _REDSHIFT.parser().parse(readable, source)[0]
    except SqlglotError:
        return None
    finally:
        log.disabled = before
    return None if tree is None or isinstance(tree, exp.Command) else tree
