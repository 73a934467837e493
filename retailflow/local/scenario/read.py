"""From the file of a scenario to a scenario, or to all that is wrong with it."""

from dataclasses import dataclass
from pathlib import Path

from retailflow.errors import Finding, Severity, did_you_mean
from retailflow.local.scenario.events import Events
from retailflow.local.scenario.expected import expectations
from retailflow.local.scenario.scenario import Scenario, Star
from retailflow.local.scenario.setting import Setting
from retailflow.local.scenario.shape import StarTable, star_tables
from retailflow.model.project import Project
from retailflow.resolve.sink import Sink
from retailflow.source import Document, read_document
from retailflow.spec import read_scenario
from retailflow.spec.scenario import CountsSpec, ScenarioSpec


@dataclass(frozen=True, slots=True)
class Reading:
    """`scenario` is None where one of the findings is an error."""

    path: str
    name: str
    scenario: Scenario | None
    findings: tuple[Finding, ...]


def read(file: Path, path: str, setting: Setting) -> Reading:
    """`path` is what findings call the file."""
    document, findings = read_document(file, path)
    if document is None:
        return Reading(path, path, None, findings)
    spec, more = read_scenario(document)
    sink = Sink(document)
    sink.findings += [*findings, *more]
    if spec is None:
        return Reading(path, path, None, tuple(sink.findings))
    project = setting.project(document, spec, sink)
    scenario = _scenario(document, spec, project, sink) if project is not None else None
    found = tuple(dict.fromkeys(sink.findings))
    failed = any(f.severity is Severity.ERROR for f in found)
    return Reading(path, spec.scenario, None if failed else scenario, found)


def _scenario(document: Document, spec: ScenarioSpec, project: Project, sink: Sink) -> Scenario:
    tables = star_tables(project)
    batches = Events(project, sink).batches(spec)
    known = {t.name for t in project.tables} | {e.topic for batch in spec.batches for e in batch if e.topic is not None}
    for key, names in (("expect_quarantine", spec.expect_quarantine), ("expect_counts", spec.expect_counts)):
        for name in names:
            if name not in known:
                sink.add("RF532", f"there is no table `{name}`", key, name, hint=did_you_mean(name, known), key=True)
    return Scenario(
        name=spec.scenario,
        why=spec.why,
        path=document.path,
        line=document.key_place("scenario").line,
        project=project,
        batches=batches,
        expect=expectations(tables, spec.expect, sink, "expect"),
        after=_after(tables, spec, sink),
        quarantine=spec.expect_quarantine,
        counts={name: _counts(counts) for name, counts in spec.expect_counts.items()},
        error=spec.expect_error,
    )


def _after(tables: dict[str, StarTable], spec: ScenarioSpec, sink: Sink) -> dict[int, Star]:
    found: dict[int, Star] = {}
    for written, expected in spec.after.items():
        number = int(written) if written.isdecimal() and len(written) < 9 else 0
        if not 1 <= number <= len(spec.batches):
            hint = f"batches are numbered from 1 to {len(spec.batches)}"
            sink.add("RF532", f"there is no batch `{written}`", "after", written, hint=hint, key=True)
            continue
        found[number] = expectations(tables, expected, sink, "after", written)
    return found


def _counts(spec: CountsSpec) -> dict[str, int]:
    return {fate: count for fate, count in spec.model_dump(exclude_none=True).items() if isinstance(count, int)}
