"""T-SQL scripts as people have them: what is read, what is passed over, and what is said about it."""

import time
from pathlib import Path

import pytest

from retailflow.errors import Severity
from retailflow.importer import Imported, ImportedTable, import_scripts, read_script
from retailflow.importer.script import Script
from retailflow.importer.statements import read_script as read_text


def read(*texts: str) -> Imported:
    return import_scripts(read_text(f"{number}.sql", text) for number, text in enumerate(texts))


def table(text: str) -> ImportedTable:
    (found,) = read(text).tables
    return found


def types(found: ImportedTable) -> dict[str, str]:
    return {c.name: c.type + ("" if c.nullable else " not null") for c in found.columns}


def codes(found: Imported) -> list[str]:
    return [f.code for f in found.findings]


OLD_STYLE = """
/* a script of the nineties /* with a comment in it */ */
SET quoted_identifier ON
GO
if exists (select * from sysobjects where id = object_id('dbo.Bike Parts'))
    drop table "dbo"."Bike Parts"
go
CREATE TABLE "Bike Parts" (
    "PartID" "int" IDENTITY (1, 1) NOT NULL ,
    "BikeID" nchar (5) NULL ,
    "Label" nvarchar (40) NOT NULL ,
    "Price" "money" NULL CONSTRAINT "DF_Price" DEFAULT (0),
    "Weight" "real" NOT NULL CONSTRAINT "DF_Weight" DEFAULT (0),
    "Gone" "bit" NOT NULL CONSTRAINT "DF_Gone" DEFAULT (0),
    CONSTRAINT "PK_Parts" PRIMARY KEY  CLUSTERED ("PartID"),
    CONSTRAINT "FK_Parts" FOREIGN KEY ("BikeID") REFERENCES "dbo"."Bikes" ("BikeID"),
    CONSTRAINT "CK_Price" CHECK (Price >= 0 and (Label <> 'a, ) b'))
)
GO
 CREATE  INDEX "Label" ON "dbo"."Bike Parts"("Label")
GO
"""


def test_quoted_types_and_names_with_blanks() -> None:
    found = table(OLD_STYLE)
    assert found.full_name == "dbo.Bike Parts"
    assert types(found) == {
        "PartID": "int not null",
        "BikeID": "nchar(5)",
        "Label": "nvarchar(40) not null",
        "Price": "money",
        "Weight": "real not null",
        "Gone": "bit not null",
    }
    assert found.key == ("PartID",)
    assert [(f.columns, f.schema, f.table, f.target_columns) for f in found.foreign_keys] == [(("BikeID",), "dbo", "Bikes", ("BikeID",))]


MODERN = """\ufeffCREATE TABLE [Sales].[Offer] (
    [OfferID]    INT               IDENTITY (1, 1) NOT FOR REPLICATION NOT NULL,
    [Name]       [dbo].[Label]     NOT NULL,
    [Note]       [dbo].[Label],
    [Code]       VARCHAR (10)      COLLATE Latin1_General_BIN2 SPARSE NULL,
    [Rate]       DECIMAL (8, 2)    CONSTRAINT [DF_Rate] DEFAULT ((0.00)) NOT NULL,
    [Guid]       UNIQUEIDENTIFIER  CONSTRAINT [DF_Guid] DEFAULT (newid()) ROWGUIDCOL NOT NULL,
    [Mail]       NVARCHAR (120)    MASKED WITH (FUNCTION = 'email()') NULL,
    [Total]      AS                (isnull([Rate]*(2),(0))) PERSISTED NOT NULL,
    [Since]      DATETIME2 (7)     GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
    [Until]      DATETIME2 (7)     GENERATED ALWAYS AS ROW END NOT NULL,
    [Photo]      VARBINARY (MAX)   NULL,
    [Xml]        XML (CONTENT [dbo].[Schemas]) NULL,
    PERIOD FOR SYSTEM_TIME ([Since], [Until]),
    CONSTRAINT [PK_Offer] PRIMARY KEY CLUSTERED ([OfferID] ASC, [Code] DESC) WITH (FILLFACTOR = 90),
    CONSTRAINT [AK_Name] UNIQUE NONCLUSTERED ([Name] ASC),
    INDEX [IX_Code] NONCLUSTERED ([Code]) INCLUDE ([Rate])
) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [Sales].[OfferHistory]));
GO
EXECUTE sp_addextendedproperty @name = N'MS_Description', @value = N'What we''d sell,
   for less.', @level0type = N'SCHEMA', @level0name = N'Sales', @level1type = N'TABLE', @level1name = N'Offer';
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'A name', N'SCHEMA', N'Sales', N'TABLE', N'Offer', N'COLUMN', N'Name';
"""
LABEL = "CREATE TYPE [dbo].[Label] FROM NVARCHAR (50) NOT NULL;"


