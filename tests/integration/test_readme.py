"""The quick start of the README, run line by line as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
QUICK_START = re.compile(r"<!-- quick start -->\n```sh\n(.*?)```", re.DOTALL)


def test_the_quick_start_makes_a_star(tmp_path: Path) -> None:
    (script,) = QUICK_START.findall(README.read_text(encoding="utf-8"))
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    shop = tmp_path / "corner-shop"
    assert (shop / "tables/product.yaml").is_file()
    assert (shop / "generated/manifest.json").is_file()
    assert re.search(r"product_id.*name.*price.*valid_from.*valid_to", run.stdout), run.stdout
    assert "1900-01-01T" in run.stdout, "the rows of the first snapshot hold from the beginning"
