"""The reference of the spec is what the models say, and every key in it is described."""

from pathlib import Path

from tests.docs.spec_reference import page

PAGE = Path(__file__).parents[2] / "docs/reference/spec.md"


def test_the_page_is_what_the_models_say(update: bool) -> None:
    if update:
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m pytest tests/docs --update"
