"""The Python we generate is held to what we ask of our own: ruff's checks, its format, and mypy --strict."""

import subprocess
import sys
from pathlib import Path

import pytest

from retailflow.compiler import compile
from retailflow.model.project import Project
from retailflow.rules import validate

ROOT = Path(__file__).parents[2]
FEATURES = sorted(path.parent for path in Path(__file__).parent.glob("*/project"))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All features side by side, away from this repository, as an adopter's tools would see them."""
    folder = tmp_path_factory.mktemp("tree")
    for feature in FEATURES:
        project, _ = validate(feature / "project")
        assert isinstance(project, Project)
        for artifact in compile(project):
            path = folder / feature.name / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.content, "utf-8")
    return folder


def run(folder: Path, *command: str) -> str:
    environment = {"MYPYPATH": f"{folder}:{ROOT}", "PATH": ""}
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing(generated: Path) -> None:
    assert not run(generated, "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), ".")


def test_ruff_would_format_it_the_same(generated: Path) -> None:
    assert not run(generated, "ruff", "format", "--diff", "--no-cache", "--config", str(ROOT / "pyproject.toml"), ".")


def test_mypy_finds_nothing(generated: Path) -> None:
    options = ("--strict", "--explicit-package-bases", "--ignore-missing-imports", "--follow-imports=silent")
    assert not run(generated, "mypy", *options, "--cache-dir", str(generated.parent / "mypy"), ".")


def test_the_tools_see_the_files(generated: Path) -> None:
    seen = run(generated, "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), "--select", "D100,ALL", ".")
    assert len(list(generated.rglob("*.py"))) > 20
    assert "Found" in seen
