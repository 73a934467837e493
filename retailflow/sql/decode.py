"""From a raw record to its fields as text: what stands where in an envelope, a plain value, a mark, a heartbeat."""

from retailflow.model.source import Route
from retailflow.sql.scope import Scope

UNAVAILABLE = "__debezium_unavailable_value"
_COORDINATES = ("partition_no", "record_offset", "record_ts", "content", "record_value", "topic", "generation", "extract_id", "extract_ts")


def decoded(s: Scope) -> str:
    """SELECT of the coordinates, `valid`, and text fields: `a<i>` the row's column i, `b<i>` before, `k<i>` the message key, control fields."""
    envelope = s.table.route is Route.CDC
    head: tuple[str, ...] = ("after",) if envelope else ()
    fields = [(f"a{i}", (*head, c.field)) for i, c in enumerate(s.table.columns) if c.expression is None]
    fields += [
        ("mark", ("retailflow",)),
        ("mark_id", ("snapshot_id",)),
        ("mark_lsn", ("lsn",)),
        ("mark_keys", ("keys",)),
        ("ts_ms", ("ts_ms",)),
    ]
    fields += [("op", ("op",))]
    told = {name for name, _ in fields[: len(s.events())]}
    keep = [*_COORDINATES, "payload IS NOT NULL AS valid"]
    relation = f"{s.d.side_by_side(s.raw)} AS r"
    if envelope:
        keys = [(i, c) for i, c in enumerate(s.table.columns) if c.name in s.table.key]
        fields += [(f"b{i}", ("before", c.field)) for i, c in keys]
        fields += [(f"s_{n}", ("source", n)) for n in _source_fields(s)]
        message = [(f"k{i}", (c.field,)) for i, c in keys]
        relation = f"({s.d.extract(relation, 'record_key', message, [*_COORDINATES, 'payload'])}) AS m"
        keep += [field for field, _ in message]
        told |= {"op", "ts_ms", *(f"b{i}" for i, _ in keys)}
    return s.d.extract(relation, "payload", fields, keep, told)


def _source_fields(s: Scope) -> tuple[str, ...]:
    shared = ("ts_us", "ts_ns", "ts_ms", "schema", "table", "snapshot_id")
    return (*shared, "lsn", "sequence") if s.is_postgres_source else (*shared, "commit_lsn", "change_lsn", "event_serial_no")
