"""One topic as a file of lines: offsets per partition, records that come late or twice, written whole or not at all."""

import heapq
import os
import shutil
from pathlib import Path

_BATCH = 4_000


class TopicFile:
    """A record is given as its beginning, `{"key":…,"value":…,`; place and time are added here. `size`: records so far."""

    __slots__ = ("_due", "_held", "_lines", "_order", "_path", "_temporary", "offsets", "size")

    def __init__(self, path: Path, partitions: int) -> None:
        self.offsets = [0] * partitions
        self.size = 0
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._lines: list[str] = []
        self._held: list[tuple[int, int, str, int]] = []
        self._order = 0
        self._due = 0

    def begin(self, keep: bool) -> None:
        """Start the new content, with the old one at its beginning when it is to be kept."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary.write_bytes(b"")
        if keep and self._path.exists():
            shutil.copyfile(self._path, self._temporary)
            with self._temporary.open("rb+") as file:
                if file.seek(0, os.SEEK_END) and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                    file.write(b"\n")

    def write(self, record: str, partition: int, time: int) -> None:
        """Append a record; `time` is its Kafka timestamp."""
        offset = self.offsets[partition]
        self.offsets[partition] = offset + 1
        self._lines.append(f'{record}"partition":{partition},"offset":{offset},"timestamp":{time}}}\n')
        self.size = size = self.size + 1
        if size >= self._due:
            self._attend(time)

    def _attend(self, time: int) -> None:
        """What is due when so many records have gone: a late one, or room in memory."""
        if self._held and self._held[0][0] <= self.size:
            _, _, late, where = heapq.heappop(self._held)
            self.write(late, where, time)
        if len(self._lines) >= _BATCH:
            self.flush()
        self._plan()

    def _plan(self) -> None:
        full = self.size + _BATCH - len(self._lines)
        self._due = min(full, self._held[0][0]) if self._held else full

    def hold(self, record: str, partition: int, records: int) -> None:
        """Append a record once that many others have gone before it."""
        self._order += 1
        heapq.heappush(self._held, (self.size + records, self._order, record, partition))
        self._plan()

    def flush(self) -> None:
        if self._lines:
            with self._temporary.open("ab") as file:
                file.write("".join(self._lines).encode())
            self._lines.clear()

    def release(self, time: int) -> None:
        """Append everything still held."""
        held, self._held = sorted(self._held), []
        for _, _, record, partition in held:
            self.write(record, partition, time)
        self.flush()

    def publish(self) -> None:
        """Put the new content in the place of the old."""
        os.replace(self._temporary, self._path)

    def discard(self) -> None:
        self._temporary.unlink(missing_ok=True)
