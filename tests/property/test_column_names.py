"""Columns may have any name: those the load uses for itself are not in their way."""

import re
from pathlib import Path
from typing import Any

import pytest

from retailflow.sql.dialects.reserved import RESERVED
from tests.property.harness import deliver
from tests.reference.events import Record

SQL = Path(__file__).parents[2] / "retailflow" / "sql"
OWN = {"valid_from", "valid_to", "is_current", "is_deleted", "is_inferred", "period_start"}


def used_names() -> list[str]:
    """Every word in the sources of the plans that could be the name of a column, and is no reserved one."""
    text = " ".join(path.read_text() for path in SQL.rglob("*.py"))
    words = set(re.findall(r"(?<![\w.])[a-z][a-z_]{0,30}(?![\w(])", text)) | set(re.findall(r"(?<=\.)[a-z][a-z_]{0,30}", text))
    return sorted(w for w in words if w not in RESERVED and w not in OWN and not w.startswith("tmp_"))


def history(names: list[str]) -> tuple[dict[str, Any], list[Record]]:
    columns: dict[str, Any] = {"thing_id": "int"}
    columns |= {name: {"type": "varchar(8)", "scd": (2, 1, 0, 3, 6)[i % 5]} for i, name in enumerate(names)}
    table = {"table": "thing", "source": "erp.dbo.Thing", "key": "thing_id", "scd": 2, "columns": columns}
    records = []
    for n, op in enumerate("rucdcu"):
        row = {"thing_id": 1 + n % 2} | {name: f"v{(n * 7 + i) % 3}" for i, name in enumerate(names) if n != 3 or i % 2}
        lsn = f"1:{n + 1:x}:1"
        source = {"ts_ms": 1_700_000_000_000 + n * 1000, "commit_lsn": lsn, "change_lsn": lsn, "event_serial_no": 1}
        before, after = (row, None) if op == "d" else (None, row)
        value = {"before": before, "after": after, "op": op, "source": source | {"snapshot_id": "s"}}
        records.append(Record("thing_changes", n, value, {"thing_id": row["thing_id"]}))
    return table, records


def rows(names: list[str], plain: list[str]) -> list[list[Any]]:
    table, records = history(names)
    _, star = deliver({"sources": {"erp": {}}}, [table], [records])
    back = dict(zip(names, plain, strict=True))
    named = [{_original(k, back): v for k, v in row.items()} for row in star["dim_thing"]]
    return sorted(sorted(row.items()) for row in named)


def _original(name: str, back: dict[str, str]) -> str:
    for prefix in ("previous_", "current_"):
        if name.removeprefix(prefix) in back:
            return prefix + back[name.removeprefix(prefix)] if name.startswith(prefix) else back[name]
    return back.get(name, name)


@pytest.mark.parametrize("part", range(4))
def test_no_name_is_in_the_way_of_the_load(part: int) -> None:
    names = [n for n in used_names() if n != "thing_id"][part::4]
    plain = [f"c{i}" for i in range(len(names))]
    assert rows(names, plain) == rows(plain, plain)
