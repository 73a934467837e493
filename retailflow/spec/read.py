"""Documents to specs: what a person wrote, or all that is wrong with its shape."""

from typing import Any, TypeVar

from pydantic import ValidationError

from retailflow.errors import Finding
from retailflow.source import Document
from retailflow.spec.base import Strict
from retailflow.spec.project import ProjectSpec
from retailflow.spec.scenario import ScenarioSpec
from retailflow.spec.table import TableSpec
from retailflow.spec.words import finding_of

_Spec = TypeVar("_Spec", bound=Strict)


def read_table(document: Document) -> tuple[TableSpec | None, tuple[Finding, ...]]:
    """The spec of a table; unknown keys are findings that do not stand in the way of further ones."""
    return _read(document, TableSpec)


def read_project(document: Document) -> tuple[ProjectSpec | None, tuple[Finding, ...]]:
    """The spec of the project."""
    return _read(document, ProjectSpec)


def read_scenario(document: Document) -> tuple[ScenarioSpec | None, tuple[Finding, ...]]:
    """The spec of a scenario."""
    return _read(document, ScenarioSpec)


def _read(document: Document, model: type[_Spec]) -> tuple[_Spec | None, tuple[Finding, ...]]:
    data = document.data
    if not isinstance(data, dict):
        return None, (Finding("RF010", "the file must be a mapping (`key: value` lines)", document.place()),)
    try:
        return model.model_validate(data), ()
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    findings = tuple(finding_of(error, model, document) for error in errors)
    if any(error["type"] != "extra_forbidden" for error in errors):
        return None, findings
    for error in errors:
        _drop(data, error["loc"])
    return model.model_validate(data), findings


def _drop(data: Any, steps: tuple[str | int, ...]) -> None:
    for step in steps[:-1]:
        data = data[step]
    del data[steps[-1]]
