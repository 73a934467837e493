"""The surrogate key of a row of a dimension."""

from retailflow.model.dimension import Dimension
from retailflow.sql.keys import key_text, surrogate
from retailflow.sql.scope import Scope


def surrogate_key(s: Scope, dimension: Dimension, alias: str, valid_from: str) -> str:
    """Over the key columns of `alias` and, in a versioned dimension, `valid_from`, a timestamp."""
    d = s.d
    text = key_text(d, [(f"{alias}.{d.ident(c.name)}", c.type) for c in s.table.key_columns], dimension.salt)
    if dimension.versioned:
        text = d.concat([text, d.literal("@"), d.text(d.epoch_us(valid_from))])
    return surrogate(d, text)
