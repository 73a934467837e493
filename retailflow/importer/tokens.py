"""T-SQL text cut into tokens; comments and blanks go, batches end at `GO`."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from retailflow.errors import Place


class Kind(Enum):
    WORD = "word"  # a keyword or a bare name
    NAME = "name"  # a name in [brackets] or "quotes"
    STRING = "string"
    NUMBER = "number"
    MARK = "mark"  # one character
    GO = "go"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` without quotes; a word keeps its case, `word` is it in upper case (empty for all that is no word)."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind is Kind.WORD else ""

    def is_mark(self, mark: str) -> bool:
        return self.kind is Kind.MARK and self.text == mark

    @property
    def is_name(self) -> bool:
        return self.kind in (Kind.WORD, Kind.NAME)


_TOKEN = re.compile(
    r"""(?P<blank>[\s\ufeff\x00]+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<string>[Nn]?'[^']*(?:''[^']*)*'?)
    |(?P<bracket>\[[^\]]*(?:\]\][^\]]*)*\]?)
    |(?P<quoted>"[^"]*(?:""[^"]*)*"?)
    |(?P<word>[^\W\d][\w@$\#]*|[@\#]+[\w@$\#]*)
    |(?P<number>0[xX][0-9a-fA-F]*|\d[\w.]*|\.\d\w*)
    |(?P<mark>[\s\S])""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"/\*|\*/")
_GO_LINE = re.compile(r"(?m)^[ \t]*GO(?:[ \t]+\d+)?[ \t]*;?[ \t]*(?:--[^\n]*)?\r?$", re.IGNORECASE)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a script, however odd it is: what is not understood is a token of one character."""
    at, size, match_at = 0, len(text), _TOKEN.match
    separators = {m.start() + len(m[0]) - len(m[0].lstrip()) for m in _GO_LINE.finditer(text)}
    while at < size:
        match = match_at(text, at)
        if match is None:  # cannot be: the last alternative takes any character
            return
        start, at, kind = at, match.end(), match.lastgroup
        match kind:
            case "blank":
                continue
            case "comment":
                at = _end_of_comment(text, at)
            case "word":
                if start in separators:
                    yield Token(Kind.GO, match[0], start, at)
                    at = max(text.find("\n", at), at) if text.find("\n", at) >= 0 else size
                else:
                    yield Token(Kind.WORD, match[0], start, at)
            case "bracket":
                yield Token(Kind.NAME, _inside(match[0], "[", "]"), start, at)
            case "quoted":
                yield Token(Kind.NAME, _inside(match[0], '"', '"'), start, at)
            case "string":
                yield Token(Kind.STRING, _inside(match[0].removeprefix("N").removeprefix("n"), "'", "'"), start, at)
            case "number":
                yield Token(Kind.NUMBER, match[0], start, at)
            case _:
                yield Token(Kind.MARK, match[0], start, at)


def _inside(text: str, opening: str, closing: str) -> str:
    inner = text.removeprefix(opening)
    return inner.removesuffix(closing).replace(closing * 2, closing)


def _end_of_comment(text: str, at: int) -> int:
    """Comments nest in T-SQL."""
    depth = 1
    for match in _COMMENT.finditer(text, at):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    return len(text)


class Places:
    """From positions in a text to lines and columns."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._starts = [0, *(m.end() for m in re.finditer(r"\n", text))]

    def of(self, token: Token) -> Place:
        line = bisect_right(self._starts, token.start)
        return Place(self._path, line, token.start - self._starts[line - 1] + 1, max(1, token.end - token.start))
