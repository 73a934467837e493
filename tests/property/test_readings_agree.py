"""One history read in two ways says the same where it must, whatever any reference says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.harness import Rows, deliver
from tests.property.state import state
from tests.property.telling import Case, told
from tests.property.troubles import CALENDAR, delivered, wanted
from tests.reference.histories import ALL, BASIC, Project

EVERYWHERE = BASIC | {"ignore", "snapshots", "ci_keys", "zones", "key_change", "composite", "where", "stream", "batch", "postgresql"}
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
NO_ATTRIBUTE = ("valid_from", "valid_to", "is_current", "is_deleted", "is_inferred", "product_key", "category_key")


def check_all(examples: int, cases: st.SearchStrategy[Case], law: Callable[[Case], str]) -> None:
    @settings(SETTINGS, max_examples=examples)
    @given(cases)
    def holds(case: Case) -> None:
        wanted(case.history)
        wrong = law(case)
        assert not wrong, wrong

    holds()


def test_one_load_is_many_loads(law_examples: int) -> None:
    """Not the star alone: all that is remembered."""

    def law(case: Case) -> str:
        config, history = case.history.config | CALENDAR, case.history
        every = [record for load in case.loads for record in load]  # a bad record redelivered is one more that was held back
        _, at_once = deliver(config, history.tables, [every], history.files, look=state)
        _, in_parts = deliver(config, history.tables, case.loads, history.files, look=state)
        return told(case, in_parts, at_once)

    check_all(max(2, law_examples // 2), delivered(ALL), law)


def test_type_1_is_the_open_rows_of_type_2(law_examples: int) -> None:
    """But for what was declared (`effective`, `flag`), and what is unknown in the version that stands."""

    def law(case: Case) -> str:
        type_2, type_1 = (star_of(case, scd) for scd in (2, 1))
        return told(case, {n: current(rows) for n, rows in type_2.items()}, {n: current(rows) for n, rows in type_1.items()})

    check_all(law_examples, delivered(EVERYWHERE | {"lookups", "incarnations"}), law)


def test_the_current_columns_of_type_6_are_type_1(law_examples: int) -> None:
    def law(case: Case) -> str:
        type_6, type_1 = (star_of(case, scd) for scd in (6, 1))
        shown = {n: [dict(now(row)) for row in rows] for n, rows in type_6.items()}
        latest = {n: {key_of(row): dict(attributes(row)) for row in rows} for n, rows in type_1.items()}
        return told(case, shown, {n: [latest[n].get(key_of(row), {}) for row in rows] for n, rows in type_6.items()})

    check_all(law_examples, delivered(EVERYWHERE | {"absent", "flag"}), law)


def star_of(case: Case, scd: int) -> dict[str, Rows]:
    history = retyped(case.history, scd)
    _, found = deliver(history.config | CALENDAR, history.tables, case.loads, history.files)
    return {name: rows for name, rows in found.items() if name.startswith("dim_")}


def retyped(history: Project, scd: int) -> Project:
    """With every attribute of that type, and every lookup of type 1."""
    return replace(history, tables=[_retyped(table, scd) for table in history.tables])


def _retyped(table: dict[str, Any], scd: int) -> dict[str, Any]:
    if "dimension" not in table:
        return table
    columns = {name: _of_type(spec, None if name in table["key"] else scd) for name, spec in table["columns"].items()}
    lookups = {parent: lookup | {"scd": 1} for parent, lookup in table["dimension"].get("lookups", {}).items()}
    dimension = table["dimension"] | ({"lookups": lookups} if lookups else {})
    return table | {"scd": scd, "columns": columns, "dimension": dimension}


def _of_type(spec: Any, scd: int | None) -> Any:
    spec = dict(spec) if isinstance(spec, Mapping) else {"type": spec}
    return spec if scd is None else spec | {"scd": scd}


def current(rows: Rows) -> Rows:
    return [dict(attributes(row)) for row in rows if row["is_current"] and not row["is_inferred"]]


def attributes(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in row.items() if name not in NO_ATTRIBUTE)


def now(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The columns of a type 6 row as they are now, under the names that type 1 has for them."""
    return ((name, row.get(f"current_{name}", value)) for name, value in attributes(row) if not name.startswith("current_"))


def key_of(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("site", "product_id", "category_id") if name in row)
