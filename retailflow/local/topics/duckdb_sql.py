"""The raw relation as DuckDB reads it from the lines of topic files: one pass, one parse a line.

Where an expression is dear and seldom needed it stands in a CASE: DuckDB evaluates both sides of AND and OR, but only the branch of a CASE.
"""

from collections.abc import Sequence
from pathlib import Path

from retailflow.local.topics.unreadable import CHECKSUM, UNREADABLE
from retailflow.sql.dialects import DUCKDB

_NEVER = "\x01"  # a delimiter that no JSON text holds
_FIELDS = ("$.key", "$.value", "$.partition", "$.offset", "$.timestamp", "$.value.schema", "$.value.payload")
_LAST_MS = 253_402_300_799_999  # of the year 9999
_COLUMNS = (
    "topic VARCHAR",
    "generation INTEGER",
    "partition_no INTEGER",
    "record_offset BIGINT",
    "record_ts TIMESTAMP",
    "record_key VARCHAR",
    "own_value VARCHAR",
    "payload VARCHAR",
    "content BIGINT",
    "extract_id VARCHAR",
    "extract_ts TIMESTAMP",
)


# Most values are their own payload; what is the same is kept once.
_VALUE = "record_value VARCHAR GENERATED ALWAYS AS (COALESCE(own_value, payload)) VIRTUAL"
STORED = tuple(column.split()[0] for column in _COLUMNS)


def create(relation: str) -> str:
    return f"CREATE OR REPLACE TEMP TABLE {relation} ({', '.join([*_COLUMNS, _VALUE])})"


def lines(paths: Sequence[Path], longest: int, is_numbered: bool) -> str:
    """SELECT of `number` (NULL when not known) and `line`. Memory is taken in multiples of `longest`."""
    files = ", ".join(DUCKDB.literal(str(path)) for path in paths)
    read = (
        f"read_csv([{files}], columns = {{'line': 'VARCHAR'}}, delim = '{_NEVER}', quote = '', escape = '', header = false, "
        f"auto_detect = false, strict_mode = false, new_line = '\\n', max_line_size = {max(longest + 64, 1 << 16)})"
    )
    if not is_numbered:
        # a condition on what is computed from the line would be pushed down here, and all of it computed twice
        is_blank = "CASE WHEN starts_with(line, '{') THEN FALSE ELSE trim(line, ' \\t') = '' END"
        return f"SELECT CAST(NULL AS BIGINT) AS number, line FROM {read} WHERE line IS NOT NULL AND NOT {is_blank}"
    return f"SELECT CAST(split_part(line, ' ', 1) AS BIGINT) AS number, substr(line, strpos(line, ' ') + 1) AS line FROM {read}"


def records(lines: str, topic: str, generation: int) -> str:
    """SELECT of what is stored of the raw relation; `record_offset` is NULL where the number of the line is needed and not known."""
    made = (
        f"SELECT {DUCKDB.literal(topic)} AS topic, CAST({generation} AS INTEGER) AS generation, "
        f"CASE WHEN usable THEN COALESCE(TRY_CAST(partition AS INTEGER), 0) ELSE {UNREADABLE} END AS partition_no, "
        f"CASE WHEN usable THEN COALESCE(TRY_CAST(position AS BIGINT), number) ELSE {_unreadable_offset()} END AS record_offset, "
        f"CASE WHEN usable THEN {_time('time')} END AS record_ts, "
        f"CASE WHEN usable THEN {_key('key')} END AS record_key, text AS record_value, "
        f"CASE WHEN NOT usable THEN NULL WHEN is_inline THEN {_inline()} ELSE {_from_text('text')} END AS payload, "
        f"{content('text')} AS content, CAST(NULL AS VARCHAR) AS extract_id, CAST(NULL AS TIMESTAMP) AS extract_ts "
        f"FROM ({_texts(_judged(_parsed(lines)))}) AS texts"
    )
    own = "CASE WHEN record_value <> payload OR payload IS NULL THEN record_value END"
    return f"SELECT {', '.join(f'{own} AS own_value' if c == 'own_value' else c for c in STORED)} FROM ({made}) AS made"


def written_records(path: Path) -> str:
    """SELECT of the raw relation from a file of such objects, but for the hash of their contents."""
    kinds = {"record_value" if name == "own_value" else name: kind for name, kind in (c.split() for c in _COLUMNS)}
    types = ", ".join(f"{name}: '{kind}'" for name, kind in kinds.items() if name != "content")
    columns = ", ".join(content("record_value") if name == "content" else name for name in kinds)
    file = DUCKDB.literal(str(path))
    return f"SELECT {columns} FROM read_ndjson({file}, columns = {{{types}}}, maximum_object_size = {max(path.stat().st_size, 1 << 24)})"


def content(text: str) -> str:
    return f"COALESCE({DUCKDB.content_hash(text)}, 0)"


def _parsed(lines: str) -> str:
    paths = ", ".join(f"'{path}'" for path in _FIELDS)
    names = ("key", "value", "partition", "position", "time", "inner_schema", "inner_payload")
    fields = ", ".join(f"e[{i}] AS {name}" for i, name in enumerate(names, start=1))
    parsed = f"SELECT number, line, CAST(TRY(json_extract(line, [{paths}])) AS VARCHAR[]) AS e FROM ({lines}) AS lines"
    return f"SELECT number, line, e IS NOT NULL AS is_json, {fields} FROM ({parsed}) AS parsed"


