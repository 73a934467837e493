"""The generated tests of a table's warehouse files: they pass on what the plans print, and fail when somebody breaks it."""

import runpy
from pathlib import Path

import pytest
from sqlglot.errors import SqlglotError

from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.rules import validate
from retailflow.sql.dialects.redshift import Redshift
from retailflow.sql.schema import table_ddl
from retailflow.targets import tests_redshift

GOLDEN = Path(__file__).parents[2] / "golden"


def one(_: Project, table: Table) -> tuple[str, ...]:
    return (f"redshift/schemas/{table.name}.sql",)


def write(root: Path, feature: str) -> Project:
    project, _ = validate(GOLDEN / feature / "project")
    assert project is not None
    (root / "redshift/schemas").mkdir(parents=True)
    (root / "tests/redshift").mkdir(parents=True)
    for table in project.tables:
        (root / one(project, table)[0]).write_text(";\n".join(table_ddl(project, table, Redshift())) + ";\n")
    for artifact in tests_redshift.emit(project, Templates(), one):
        (root / artifact.path).write_text(artifact.content)
    return project


@pytest.mark.parametrize("feature", ["minimal", "rich_dimension", "fact", "hostile_names"])
def test_they_pass_on_what_is_printed(tmp_path: Path, feature: str) -> None:
    project = write(tmp_path, feature)
    for table in project.tables:
        check = runpy.run_path(str(tmp_path / f"tests/redshift/test_redshift_{table.name}.py"))
        check["test_the_file_parses"](check["FILES"][0])
        for relation in check.get("COLUMNS", ()):
            check["test_the_table_has_its_columns_in_order"](relation)


@pytest.mark.parametrize(
    ("old", "new"), [("name VARCHAR", "title VARCHAR"), ("CREATE TABLE", "CREATE TABEL"), ("(\n", "\n"), ("dim_supplier", "dim_x")]
)
def test_they_fail_when_somebody_breaks_the_file(tmp_path: Path, old: str, new: str) -> None:
    write(tmp_path, "minimal")
    path = tmp_path / "redshift/schemas/supplier.sql"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    check = runpy.run_path(str(tmp_path / "tests/redshift/test_redshift_supplier.py"))
    with pytest.raises((AssertionError, SqlglotError, KeyError)):
        check["test_the_table_has_its_columns_in_order"]("dw.dim_supplier")


def test_a_table_without_warehouse_files_has_no_such_test() -> None:
    project, _ = validate(GOLDEN / "minimal/project")
    assert project is not None
    assert not list(tests_redshift.emit(project, Templates(), lambda *_: ()))
