"""The raw relation as DuckDB reads it from the lines of topic files: one pass, one parse a line."""

from collections.abc import Sequence
from pathlib import Path

from retailflow.sql.dialects import DUCKDB

UNREADABLE = -1  # the partition of lines that are no records
CHECKSUM = 1_000_000  # such a line has the offset (its number) * CHECKSUM + (a checksum of its text)
_NEVER = "\x01"  # a delimiter that UTF-8 JSON cannot hold unescaped
_PATHS = ("$.key", "$.value", "$.partition", "$.offset", "$.timestamp", "$.value.schema", "$.value.payload")

# DuckDB takes a comma before a closing bracket, NaN and infinities for JSON; no other reader does. A cheap look first, then an exact one.
_LOOSE = (
    "regexp_matches({0}, ',[ \\t]*[]}}]') OR contains({0}, 'nan') OR contains({0}, 'NaN') OR contains({0}, 'inf') OR contains({0}, 'Inf')"
)
_STRINGS = """regexp_replace({0}, '"(\\\\.|[^"\\\\])*"', '""', 'g')"""
_STRICT = "(NOT ({loose}) OR NOT regexp_matches({bare}, '(?i),[ \\t\\n]*[]}}]|nan|inf'))"
# Not every engine can keep U+0000; an odd number of backslashes before `u0000` makes one.
_NUL = "(contains({0}, '\\u0000') AND regexp_matches({0}, '(^|[^\\\\])(\\\\\\\\)*\\\\u0000'))"
_DAY_MS = 86_400_000


def create(relation: str) -> str:
    return (
        f"CREATE OR REPLACE TEMP TABLE {relation} (topic VARCHAR, generation INTEGER, partition_no INTEGER, record_offset BIGINT, "
        "record_ts TIMESTAMP, record_key VARCHAR, record_value VARCHAR, payload VARCHAR, content BIGINT, extract_id VARCHAR, extract_ts TIMESTAMP)"
    )


def lines(paths: Sequence[Path], longest: int, is_numbered: bool) -> str:
    """SELECT of `number` (NULL when not known) and `line`. Memory is taken in multiples of `longest`."""
    files = ", ".join(DUCKDB.literal(str(path)) for path in paths)
    read = (
        f"read_csv([{files}], columns = {{'line': 'VARCHAR'}}, delim = '{_NEVER}', quote = '', escape = '', header = false, "
        f"auto_detect = false, strict_mode = false, new_line = '\\n', max_line_size = {max(longest + 64, 1 << 16)})"
    )
    if not is_numbered:
        return f"SELECT CAST(NULL AS BIGINT) AS number, line FROM {read} WHERE line IS NOT NULL"
    return f"SELECT CAST(split_part(line, ' ', 1) AS BIGINT) AS number, substr(line, strpos(line, ' ') + 1) AS line FROM {read}"