def _judged(parsed: str) -> str:
    """`usable`: a JSON object whose partition and offset, where given, are such numbers."""
    usable = f"""CASE WHEN NOT is_json OR NOT {_count("partition", 2**31 - 1)} OR NOT {_count("position", 2**63 - 1)} THEN FALSE
        WHEN value IS NULL AND json_type(line) <> 'OBJECT' THEN FALSE
        ELSE {_strict("line")} END"""
    return f"SELECT *, {usable} AS usable FROM ({parsed}) AS fields"


def _texts(judged: str) -> str:
    text = f"""CASE WHEN NOT usable THEN line WHEN value = 'null' THEN NULL
        WHEN starts_with(value, '"') THEN {_unquoted("value")} ELSE value END"""
    return f"SELECT *, {text} AS text, starts_with(value, '{{') AS is_inline FROM ({judged}) AS judged"


def _unreadable_offset() -> str:
    return f"number * {CHECKSUM} + CAST('0x' || substr(md5(line), 1, 8) AS BIGINT) % {CHECKSUM}"


def _count(element: str, most: int) -> str:
    """Whether a JSON element is absent, null, or an integer from 0 to `most`."""
    is_such = f"COALESCE(TRY_CAST({element} AS UBIGINT) <= {most}, FALSE) AND NOT contains({element}, '.')"
    return f"(CASE WHEN {element} IS NULL OR {element} = 'null' THEN TRUE ELSE {is_such} END)"


def _time(element: str) -> str:
    """Milliseconds to a timestamp; -1, which Kafka writes for none, and what no calendar holds are NULL."""
    ms = f"TRY_CAST({element} AS BIGINT)"
    return f"CASE WHEN {ms} BETWEEN 0 AND {_LAST_MS} THEN make_timestamp({ms} * 1000) END"


def _strict(text: str) -> str:
    """DuckDB takes a comma before a closing bracket, NaN and infinities for JSON; no other reader does. A cheap look, then an exact one."""
    loose = " OR ".join([f"regexp_matches({text}, ',[ \\t]*[]}}]')", *(f"contains({text}, '{w}')" for w in ("nan", "NaN", "inf", "Inf"))])
    bare = f"""regexp_replace({text}, '"(\\\\.|[^"\\\\])*"', '""', 'g')"""
    return f"(CASE WHEN {loose} THEN NOT regexp_matches({bare}, '(?i),[ \\t\\n]*[]}}]|nan|inf') ELSE TRUE END)"


def _has_nul(text: str) -> str:
    """Not every engine can keep U+0000; an odd number of backslashes before `u0000` makes one."""
    exact = f"regexp_matches({text}, '(^|[^\\\\])(\\\\\\\\)*\\\\u0000')"
    return f"(CASE WHEN contains({text}, '\\u0000') THEN {exact} ELSE FALSE END)"


def _unquoted(element: str) -> str:
    return f"replace(json_extract_string({element}, '$'), chr(0), chr(65533))"


def _key(element: str) -> str:
    """JSON text in a string is that JSON, another string is a JSON string; a wrapper goes."""
    text = _unquoted(element)
    from_text = f"CASE WHEN json_valid({text}) THEN CASE WHEN {_strict(text)} THEN {text} ELSE {element} END ELSE {element} END"
    document = f"""CASE WHEN {element} = 'null' THEN NULL WHEN {_has_nul(element)} THEN NULL
        WHEN starts_with({element}, '"') THEN {from_text} ELSE {element} END"""
    inner = f"NULLIF(CAST(json_extract({document}, '$.payload') AS VARCHAR), 'null')"
    unwrapped = f"CASE WHEN {_is_wrapper(document)} THEN {inner} ELSE {document} END"
    return f"CASE WHEN contains({element}, 'payload') THEN {unwrapped} ELSE {document} END"


def _is_wrapper(document: str) -> str:
    return f"list_sort(json_keys({document})) = ['payload', 'schema']"


def _inline() -> str:
    wrapped = f"CASE WHEN {_is_wrapper('value')} THEN CASE WHEN starts_with(inner_payload, '{{') THEN inner_payload END ELSE value END"
    return (
        f"CASE WHEN {_has_nul('value')} THEN NULL WHEN inner_schema IS NOT NULL AND inner_payload IS NOT NULL THEN {wrapped} ELSE value END"
    )


def _from_text(text: str) -> str:
    is_object = f"CASE WHEN json_valid({text}) THEN json_type({text}) = 'OBJECT' ELSE FALSE END"
    document = f"CASE WHEN {is_object} THEN CASE WHEN {_strict(text)} AND NOT {_has_nul(text)} THEN {text} END END"
    inner = f"CAST(json_extract({document}, '$.payload') AS VARCHAR)"
    unwrapped = f"CASE WHEN {_is_wrapper(document)} THEN CASE WHEN starts_with({inner}, '{{') THEN {inner} END ELSE {document} END"
    return f"CASE WHEN contains({text}, 'payload') THEN {unwrapped} ELSE {document} END"
