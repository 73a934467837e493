"""The package as adopters install it: everything it reads is inside, and it generates without the repository beside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_the_package_reads(unpacked: Path) -> None:
    package = unpacked / "retailflow"
    templates = {p.relative_to(ROOT / "templates") for p in (ROOT / "templates").rglob("*.j2")}
    pages = {p.relative_to(ROOT / "retailflow") for p in (ROOT / "retailflow").rglob("*") if p.suffix in (".md", ".typed")}
    assert templates == {p.relative_to(package / "_templates") for p in (package / "_templates").rglob("*.j2")}
    assert pages <= {p.relative_to(package) for p in package.rglob("*")}
    assert not (unpacked / "tests").exists()


def test_the_installed_package_generates_away_from_the_repository(unpacked: Path, tmp_path: Path) -> None:
    for name in ("retailflow.yaml", "holidays.yaml", "tables"):
        os.symlink(ROOT / name, tmp_path / name)
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "NO_COLOR": "1"}
    where = "import retailflow; print(retailflow.__file__)"
    found = subprocess.run([sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(unpacked))
    run = subprocess.run([sys.executable, "-m", "retailflow", "generate"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "generated/manifest.json").is_file()
