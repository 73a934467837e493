"""The embedded warehouse: a DuckDB database in one file of the project, or in memory."""

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Intake, QueryError, RawRecord, Result, Row
from retailflow.local.topics import duckdb_sql, lines
from retailflow.local.topics.portion import Portion
from retailflow.sql.dialects import DUCKDB, Dialect
from retailflow.sql.statement import Temp

if TYPE_CHECKING:
    import duckdb

WAIT_SECONDS = 10.0
_BUFFERS = 100
_CATALOG = "_star"  # no schema of a project has such a name
_ROW_GROUP = 30_720  # a checkpoint compresses the last group anew, with what a load adds to it; DuckDB's own is four times as large
MEMORY_MB = 400  # what does not fit goes to the scratch folder; more of it made no load faster


class DuckDbWarehouse:
    """See `Warehouse`. `path`: None is a database in memory. `schemas`: staging and warehouse, made when missing."""

    def __init__(self, path: Path | None, schemas: Sequence[str], read_only: bool = False, wait: float = WAIT_SECONDS) -> None:
        self._path = path
        if path is None:
            self._connection: duckdb.DuckDBPyConnection = _duckdb().connect(":memory:")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(path, read_only, wait)
        self._scratch = _scratch(path, read_only)
        for statement in _settings(self._scratch, schemas, read_only, _CATALOG if path else "memory"):
            self.execute(statement)

    @property
    def dialect(self) -> Dialect:
        return DUCKDB

    @property
    def place(self) -> str:
        return "memory" if self._path is None else str(self._path)

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        return self._connection

    def execute(self, sql: str) -> None:
        self._connection.execute(sql)

    def drop(self, kind: str, relation: str) -> None:
        """Views name what they read, and need not be dropped for it."""
        self.execute(f"DROP {kind} IF EXISTS {relation}")

    def rows(self, sql: str) -> list[Row]:
        return self._connection.execute(sql).fetchall()

    def count(self, relation: str) -> int:
        return int(str(self.rows(f"SELECT COUNT(*) FROM {relation}")[0][0]))

    def result(self, sql: str, limit: int | None = None) -> Result:
        cursor = self._connection.execute(sql)
        columns = tuple(str(column[0]) for column in cursor.description or ())
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
        return Result(columns, tuple(map(tuple, rows)))

    def read(self, sql: str, limit: int | None = None) -> Result:
        module = _duckdb()
        try:
            statements = module.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != module.StatementType.SELECT:
                raise QueryError(
                    "only one SELECT is answered here", hint="`WITH … SELECT` is one too; changes are made by `retailflow run`"
                )
            return self.result(sql, limit)
        except module.Error as error:
            raise _query_error(str(error)) from error

    def begin(self) -> None:
        self.execute("BEGIN TRANSACTION")

    def commit(self) -> None:
        self.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(_duckdb().Error):  # an error may have ended the transaction already
            self.execute("ROLLBACK")

    def temp(self, temp: Temp) -> None:
        kind = "VIEW" if temp.is_cheap else "TABLE"
        self.execute(f"CREATE OR REPLACE TEMP {kind} {temp.name} AS {temp.select}")

    def load_raw(self, relation: str, intakes: Sequence[Intake]) -> None:
        self.execute(duckdb_sql.create(relation))
        for intake in intakes:
            self._load(relation, intake)

    def append_raw(self, relation: str, records: Iterable[RawRecord]) -> None:
        """Through a file, which DuckDB reads far faster than it takes single rows."""
        path = self._scratch / "records.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record, default=str) + "\n" for record in map(RawRecord._asdict, records))
        columns = ", ".join(duckdb_sql.STORED)
        self.execute(f"INSERT INTO {relation} ({columns}) {duckdb_sql.written_records(path)}")
        path.unlink()

    def close(self) -> None:
        self._connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _load(self, relation: str, intake: Intake) -> None:
        direct = [p for p in intake.portions if p.plain and p.offsets]
        other = [p for p in intake.portions if not (p.plain and p.offsets)]
        self._insert(relation, intake, direct, is_numbered=False)
        if direct and self._needs_numbers(relation, intake, direct):
            self.execute(f"DELETE FROM {relation} WHERE topic = {DUCKDB.literal(intake.topic)}")
            other = [*direct, *other]
        self._insert(relation, intake, other, is_numbered=True)

    def _insert(self, relation: str, intake: Intake, portions: Sequence[Portion], is_numbered: bool) -> None:
        if not portions:
            return
        copies = [self._scratch / f"{number}.jsonl" for number in range(len(portions))]
        if is_numbered:
            paths = [lines.numbered_copy(p, to) for p, to in zip(portions, copies, strict=True)]
        else:
            paths = [p.path if p.start == 0 else lines.copy(p, to) for p, to in zip(portions, copies, strict=True)]
        longest = max(p.longest for p in portions)
        self._make_room(longest)
        read = duckdb_sql.lines(paths, longest, is_numbered)
        self.execute(f"INSERT INTO {relation} ({', '.join(duckdb_sql.STORED)}) {duckdb_sql.records(read, intake.topic, intake.generation)}")
        for path in copies:
            path.unlink(missing_ok=True)

    def _make_room(self, longest: int) -> None:
        """DuckDB reads lines into buffers of many times the longest one."""
        if (needed := longest * _BUFFERS >> 20) > MEMORY_MB:
            self.execute(f"SET memory_limit = '{needed}MB'")

    def _needs_numbers(self, relation: str, intake: Intake, portions: Sequence[Portion]) -> bool:
        """Whether a record has no offset of its own, or a file grew while it was read and gave more than it should."""
        missing = f"SELECT 1 FROM {relation} WHERE topic = {DUCKDB.literal(intake.topic)} AND record_offset IS NULL LIMIT 1"
        return any(p.start == 0 and p.path.stat().st_size != p.end for p in portions) or bool(self.rows(missing))


