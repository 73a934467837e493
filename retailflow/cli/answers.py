"""What `add-table` is told by flags, or asks at a terminal."""

import re
from dataclasses import dataclass, replace

import typer

from retailflow.errors import Finding, StopError
from retailflow.importer import Draft, DraftColumn, Wish, guess_pii
from retailflow.importer.naming import plain
from retailflow.types import Kind, UnknownTypeError, parse_type

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answers:
    """Texts as given; `columns` as `name:type`."""

    name: str
    source: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    description: str

    def missing(self, ingest: str) -> list[str]:
        """The flags without which there is no table."""
        needed = {"NAME": self.name, "--column": self.columns}
        if ingest == "cdc":
            needed["--source"] = self.source
        if ingest != "stream":
            needed["--key"] = self.key
        return [flag for flag, value in needed.items() if not value]

    def asked(self, ingest: str) -> "Answers":
        """With what was missing asked for."""
        missing = self.missing(ingest)
        name = str(typer.prompt("table")) if "NAME" in missing else self.name
        source = str(typer.prompt("source (source.schema.table)")) if "--source" in missing else self.source
        columns = self.columns or _ask_columns()
        first = columns[0].partition(":")[0] if columns else ""
        key = _parts(str(typer.prompt("key (columns, by commas)", default=first))) if "--key" in missing else self.key
        return replace(self, name=name, source=source, columns=columns, key=key)


def _ask_columns() -> tuple[str, ...]:
    found: list[str] = []
    while True:
        text = str(typer.prompt("column (name:type, nothing to end)", default="", show_default=False)).strip()
        if not text:
            return tuple(found)
        found.append(text)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def draft_from(given: Answers, wish: Wish) -> Draft:
    """The draft of a table by hand. StopError: a name or a type that is none."""
    findings: list[Finding] = []
    if not _NAME.fullmatch(given.name):
        better = plain(given.name)
        findings.append(Finding("RF633", f"`{given.name}` is not a plain name", hint=f"write `{better}`" if better else None))
    columns = [c for c in (_column(text, findings) for text in given.columns) if c is not None]
    if findings:
        raise StopError(findings, 2)
    names = {c.field or c.name: c.name for c in columns}
    times = [c.name for c in columns if parse_type(c.type).kind in (Kind.TIMESTAMP, Kind.INSTANT)]
    return Draft(
        name=given.name,
        source=given.source,
        ingest=wish.ingest,
        key=tuple(names.get(k, k) for k in given.key),
        columns=tuple(columns),
        scd=wish.scd if wish.has_dimension else None,
        owner=wish.owner,
        group=wish.group,
        description=given.description,
        files=f"{given.name}/*.csv" if wish.ingest == "batch" else "",
        time=times[0] if times else "",
    )


def _column(text: str, findings: list[Finding]) -> DraftColumn | None:
    name, colon, type_ = (part.strip() for part in text.partition(":"))
    if not name or not colon or not type_:
        findings.append(Finding("RF633", f"`--column {text}` is not `name:type`", hint="such as `--column 'price:money'`"))
        return None
    try:
        parse_type(type_)
    except UnknownTypeError as error:
        findings.append(Finding("RF633", f"`--column {text}`: {error}"))
        return None
    ours = name if _NAME.fullmatch(name) else plain(name) or name
    return DraftColumn(ours, type_, "" if ours == name else name, pii=guess_pii(ours, type_))
