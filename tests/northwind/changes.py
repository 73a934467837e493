"""What happens to the retailer once its tables are captured: in truth order, then as it arrives."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

from retailflow.model.project import Project
from retailflow.model.table import Table
from tests.northwind.wire import Log, image, rows
from tests.reference.events import Record

MOVED, REPRICED, CORRECTED, DELETED, NEW_ORDER, NEW_CUSTOMER = "ALFKI", 11, 10248, 10249, 11078, "NEWCO"


class Shop:
    """The rows that are there, by table and key, and the log of what is done to them."""

    def __init__(self, project: Project, data: Path) -> None:
        self.project, self.log = project, Log()
        self.events: dict[str, list[Record]] = {t.name: [] for t in project.tables}
        self.rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        self._minutes = 0
        for table in project.tables:
            images = [image(table, row) for row in rows(data / (table.extract.path if table.extract else ""))]
            self.rows[table.name] = {_key(table, i): i for i in images}

    def snapshot(self) -> dict[str, list[Record]]:
        return {t.name: self.log.snapshot(t, list(self.rows[t.name].values())) for t in self.project.tables}

    def insert(self, name: str, row: dict[str, Any]) -> None:
        table = self.project.table(name)
        full = {c.field: row.get(c.field) for c in table.columns}
        self.rows[name][_key(table, full)] = full
        self._log(table, None, full)

    def update(self, name: str, *key: Any, **fields: Any) -> None:
        table, before = self.project.table(name), self.rows[name][key]
        self.rows[name][key] = before | fields
        self._log(table, before, before | fields)

    def delete(self, name: str, *key: Any) -> None:
        self._log(self.project.table(name), self.rows[name].pop(key), None)

    def _log(self, table: Table, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        self._minutes += 10
        self.events[table.name].append(self.log.change(table, before, after, self._minutes))


def trade(shop: Shop) -> list[str]:
    """A morning's changes; what they are, in words."""

    def lines(order: int) -> list[tuple[Any, ...]]:
        return [k for k in shop.rows["order_details"] if k[0] == order]

    today = int((datetime(1998, 5, 8) - datetime(1970, 1, 1)).total_seconds()) * 1000
    shop.update("customers", MOVED, Address="Elbchaussee 12", City="Hamburg", PostalCode="22765")
    shop.update("products", REPRICED, UnitPrice="23.5000")
    shop.update("orders", CORRECTED, EmployeeID=4)
    shop.update("order_details", *lines(CORRECTED)[0], Quantity=15)
    gone = lines(DELETED)
    for key in gone:
        shop.delete("order_details", *key)
    shop.delete("orders", DELETED)
    for number, customer in ((NEW_ORDER, MOVED), (NEW_ORDER + 1, NEW_CUSTOMER)):
        shop.insert("orders", {"OrderID": number, "CustomerID": customer, "EmployeeID": 1, "OrderDate": today, "ShipVia": 2})
        for product, quantity in ((REPRICED, 10), (42, 3)):
            row = {"OrderID": number, "ProductID": product, "UnitPrice": "23.5000", "Quantity": quantity, "Discount": 0.05}
            shop.insert("order_details", row)
    shop.insert("customers", {"CustomerID": NEW_CUSTOMER, "CompanyName": "New & Co", "City": "Köln", "Country": "Germany"})
    shop.update("customers", NEW_CUSTOMER, City="Bonn")
    return [
        f"customer {MOVED} moves to Hamburg",
        f"product {REPRICED} gets a new price",
        f"order {CORRECTED} is corrected: another employee, more of its first product",
        f"order {DELETED} is deleted with its {len(gone)} lines",
        f"{MOVED} orders again, and so does {NEW_CUSTOMER}, whose own row comes later",
    ]


def arrivals(shop: Shop, snapshots: dict[str, list[Record]], seed: int = 1) -> list[list[Record]]:
    """Three loads: snapshot rows and changes mixed, the new customer last of all, every third change twice."""
    chance = random.Random(seed)
    loads: list[list[Record]] = [[], [], []]
    for table in shop.project.tables:
        changes = shop.events[table.name]
        for record in snapshots[table.name]:
            loads[int(chance.random() * 2)].append(record)
        for number, record in enumerate(changes):
            is_new = record.key == {"CustomerID": NEW_CUSTOMER}
            loads[2 if is_new else int(chance.random() * 3)].append(record)
            if number % 3 == 0:
                loads[2].append(shop.log.again(table, record))
    for load in loads:
        chance.shuffle(load)
    return loads


def _key(table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[c.field] for c in table.key_columns)
