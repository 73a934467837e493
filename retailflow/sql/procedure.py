"""Steps as stored procedures: what a load executes statement by statement elsewhere, in the plpgsql that Redshift and PostgreSQL share.

A procedure is one statement to whoever creates it, so none is longer than `LIMIT`; a longer one becomes several that it calls. Nested
calls are part of the caller's transaction and see its temporary tables.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retailflow.sql.dialects.base import Dialect
from retailflow.sql.lines import lines
from retailflow.sql.statement import Assert, Execute, Step, Temp

LIMIT = 180_000  # bytes; the Data API takes statements of 200 KB
ROWS = "_rf_rows"  # names of columns never begin with an underscore, so no column is mistaken for it
Statement = Temp | Execute | Assert | Step


class TooLongError(ValueError):
    """One statement is longer than a statement can be: a fault of retailflow."""


@dataclass(frozen=True, slots=True)
class Printer:
    """`distkeys`: by the key of a temporary table, the column its rows are spread by; else it is the first of the key.

    `settings`: (parameter, value) held while a procedure runs. Blocks below are lines, each of one statement; a text of people in one may
    have lines of its own, so only what stands before a block is indented.
    """

    d: Dialect
    distkeys: Mapping[tuple[str, ...], str]
    settings: tuple[tuple[str, str], ...] = ()
    limit: int = LIMIT

    def procedures(self, name: str, steps: Sequence[Step]) -> tuple[str, ...]:
        """CREATE statements, those called before those that call; the last is that of `name`."""
        whole = self.create(name, [block for step in steps for block in self.step(step)])
        if len(whole.encode()) <= self.limit:
            return (whole,)
        made: list[str] = []
        blocks = [block for step in steps for block in self._calling(name, step, made)]
        return (*made, self._checked(name, blocks))

    def _calling(self, name: str, step: Step, made: list[str]) -> list[str]:
        """The blocks of a step whose statements are in procedures of their own, which are added to `made`."""
        calls: list[str] = []
        piece: list[str] = []

        def put_down() -> None:
            if piece:
                called = f"{name}_{len(made) + 1}"
                made.append(self._checked(called, piece))
                calls.append(f"CALL {called}();")
                piece.clear()

        for part in step.body:
            blocks = list(self.statement(part))
            if _size(piece) + _size(blocks) > self.limit - 1000:
                put_down()
                if isinstance(part, Step) and _size(blocks) > self.limit - 1000:
                    calls += self._calling(name, part, made)
                    continue
            piece += blocks
        put_down()
        return list(_guarded(step, calls))

    def create(self, name: str, blocks: Iterable[str], arguments: str = "") -> str:
        """`arguments` with their types; their names begin with an underscore too."""
        body = "\n".join(_indented(blocks))
        tag = _tag(body)
        held = "".join(f"\nSET {parameter} TO {value}" for parameter, value in self.settings)
        return f"CREATE OR REPLACE PROCEDURE {name}({arguments}) AS {tag}\nDECLARE\n  {ROWS} BIGINT;\nBEGIN\n{body}\nEND;\n{tag} LANGUAGE plpgsql{held}"

    def step(self, step: Step) -> Iterator[str]:
        """The blocks of one step."""
        return _guarded(step, [block for part in step.body for block in self.statement(part)])

    def statement(self, statement: Statement) -> Iterator[str]:
        match statement:
            case Step():
                yield from self.step(statement)
            case Temp():
                column = self.distkeys.get(statement.key) or (statement.key[0] if statement.key else None)
                yield f"DROP TABLE IF EXISTS {statement.name};"
                yield f"CREATE TEMP TABLE {statement.name}{self.d.spread_by(column) if column else ''} AS"
                yield from self._ended(statement.select)
            case Execute():
                yield from self._ended(statement.sql)
            case Assert():
                said = self.d.literal(f"{statement.code}: {statement.message.replace('%', '%%')} (% rows)")
                yield from unless_none(statement.select, [f"RAISE EXCEPTION {said}, {ROWS};"])

    def _ended(self, sql: str) -> list[str]:
        """One that fits only without indents is left on a line."""
        laid = ended(sql)
        return [f"{sql};"] if len(sql) > self.limit // 2 and _size(laid) > self.limit - 2000 else laid

    def _checked(self, name: str, blocks: Iterable[str]) -> str:
        sql = self.create(name, blocks)
        if len(sql.encode()) > self.limit:
            raise TooLongError(f"the procedure {name} has {len(sql.encode()):,} bytes")
        return sql


def ended(sql: str) -> list[str]:
    """The lines of a statement with its semicolon."""
    laid = lines(sql)
    laid[-1] += ";"
    return laid


def unless_none(select: str, blocks: Iterable[str]) -> Iterator[str]:
    """Blocks that run only if a SELECT has rows. SELECT INTO is documented for procedures, a subquery in IF is not."""
    yield from ended(f"SELECT INTO {ROWS} COUNT(*) FROM ({select}) AS asked")
    yield f"IF {ROWS} > 0 THEN"
    yield from _indented(blocks)
    yield "END IF;"


def _guarded(step: Step, blocks: Sequence[str]) -> Iterator[str]:
    yield f"-- {''.join(c if c.isprintable() else '?' for c in step.name)}"
    yield from blocks if step.guard is None else unless_none(step.guard, blocks)


def _indented(blocks: Iterable[str]) -> Iterator[str]:
    return (f"  {block}" for block in blocks)


def _size(blocks: Iterable[str]) -> int:
    """With the indent and the line break."""
    return sum(len(block.encode()) + 8 for block in blocks)


def _tag(body: str) -> str:
    """A dollar quote that the body does not hold, whatever texts of people are in it."""
    tag, number = "$$", 0
    while tag in body:
        number += 1
        tag = f"$rf{number}$"
    return tag
