"""One folder a feature: a real project, and the whole tree of files that comes of it, compared both ways."""

import shutil
from difflib import unified_diff
from pathlib import Path

import pytest

from retailflow.compiler import compile
from retailflow.model.project import Project
from retailflow.rules import validate
from retailflow.targets import places

HERE = Path(__file__).parent
FEATURES = sorted(path.parent.name for path in HERE.glob("*/project"))


@pytest.fixture(autouse=True)
def _the_same_version_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "__version__", "0.0.0")


def project_of(feature: str) -> Project:
    project, findings = validate(HERE / feature / "project")
    assert project is not None, "\n".join(f"{f.code} {f.message}" for f in findings)
    return project


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}


def difference(wanted: dict[str, str], got: dict[str, str]) -> str:
    lines = [f"missing: {path}" for path in sorted(wanted.keys() - got.keys())]
    lines += [f"extra: {path}" for path in sorted(got.keys() - wanted.keys())]
    for path in sorted(wanted.keys() & got.keys()):
        lines += unified_diff(wanted[path].splitlines(), got[path].splitlines(), f"expected/{path}", path, lineterm="")
    return "\n".join(lines)


@pytest.mark.parametrize("feature", FEATURES)
def test_the_files_of_a_project_are_those_expected(feature: str, update: bool) -> None:
    expected = HERE / feature / "expected"
    got = {artifact.path: artifact.content for artifact in compile(project_of(feature))}
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        for path, content in got.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(content, "utf-8")
    found = difference(tree(expected), got)
    assert not found, f"{found}\n\nif this is as it should be: pytest tests/golden --update"


def test_there_are_features() -> None:
    assert len(FEATURES) >= 5
