"""dlt: a pipeline with the merge strategy `scd2`, which is given the whole source, each row with its hash."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.scd2.batches import Batch
from benchmarks.scd2.contestant import outcome
from benchmarks.scd2.customers import TYPED, Outcome
from benchmarks.scd2.database import Place
from benchmarks.scd2.peer import versions
from benchmarks.scd2.source import TABLE, Source
from benchmarks.scd2.timing import Command

# Arrow, and hashes made by the database: a row at a time, which is the plain way, takes many times as long.
ON_DUCKDB = """
import sys, dlt, duckdb
folder, source, target, query = sys.argv[1:]
with duckdb.connect(source, read_only=True) as connection:
    table = connection.execute(query).to_arrow_table()
destination, form = dlt.destinations.duckdb(target), "parquet"
"""
ON_POSTGRES = """
import io, sys, dlt, psycopg2, pyarrow, pyarrow.csv
folder, source, target, query = sys.argv[1:]
buffer = io.BytesIO()
with psycopg2.connect(source) as connection, connection.cursor() as cursor:
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)", buffer)
buffer.seek(0)
types = {"postcode": pyarrow.string(), "credit_limit": pyarrow.decimal128(12, 2), "updated_at": pyarrow.timestamp("us")}
table = pyarrow.csv.read_csv(buffer, convert_options=pyarrow.csv.ConvertOptions(column_types=types))
destination, form = dlt.destinations.postgres(target), "csv"
"""
PIPELINE = """
how = {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "row_hash"}
pipeline = dlt.pipeline("bench", destination=destination, dataset_name="dlt_scd2", pipelines_dir=folder)
pipeline.run(dlt.resource([table], name="customer", write_disposition=how), loader_file_format=form).raise_on_failed_jobs()
"""


@dataclass(slots=True)
class Dlt:
    """`shared`: the source of all, on PostgreSQL."""

    place: Place
    environment: Path
    shared: Source | None
    source: Source = field(init=False)

    name = "dlt scd2"
    times = "runs"
    knows_ends = False

    def __post_init__(self) -> None:
        self.source = self.shared or Source(self.place.database("dlt_source", str(self.environment / "bin/python")))

    def prepare(self) -> None:
        (self.place.folder / "dlt").mkdir()

    def bring_up(self, batch: Batch) -> None:
        self.source.bring_up(batch)

    def command(self, batch: Batch) -> Command:
        folder = self.place.folder
        query = f"SELECT *, md5(concat_ws('|', {', '.join(TYPED)})) AS row_hash FROM {TABLE}"
        if self.place.postgres is None:
            script, source, target = ON_DUCKDB, str(self.place.file("dlt_source")), str(self.place.file("dlt"))
        else:
            p = self.place.postgres.parts
            target = f"postgresql://{p['user']}:{p['password']}@localhost:{p['port']}/{p['dbname']}?host={quote(p['host'], safe='')}"
            script, source = ON_POSTGRES, self.place.postgres.dsn
        arguments = (str(self.environment / "bin/python"), "-c", script + PIPELINE, str(folder / "dlt"), source, target, query)
        return Command(arguments, {"RUNTIME__DLTHUB_TELEMETRY": "false"}, folder / "dlt")

    def outcome(self) -> Outcome:
        database = self.place.database("dlt", str(self.environment / "bin/python"))
        return outcome(database, "dlt_scd2.customer", "_dlt_valid_to IS NULL")

    def versions(self) -> dict[str, str]:
        return versions(self.environment, "dlt", "duckdb", "psycopg2-binary", "pyarrow")
