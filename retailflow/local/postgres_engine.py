"""A PostgreSQL as the warehouse: the same load where Redshift's SQL comes closest to running outside of AWS."""

import hashlib
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from types import ModuleType
from typing import TYPE_CHECKING, Any

from retailflow.errors import Finding, StopError
from retailflow.local.engine import RAW_COLUMNS, Intake, QueryError, RawRecord, Result, Row
from retailflow.local.topics.framed import framed
from retailflow.local.topics.lines import numbered
from retailflow.local.topics.records import records
from retailflow.runtime.conflict import ConflictError
from retailflow.sql.dialects import POSTGRES, Dialect
from retailflow.sql.statement import Temp

if TYPE_CHECKING:
    import psycopg

WAIT_SECONDS = 10.0
SHARED_BYTES = 8 << 20  # of lines: from here on PostgreSQL reads with several processes (min_parallel_table_scan_size)
_COUNTED = 100_000  # rows that are counted in some milliseconds
_TYPES = {
    "generation": "INTEGER",
    "partition_no": "INTEGER",
    "record_offset": "BIGINT",
    "record_ts": "TIMESTAMP",
    "record_key": "JSONB",
    "payload": "JSONB",
    "content": "BIGINT",
    "extract_ts": "TIMESTAMP",
}
_TEXT = 'TEXT COLLATE "C"'
_ONE_SELECT = "only one SELECT is answered here"
_ASK = "DECLARE asked NO SCROLL CURSOR FOR "
_UNKNOWN = re.compile(r'relation "([^"]+)" does not exist')


