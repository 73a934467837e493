"""Records as the connector writes them: the Debezium envelope with its key, marks, tombstones, heartbeats and plain stream values."""

from retailflow.local.simulate.log_position import LogPosition
from retailflow.local.simulate.wire import quoted
from retailflow.model.source import Source
from retailflow.model.table import Table

_VERSION = "3.1.3.Final"


class Envelope:
    """Writes the records of one table, each as its beginning up to where the coordinates follow."""

    __slots__ = ("_after_time", "_source", "log")

    def __init__(self, table: Table, log: LogPosition) -> None:
        source = table.source
        self.log = log
        self._source = f'"version":"{_VERSION}","connector":"{log.connector}","name":{quoted(source.name)},"ts_ms":'
        self._after_time = (
            f'"db":{quoted(source.database)},"schema":{quoted(table.source_schema or "")},"table":{quoted(table.source_table or "")},'
        )

    def change(self, key: str, before: str, after: str, op: str, now: int, place: str) -> str:
        """`place`: the order coordinate, as the log gives it."""
        return (
            f'{{"key":{key},"value":{{"before":{before},"after":{after},"source":{{{self._source}{now},"snapshot":"false",{self._after_time}{place}}},'
            f'"op":"{op}","ts_ms":{now + 350}}},'
        )

    def snapshot_row(self, key: str, after: str, now: int) -> str:
        return (
            f'{{"key":{key},"value":{{"before":null,"after":{after},"source":{{{self._source}{now},"snapshot":"true",'
            f'{self._after_time}{self.log.snapshot()}}},"op":"r","ts_ms":{now + 350}}},'
        )

    def snapshot_end(self, keys: int, now: int) -> str:
        return f'{{"key":null,"value":{{"retailflow":"snapshot_end",{self.log.mark()},"keys":{keys},"ts_ms":{now}}},'


def tombstone(key: str) -> str:
    return f'{{"key":{key},"value":null,'


def plain(key: str, value: str) -> str:
    return f'{{"key":{key},"value":{value},'


def heartbeat(source: Source, now: int) -> str:
    return f'{{"key":{{"serverName":{quoted(source.name)}}},"value":{{"ts_ms":{now}}},'
