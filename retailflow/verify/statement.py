"""A statement as rules see it: its text and place, its words, its tree where it has one, and what it stands in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

Node = TypeVar("Node", bound=exp.Expr)
_NO_WORDS = frozenset((TokenType.STRING, TokenType.IDENTIFIER, TokenType.HEREDOC_STRING, TokenType.NUMBER))


@dataclass(frozen=True, slots=True)
class Procedure:
    """`has_settings`: it was created with SET; `keeps_case`: so that paths into SUPER keep the case of names."""

    has_settings: bool
    nonatomic: bool
    keeps_case: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """Places of tokens and nodes are within the file, or the body of a procedure, which begins at `offset` of the file.

    `words`: the tokens, in capitals but for texts and names in quotes, so that none of these is taken for a key word. `tree` is None for
    what sqlglot cannot read.

    `procedure`: the one it is in the body of. `in_block`: it runs in a transaction with others.
    """

    text: str
    offset: int
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    tree: exp.Expr | None
    procedure: Procedure | None = None
    in_block: bool = False
    _places: dict[str, list[int]] = field(default_factory=dict, repr=False)
    _nodes: dict[type, list[exp.Expr]] = field(default_factory=dict, repr=False)

    def starts(self, *words: str) -> bool:
        return self.words[: len(words)] == words

    def find(self, *words: str) -> int | None:
        """The index of the first of adjacent words."""
        return next(self.every(*words), None)

    def every(self, *words: str) -> Iterator[int]:
        n = len(words)
        return (i for i in self._places.get(words[0], ()) if self.words[i : i + n] == words)

    def has(self, *words: str) -> bool:
        return self.find(*words) is not None

    def all(self, *kinds: type[Node]) -> Iterator[Node]:
        """Every node of the tree that is of one of the kinds."""
        for kind, nodes in self._nodes.items():
            if issubclass(kind, kinds):
                yield from nodes  # type: ignore[misc]  # what `issubclass` says of a key, its value cannot be told


def is_word(token: Token) -> bool:
    """A key word or a bare name: neither a text, nor a name in quotes."""
    return token.token_type not in _NO_WORDS


def make(source: str, offset: int, tokens: Iterable[Token], tree: exp.Expr | None) -> Statement:
    """`source`: the file, or the body of a procedure."""
    mine = tuple(tokens)
    text = source[mine[0].start : mine[-1].end + 1]
    words = tuple(t.text.upper() if is_word(t) else f"\0{t.text}" for t in mine)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(words):
        places[word].append(i)
    nodes: defaultdict[type, list[exp.Expr]] = defaultdict(list)
    for node in tree.walk() if tree is not None else ():
        nodes[type(node)].append(node)
    return Statement(text, offset, mine, words, tree, _places=dict(places), _nodes=dict(nodes))
