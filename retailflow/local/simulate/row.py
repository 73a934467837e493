"""One row at the simulated source."""

from typing import Any

EVICTED, GONE = -1, -2


class Row:
    """`key`: JSON texts in the order of the spec's key; `parts`: `"Field":value` per column; `number`: within the owner, else in the table.

    `slot`: its place among the living, EVICTED when it no longer changes, GONE when it was deleted; `owned`: its lines, with their `Rows`.
    """

    __slots__ = ("key", "key_text", "number", "owned", "partition", "parts", "slot")

    def __init__(self, key: tuple[str, ...], key_text: str, parts: list[str], number: int, partition: int, slot: int) -> None:
        self.key = key
        self.key_text = key_text
        self.parts = parts
        self.number = number
        self.partition = partition
        self.slot = slot
        self.owned: list[tuple[Any, Row]] | None = None

    @property
    def image(self) -> str:
        return "{" + ",".join(self.parts) + "}"

    def own(self, rows: Any, line: "Row") -> None:
        if self.owned is None:
            self.owned = []
        self.owned.append((rows, line))