class PostgresWarehouse:
    """See `Warehouse`. `dsn` in libpq's words; `schemas`: staging and warehouse, made when missing.

    `shared`: bytes of lines from which on raw records lie where several processes can read them, which temporary tables cannot be: in an
    unlogged table of the staging schema, which the transaction that makes it drops, so that nobody else ever sees it.
    """

    def __init__(
        self, dsn: str, schemas: Sequence[str], read_only: bool = False, wait: float = WAIT_SECONDS, shared: int = SHARED_BYTES
    ) -> None:
        self._psycopg = _psycopg()
        self._wait = wait
        self._shared = shared
        self._lock = f"retailflow {schemas[0]}"
        self._staging = POSTGRES.ident(schemas[0])
        self._unlogged: dict[str, str] = {}
        self._made = 0
        self._connection: psycopg.Connection[Row] = _connect(self._psycopg, dsn)
        self.execute("SET client_min_messages = warning")
        self.execute("SET TimeZone = 'UTC'")
        self.execute("SET default_statistics_target = 10")  # enough for tables of one load, and a tenth of the time
        self.execute("SET jit = off")  # many expressions over few rows: compiling them would take longer than running them
        self.execute("SET temp_buffers = '256MB'")  # else the tables of a load are written to files and read again
        if not read_only:
            for schema in schemas:
                with suppress(self._psycopg.errors.UniqueViolation):  # PostgreSQL's word where another run makes it in this moment
                    self.execute(f"CREATE SCHEMA IF NOT EXISTS {POSTGRES.ident(schema)}")
        self.execute(f"SET search_path = {', '.join(map(POSTGRES.ident, schemas))}")
        if read_only:
            self.execute("SET default_transaction_read_only = on")

    @property
    def dialect(self) -> Dialect:
        return POSTGRES

    @property
    def place(self) -> str:
        info = self._connection.info
        return f"{info.dbname} at {info.host}:{info.port}"

    def execute(self, sql: str) -> None:
        self._cursor(sql)

    def drop(self, kind: str, relation: str) -> None:
        try:
            self.execute(f"DROP {kind} IF EXISTS {relation}")
        except self._psycopg.errors.DependentObjectsStillExist as error:
            needed = "; ".join(str(error.diag.message_detail or "").splitlines())
            hint = "drop what needs it, run, and create it again; nothing of this load was kept"
            raise StopError([Finding("RF518", f"`{relation}` has to be made anew, and something needs it: {needed}", hint=hint)]) from error

    def rows(self, sql: str) -> list[Row]:
        return self._cursor(sql).fetchall()

    def count(self, relation: str) -> int:
        """PostgreSQL counts by reading; a load must not cost by the size of the star, so of large tables it is asked what it believes."""
        believed = self.rows(f"SELECT reltuples FROM pg_class WHERE oid = {POSTGRES.literal(relation)}::regclass")
        about = int(float(str(believed[0][0])))
        return about if about > _COUNTED else int(str(self.rows(f"SELECT COUNT(*) FROM {relation}")[0][0]))

    def result(self, sql: str, limit: int | None = None) -> Result:
        """The limit is told to the planner, which then need not make what is not shown."""
        cursor = self._cursor(sql if limit is None else f"SELECT * FROM ({sql}) AS asked LIMIT {limit}")
        return _result(cursor)

    def read(self, sql: str, limit: int | None = None) -> Result:
        """Through a cursor in a transaction that can only read: PostgreSQL itself takes nothing but one SELECT for it."""
        error_type = self._psycopg.Error
        self.execute("BEGIN READ ONLY")
        try:
            # preparing keeps to one statement, where a plain query would take several
            self._connection.execute((_ASK + sql).encode(), prepare=True)
            return _result(self._connection.execute(f"FETCH FORWARD {'ALL' if limit is None else limit} FROM asked".encode()))
        except error_type as error:
            raise _query_error(error, sql) from error
        finally:
            self.rollback()

    def begin(self) -> None:
        """One load at a time: a second one waits for the first, and then sees all of it, whatever isolation is the default here."""
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try:
            self.execute(f"SET LOCAL lock_timeout = {int(self._wait * 1000)}")
            self.execute(f"SELECT pg_advisory_xact_lock(hashtextextended({POSTGRES.literal(self._lock)}, 0))")
        except self._psycopg.errors.LockNotAvailable as error:
            self.rollback()
            hint = "wait until it has finished, or stop it"
            raise StopError([Finding("RF510", f"the warehouse `{self.place}` is in use by another run", hint=hint)], 2) from error
        self.execute("SET LOCAL lock_timeout = 0")

    def commit(self) -> None:
        for relation in list(self._unlogged):
            self._make_room(relation)
        self.execute("COMMIT")

    def rollback(self) -> None:
        self._unlogged.clear()
        if not self._connection.closed:
            self.execute("ROLLBACK")

    def temp(self, temp: Temp) -> None:
        """Temporary tables have no statistics until they are asked for, and plans without them can be far off."""
        self._make_room(temp.name)
        self.execute(f"CREATE TEMP TABLE {temp.name} AS {temp.select}")
        self.execute(f"ANALYZE pg_temp.{temp.name}")

    def load_raw(self, relation: str, intakes: Sequence[Intake]) -> None:
        columns = ", ".join(f"{name} {_TYPES.get(name, _TEXT)}" for name in RAW_COLUMNS)
        self._make_room(relation)
        size = sum(portion.end - portion.start for intake in intakes for portion in intake.portions)
        if size >= self._shared and self._is_in_transaction:
            self._made += 1
            table = self._unlogged[relation] = f"{self._staging}.retailflow_raw_{self._made}"
            self.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")
            self.execute(f"CREATE TEMP VIEW {relation} AS SELECT * FROM {table}")
        else:
            self.execute(f"CREATE TEMP TABLE {relation} ({columns})")
        try:
            with self._connection.transaction():
                self.append_raw(relation, _read(framed, intakes))
        except self._psycopg.DataError:  # not all that has the frame of a record is one
            self.append_raw(relation, _read(records, intakes))

    def append_raw(self, relation: str, records: Iterable[RawRecord]) -> None:
        columns = ", ".join((*RawRecord._fields, "content"))
        table = self._unlogged.get(relation, f"pg_temp.{relation}")
        with self._connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
            for record in records:
                copy.write_row((*record, content(record.record_value)))
        self.execute(f"ANALYZE {table}")

    def _make_room(self, relation: str) -> None:
        if relation in self._unlogged:
            self.execute(f"DROP TABLE {self._unlogged.pop(relation)} CASCADE")
        else:
            self.execute(f"DROP TABLE IF EXISTS pg_temp.{relation}")

    @property
    def _is_in_transaction(self) -> bool:
        return bool(self._connection.info.transaction_status == self._psycopg.pq.TransactionStatus.INTRANS)

    def close(self) -> None:
        self._connection.close()

    def _cursor(self, sql: str) -> "psycopg.Cursor[Row]":
        try:
            return self._connection.execute(sql.encode())
        except (self._psycopg.errors.SerializationFailure, self._psycopg.errors.DeadlockDetected) as error:
            raise ConflictError(f"PostgreSQL says: {error.diag.message_primary}") from error


