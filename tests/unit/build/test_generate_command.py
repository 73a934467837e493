"""`retailflow generate` as a person runs it: what is printed where, what is written, and the exit code."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from retailflow.cli.app import main

MINIMAL = Path(__file__).parents[2] / "golden/minimal/project"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(MINIMAL, tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "p"


def generate(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["retailflow", "generate", *options])
    with pytest.raises(SystemExit) as stopped:
        main()
    code = stopped.value.code
    assert code is None or isinstance(code, int)
    return code or 0


TOPIC = "generated/kafka/topics/supplier.yaml"


def test_it_writes_says_what_and_is_done(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(monkeypatch) == 0
    assert "+ kafka/topics/supplier.yaml" in capsys.readouterr().out.splitlines()
    assert (root / TOPIC).is_file()
    assert generate(monkeypatch) == 0
    assert capsys.readouterr().out.startswith("up to date: ")


def test_check_writes_nothing_and_exits_3_until_all_is_fresh(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(monkeypatch, "--check") == 3
    assert "+ kafka/topics/supplier.yaml" in capsys.readouterr().out
    assert not (root / "generated").exists()
    generate(monkeypatch)
    assert generate(monkeypatch, "--check") == 0
    spec = root / "tables/supplier.yaml"
    spec.write_text(spec.read_text() + "owner: buying\n")
    assert generate(monkeypatch, "--check") == 3
    assert "~ docs/runbooks/supplier.md" in capsys.readouterr().out


def test_a_comment_in_a_spec_makes_nothing_stale(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(monkeypatch)
    spec = root / "tables/supplier.yaml"
    spec.write_text("# who sells to us\n\n" + spec.read_text())
    assert generate(monkeypatch, "--check") == 0


def test_a_hand_edit_is_refused_by_name_and_given_up_by_name(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(monkeypatch)
    (root / TOPIC).write_text("mine\n")
    (root / "tables/supplier.yaml").write_text((root / "tables/supplier.yaml").read_text() + "owner: buying\n")
    capsys.readouterr()
    assert generate(monkeypatch) == 1
    told = capsys.readouterr()
    assert "! kafka/topics/supplier.yaml" in told.out
    assert "RF601" in told.err
    assert "retailflow generate --overwrite kafka/topics/supplier.yaml" in told.err
    assert "buying" not in (root / "generated/docs/runbooks/supplier.md").read_text()
    assert generate(monkeypatch, "--check") == 3
    assert generate(monkeypatch, "--overwrite", f"./{TOPIC}") == 0
    assert "supplier_changes" in (root / TOPIC).read_text()


def test_a_removed_table_takes_its_files_along(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = root / "tables/other.yaml"
    other.write_text((root / "tables/supplier.yaml").read_text().replace("supplier", "other"))
    generate(monkeypatch)
    assert list((root / "generated").rglob("*other*"))
    other.unlink()
    assert generate(monkeypatch) == 0
    assert not list((root / "generated").rglob("*other*"))


def test_a_spec_with_errors_writes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "tables/supplier.yaml").write_text("table: supplier\n")
    assert generate(monkeypatch) == 1
    assert not (root / "generated").exists()


def test_json_is_all_there_is_on_stdout(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(monkeypatch, "--format", "json", "--diff", "--check") == 3
    told = json.loads(capsys.readouterr().out)
    assert told["stale"] is True
    assert {change["kind"] for change in told["changes"]} == {"create"}
    assert all(change["diff"] for change in told["changes"])


def test_a_template_of_the_project_is_used_and_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate(monkeypatch)
    (root / "templates/docs").mkdir(parents=True)
    (root / "templates/docs/runbook.md.j2").write_text("Ask {{ table.owner | md }}.\n")
    capsys.readouterr()
    assert generate(monkeypatch) == 0
    out = capsys.readouterr().out
    assert "~ docs/runbooks/supplier.md" in out.splitlines()
    assert "note: templates/docs/runbook.md.j2 of this project replaces the one of retailflow" in out


def test_a_conflict_left_by_a_merge_is_solved_by_running_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(monkeypatch)
    fresh = (root / TOPIC).read_text()
    for path in (TOPIC, "generated/manifest.json"):
        text = (root / path).read_text()
        (root / path).write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n")
    assert generate(monkeypatch) == 0
    assert (root / TOPIC).read_text() == fresh
    assert generate(monkeypatch, "--check") == 0


@pytest.mark.parametrize(
    ("text", "line"), [("a\n{{ table.nope | md }}\n", 2), ("{{ table.owner }}\n", 1), ("{% if %}\n", 1), ("\n\n{{ x | nope }}", 3)]
)
def test_a_mistake_in_a_template_of_the_project_is_a_finding_with_its_place(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, line: int
) -> None:
    (root / "templates/docs").mkdir(parents=True)
    (root / "templates/docs/runbook.md.j2").write_text(text)
    assert generate(monkeypatch) == 1
    err = capsys.readouterr().err
    assert "error[RF605]" in err
    assert f"templates/docs/runbook.md.j2:{line}:" in err
