"""A parent that several events of a child name is one row of its lookup, not one for each of them."""

from tests.property.harness import deliver
from tests.reference.events import Record


def record(topic: str, offset: int, after: dict[str, object], table: str, key: dict[str, object]) -> Record:
    lsn = f"00000027:0000000e:{offset + 5:04x}"
    source = {"connector": "sqlserver", "schema": "Sales", "table": table, "ts_ms": 1_711_832_400_000}
    place = {"commit_lsn": "00000027:0000000e:0000", "change_lsn": lsn, "event_serial_no": 1}
    value = {"before": None, "after": after, "op": "c", "source": {**source, **place}}
    return Record(topic=topic, offset=offset, value=value, key=key, partition=0, timestamp=None, generation=1, headers={})


def test_two_events_name_one_parent() -> None:
    product = {
        "table": "product",
        "source": "erp.Sales.Product",
        "key": ["product_id"],
        "dimension": {"lookups": {"category": {"by": "category_id", "columns": ["label"]}}},
        "columns": {"product_id": "int", "category_id": {"type": "int", "scd": 1}},
    }
    category = {
        "table": "category",
        "source": "erp.Sales.Category",
        "key": ["category_id"],
        "columns": {"category_id": "int", "label": "nvarchar(8)"},
    }
    row: dict[str, object] = {"product_id": 1, "category_id": 1}
    events = [record("product_changes", i, row, "Product", {"product_id": 1}) for i in range(2)]
    events.append(record("category_changes", 0, {"category_id": 1, "label": "l"}, "Category", {"category_id": 1}))
    _, star = deliver({"sources": {"erp": {}}}, [product, category], [events])
    assert [found["label"] for found in star["dim_product"]] == ["l"]