def test_data_project_style() -> None:
    found = read(MODERN, LABEL)
    (offer,) = found.tables
    assert types(offer) == {
        "OfferID": "int not null",
        "Name": "nvarchar(50) not null",
        "Note": "nvarchar(50) not null",
        "Code": "varchar(10) not null",
        "Rate": "decimal(8,2) not null",
        "Guid": "uniqueidentifier not null",
        "Mail": "nvarchar(120)",
        "Since": "datetime2(7) not null",
        "Until": "datetime2(7) not null",
        "Photo": "varbinary(max)",
        "Xml": "xml",
    }
    assert (offer.key, offer.unique) == (("OfferID", "Code"), (("Name",),))
    assert offer.description == "What we'd sell, for less."
    assert {c.name: c.description for c in offer.columns if c.description} == {"Name": "A name"}
    assert codes(found) == ["RF623"]


def test_an_alias_type_that_nobody_defines_is_found_at_its_column() -> None:
    found = read(MODERN)
    assert not found.tables
    assert found.broken == {"Sales.Offer"}
    finding = next(f for f in found.findings if f.code == "RF622")
    assert finding.place is not None
    assert (finding.place.line, finding.severity) == (3, Severity.ERROR)
    assert "CREATE TYPE dbo.Label FROM" in (finding.hint or "")


def test_constraints_added_later_and_keys_within_a_column() -> None:
    found = read(
        "CREATE TABLE a.Parent (id int PRIMARY KEY, other int UNIQUE DEFAULT NULL, n int DEFAULT -1 NOT NULL)",
        """CREATE TABLE a.Child (id int NOT NULL, parent_id int REFERENCES a.Parent ON DELETE SET NULL NOT NULL)
        ALTER TABLE a.Child WITH NOCHECK ADD
            CONSTRAINT pk PRIMARY KEY NONCLUSTERED (id),
            CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES a.Parent (id) ON DELETE SET NULL ON UPDATE NO ACTION
        ALTER TABLE a.Child CHECK CONSTRAINT fk
        INSERT a.Child VALUES (1, 'ALTER TABLE x ADD y int')""",
    )
    parent, child = found.tables
    assert types(parent) == {"id": "int not null", "other": "int", "n": "int not null"}
    assert types(child) == {"id": "int not null", "parent_id": "int not null"}
    assert (parent.key, child.key) == (("id",), ("id",))
    assert {(f.columns, f.target_columns) for f in child.foreign_keys} == {(("parent_id",), ()), (("parent_id",), ("id",))}


def test_what_is_no_table_is_passed_over() -> None:
    script = """
    CREATE PROCEDURE p AS BEGIN CREATE TABLE dbo.Inner1 (a int) END
    CREATE TABLE dbo.StillTheProcedure (a int)
    GO 5
    CREATE TABLE #temporary (a int)
    DECLARE @t TABLE (a int)
    EXEC('CREATE TABLE dbo.Dynamic (a int)')
    -- CREATE TABLE dbo.Comment (a int)
    CREATE OR ALTER VIEW v AS SELECT 1 AS go
    GO
    IF 1 = 1 BEGIN CREATE TABLE db..Real (a int NOT NULL, timestamp, PRIMARY KEY (a)) END
    """
    found = table(script)
    assert found.full_name == "dbo.Real"
    assert types(found) == {"a": "int not null", "timestamp": "timestamp"}