def records(lines: str, topic: str, generation: int) -> str:
    """SELECT of the raw relation; `record_offset` is NULL where the number of the line is needed and not known."""
    paths = ", ".join(f"'{path}'" for path in _PATHS)
    e = [f"e[{i}]" for i in range(1, len(_PATHS) + 1)]
    key, value, partition, offset, time, _, _ = e
    parsed = f"SELECT number, line, CAST(TRY(json_extract(line, [{paths}])) AS VARCHAR[]) AS e FROM ({lines}) AS lines"
    usable = f"e IS NOT NULL AND ({value} IS NOT NULL OR json_type(line) = 'OBJECT') AND {_strict('line')} AND {_integer(partition, 9)} AND {_integer(offset, 18)}"
    texts = (
        f"SELECT number, line, e, COALESCE({usable}, FALSE) AS usable, "
        f"CASE WHEN {value} = 'null' THEN NULL WHEN {value}[1] = '\"' THEN {_unquoted(value)} ELSE {value} END AS value, "
        f"COALESCE({value}[1] = '{{', FALSE) AS is_inline FROM ({parsed}) AS parsed WHERE NOT (e IS NULL AND trim(line) = '')"
    )
    return (
        f"SELECT {DUCKDB.literal(topic)} AS topic, CAST({generation} AS INTEGER) AS generation, "
        f"CASE WHEN usable THEN COALESCE(TRY_CAST({partition} AS INTEGER), 0) ELSE {UNREADABLE} END AS partition_no, "
        f"CASE WHEN usable THEN COALESCE(TRY_CAST({offset} AS BIGINT), number) ELSE number * {CHECKSUM} + {_checksum('line')} END AS record_offset, "
        f"CASE WHEN usable THEN {_time(time)} END AS record_ts, "
        f"CASE WHEN usable THEN {_key(key)} END AS record_key, "
        "CASE WHEN usable THEN value ELSE line END AS record_value, "
        f"CASE WHEN NOT usable THEN NULL WHEN is_inline THEN {_inline('value', e[5], e[6])} ELSE {_from_text('value')} END AS payload, "
        f"{_content('CASE WHEN usable THEN value ELSE line END')} AS content, "
        "CAST(NULL AS VARCHAR) AS extract_id, CAST(NULL AS TIMESTAMP) AS extract_ts "
        f"FROM ({texts}) AS texts"
    )


def _content(value: str) -> str:
    return f"COALESCE({DUCKDB.content_hash(value)}, 0)"


def _checksum(line: str) -> str:
    return f"CAST('0x' || substr(md5({line}), 1, 8) AS BIGINT) % {CHECKSUM}"


def _strict(text: str) -> str:
    return _STRICT.format(loose=_LOOSE.format(text), bare=_STRINGS.format(text))


def _integer(element: str, digits: int) -> str:
    return f"({element} IS NULL OR {element} = 'null' OR regexp_full_match({element}, '[0-9]{{1,{digits}}}'))"


def _time(element: str) -> str:
    """Milliseconds to a timestamp; -1, which Kafka writes for none, and what no calendar holds are NULL."""
    ms = f"TRY_CAST({element} AS BIGINT)"
    return f"CASE WHEN {ms} BETWEEN 0 AND {2932896 * _DAY_MS} THEN make_timestamp({ms} * 1000) END"


def _unquoted(element: str) -> str:
    return f"replace(json_extract_string({element}, '$'), chr(0), chr(65533))"


def _key(element: str) -> str:
    """JSON text in a string is that JSON; another string is a JSON string; a wrapper goes."""
    text = _unquoted(element)
    document = (
        f"CASE WHEN {element} = 'null' OR {_NUL.format(element)} THEN NULL "
        f"WHEN {element}[1] = '\"' THEN CASE WHEN TRY(json_valid({text})) AND {_strict(text)} THEN {text} ELSE {element} END ELSE {element} END"
    )
    wrapped = f"contains({element}, 'payload') AND {_is_wrapper(document)}"
    return f"CASE WHEN {wrapped} THEN NULLIF(CAST(json_extract({document}, '$.payload') AS VARCHAR), 'null') ELSE {document} END"


def _is_wrapper(document: str) -> str:
    return f"list_sort(json_keys({document})) = ['payload', 'schema']"


def _inline(value: str, schema: str, payload: str) -> str:
    return (
        f"CASE WHEN {_NUL.format(value)} THEN NULL WHEN {schema} IS NOT NULL AND {payload} IS NOT NULL AND {_is_wrapper(value)} "
        f"THEN CASE WHEN {payload}[1] = '{{' THEN {payload} END ELSE {value} END"
    )


def _from_text(text: str) -> str:
    document = f"CASE WHEN TRY(json_type({text})) = 'OBJECT' AND {_strict(text)} AND NOT {_NUL.format(text)} THEN {text} END"
    inner = f"CAST(json_extract({document}, '$.payload') AS VARCHAR)"
    return f"CASE WHEN contains({text}, 'payload') AND {_is_wrapper(document)} THEN CASE WHEN {inner}[1] = '{{' THEN {inner} END ELSE {document} END"