def _read(reader: Callable[[str, int, Iterable[tuple[int, str]]], Iterator[RawRecord]], intakes: Sequence[Intake]) -> Iterator[RawRecord]:
    return chain.from_iterable(reader(i.topic, i.generation, numbered(p)) for i in intakes for p in i.portions)


def content(value: str | None) -> int:
    """63 bits of a hash of a record's value, 0 for none."""
    if value is None:
        return 0
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "big") >> 1


def _result(cursor: "psycopg.Cursor[Row]") -> Result:
    return Result(tuple(column.name for column in cursor.description or ()), tuple(cursor.fetchall()))


def _connect(module: ModuleType, dsn: str) -> Any:
    try:
        connection = module.connect(dsn, autocommit=True)
    except module.OperationalError as error:
        hint = "`--dsn` takes what libpq does, such as `postgresql://user@host:5432/database`; PGHOST, PGUSER, … count too"
        raise StopError([Finding("RF511", f"PostgreSQL cannot be reached: {str(error).strip().splitlines()[-1]}", hint=hint)], 2) from error
    for name in ("json", "jsonb"):  # as text: numbers in it keep their digits
        connection.adapters.register_loader(name, module.types.string.TextLoader)
    connection.adapters.register_loader("float4", _single(module))
    return connection


def _single(module: ModuleType) -> Any:
    """A loader of `real` as the number it is, which other engines give; as text it comes with the fewest digits that mean it."""

    def load(self: object, data: Any) -> float:
        return float(struct.unpack("f", struct.pack("f", float(bytes(data))))[0])

    return type("Single", (module.adapt.Loader,), {"load": load})


def _query_error(error: Any, sql: str) -> QueryError:
    said = str(error.diag.message_primary or error)
    at = int(error.diag.statement_position or 0) - len(_ASK)
    if at == 1 + len(sql) - len(sql.lstrip()) or "multiple commands" in said or "data-modifying" in said or not sql.strip():
        return QueryError(_ONE_SELECT, hint="`WITH … SELECT` is one too; changes are made by `retailflow run`")
    unknown = _UNKNOWN.search(said)
    return QueryError(said + (_pointer(sql, at) if at > 0 else ""), unknown[1] if unknown else None, error.diag.message_hint)


def _pointer(sql: str, at: int) -> str:
    """The line an error is in, with a caret below the place; `at` counts characters from 1."""
    before = sql[: at - 1]
    number, column = before.count("\n") + 1, at - 1 - (before.rfind("\n") + 1)
    label = f"LINE {number}: "
    return f"\n  {label}{sql.splitlines()[number - 1]}\n  {' ' * (len(label) + column)}^"


def _psycopg() -> ModuleType:
    try:
        import psycopg
    except ImportError as error:
        hint = "install it with `pip install 'retailflow[postgres]'`"
        raise StopError([Finding("RF512", "PostgreSQL needs `psycopg`, which is not installed", hint=hint)], 2) from error
    return psycopg