def _scratch(path: Path | None, read_only: bool) -> Path:
    """An empty folder for copies and for what does not fit into memory; what a killed run left in it goes now."""
    if path is None or read_only:
        return Path(tempfile.mkdtemp(prefix="retailflow-"))
    folder = path.with_name(f"{path.name}.scratch")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _settings(scratch: Path, schemas: Sequence[str], read_only: bool, catalog: str) -> list[str]:
    settings = [
        f"USE {catalog}",
        "SET TimeZone = 'UTC'",
        "SET preserve_insertion_order = false",
        f"SET temp_directory = {DUCKDB.literal(str(scratch / 'spill'))}",
        f"SET memory_limit = '{MEMORY_MB}MB'",
    ]
    if not read_only:
        settings += [f"CREATE SCHEMA IF NOT EXISTS {DUCKDB.ident(schema)}" for schema in schemas]
    path = ",".join(f"{catalog}.{DUCKDB.ident(schema)}" for schema in schemas)
    settings.append(f"SET search_path = {DUCKDB.literal(path)}")
    if read_only:
        settings += ["SET enable_external_access = false", "SET lock_configuration = true"]
    return settings


def _connect(path: Path, read_only: bool, wait: float) -> "duckdb.DuckDBPyConnection":
    """Open the file; another process that has it open is waited for."""
    module = _duckdb()
    options = f"ROW_GROUP_SIZE {_ROW_GROUP}{', READ_ONLY' if read_only else ''}"
    connection: duckdb.DuckDBPyConnection = module.connect(":memory:")
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute(f"ATTACH {DUCKDB.literal(str(path))} AS {_CATALOG} ({options})")
            return connection
        except module.Error as error:
            if "lock" not in str(error).lower():
                raise StopError([Finding("RF511", f"the warehouse `{path}` cannot be opened", hint=_first_line(error))], 2) from error
            if time.monotonic() >= until:
                raise StopError([_in_use(path, error)], 2) from error
            time.sleep(0.05)


def _query_error(text: str) -> QueryError:
    """DuckDB says what, then a blank line, then where: the statement with a caret below it."""
    said, _, where = text.partition("\n\nLINE ")
    lines = said.splitlines()
    unknown = re.search(r"Table with name (\S+) does not exist", said)
    advice = [line for line in lines[1:] if line.strip() and not line.startswith("Did you mean")]
    message = lines[0].partition("Error: ")[2] or lines[0]
    shown = "\n  ".join([message.rstrip("!"), *(f"LINE {where}".splitlines() if where else [])])
    return QueryError(shown, unknown[1] if unknown else None, " ".join(advice) or None)


def _in_use(path: Path, error: Exception) -> Finding:
    holder = re.search(r"\(PID (\d+)\)", str(error))
    who = f"process {holder[1]}" if holder else "another process"
    return Finding(
        "RF510",
        f"the warehouse `{path}` is in use by {who}",
        hint="wait until it has finished, stop it, or name another file with `--warehouse`",
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _duckdb() -> ModuleType:
    try:
        import duckdb
    except ImportError as error:
        hint = "install it with `pip install 'retailflow[local]'`"
        raise StopError([Finding("RF512", "the embedded warehouse needs `duckdb`, which is not installed", hint=hint)], 2) from error
    return duckdb
