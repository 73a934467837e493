"""Where the changes of one table go: its records into its topic, with the copies, delays and defects of a real pipeline."""

import random
from collections.abc import Iterable

from retailflow.local.simulate import envelope
from retailflow.local.simulate.anomalies import Breaker
from retailflow.local.simulate.log_position import LogPosition
from retailflow.local.simulate.options import Counts, Options
from retailflow.local.simulate.row import Row
from retailflow.local.simulate.rows import Rows
from retailflow.local.simulate.topic_file import TopicFile
from retailflow.model.source import Route

_LAG = 400  # milliseconds from the commit to the broker


class Outlet:
    """Methods return how many events were written; `heartbeats` is the topic of the source's heartbeats, None where it has none."""

    def __init__(
        self, rows: Rows, topic: TopicFile, log: LogPosition, heartbeats: TopicFile | None, options: Options, chance: random.Random
    ) -> None:
        self.log, self.heartbeats, self.counts = log, heartbeats, Counts()
        self._rows, self._topic, self._random = rows, topic, chance.random
        self._envelope = envelope.Envelope(rows.table, log)
        self._breaker = Breaker(rows, chance, log.missing() if rows.table.route is Route.CDC else None)
        self._late = options.late
        self._twice = self._late + options.duplicates
        self._odd = self._twice + options.malformed

    def snapshot(self, rows: Iterable[Row], now: int) -> int:
        """Every row as a snapshot row, then the end mark."""
        count, write, row_text = 0, self._topic.write, self._envelope.snapshot_row
        for row in rows:
            write(row_text(row.key_text, row.image, now), row.partition, now + _LAG)
            count += 1
        self.counts.initial += count
        self.counts.marks += 1
        write(self._envelope.snapshot_end(count, now), 0, now + _LAG)
        return count

    def create(self, row: Row, now: int) -> int:
        self.counts.creates += 1
        place = self.log.next(1)
        return self._out(self._envelope.change(row.key_text, "null", f"{{{','.join(row.parts)}}}", "c", now, place), row, place, now)

    def update(self, row: Row, parts: list[str], now: int) -> int:
        self.counts.updates += 1
        before = row.image
        row.parts = parts
        place = self.log.next(2)
        return self._out(self._envelope.change(row.key_text, before, row.image, "u", now, place), row, place, now)

    def delete(self, row: Row, now: int) -> int:
        self.counts.deletes += 1
        return self._deleted(row, now, self.log.next(1))

    def rekey(self, old: Row, new: Row, now: int, as_update: bool) -> int:
        """Another business key: one update that says so, or, as the connector writes it, a deletion and a creation at one place."""
        self.counts.updates += 1
        if as_update:
            place = self.log.next(2)
            return self._out(self._envelope.change(new.key_text, old.image, new.image, "u", now, place), new, place, now)
        written = self._deleted(old, now, self.log.next(1))
        place = self.log.same(2)
        return written + self._out(self._envelope.change(new.key_text, "null", new.image, "c", now, place), new, place, now)

    def plain(self, row: Row, now: int) -> int:
        self.counts.plain += 1
        return self._out(envelope.plain(row.key_text if row.key else "null", row.image), row, "", now)

    def beat(self, now: int) -> None:
        if self.heartbeats is not None:
            self.heartbeats.write(envelope.heartbeat(self._rows.table.source, now), 0, now + _LAG)

    def _deleted(self, row: Row, now: int, place: str) -> int:
        written = self._out(self._envelope.change(row.key_text, row.image, "null", "d", now, place), row, place, now)
        self._topic.write(envelope.tombstone(row.key_text), row.partition, now + _LAG)
        self.counts.tombstones += 1
        return written

    def _out(self, record: str, row: Row, place: str, now: int) -> int:
        luck = self._random()
        if luck >= self._odd:
            self._topic.write(record, row.partition, now + _LAG)
            return 1
        return self._oddly(luck, record, row, place, now)

    def _oddly(self, luck: float, record: str, row: Row, place: str, now: int) -> int:
        """Late, twice, or once more but broken."""
        if luck < self._late:
            self.counts.late += 1
            self._topic.hold(record, row.partition, 1 + int(self._random() ** 4 * 20_000))
            return 1
        self._topic.write(record, row.partition, now + _LAG)
        if luck < self._twice:
            self.counts.duplicates += 1
            self._topic.hold(record, row.partition, 1 + int(self._random() ** 6 * 20_000))
        else:
            self.counts.malformed += 1
            self._topic.write(
                self._breaker.broken(row.key_text, row.parts, place, lambda k, i, p: self._whole(k, i, p, now)), row.partition, now + _LAG
            )
        return 2

    def _whole(self, key: str, image: str, place: str, now: int) -> str:
        if self._rows.table.route is Route.STREAM:
            return envelope.plain(key, image)
        return self._envelope.change(key, "null", image, "c", now, place)
