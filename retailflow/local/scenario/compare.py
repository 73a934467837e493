"""Rows wanted against rows there: which are missing, which are too many, which differ and in what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retailflow.local.scenario.expected import shown
from retailflow.local.scenario.play import Star
from retailflow.local.scenario.scenario import ExpectedRow, ExpectedTable, Reference, Value
from retailflow.local.scenario.shape import StarTable

Row = Mapping[str, Value]
MOST_SAME = 8  # rows that are right, shown between those that are not


class Status(StrEnum):
    SAME = "same"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    EXPECTED = "expected"  # the next line is what is there instead
    GOT = "got"


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words, by column. `differs`: where it is not as the line before it; `line` of the file, 0 when it is not in it."""

    status: Status
    cells: Mapping[str, str]
    differs: frozenset[str] = frozenset()
    line: int = 0


@dataclass(frozen=True, slots=True)
class TableDiff:
    """`left_out`: rows that are as they should be and are not among the lines."""

    table: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: int


class _Nothing:
    """The key of no row: equal to nothing."""


def difference(tables: Mapping[str, StarTable], expected: ExpectedTable, star: Star) -> TableDiff | None:
    """What is wrong with one table; None when nothing is."""
    return _Comparison(tables, expected, star).run()


def whole(tables: Mapping[str, StarTable], name: str, star: Star) -> ExpectedTable:
    """A table of one star as what another is expected to hold."""
    table = tables[name]
    columns = tuple(dict.fromkeys((*table.telling, *table.columns)))
    return ExpectedTable(name, columns, tuple(ExpectedRow(row, 0) for row in star[name]), exact=True)


class _Comparison:
    def __init__(self, tables: Mapping[str, StarTable], expected: ExpectedTable, star: Star) -> None:
        self.tables = tables
        self.table = tables[expected.name]
        self.expected = expected
        self.star = star
        self.there = star[expected.name]
        self.wanted = [{c: self._resolved(v) for c, v in row.values.items()} for row in expected.rows]
        telling = tuple(c for c in self.table.telling if c in self.table.columns)
        self.columns = tuple(dict.fromkeys((*telling, *expected.columns)))

    def run(self) -> TableDiff | None:
        matched = match([[self._equal(w, row) for row in self.there] for w in self.wanted], len(self.there))
        missing = [n for n in range(len(self.wanted)) if n not in matched]
        extra = [n for n in range(len(self.there)) if n not in matched.values()]
        if not missing and (not extra or not self.expected.exact):
            return None
        lines: list[tuple[tuple[str, ...], list[Line]]] = []
        for want, got in self._pairs(missing, extra):
            lines.append((self._place(self.there[got]), self._differing(want, got)))
            missing.remove(want)
            extra.remove(got)
        lines += [(self._place(self.wanted[n]), [self._wanted(n, Status.MISSING)]) for n in missing]
        lines += [(self._place(self.there[n]), [self._got(n, Status.UNEXPECTED)]) for n in (extra if self.expected.exact else ())]
        same = sorted(matched.values(), key=lambda n: self._place(self.there[n]))
        lines += [(self._place(self.there[n]), [self._got(n, Status.SAME)]) for n in same[:MOST_SAME]]
        ordered = [line for _, found in sorted(lines, key=lambda item: item[0]) for line in found]
        return TableDiff(self.expected.name, self.columns, tuple(ordered), max(0, len(same) - MOST_SAME))

    def _pairs(self, missing: Sequence[int], extra: Sequence[int]) -> list[tuple[int, int]]:
        """Rows probably meant to be each other: they share most, at least half of what is said or all that tells rows apart."""
        scored = []
        for want in missing:
            said = self.wanted[want]
            for got in extra:
                row = self.there[got]
                equal = {c for c in said if said[c] == row[c]}
                telling = [c for c in self.table.telling if c in said]
                is_told = bool(telling) and all(c in equal for c in telling)
                if is_told or 2 * len(equal) >= max(1, len(said)):
                    scored.append((-len(equal) - (len(said) if is_told else 0), want, got))
        pairs: list[tuple[int, int]] = []
        for _, want, got in sorted(scored):
            if all(want != w and got != g for w, g in pairs):
                pairs.append((want, got))
        return pairs

    def _equal(self, wanted: Row, row: Row) -> bool:
        return all(row[column] == value and (row[column] is None) == (value is None) for column, value in wanted.items())

    def _resolved(self, value: Value | Reference) -> Value:
        """The surrogate key that a reference means: of the one row that is as it says."""
        if not isinstance(value, Reference):
            return value
        rows = self.star.get(value.dimension, ())
        wanted = {column: self._resolved(v) for column, v in value.values.items()}
        found = [row for row in rows if self._equal(wanted, row)]
        return next(iter(found[0].values())) if len(found) == 1 else _Nothing()

    # --- words ----------------------------------------------------------------------------------------------------------------------

    def _differing(self, want: int, got: int) -> list[Line]:
        differs = frozenset(c for c, v in self.wanted[want].items() if self.there[got][c] != v)
        expected, there = self._wanted(want, Status.EXPECTED), self._got(got, Status.GOT)
        return [Line(expected.status, expected.cells, differs, expected.line), Line(there.status, there.cells, differs)]

    def _wanted(self, number: int, status: Status) -> Line:
        row = self.expected.rows[number]
        cells = {
            c: self._referred(v, self.wanted[number][c]) if isinstance(v, Reference) else self._word(c, v) for c, v in row.values.items()
        }
        return Line(status, cells, line=row.line)

    def _got(self, number: int, status: Status) -> Line:
        return Line(status, {column: self._word(column, self.there[number][column]) for column in self.columns})

    def _word(self, column: str, value: Value) -> str:
        dimension = self.table.references.get(column)
        row = next((r for r in self.star.get(dimension or "", ()) if next(iter(r.values())) == value), None)
        if dimension is None or row is None:
            return shown(value)
        return _told({c: row[c] for c in self.tables[dimension].telling})

    def _referred(self, reference: Reference, found: Value) -> str:
        said = _told({c: v for c, v in reference.values.items() if not isinstance(v, Reference)})
        return f"{said} (no such row)" if isinstance(found, _Nothing) else said

    def _place(self, row: Row) -> tuple[str, ...]:
        return tuple(_sortable(row.get(c)) for c in self.table.telling)


def _told(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{c} {shown(v)}" for c, v in values.items())


def _sortable(value: Value) -> str:
    return f"{value:020d}" if isinstance(value, int) else str(value)


def match(fits: Sequence[Sequence[bool]], there: int) -> dict[int, int]:
    """Which wanted row is which of those there, for as many as possible (augmenting paths; rows may say little and fit several)."""
    taken: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for got in range(there):
            if fits[want][got] and got not in tried:
                tried.add(got)
                if got not in taken or place(taken[got], tried):
                    taken[got] = want
                    return True
        return False

    for want in range(len(fits)):
        place(want, set())
    return {want: got for got, want in taken.items()}
