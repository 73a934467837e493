"""Each coordinate once: arrivals that stand twice or were taken before are passed over, and another content at one of them stops the load."""

from retailflow.model.source import Route
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Assert, Step, Temp

COORDINATES = ("generation", "partition_no", "record_offset")


def arrivals(s: Scope) -> tuple[Step, ...]:
    """The steps that leave in the raw relation of a table what is to be taken."""
    if s.d.holds_arrivals:
        return _once_each(s)
    return (*_copied(s), *_once_each(s)) if s.table.is_copied else _beyond_watermark(s)


def _once_each(s: Scope) -> tuple[Step, ...]:
    """Arrivals that stand twice, or were taken before, are passed over; with another content they stop the load."""
    twice, seen, mine, arrived = s.temp("twice"), s.temp("seen"), s.temp("below"), s.temp("arrived")
    full = ("topic", *COORDINATES)
    coordinates_of = full if s.table.route is Route.BATCH else COORDINATES  # of a file the path is part of it
    listed = ", ".join(coordinates_of)
    grouped = f"SELECT {listed}, MIN(content) AS low, MAX(content) AS high FROM {s.raw} GROUP BY {listed} HAVING COUNT(*) > 1"
    numbered = (
        f"SELECT r.*, ROW_NUMBER() OVER (PARTITION BY {qualified('r', coordinates_of)} ORDER BY r.content) AS n "
        f"FROM {s.raw} AS r JOIN {twice} AS t ON {on('r', 't', coordinates_of)}"
    )
    every = ("topic", *COORDINATES, "record_ts", "record_key", "record_value", "payload", "content", "extract_id", "extract_ts")
    single = f"SELECT {qualified('r', every)} FROM {s.raw} AS r WHERE NOT EXISTS (SELECT 1 FROM {twice} AS t WHERE {on('t', 'r', coordinates_of)})"
    message = f"two different contents at one coordinate of the topic of `{s.table.name}`"
    w = f"{s.raw} AS r JOIN {s.names.watermarks} AS w ON r.topic = w.topic AND r.generation = w.generation AND r.partition_no = w.partition_no"
    below = f"SELECT r.topic, {qualified('r', COORDINATES)}, r.content FROM {w} WHERE r.record_offset <= w.last_offset"
    matched = (
        f"SELECT DISTINCT {qualified('b', full)}, b.content, k.content AS kept FROM {mine} AS b "
        f"JOIN ({kept(s)}) AS k ON {on('b', 'k', full)}"
    )
    return (
        Step(
            f"pass over arrivals of {s.table.name} that stand twice",
            (
                Temp(twice, grouped),
                Assert("RF501", message, f"SELECT * FROM {twice} WHERE low <> high"),
                Temp(arrived, f"{single} UNION ALL SELECT {qualified('q', every)} FROM ({numbered}) AS q WHERE q.n = 1"),
                Temp(s.raw, f"SELECT * FROM {arrived}"),
            ),
            f"SELECT 1 FROM ({grouped}) AS g LIMIT 1",
        ),
        Step(
            f"pass over arrivals of {s.table.name} taken before",
            (
                Temp(mine, below),
                Temp(seen, matched),
                Assert("RF501", message, f"SELECT * FROM {seen} WHERE content <> kept"),
                Temp(arrived, f"SELECT r.* FROM {s.raw} AS r WHERE NOT EXISTS (SELECT 1 FROM {seen} AS t WHERE {on('t', 'r', full)})"),
                Temp(s.raw, f"SELECT * FROM {arrived}"),
            ),
            f"{below} LIMIT 1",
        ),
    )


def kept(s: Scope) -> str:
    """SELECT of the coordinates of the table that are known, and the content each was taken with."""
    coordinates, mine = ", ".join(("topic", *COORDINATES)), f"WHERE table_name = {s.text(s.table.name)}"
    logged = "_topic AS topic, _generation AS generation, _partition_no AS partition_no, _offset AS record_offset"
    return (
        f"SELECT {logged}, _content AS content FROM {s.log} UNION ALL SELECT {coordinates}, content FROM {s.names.quarantine} {mine} "
        f"UNION ALL SELECT {coordinates}, content FROM {s.names.passed} {mine}"
    )


def _beyond_watermark(s: Scope) -> tuple[Step, ...]:
    """Where the engine keeps every record of the topic, two views tell what is new, and what stands at the watermark: if that is not what
    was taken, the topic is not the one it was."""
    full = ("topic", *COORDINATES)
    other = (
        f"SELECT {qualified('b', full)}, b.content, k.content AS kept FROM {s.names.staging(f'last_{s.table.name}')} AS b "
        f"JOIN ({kept(s)}) AS k ON {on('b', 'k', full)} WHERE b.content <> k.content"
    )
    message = f"the topic of `{s.table.name}` has another content where loads left off"
    new = Temp(s.raw, f"SELECT * FROM {s.names.staging(f'raw_{s.table.name}')}")
    return (Step(f"what is new of {s.table.name}", (Assert("RF501", message, other), new)),)


def _copied(s: Scope) -> tuple[Step, ...]:
    """What was copied and not taken yet, in any order and maybe again."""
    new = Temp(s.raw, f"SELECT * FROM {s.names.staging(f'raw_{s.table.name}')}")
    return (Step(f"what was copied of {s.table.name}", (new,)),)
