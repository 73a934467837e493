"""Every code has a page; every wrong example yields its code and no other, every right one nothing."""

import re
from pathlib import Path

import pytest

import retailflow
from retailflow.errors import Finding
from retailflow.errors.pages import Example, codes, page
from retailflow.rules import validate
from tests.unit.front.projects import write

PROJECT = "version: 1\nname: retail\nsources: {erp: {server: erp.example.net, database: erp}}\n"
OF_VALIDATE = [code for code in codes() if code < "RF500" and code not in ("RF001", "RF003", "RF120", "RF121", "RF405")]
_CODE = re.compile(r"[\"'](RF\d{3})[\"']")
SECTIONS = ["Wrong", "Right", "What to do"]


def _used() -> set[str]:
    package = Path(retailflow.__file__).parent
    return {code for file in package.rglob("*.py") for code in _CODE.findall(file.read_text(encoding="utf-8"))}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert _used() == set(codes())


@pytest.mark.parametrize("code", codes())
def test_a_page_says_what_is_wrong_what_is_right_and_what_to_do(code: str) -> None:
    found = page(code)
    assert list(found.sections) == SECTIONS
    assert all(found.sections.values())
    assert found.title == found.title.rstrip(".")
    assert len(found.text.split("## Wrong")[0]) > 80


@pytest.mark.parametrize("code", OF_VALIDATE)
def test_the_wrong_example_is_wrong_in_that_way_only(tmp_path: Path, code: str) -> None:
    assert {f.code for f in _validated(tmp_path, page(code).wrong)} == {code}


@pytest.mark.parametrize("code", OF_VALIDATE)
def test_the_right_example_is_right(tmp_path: Path, code: str) -> None:
    assert _validated(tmp_path, page(code).right) == ()


def _validated(root: Path, examples: tuple[Example, ...]) -> tuple[Finding, ...]:
    assert examples
    files = {e.path: bytes.fromhex(e.content.strip()) if e.language == "hex" else e.content for e in examples}
    return validate(write(root, {"retailflow.yaml": PROJECT, **files}))[1]


def test_a_code_without_a_page_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        page("RF999")
