"""`retailflow add-table`: what it writes, what it refuses, and that it never overwrites."""

from pathlib import Path

import pytest

from retailflow.resolve import load
from tests.unit.authoring.command_line import empty_project, invoke

FLAGS = ["--source", "erp.Sales.Customer", "--key", "customer_id", "--column", "customer_id:int", "--column", "Name:nvarchar(80)"]
SCRIPT = """
CREATE TYPE dbo.Label FROM nvarchar(50);
CREATE TABLE dbo.Bikes (BikeID int PRIMARY KEY, Label dbo.Label NOT NULL, Price money);
CREATE TABLE dbo.[Bike Parts] (PartID int PRIMARY KEY, BikeID int REFERENCES dbo.Bikes (BikeID), [Group] varchar(10));
CREATE TABLE dbo.Trips (TripID int PRIMARY KEY, BikeID int REFERENCES dbo.Bikes, PartID int REFERENCES dbo.[Bike Parts]);
CREATE TABLE dbo.Heap (Line nvarchar(max));
CREATE TABLE dbo.[With.Dot] (a int PRIMARY KEY);
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(empty_project(tmp_path / "p"))
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "bikes.sql").write_text(SCRIPT)
    return tmp_path / "p"


def test_flags_make_a_table_that_validates(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(monkeypatch, "add-table", "customer", *FLAGS, "--owner", "crm", "--description", "Who buys: all of them") == 0
    assert capsys.readouterr().out == "tables/customer.yaml\n"
    project, findings = load(root)
    assert not findings
    assert project is not None
    customer = project.table("customer")
    assert (customer.key, customer.owner, customer.description) == (("customer_id",), "crm", "Who buys: all of them")
    assert {c.name: c.field for c in customer.columns} == {"customer_id": "customer_id", "name": "Name"}
    assert customer.dimension is not None


def test_what_is_there_is_not_overwritten(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tables").mkdir()
    (root / "tables/customer.yaml").write_text("mine")
    assert invoke(monkeypatch, "add-table", "customer", *FLAGS) == 1
    assert "RF631" in capsys.readouterr().err
    assert (root / "tables/customer.yaml").read_text() == "mine"


def test_a_name_that_another_file_has_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(monkeypatch, "add-table", "customer", *FLAGS) == 0
    (root / "tables/customer.yaml").rename(root / "tables/people.yaml")
    assert invoke(monkeypatch, "add-table", "customer", *FLAGS) == 1
    assert "RF631" in capsys.readouterr().err
    assert not (root / "tables/customer.yaml").exists()


def test_without_a_terminal_missing_flags_are_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(monkeypatch, "add-table", "customer", "--key", "a") == 2
    assert "missing: `--column`, `--source`" in capsys.readouterr().err
    assert not (root / "tables").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["customer", *FLAGS, "--scd", "5"], "RF633"),
        (["../customer", *FLAGS], "RF633"),
        (["Customer", *FLAGS], "RF633"),
        (["customer", *FLAGS, "--column", "price"], "RF633"),
        (["customer", *FLAGS, "--column", "price:monney"], "RF633"),
        (["customer", *FLAGS, "--ingest", "post"], "RF633"),
        (["--all"], "RF633"),
        (["--from-ddl", "nothing.sql"], "RF620"),
    ],
)
def test_flags_that_cannot_be(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], code: str
) -> None:
    assert invoke(monkeypatch, "add-table", *words) == 2
    assert code in capsys.readouterr().err
    assert not (root / "tables").exists()


def test_what_would_not_validate_is_not_written(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(monkeypatch, "add-table", "customer", *FLAGS[:2], "--key", "id", "--column", "name:int") == 1
    assert "RF101" in capsys.readouterr().err
    assert not (root / "tables").exists()


@pytest.mark.parametrize("ingest", ["batch", "stream"])
def test_other_routes(root: Path, monkeypatch: pytest.MonkeyPatch, ingest: str) -> None:
    flags = ["--ingest", ingest, "--key", "id", "--column", "id:int", "--column", "at:datetime2(3)"]
    assert invoke(monkeypatch, "add-table", "reading", *flags) == 0
    project, _ = load(root)
    assert project is not None
    assert project.table("reading").route == ingest


def test_all_tables_of_a_script(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(monkeypatch, "add-table", "--from-ddl", "../bikes.sql", "--all") == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == ["tables/bikes.yaml", "tables/bike_parts.yaml", "tables/trips.yaml"]
    assert "RF629" in told.err
    assert "RF628" in told.err
    project, findings = load(root)
    assert project is not None
    assert not findings
    parts = project.table("bike_parts")
    assert (parts.source_table, [(c.name, c.field) for c in parts.columns][2]) == ("Bike Parts", ("bike_parts_group", "Group"))
    assert [(c.columns, c.values) for c in parts.checks] == [(("bike_id",), ("bikes",))]
    assert project.table("bikes").column("price").type.tsql == "money"
    assert project.table("trips").dimension is None


def test_all_again_adds_what_is_missing(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    invoke(monkeypatch, "add-table", "--from-ddl", "../bikes.sql", "--all")
    (root / "tables/trips.yaml").unlink()
    (root / "tables/bikes.yaml").write_text((root / "tables/bikes.yaml").read_text() + "# mine\n")
    capsys.readouterr()
    assert invoke(monkeypatch, "add-table", "--from-ddl", "../bikes.sql", "--all") == 0
    assert capsys.readouterr().out.splitlines() == ["tables/trips.yaml"]
    assert (root / "tables/bikes.yaml").read_text().endswith("# mine\n")


def test_one_table_of_a_script(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ddl = ["--from-ddl", "../bikes.sql"]
    assert invoke(monkeypatch, "add-table", *ddl) == 1
    assert "RF630" in capsys.readouterr().err
    assert invoke(monkeypatch, "add-table", *ddl, "--ddl-table", "bikez") == 1
    assert "did you mean" in capsys.readouterr().err
    assert invoke(monkeypatch, "add-table", *ddl, "--ddl-table", "dbo.Heap") == 1
    assert "RF629" in capsys.readouterr().err
    assert invoke(monkeypatch, "add-table", "cycle", *ddl, "--source", "erp.dbo.Bikes", "--scd", "1", "--key", "BikeID") == 0
    project, _ = load(root)
    assert project is not None
    assert [t.name for t in project.tables] == ["cycle"]


def test_folders_of_scripts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root.parent / "ddl"
    (folder / "types").mkdir(parents=True)
    (folder / "types/label.sql").write_text("CREATE TYPE dbo.Label FROM nvarchar(50);")
    (folder / "bikes.sql").write_text("CREATE TABLE dbo.Bikes (BikeID int PRIMARY KEY, Label dbo.Label)")
    assert invoke(monkeypatch, "add-table", "--from-ddl", str(folder), "--ddl-table", "Bikes") == 0
    assert (root / "tables/bikes.yaml").exists()


def test_answers_at_a_terminal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from retailflow.cli.answers import Answers

    answers = iter(["store", "erp.dbo.Store", "store_id:int", "city:nvarchar(40)", "", "store_id"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert Answers("", "", (), (), "").asked("cdc") == Answers(
        "store", "erp.dbo.Store", ("store_id",), ("store_id:int", "city:nvarchar(40)"), ""
    )
