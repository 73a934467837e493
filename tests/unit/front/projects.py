"""Small projects for the tests of the front end, written to a folder and validated."""

from pathlib import Path

from retailflow.errors import Finding
from retailflow.model.project import Project
from retailflow.rules import validate

PROJECT = """\
version: 1
name: retail
sources:
  erp: {server: erp.example.net, database: erp, time_zone: Europe/Berlin}
"""
STORE = """\
table: store
source: erp.dbo.Store
key: store_id
scd: 2
columns:
  store_id: int
  name: nvarchar(80)
  opened_at: datetime2(3)
"""
ORDER = """\
table: order
source: erp.Sales.Order
key: order_id
columns: {order_id: int, store_id: int, status: varchar(12), ordered_at: datetime2(3)}
"""
LINE = """\
table: order_line
source: erp.Sales.OrderLine
key: [order_id, line_no]
columns: {order_id: int, line_no: smallint, quantity: int, unit_price: money, discount: 'decimal(5,4)'}
facts:
  fact_sales:
    type: transaction
    grain: [order_id, line_no]
    time: ordered_at
    parent: {order: {by: order_id, columns: [store_id, ordered_at]}}
    dimensions: {store: store_id, order_date: {dimension: date, by: ordered_at}}
    measures: {quantity: , net: {expr: quantity * unit_price * (1 - discount), type: 'decimal(19,4)'}}
"""
RETAIL = {"retailflow.yaml": PROJECT, "tables/store.yaml": STORE, "tables/order.yaml": ORDER, "tables/order_line.yaml": LINE}


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """A project of these files; a retailflow.yaml is there unless given."""
    for path, content in {"retailflow.yaml": PROJECT, **files}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def found(root: Path, **tables: str | bytes) -> tuple[Finding, ...]:
    """The findings of a project with these tables."""
    return validate(write(root, {f"tables/{name}.yaml": text for name, text in tables.items()}))[1]


def project_of(root: Path, files: dict[str, str | bytes]) -> Project:
    """The model of these files, which must have no errors."""
    project, findings = validate(write(root, files))
    assert project is not None, findings
    return project


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Code, place and message of each."""
    return [(f.code, f"{f.place.path}:{f.place.line}:{f.place.column}+{f.place.length}" if f.place else "", f.message) for f in findings]
