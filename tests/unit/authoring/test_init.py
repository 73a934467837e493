"""`retailflow init`: a project that validates; what is there stays."""

from pathlib import Path

import pytest

from retailflow.rules import validate
from tests.unit.authoring.command_line import invoke


def test_it_validates_and_twice_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "My Shop 2"
    assert invoke(monkeypatch, "init", str(root)) == 0
    made = capsys.readouterr().out.split()
    assert made == ["retailflow.yaml", "tables/customer.yaml", "tests/scenarios/customer.yaml", ".gitignore"]
    project, findings = validate(root)
    assert not findings
    assert project is not None
    assert project.name == "my-shop-2"
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert invoke(monkeypatch, "init", str(root)) == 0
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_what_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/mine.yaml").write_text("mine")
    (tmp_path / ".gitignore").write_text("dist/")
    assert invoke(monkeypatch, "init", str(tmp_path)) == 0
    assert (tmp_path / "tables/mine.yaml").read_text() == "mine"
    assert not (tmp_path / "tables/customer.yaml").exists()
    assert (tmp_path / ".gitignore").read_text() == "dist/\n.retailflow/\n"


def test_a_file_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert invoke(monkeypatch, "init", str(tmp_path / "file")) == 2
    assert "RF635" in capsys.readouterr().err
