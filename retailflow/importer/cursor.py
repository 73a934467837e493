"""A place among tokens, with the steps that every part of the reader takes."""

from collections.abc import Sequence

from retailflow.importer.tokens import Kind, Token

_END = Token(Kind.GO, "", 0, 0)


class Cursor:
    """Reads tokens from left to right; behind the last stands a batch end."""

    def __init__(self, tokens: Sequence[Token], at: int = 0) -> None:
        self._tokens = tokens
        self.at = at

    @property
    def done(self) -> bool:
        return self.at >= len(self._tokens)

    def peek(self, ahead: int = 0) -> Token:
        at = self.at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def next(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def takes(self, *words: str) -> bool:
        """Step over these words if they stand here."""
        if all(self.peek(n).word == word for n, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def takes_mark(self, mark: str) -> bool:
        if self.peek().is_mark(mark):
            self.at += 1
            return True
        return False

    def dotted(self) -> tuple[str, ...]:
        """The parts of a name such as `db..table` or `[Sales].[Order]`; empty when there is none here."""
        if not self.peek().is_name:
            return ()
        parts = [self.next().text]
        while self.peek().is_mark(".") and (self.peek(1).is_name or self.peek(1).is_mark(".")):
            self.at += 1
            parts.append("" if self.peek().is_mark(".") else self.next().text)
        return tuple(parts)

    def group(self) -> list[Token]:
        """The tokens within the parentheses that open here; none when none open. An unclosed one ends with its batch."""
        if not self.takes_mark("("):
            return []
        start, depth = self.at, 1
        while not self.done and self.peek().kind is not Kind.GO:
            token = self.next()
            if token.is_mark("("):
                depth += 1
            elif token.is_mark(")"):
                depth -= 1
                if depth == 0:
                    return list(self._tokens[start : self.at - 1])
        return list(self._tokens[start : self.at])


def split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts between commas outside of parentheses, empty ones left out."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.is_mark("(") - token.is_mark(")")
        if token.is_mark(",") and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def names(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The columns of a list such as `[a] ASC, "b" DESC`."""
    return tuple(part[0].text for part in split(tokens) if part[0].is_name)
