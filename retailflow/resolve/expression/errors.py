"""Why an expression was refused, and which part of it."""


class ExpressionError(Exception):
    """`start` and `length` say which characters of the text, (0, 0) all of it."""

    def __init__(self, code: str, message: str, hint: str | None = None, start: int = 0, length: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.start = start
        self.length = length

    def at(self, start: int, length: int) -> "ExpressionError":
        """The same, with the place filled in where none is known yet."""
        if not self.length:
            self.start, self.length = start, length
        return self


class UnresolvableError(Exception):
    """A column has a finding of its own; the expression that reads it needs no other."""
