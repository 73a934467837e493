"""The files a load is generated as: statements of Spark SQL, each behind a line that says what it is.

--: step NAME           a step begins; steps can stand in steps
--: only if             a query: without a row the step is passed over to its end
--: end                 the step ends
--: temp NAME           a query whose rows become the temporary relation NAME
--: execute             a statement that changes a table
--: assert CODE TEXT    a query of what must not be there: with a row the load stops
--: go on if            a query: without a row nothing more of the load has anything to do
"""

from collections.abc import Iterator
from dataclasses import dataclass

from retailflow.runtime.warehouse import Lake

_MARK = "--: "


@dataclass(frozen=True, slots=True)
class Statement:
    """`kind` is a directive's words without its arguments, which are `arguments`; `sql` is empty for those that have none."""

    kind: str
    arguments: str
    sql: str


def parse(text: str) -> Iterator[Statement]:
    """The statements of a file in order; what stands before the first directive is a comment."""
    kind, lines = "", []
    for line in text.splitlines():
        if not line.startswith(_MARK):
            lines.append(line)
            continue
        if kind:
            yield _statement(kind, lines)
        kind, lines = line.removeprefix(_MARK), []
    if kind:
        yield _statement(kind, lines)


def run(lake: Lake, text: str) -> bool:
    """Run a file; False when nothing more of the load has anything to do."""
    depth = passed_over = 0
    for statement in parse(text):
        if statement.kind == "step":
            depth += 1
        elif statement.kind == "end":
            passed_over = 0 if passed_over == depth else passed_over
            depth -= 1
        elif passed_over:
            continue
        elif statement.kind == "only if":
            passed_over = 0 if lake.holds(statement.sql) else depth
        elif statement.kind == "go on if":
            if not lake.holds(statement.sql):
                return False
        else:
            _run(lake, statement)
    return True


def _run(lake: Lake, statement: Statement) -> None:
    match statement.kind:
        case "temp":
            lake.temp(statement.arguments, statement.sql)
        case "execute":
            lake.execute(statement.sql)
        case "assert":
            code, _, message = statement.arguments.partition(" ")
            lake.check(code, message, statement.sql)
        case unknown:
            raise ValueError(f"`{unknown}` is no directive of a load")


def _statement(directive: str, lines: list[str]) -> Statement:
    for kind in ("only if", "go on if"):
        if directive == kind:
            return Statement(kind, "", "\n".join(lines).strip())
    kind, _, arguments = directive.partition(" ")
    return Statement(kind, arguments, "\n".join(lines).strip())
