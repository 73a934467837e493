"""Linting: every rule over every statement of some files."""

from collections.abc import Iterator, Mapping

from retailflow.errors import Finding, Place, Severity
from retailflow.verify.catalog import Catalog, catalog
from retailflow.verify.rule import Problem, span
from retailflow.verify.rules import RULES
from retailflow.verify.split import statements
from retailflow.verify.statement import Statement
from retailflow.verify.tokens import UnreadableError

UNREADABLE = "RF900"
# Statements that no tree is made of, and that need none.
_WITHOUT_TREE = frozenset(
    (
        *("CALL", "LOCK", "VACUUM", "UNLOAD", "REFRESH", "ATTACH", "DETACH", "EXECUTE", "PREPARE", "DEALLOCATE", "BEGIN", "START", "END"),
        *(
            "COMMIT",
            "ROLLBACK",
            "ABORT",
            "CREATE",
            "ALTER",
            "DROP",
            "SET",
            "RESET",
            "SHOW",
            "ANALYZE",
            "EXPLAIN",
            "COMMENT",
            "MERGE",
            "GRANT",
        ),
        *("REVOKE", "DECLARE", "FETCH", "CLOSE", "USE", "CANCEL", "REINDEX", "CLUSTER"),
    )
)


def lint(files: Mapping[str, str]) -> tuple[Finding, ...]:
    """Findings in `files`, text by path, in order of path and place. What one file creates is known in the others."""
    found: list[Finding] = []
    read: dict[str, list[Statement]] = {}
    for path, text in files.items():
        try:
            read[path] = list(statements(text))
        except UnreadableError:
            found.append(Finding(UNREADABLE, "this cannot be read as SQL: a text or a comment in it has no end", Place(path)))
    known = catalog(statement for group in read.values() for statement in group)
    for path, group in read.items():
        found += [finding for statement in group for finding in _findings(path, files[path], statement, known)]
    return tuple(sorted(found, key=lambda f: (f.place or Place(""), f.code, f.message)))


def _findings(path: str, text: str, statement: Statement, known: Catalog) -> Iterator[Finding]:
    if statement.tree is None and statement.words[0] not in _WITHOUT_TREE:
        start, length = span(None, statement)
        yield Finding(UNREADABLE, "this cannot be read as SQL of Redshift", _place(path, text, statement.offset + start, length))
    for rule in RULES:
        for problem in rule.check(statement, known):
            yield _finding(rule.code, rule.severity, path, text, statement, problem)


def _finding(code: str, severity: Severity, path: str, text: str, statement: Statement, problem: Problem) -> Finding:
    start, length = span(problem.at, statement)
    return Finding(code, problem.message, _place(path, text, statement.offset + start, length), problem.hint, severity)


def _place(path: str, text: str, offset: int, length: int) -> Place:
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    return Place(path, line, column, max(length, 1))
