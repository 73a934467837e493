"""`retailflow lint-sql`: files and folders, three formats, and what it exits with."""

import json
from pathlib import Path

import pytest

from tests.unit.authoring.command_line import invoke

RIGHT, WARNS, WRONG = "SELECT 1;\n", "SELECT CAST(a AS TEXT) FROM t;\n", "SELECT 1;\nDELETE FROM t AS x WHERE x.a = 1;\n"
Run = tuple[int, str, str]


class Command:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *words: str) -> Run:
        code = invoke(self.monkeypatch, "lint-sql", *words)
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_it_exits_with_1_for_errors_only(tmp_path: Path, run: Command) -> None:
    folder = tmp_path / "sql/below"
    folder.mkdir(parents=True)
    (folder / "right.sql").write_text(RIGHT)
    (folder / "warns.sql").write_text(WARNS)
    (folder / "other.txt").write_text("no SQL")
    code, out, err = run(str(tmp_path / "sql"))
    assert code == 0
    assert "warning[RF959]" in out
    assert "2 files, 1 warning" in err
    (folder / "wrong.sql").write_text(WRONG)
    code, out, _ = run(str(tmp_path / "sql"))
    assert code == 1
    assert "error[RF945]" in out
    assert "wrong.sql:2:" in out


def test_it_speaks_json_and_github(tmp_path: Path, run: Command) -> None:
    file = tmp_path / "wrong.sql"
    file.write_text(WRONG)
    code, out, _ = run(str(file), "--format", "json")
    assert (code, [f["code"] for f in json.loads(out)]) == (1, ["RF945"])
    code, out, _ = run(str(file), "--format", "github")
    assert code == 1
    assert out.startswith("::error ")


def test_a_file_that_is_not_there_is_a_mistake_of_usage(tmp_path: Path, run: Command) -> None:
    code, _, err = run(str(tmp_path / "none.sql"))
    assert code == 2
    assert "RF998" in err
