"""A project that was resolved before is taken from its folder, never when it might be another one now."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retailflow.cli import known_project
from retailflow.cli.app import build
from retailflow.cli.known_project import keep, known
from retailflow.model.project import Project
from retailflow.model.stored import as_json, from_json
from retailflow.rules import validated

ROOT = Path(__file__).parents[3]
LATER = time.time() + 1e6  # as if files had rested before they were read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tables", tmp_path / "tables")
    for name in ("retailflow.yaml", "holidays.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".retailflow").mkdir()
    return tmp_path


def resolve(root: Path, began: float = LATER) -> Project:
    found = validated(root)
    assert found.project is not None
    keep(root, found.project, found.findings, found.files, began)
    return found.project


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests/northwind"], ids=["example", "northwind"])
def test_a_project_is_the_same_after_json(folder: Path) -> None:
    found = validated(folder)
    assert found.project is not None
    again = from_json(as_json((found.project, found.findings)))
    assert again == (found.project, found.findings)
    assert repr(again) == repr((found.project, found.findings)), "numbers and truth values are equal to others of another type"


def test_a_project_that_did_not_change_is_known(root: Path) -> None:
    project = resolve(root)
    found = known(root)
    assert found is not None
    assert found[0] == project


def test_warnings_are_told_again(root: Path) -> None:
    (root / "tables/customer.yaml").rename(root / "tables/somebody.yaml")  # a file is named after its table
    resolve(root)
    found = known(root)
    assert found is not None
    assert [f.code for f in found[1]] == [f.code for f in validated(root).findings] != []


def append(path: Path) -> None:
    path.write_text(path.read_text() + "\n# more\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda root: append(root / "retailflow.yaml"),
        lambda root: append(root / "tables/store.yaml"),
        lambda root: append(root / "holidays.yaml"),
        lambda root: (root / "tables/store.yaml").unlink(),
        lambda root: (root / "holidays.yaml").unlink(),
        lambda root: shutil.copy(root / "tables/store.yaml", root / "tables/shop.yml"),
        lambda root: (root / "tables/store.yaml").rename(root / "tables/shop.yaml"),
    ],
    ids=["project", "spec", "holidays", "spec gone", "holidays gone", "one more", "renamed"],
)
def test_whatever_changed_is_read_again(root: Path, change: Callable[[Path], object]) -> None:
    resolve(root)
    assert known(root) is not None
    change(root)
    assert known(root) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: text.replace("dim_customer", "dim_cuztomer"),
        lambda text: json.dumps(json.loads(text) | {"tool": "another"}),
        lambda text: json.dumps(json.loads(text) | {"text": "null", "hash": known_project._hash("null")}),
        lambda text: json.dumps(json.loads(text) | {"text": '{"":"Path"}', "hash": known_project._hash('{"":"Path"}')}),
    ],
    ids=["empty", "cut short", "no object", "other bytes", "other tool", "no project", "no class of a model"],
)
def test_what_was_not_written_by_this_retailflow_is_not_believed(root: Path, spoil: Callable[[str], str]) -> None:
    resolve(root)
    file = root / ".retailflow/project.json"
    file.write_text(spoil(file.read_text()))
    assert known(root) is None


def test_another_retailflow_resolves_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(root)
    monkeypatch.setattr(known_project, "__version__", "0.0.0")
    assert known(root) is None


def test_a_file_that_may_have_changed_while_it_was_read_is_not_kept(root: Path) -> None:
    os.utime(root / "tables/store.yaml")
    resolve(root, time.time())
    assert known(root) is None


def test_nothing_is_made_in_a_project_that_never_ran(root: Path) -> None:
    (root / ".retailflow").rmdir()
    resolve(root)
    assert not (root / ".retailflow").exists()


def test_a_command_does_not_take_an_old_project_for_the_new_one(root: Path) -> None:
    def listed() -> str:
        return CliRunner().invoke(build(), ["ls", "--project", str(root)]).output

    resolve(root)
    before = listed()
    assert "store" in before
    (root / "tables/web_click.yaml").unlink()
    assert "web_click" in before
    assert "web_click" not in listed()
