"""Text to tokens: every word of every statement, also of those that sqlglot leaves whole because it makes no tree of them."""

from typing import ClassVar

from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token


class _EveryWord(Redshift):
    class Tokenizer(Redshift.Tokenizer):
        COMMANDS: ClassVar = set()


class UnreadableError(Exception):
    """Not even tokens: a text or a comment that has no end."""


_DIALECT = _EveryWord()


def tokens_of(text: str) -> tuple[Token, ...]:
    try:
        return tuple(_DIALECT.tokenize(text))
    except SqlglotError as error:
        raise UnreadableError from error
