"""The verdicts of an audit: what offends, how much of it is shown, and where its history is."""

from contextlib import closing
from pathlib import Path

import pytest

from retailflow.local import audit as auditing
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.sql.audit import Audit, AuditSeverity, History
from tests.factories import project


def _verdict(monkeypatch: pytest.MonkeyPatch, path: Path, select: str, severity: AuditSeverity) -> auditing.Verdict:
    asked = Audit("RF520", "one", "t", severity, "must be", select, History("t_log", (("a", "a"),)))
    monkeypatch.setattr(auditing, "audits", lambda model, dialect: (asked,))
    with closing(DuckDbWarehouse(path / "w.duckdb", ("staging", "dw"))) as warehouse:
        return auditing.verdicts(project(), warehouse)[0]


def test_nothing_offends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdict = _verdict(monkeypatch, tmp_path, "SELECT 1 AS a WHERE FALSE", AuditSeverity.BLOCK)
    assert verdict.passed
    assert not verdict.blocks


def test_some_rows_are_shown_each_with_its_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdict = _verdict(monkeypatch, tmp_path, "SELECT range AS a FROM range(9) ORDER BY a", AuditSeverity.BLOCK)
    assert verdict.blocks
    assert verdict.more
    assert [row[0] for row in verdict.rows] == [0, 1, 2, 3, 4]
    assert verdict.history[2] == "SELECT * FROM t_log WHERE a = 2"


def test_a_warning_does_not_block(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdict = _verdict(monkeypatch, tmp_path, "SELECT 7 AS a", AuditSeverity.WARN)
    assert not verdict.passed
    assert not verdict.blocks
