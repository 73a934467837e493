"""The pages of `errors/catalogue`: one a code, with a wrong example, a right one, and what to do."""

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

_TITLE = re.compile(r"# (RF\d{3}): (.+)")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A file of an example; `language` is what the fence says (`yaml`, or `hex` for bytes that are no text)."""

    path: str
    language: str
    content: str


@dataclass(frozen=True, slots=True)
class Page:
    """`sections` by heading; `wrong` and `right` hold the files of the examples, a project around them is understood."""

    code: str
    title: str
    text: str
    sections: dict[str, str]

    @property
    def wrong(self) -> tuple[Example, ...]:
        return _examples(self.sections.get("Wrong", ""))

    @property
    def right(self) -> tuple[Example, ...]:
        return _examples(self.sections.get("Right", ""))


def codes() -> tuple[str, ...]:
    """Every code that has a page, sorted."""
    return tuple(sorted(f.name.removesuffix(".md") for f in _folder().iterdir() if f.name.endswith(".md")))


def page(code: str) -> Page:
    """The page of a code; raises KeyError."""
    if code not in codes():
        raise KeyError(code)
    text = (_folder() / f"{code}.md").read_text(encoding="utf-8")
    title = _TITLE.match(text)
    if title is None or title[1] != code:
        raise ValueError(f"the page of {code} must begin with `# {code}: title`")
    parts = _SECTION.split(text)
    return Page(code, title[2], text, dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True)))


def _folder() -> Traversable:
    return files("retailflow.errors") / "catalogue"


def _examples(section: str) -> tuple[Example, ...]:
    return tuple(Example(path, language, content) for language, path, content in _FENCE.findall(section) if path)
