"""The references are what the models say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.spec_reference import page, scenario_page

REFERENCE = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize(("name", "written"), [("spec.md", page), ("scenarios.md", scenario_page)])
def test_a_page_is_what_the_models_say(name: str, written: Callable[[], str], update: bool) -> None:
    if update:
        (REFERENCE / name).write_text(written(), encoding="utf-8")
    assert (REFERENCE / name).read_text(encoding="utf-8") == written(), "write it anew: python -m pytest tests/docs --update"
