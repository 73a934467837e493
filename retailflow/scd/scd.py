"""An SCD type says how a column is read off the chain."""

from enum import IntEnum


class Scd(IntEnum):
    """Per column. Type 4 is a property of a table, see `Dimension.history`."""

    RETAIN = 0
    OVERWRITE = 1
    VERSION = 2
    PREVIOUS = 3
    HYBRID = 6

    @property
    def opens_versions(self) -> bool:
        return self in (Scd.VERSION, Scd.HYBRID)

    @property
    def extra_prefix(self) -> str | None:
        """The prefix of the second column a type shows beside the column itself."""
        return {Scd.PREVIOUS: "previous_", Scd.HYBRID: "current_"}.get(self)
