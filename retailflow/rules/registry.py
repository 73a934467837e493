"""The rules: each is a function, of a table as written or of the project as resolved, that yields findings."""

from collections.abc import Callable, Iterator

from retailflow.errors import Finding
from retailflow.resolve import Loaded, Written
from retailflow.rules import duplicates, habits, kafka, names, redshift, shown

TableRule = Callable[[Written], Iterator[Finding]]
ProjectRule = Callable[[Loaded], Iterator[Finding]]

TABLE_RULES: tuple[TableRule, ...] = (
    names.form,
    names.reserved,
    names.too_long,
    names.own,
    shown.names_once,
    kafka.keys,
    kafka.values,
    kafka.topic_name,
    kafka.compaction,
    redshift.columns,
    habits.file_name,
)
PROJECT_RULES: tuple[ProjectRule, ...] = (
    names.labels,
    names.schemas,
    duplicates.warehouse_names,
    duplicates.topics,
    kafka.default_keys,
    habits.group,
    habits.collations,
)


def check(loaded: Loaded) -> Iterator[Finding]:
    """What every rule finds."""
    for table_rule in TABLE_RULES:
        for written in loaded.written:
            yield from table_rule(written)
    for project_rule in PROJECT_RULES:
        yield from project_rule(loaded)
