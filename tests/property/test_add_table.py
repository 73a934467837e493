"""Whatever a script calls its tables and columns: what `add-table` writes validates, and means what the script says."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retailflow.cli.ddl_tables import all_tables
from retailflow.cli.new_files import would_be_wrong, write_new
from retailflow.importer import Wish, import_scripts, spec_text
from retailflow.importer.statements import read_script
from retailflow.resolve import load

NAMES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.sampled_from(
        [
            "Group",
            "desc",
            "Order Details",
            "a]b",
            'a"b',
            "a'b",
            "valid_from",
            "oid",
            "_x",
            "1st",
            "date",
            "ID",
            "iD",
            "true",
            "GO",
            "a\nGO\nb",
        ]
    ),
)
PLAIN = ("bit", "tinyint", "int", "bigint", "money", "smallmoney", "real", "float", "date", "datetime", "datetime2", "text", "xml", "image")
SIZED = ("time(3)", "datetimeoffset(2)", "nvarchar(50)", "nchar(5)", "varchar(max)", "varbinary(20)", "decimal(10,3)", "float(53)")
RARE = ("numeric", "rowversion", "sysname", "uniqueidentifier", "smalldatetime", "geography", "hierarchyid")
TYPES = st.sampled_from((*PLAIN, *SIZED, *RARE))


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """A few tables with odd names, some with keys, some that refer to others."""
    statements: list[str] = []
    tables = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    for table in tables:
        columns = draw(st.lists(NAMES, min_size=1, max_size=5))
        parts = [f"{bracketed(c)} {draw(TYPES)} {draw(st.sampled_from(['NULL', 'NOT NULL', '']))}" for c in columns]
        if draw(st.booleans()):
            key = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True))
            parts.append(f"PRIMARY KEY ({', '.join(map(bracketed, key))})")
        if draw(st.booleans()):
            other = draw(st.sampled_from(tables))
            parts.append(f"FOREIGN KEY ({bracketed(columns[-1])}) REFERENCES {bracketed(other)}")
        statements.append(f"CREATE TABLE {draw(st.sampled_from(['', 'Sales.', 'dbo.']))}{bracketed(table)} ({', '.join(parts)})")
    return draw(st.sampled_from(["\n", "\nGO\n", ";"])).join(statements)


def bracketed(name: str) -> str:
    return f"[{name.replace(']', ']]')}]"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(scripts(), st.sampled_from(["cdc", "batch", "stream"]), st.sampled_from([None, 0, 1, 2, 3, 4, 6]))
def test_what_is_written_validates(script: str, ingest: str, scd: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "retailflow.yaml").write_text("version: 1\nname: shop\nsources:\n  erp: {server: erp.example.net, database: erp}\n")
        chosen = all_tables(
            import_scripts([read_script("a.sql", script)]), Wish("erp", ingest, scd, None if scd is None else True), None, ()
        )
        texts = {f"tables/{d.name}.yaml": spec_text(d) for d in chosen.drafts}
        wrong = would_be_wrong(root, texts)
        sound = {path: text for path, text in texts.items() if not any(f.place and f.place.path == path for f in wrong)}
        assert {f.code for f in wrong} <= {"RF202"}, wrong  # a float, or a text without a length, as the key: no spec can have that
        if would_be_wrong(root, sound):
            return  # what was left out is referred to
        write_new(root, sound)
        project, findings = load(root)
        assert project is not None, findings
        drafts = {d.name: d for d in chosen.drafts if f"tables/{d.name}.yaml" in sound}
        assert {t.name for t in project.tables} == drafts.keys()
        for table in project.tables:
            written = drafts[table.name].columns
            assert [(c.name, c.field) for c in table.columns] == [(d.name, d.field or d.name) for d in written]
