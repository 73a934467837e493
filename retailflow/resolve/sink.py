"""Collects the findings about one document while it is resolved."""

from retailflow.errors import Finding, Severity
from retailflow.source import Document, Step


class Sink:
    """`steps` is a path of steps in the document; the finding points at the value there, or at its key with `key=True`."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def add(self, code: str, message: str, *steps: Step, hint: str | None = None, key: bool = False) -> None:
        place = self.document.key_place(*steps) if key else self.document.place(*steps)
        self.findings.append(Finding(code, message, place, hint))

    def warn(self, code: str, message: str, *steps: Step, hint: str | None = None, key: bool = False) -> None:
        place = self.document.key_place(*steps) if key else self.document.place(*steps)
        self.findings.append(Finding(code, message, place, hint, Severity.WARNING))

    def add_within(self, code: str, message: str, steps: tuple[Step, ...], part: tuple[str, int, int], hint: str | None = None) -> None:
        """At a part of a scalar's text: (text, start, length)."""
        self.findings.append(Finding(code, message, self.document.within(steps, *part), hint))

    @property
    def failed(self) -> bool:
        return any(f.severity is Severity.ERROR for f in self.findings)
