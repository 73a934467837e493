"""What `retailflow.yaml` says about the whole."""

import re
from datetime import date
from pathlib import Path

from retailflow.errors import Finding
from retailflow.model.project import Calendar, Environment, Group, Holiday, Naming
from retailflow.resolve.sink import Sink
from retailflow.resolve.table import setting_text
from retailflow.resolve.version import check_requires
from retailflow.source import read_document
from retailflow.spec import ProjectSpec, TableSpec

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_FOLDER = re.compile(r"([A-Za-z0-9_.=-]+/)+", re.ASCII)
_FOLDERS = ("landing", "staging", "dimensions", "facts")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")
# What each naming pattern may hold, and what it must.
_PATTERNS = {
    "topic": ({"table"}, {"table"}),
    "bucket": ({"env"}, set()),
    "landing": ({"table", "env"}, {"table"}),
    "staging": ({"table", "env"}, {"table"}),
    "dimensions": ({"env"}, set()),
    "facts": ({"env"}, set()),
    "staging_schema": (set(), set()),
    "warehouse_schema": (set(), set()),
}


def check_project(sink: Sink, spec: ProjectSpec) -> None:
    """What stands in `retailflow.yaml` alone."""
    check_requires(sink, spec.requires)
    if not _NAME.fullmatch(spec.name):
        sink.add("RF135", f"`{spec.name}` is not a project name", "name", hint="lower-case letters, digits and `-`, at most 63")
    for name, environment in spec.environments.items():
        if not _ACCOUNT.fullmatch(environment.account):
            message = f"`{environment.account}` is not an AWS account"
            sink.add("RF135", message, "environments", name, "account", hint="twelve digits, quoted")
        if not _REGION.fullmatch(environment.region):
            message = f"`{environment.region}` is not an AWS region"
            sink.add("RF135", message, "environments", name, "region", hint="such as `eu-central-1`")
        if not _NAME.fullmatch(name):
            sink.add("RF135", f"`{name}` is not the name of an environment", "environments", name, key=True, hint="such as `dev`")
    for key, (allowed, needed) in _PATTERNS.items():
        pattern = getattr(spec.naming, key)
        if _placeholders(sink, key, pattern, allowed, needed):
            _place(sink, key, pattern)


def _placeholders(sink: Sink, key: str, pattern: str, allowed: set[str], needed: set[str]) -> bool:
    """Whether a pattern has the placeholders it needs and no others."""
    found = {match[1] if match[1] is not None else match[0] for match in _PLACEHOLDER.finditer(pattern)}
    for unknown in sorted(found - allowed):
        known = ", ".join(f"`{{{name}}}`" for name in sorted(allowed)) or "none"
        sink.add("RF135", f"`{pattern}` has the placeholder `{unknown}`", "naming", key, hint=f"placeholders here: {known}")
    for missing in sorted(needed - found):
        sink.add("RF135", f"`{pattern}` is the same for every table", "naming", key, hint=f"put `{{{missing}}}` in it")
    return needed <= found <= allowed


def _place(sink: Sink, key: str, pattern: str) -> None:
    """Whether S3 takes a pattern as the name of a bucket, or of a folder in one."""
    if key == "bucket" and not _BUCKET.fullmatch(pattern.replace("{env}", "env")):
        hint = "lower-case letters, digits, `-` and `.`, 3 to 63"
        sink.add("RF135", f"`{pattern}` cannot be the name of a bucket", "naming", key, hint=hint)
    elif key in _FOLDERS and (not _FOLDER.fullmatch(_PLACEHOLDER.sub("x", pattern)) or ".." in pattern):
        hint = "such as `landing/{table}/`, with `/` at the end and none before"
        sink.add("RF135", f"`{pattern}` is not a folder of a bucket", "naming", key, hint=hint)


def resolve_naming(spec: ProjectSpec) -> Naming:
    return Naming(**spec.naming.model_dump())


def resolve_environments(spec: ProjectSpec) -> tuple[Environment, ...]:
    return tuple(
        Environment(name, environment.account, environment.region, tuple(sorted(environment.settings.items())))
        for name, environment in sorted(spec.environments.items())
    )


def resolve_groups(spec: ProjectSpec, tables: list[tuple[Sink, TableSpec]]) -> tuple[Group, ...]:
    """Every group that is declared or used; a table's own Glue settings are its group's, so two tables may not disagree."""
    settings = {name: {**spec.defaults.glue, **own} for name, own in spec.groups.items()}
    said: dict[tuple[str, str], object] = {}
    for sink, table in tables:
        name = table.group or spec.defaults.group
        group = settings.setdefault(name, dict(spec.defaults.glue))
        for key, value in table.glue.items():
            if said.setdefault((name, key), value) != value:
                hint = "tables of one group share jobs: say it once, under `groups`"
                sink.add("RF136", f"group `{name}` already has `{key}: {said[name, key]}`", "glue", key, hint=hint)
            group[key] = value
    return tuple(
        Group(name, tuple((key, setting_text(value)) for key, value in sorted(group.items()))) for name, group in sorted(settings.items())
    )


def resolve_calendar(sink: Sink, spec: ProjectSpec, root: Path) -> tuple[Calendar, tuple[Finding, ...]]:
    """The date dimension, with the holidays of its file."""
    first = _day(sink, spec.calendar.first, "calendar", "first") or date(2020, 1, 1)
    last = _day(sink, spec.calendar.last, "calendar", "last") or date(2030, 12, 31)
    if last < first or last.year - first.year > 300:
        sink.add(
            "RF137", f"the calendar from {first} to {last} is not one", "calendar", hint="`first` before `last`, at most 300 years apart"
        )
    holidays, findings = _holidays(sink, spec.calendar.holidays, root) if spec.calendar.holidays else ((), ())
    return Calendar(first, last, spec.calendar.fiscal_start, holidays), findings


def _day(sink: Sink, text: str, *steps: str) -> date | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    sink.add("RF137", f"`{text}` is not a date", *steps, hint="write `YYYY-MM-DD`")
    return None


def _holidays(sink: Sink, name: str, root: Path) -> tuple[tuple[Holiday, ...], tuple[Finding, ...]]:
    if name.startswith("/") or ".." in Path(name).parts or not (root / name).is_file():
        sink.add("RF137", f"there is no file `{name}` beside retailflow.yaml", "calendar", "holidays")
        return (), ()
    document, findings = read_document(root / name, name)
    if document is None:
        return (), findings
    inner, found = Sink(document), []
    data = document.data
    if not isinstance(data, dict):
        inner.add("RF137", "holidays are `YYYY-MM-DD: name` lines")
        data = {}
    for day, label in data.items():
        if not isinstance(label, str):
            inner.add("RF137", f"the name of `{day}` must be text", day)
        elif (parsed := _day(inner, day, day)) is not None:
            found.append(Holiday(parsed, label))
    return tuple(sorted(found, key=lambda h: h.day)), (*findings, *inner.findings)
