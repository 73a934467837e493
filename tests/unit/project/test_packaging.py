"""How the project is installed and entered: one lock without hosts, light imports, targets and links that exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SPARK_LOCK = (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", [LOCK, SPARK_LOCK])
def test_every_package_in_a_lock_is_pinned_with_a_hash_and_no_host_is_named(lock: str) -> None:
    for line in lock.replace("\\\n", " ").splitlines():
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( ; .+?)? +(--hash=sha256:[0-9a-f]{64} *)+", line), line


def test_the_lock_covers_what_a_clone_needs() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = {name_of(r) for r in [*PROJECT["dependencies"], *extras["local"], *extras["postgres"], *extras["dev"]]}
    assert wanted <= set(pins(LOCK))


def test_spark_is_locked_apart_and_no_package_in_two_versions() -> None:
    assert {name_of(r) for r in PROJECT["optional-dependencies"]["spark"]} <= set(pins(SPARK_LOCK))
    assert "pyspark" not in pins(LOCK)
    assert all(pins(LOCK).get(name, version) == version for name, version in pins(SPARK_LOCK).items())


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("retailflow.cli.app", ["duckdb", "jinja2", "pydantic", "pyspark", "sqlglot", "yaml"]),
        ("retailflow.cli.known_project", ["duckdb", "jinja2", "pydantic", "pyspark", "sqlglot", "yaml"]),
        ("retailflow.compiler", ["duckdb", "pydantic", "pyspark", "rich", "typer"]),
        ("retailflow.model.project", ["duckdb", "jinja2", "pydantic", "pyspark", "sqlglot", "yaml"]),
        ("retailflow.runtime", ["duckdb", "jinja2", "pydantic", "sqlglot", "typer", "yaml"]),
    ],
)
def test_importing_stays_light(module: str, never: list[str]) -> None:
    """What a module must not load, so that `--help` answers at once and an install without extras works."""
    code = f"import sys, {module}; print(*sorted(set({never!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []


def test_every_target_a_reader_is_told_of_exists_and_explains_itself() -> None:
    explained = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md", "docs/architecture.md"):
        told = set(re.findall(r"(?:^|`)make ([a-z]+)\b", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
        assert told <= explained, page


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_files_named_in_pages_exist() -> None:
    named = re.compile(r"`((?:retailflow|tests|docs|tables)/[\w/.-]+)`")
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs/architecture.md", *(ROOT / "docs/adr").glob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in pages
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_ci_runs_the_suite_as_a_person_does() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1] == "make test"
