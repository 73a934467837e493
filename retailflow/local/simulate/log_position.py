"""Positions in the log of a source database, counted on as transactions commit."""

import json
from typing import Protocol


class LogPosition(Protocol):
    """`begin` opens a transaction; the rest are JSON fields: the order coordinate of its `next` change, of another at the `same` place,

    of the rows and the end `mark` of a snapshot, and of a change that lacks it.
    """

    connector: str

    def begin(self) -> None: ...
    def next(self, serial: int) -> str: ...
    def same(self, serial: int) -> str: ...
    def snapshot(self) -> str: ...
    def mark(self) -> str: ...
    def missing(self) -> str: ...
    def resume(self, position: str) -> None: ...


_SLOTS = tuple(f'{slot:04x}","commit_lsn":"' for slot in range(0x100))  # formatting is what a million changes would wait for


class SqlServerLog:
    """LSNs `file:block:slot` in fixed-width hexadecimal; the commit record stands in a block after the changes."""

    connector = "sqlserver"

    def __init__(self) -> None:
        self._file, self._block, self._slot = 0x27, 0x100, 0
        self._commit = self._before = self._change = ""

    def begin(self) -> None:
        self._block += 8
        if self._block >= 0x40000:
            self._file, self._block = self._file + 1, 0x10
        self._slot = 1
        self._stand(self._block)
        self._commit = f"{self._file:08x}:{self._block + 7:08x}:0001"

    def _stand(self, block: int) -> None:
        self._before = f'"change_lsn":"{self._file:08x}:{block:08x}:'

    def next(self, serial: int) -> str:
        self._slot += 1
        if self._slot == len(_SLOTS):
            self._block += 8
            self._stand(self._block)
            self._slot = 1
        self._change = f"{self._before}{_SLOTS[self._slot]}"
        return f'{self._change}{self._commit}","event_serial_no":{serial}'

    def same(self, serial: int) -> str:
        return f'{self._change}{self._commit}","event_serial_no":{serial}'

    def snapshot(self) -> str:
        return f'"change_lsn":null,"commit_lsn":"{self._commit}","event_serial_no":null'

    def mark(self) -> str:
        return f'"snapshot_id":"{self._commit}","lsn":"{self._commit}"'

    def missing(self) -> str:
        return '"change_lsn":null,"commit_lsn":null,"event_serial_no":null'

    def resume(self, position: str) -> None:
        """Go on behind a commit LSN."""
        file, block, _ = (int(part, 16) for part in position.split(":"))
        if (file, block) >= (self._file, self._block):
            self._file, self._block = file, (block // 8 + 1) * 8


class PostgresLog:
    """Byte positions; `sequence` is the last commit before, then the change."""

    connector = "postgresql"

    def __init__(self) -> None:
        self._lsn, self._last, self._transaction = 0x1500000, 0x1500000, 700

    def begin(self) -> None:
        self._last = self._lsn
        self._lsn += 48
        self._transaction += 1

    def next(self, serial: int) -> str:
        self._lsn += 96
        return self.same(serial)

    def same(self, serial: int) -> str:
        return f'"txId":{self._transaction},"lsn":{self._lsn},"sequence":{json.dumps(json.dumps([str(self._last), str(self._lsn)]))}'

    def snapshot(self) -> str:
        sequence = json.dumps(json.dumps([None, str(self._lsn)]))
        return f'"txId":{self._transaction},"lsn":{self._lsn},"sequence":{sequence},"snapshot_id":"{self._lsn}"'

    def mark(self) -> str:
        return f'"snapshot_id":"{self._lsn}","lsn":{self._lsn}'

    def missing(self) -> str:
        return '"lsn":null,"sequence":null'

    def resume(self, position: str) -> None:
        self._lsn = max(self._lsn, int(position)) + 4096
        self._last = self._lsn
