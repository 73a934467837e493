"""The columns an expression may read."""

from collections.abc import Mapping
from dataclasses import dataclass

from retailflow.model.expression import Expression
from retailflow.types import ColumnType


@dataclass(frozen=True, slots=True)
class Readable:
    """`zone`: of a zoneless datetime. `stands_for`: put in place of the name, because the column itself is derived."""

    type: ColumnType
    zone: str = "UTC"
    stands_for: Expression | None = None


Scope = Mapping[str, Readable | None]  # None: the column is there, and a finding says what is wrong with it
