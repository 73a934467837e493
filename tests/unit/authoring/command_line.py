"""Commands as a person runs them: the exit code, and a project to run them in."""

import sys
from pathlib import Path

import pytest

from retailflow.cli.app import main

PROJECT = """\
version: 1
name: shop
sources:
  erp: {server: erp.example.net, database: erp}
"""


def invoke(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of `retailflow WORDS`."""
    monkeypatch.setattr(sys, "argv", ["retailflow", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    code = stopped.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def empty_project(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "retailflow.yaml").write_text(PROJECT)
    return folder
