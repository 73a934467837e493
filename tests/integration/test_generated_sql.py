"""All SQL that is generated for Redshift, read by two readers: nothing is refused by `lint-sql`, nothing unparsable to sqlfluff."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retailflow.compiler import compile
from retailflow.errors import Severity
from retailflow.rules import validate
from retailflow.verify import lint
from retailflow.verify.split import statements

ROOT = Path(__file__).parents[2]
GOLDEN = sorted(path.parent for path in (ROOT / "tests/golden").glob("*/project/retailflow.yaml"))
# What is printed once for every table alike: the first table of the example speaks for the others where reading all would take minutes.
SLICE = 900  # characters of the longest statement that sqlfluff is asked to read


def generated(root: Path) -> dict[str, str]:
    project, _ = validate(root)
    assert project is not None
    return {a.path: a.content for a in compile(project) if a.path.startswith("redshift/") and a.path.endswith(".sql")}


@pytest.mark.parametrize("root", GOLDEN, ids=lambda path: path.parent.name)
def test_lint_sql_finds_nothing_in_what_is_generated_for_a_project(root: Path) -> None:
    assert not lint(generated(root))


@pytest.mark.slow
def test_lint_sql_finds_nothing_in_what_is_generated_for_the_example() -> None:
    found = lint(generated(ROOT))
    assert not [f for f in found if f.severity is Severity.ERROR]
    assert not found


def unparsable(sql: str) -> Iterator[str]:
    sqlfluff = pytest.importorskip("sqlfluff.core", reason="pip install sqlfluff")
    config = sqlfluff.FluffConfig(overrides={"dialect": "redshift", "templater": "raw", "large_file_skip_byte_limit": 0})
    tree = sqlfluff.Linter(config=config).parse_string(sql).tree
    assert tree is not None
    return (part.raw for part in tree.recursive_crawl("unparsable"))


@pytest.mark.slow
@pytest.mark.parametrize("feature", ["fact", "hostile_names"])
def test_sqlfluff_reads_a_slice_of_it(feature: str) -> None:
    """Each statement once, those of procedures too; variables that a procedure selects into are not SQL."""
    seen = {s.text for sql in generated(ROOT / "tests/golden" / feature / "project").values() for s in statements(sql)}
    texts = sorted(text.replace("SELECT INTO _rf_rows", "SELECT") for text in seen if len(text) < SLICE)
    assert len(texts) > 100
    script = ";\n".join(texts) + ";\n"
    assert not list(unparsable(script))


@pytest.mark.slow
def test_sqlfluff_reads_whole_files() -> None:
    files = generated(ROOT / "tests/golden/other_routes/project")
    chosen = [sql for path, sql in files.items() if "/schemas/" in path and "dim_date" not in path and "zones" not in path]
    chosen += [files["redshift/load/_load.sql"], files["redshift/streaming/_cluster.sql"], files["redshift/streaming/web_click.sql"]]
    assert not [part for sql in chosen for part in unparsable(sql)]
