"""The SQL in the body of a procedure, told from the language around it."""

from collections.abc import Generator, Iterator, Sequence

from sqlglot.tokenizer_core import Token, TokenType

# What begins a statement of the language itself; what follows up to the semicolon is its own affair.
_OWN = frozenset(("RAISE", "RETURN", "EXIT", "CONTINUE", "NULL", "OPEN", "FETCH", "CLOSE", "END", "MOVE", "GET"))
_BEFORE_STATEMENTS = {"IF": "THEN", "ELSIF": "THEN", "ELSEIF": "THEN", "WHEN": "THEN", "EXCEPTION": "THEN", "WHILE": "LOOP"}


def sql_of(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement of SQL."""
    i, n = _beginning(tokens), len(tokens)
    while i < n:
        word = tokens[i].text.upper()
        if word in ("BEGIN", "ELSE", "LOOP") or tokens[i].token_type is TokenType.SEMICOLON:
            i += 1
        elif word in _BEFORE_STATEMENTS:
            i = _after(tokens, i + 1, _BEFORE_STATEMENTS[word])
        elif word == "FOR":
            i = yield from _loop(tokens, i)
        else:
            end = _end(tokens, i)
            if word not in _OWN and not _assigns(tokens, i):
                yield _found(tokens[i:end])
            i = end + 1


def _beginning(tokens: Sequence[Token]) -> int:
    """Past the declarations."""
    return next((i for i, token in enumerate(tokens) if token.text.upper() == "BEGIN"), 0)


def _after(tokens: Sequence[Token], i: int, word: str) -> int:
    """Past the word that ends a condition; the THEN of a CASE in it is not the one."""
    depth = 0
    while i < len(tokens):
        here = tokens[i].text.upper()
        depth += 1 if here == "CASE" else -1 if here == "END" else 0
        i += 1
        if here == word and depth == 0:
            break
    return i


def _end(tokens: Sequence[Token], i: int) -> int:
    return next((j for j in range(i, len(tokens)) if tokens[j].token_type is TokenType.SEMICOLON), len(tokens))


def _assigns(tokens: Sequence[Token], i: int) -> bool:
    return i + 1 < len(tokens) and tokens[i + 1].token_type in (TokenType.COLON_EQ, TokenType.EQ)


def _loop(tokens: Sequence[Token], i: int) -> Generator[list[Token], None, int]:
    """`FOR x IN SELECT … LOOP`; returns where the statements of the loop begin."""
    end = _after(tokens, i + 1, "LOOP")
    start = next((j for j in range(i, end) if tokens[j].text.upper() in ("SELECT", "WITH")), None)
    if start is not None:
        yield _found(tokens[start : end - 1])
    return end


def _found(tokens: Sequence[Token]) -> list[Token]:
    """The variables of a SELECT INTO are left out, so that it reads as the SELECT it is."""
    if tokens[0].text.upper() != "SELECT":
        return list(tokens)
    left_out = {i for a, b in _into(tokens) for i in range(a, b)}
    return [token for i, token in enumerate(tokens) if i not in left_out]


def _into(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    depth = 0
    for i, token in enumerate(tokens):
        depth += 1 if token.token_type is TokenType.L_PAREN else -1 if token.token_type is TokenType.R_PAREN else 0
        if token.text.upper() == "INTO" and depth == 0:
            last = i + 1
            while last + 2 < len(tokens) and tokens[last + 1].token_type in (TokenType.COMMA, TokenType.DOT):
                last += 2
            yield i, last + 1
            return
