"""The command line: exit codes, what goes to which stream, and that asking for help costs nothing."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retailflow.cli import app, registry
from retailflow.errors import Finding, StopError
from tests.unit.front.projects import RETAIL, STORE, write

Result = tuple[int, str, str]
HEAVY: tuple[str, ...] = ("pydantic", "sqlglot", "yaml", "jinja2", "duckdb", "rich")
HEAVY += ("retailflow.resolve", "retailflow.spec", "retailflow.model", "retailflow.sql")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """Exit code, stdout and stderr of a command, in this process."""
    monkeypatch.setattr(sys, "argv", ["retailflow", *arguments])
    with pytest.raises(SystemExit) as stop:
        app.main()
    captured = capsys.readouterr()
    code = stop.value.code
    assert isinstance(code, int)
    return code, captured.out, captured.err


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(tmp_path, dict(RETAIL)))
    return tmp_path


def test_validate_clean(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(capsys, monkeypatch, "validate") == (0, "", "3 tables, nothing wrong\n")


def test_validate_findings(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "tables/store.yaml").write_text(STORE.replace("key: store_id", "key: stor_id"))
    code, out, err = run(capsys, monkeypatch, "validate")
    assert code == 1
    assert out.startswith("error[RF101]: key column `stor_id` is not a column of `store`\n --> tables/store.yaml:3:6\n")
    assert "3 | key: stor_id\n  |      ^^^^^^^\nhint: did you mean `store_id`?" in out
    assert err.startswith("1 error; ")


def test_validate_json_and_github(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run(capsys, monkeypatch, "validate", "--format", "json")[1]) == []
    (project / "tables/store.yaml").write_text("")
    code, out, _ = run(capsys, monkeypatch, "validate", "--format", "json")
    assert (code, json.loads(out)[0]["code"]) == (1, "RF010")
    assert run(capsys, monkeypatch, "validate", "--format", "github")[1].startswith("::error file=tables/store.yaml,line=1,")


def test_a_warning_is_no_failure(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "tables/store.yaml").rename(project / "tables/shop.yaml")
    code, out, err = run(capsys, monkeypatch, "validate")
    assert (code, out.split(":")[0], err) == (0, "warning[RF016]", "3 tables, 1 warning\n")
    code, out, err = run(capsys, monkeypatch, "ls")
    assert (code, out.split()[0]) == (0, "table")
    assert err.startswith("warning[RF016]")


def test_the_project_is_found_from_a_folder_below(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    below = project / "tables"
    monkeypatch.chdir(below)
    assert run(capsys, monkeypatch, "validate")[0] == 0
    monkeypatch.chdir(project.parent)
    assert run(capsys, monkeypatch, "validate", "--project", str(project))[0] == 0


def test_no_project_is_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, monkeypatch, "validate")
    assert (code, out) == (2, "")
    assert err.startswith("error[RF001]: there is no retailflow.yaml here or in a folder above\nhint: ")
    assert run(capsys, monkeypatch, "validate", "--project", "nowhere")[0] == 2


def test_wrong_usage_is_2(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["--nonsense"], ["nonsense"], ["validate", "--format", "xml"], ["show"], ["show", "stor"], ["ls", "--select", "x"]):
        code, out, err = run(capsys, monkeypatch, *arguments)
        assert (code, out) == (2, "")
        assert err


def test_errors_stop_other_commands_with_the_source_line(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (project / "tables/store.yaml").write_text(STORE.replace("key: store_id", "key: stor_id"))
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    code, out, err = run(capsys, monkeypatch, "ls", "--project", str(project))
    assert (code, out) == (1, "")
    assert "3 | key: stor_id" in err


def test_explain(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "explain", "rf101")
    assert (code, out.splitlines()[0]) == (0, "# RF101: a key column is not a column")
    assert "RF212  an integer is divided by an integer" in run(capsys, monkeypatch, "explain")[1]
    code, out, err = run(capsys, monkeypatch, "explain", "RF999")
    assert (code, out) == (2, "")
    assert "there is no code `RF999`" in err


def test_schema(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "columns" in json.loads(run(capsys, monkeypatch, "schema")[1])["properties"]
    assert "sources" in json.loads(run(capsys, monkeypatch, "schema", "project")[1])["properties"]


def test_ls(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(capsys, monkeypatch, "ls", "--select", "+order_line", "--select", "store")[1]
    assert [line.split()[0] for line in out.splitlines()] == ["table", "order", "order_line", "store"]
    rows = json.loads(run(capsys, monkeypatch, "ls", "--format", "json")[1])
    assert rows[1] == {
        "table": "order_line",
        "ingest": "cdc",
        "group": "default",
        "source": "erp",
        "dimension": None,
        "facts": ["fact_sales"],
        "path": "tables/order_line.yaml",
    }


def test_show(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from retailflow.source import compose

    document, findings = compose(run(capsys, monkeypatch, "show", "order_line")[1], "shown")
    assert not findings
    assert document is not None
    data = document.data
    assert isinstance(data, dict)
    assert data["key"] == ["order_id", "line_no"]
    assert data["facts"][0]["measures"][1]["expression"] == "((quantity * unit_price) * (1 - discount))"


def test_no_color(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "tables/store.yaml").write_text("")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[" in run(capsys, monkeypatch, "validate")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in run(capsys, monkeypatch, "validate")[1]


def test_a_fault_of_ours_is_never_a_finding(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("retailflow.rules.validate", broken)
    code, out, err = run(capsys, monkeypatch, "validate")
    assert (code, out) == (app.INTERNAL, "")
    assert "KeyError: 'a bug'" in err
    assert "error[" not in err
    assert "fault of retailflow" in err


def test_what_stops_a_command_decides_the_exit_code(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stale() -> None:
        raise StopError([Finding("RF001", "stale")], 3)

    monkeypatch.setattr(app, "commands", lambda: iter([("stale", "build", stale), ("other", "build", stale)]))
    assert run(capsys, monkeypatch, "stale") == (3, "", "error[RF001]: stale\n")


def test_every_command_is_registered_once_and_documented() -> None:
    names = [name for name, _, _ in registry.commands()]
    assert len(names) == len(set(names))
    for _, _, function in registry.commands():
        assert (function.__doc__ or "").strip()


def test_every_module_of_commands_is_registered() -> None:
    folder = Path(registry.__file__).parent / "commands"
    assert {f.stem for f in folder.glob("*.py")} - {"__init__"} == {module for module, _ in registry.COMMANDS}


def _python(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=environment).stdout


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys; from retailflow.cli.app import build; build(); print([m for m in {HEAVY!r} if m in sys.modules])"
    assert _python("-c", code).strip() == "[]"


def test_help_answers_at_once() -> None:
    """Within three times what typer alone costs; the best of several tries, as other work may go on beside."""

    def best(*arguments: str) -> float:
        times = []
        for _ in range(4):
            start = time.perf_counter()
            _python(*arguments)
            times.append(time.perf_counter() - start)
        return min(times)

    assert best("-m", "retailflow", "--help") < 3 * best("-c", "import typer")


def test_version_and_module_entry() -> None:
    assert _python("-m", "retailflow", "--version").startswith("retailflow 0.")