HOSTILE = """CREATE TABLE [odd ]] schema].["quo'ted"
table] ([a ]] b] int NOT NULL, "c "" d" nvarchar(10), [GO
GO
x] int, [日本] nvarchar(3), [e'; DROP TABLE x; --] int, [😀] int CHECK ('GO' <> N'it''s ] "'), CONSTRAINT [] PRIMARY KEY ([a ]] b]))"""


def test_names_that_try_to_break_out() -> None:
    found = table(HOSTILE)
    assert (found.schema, found.name) == ("odd ] schema", '"quo\'ted"\ntable')
    assert [c.name for c in found.columns] == ["a ] b", 'c " d', "GO\nGO\nx", "日本", "e'; DROP TABLE x; --", "😀"]
    assert found.key == ("a ] b",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CREATE",
        "CREATE TABLE",
        "CREATE TABLE a",
        "CREATE TABLE a (",
        "CREATE TABLE a (b",
        "CREATE TABLE a ()",
        "CREATE TABLE a (,,)",
        "[",
        "'",
        '"',
        "/*",
        "/* /* */",
        "--",
        "CREATE TABLE a (b int, PRIMARY KEY",
        "EXEC sp_addextendedproperty",
        "CREATE TYPE a FROM",
        "ALTER TABLE a ADD",
        "CREATE TABLE a (b int DEFAULT",
        "GO\nGO\nGO",
        "CREATE TABLE [a (b int)",
        "CREATE TABLE a (b int 'x",
        "))))((((",
        "\x00\x00",
        "CREATE TABLE 1",
    ],
)
def test_broken_scripts_break_nothing(text: str) -> None:
    assert read(text).tables == () or read(text).tables[0].columns


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("national character varying(10)", "nvarchar(10)"),
        ("char varying (3)", "varchar(3)"),
        ("double precision", "float"),
        ("sys.int", "int"),
        ("[sys].[sysname]", "sysname"),
        ("numeric", "numeric"),
        ("float(53)", "float(53)"),
        ("datetime2", "datetime2"),
        ("nvarchar ( MAX )", "nvarchar(max)"),
        ("national text", "ntext"),
        ("rowversion", "rowversion"),
        ("dec(9)", "dec(9)"),
    ],
)
def test_spellings_of_types(written: str, read_as: str) -> None:
    assert table(f"CREATE TABLE t (c {written} NULL)").columns[0].type == read_as


def test_types_that_no_wire_carries_are_left_out() -> None:
    found = read("CREATE TABLE t (a int PRIMARY KEY, b geography, c sql_variant NOT NULL, d xml COLUMN_SET FOR ALL_SPARSE_COLUMNS)")
    assert [c.name for c in found.tables[0].columns] == ["a"]
    assert codes(found) == ["RF624", "RF624", "RF623"]


def test_the_first_of_two_tables_and_of_two_columns_is_taken() -> None:
    found = read("CREATE TABLE t (a int PRIMARY KEY, A int)", "CREATE TABLE dbo.T (b int)")
    assert [c.name for c in found.tables[0].columns] == ["a"]
    assert sorted(codes(found)) == ["RF626", "RF627"]


def test_a_key_that_is_not_carried_is_told() -> None:
    found = read("CREATE TABLE t (a int, b AS (a + 1) PERSISTED NOT NULL PRIMARY KEY)")
    assert codes(found) == ["RF623", "RF625"]
    assert found.tables[0].key == ()


def test_a_megabyte_of_inserts_takes_no_time() -> None:
    rows = "".join(f"INSERT \"T\" VALUES ({n},'O''Neil, {n}',0x{'AB' * 40})\ngo\n" for n in range(8_000))
    started = time.process_time()
    assert len(read("CREATE TABLE T (a int PRIMARY KEY)\nGO\n" + rows).tables) == 1
    assert len(rows) > 1_000_000
    assert time.process_time() - started < 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.sql"
    file.write_bytes("CREATE TABLE [Größe] (a int PRIMARY KEY)".encode(encoding))
    script = read_script(file, "a.sql")
    assert isinstance(script, Script)
    assert import_scripts([script]).tables[0].name == "Größe"
