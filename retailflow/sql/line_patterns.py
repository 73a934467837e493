"""The patterns a statement is taken apart by: each passes over whole brackets, texts, names in quotes and, where it matters, CASEs."""

import sys
from collections.abc import Iterator, Sequence

if sys.version_info >= (3, 11, 5):
    import re
else:  # what is possessive loses its place in an older `re`; this one is half as fast
    import regex as re  # type: ignore[no-redef]  # mypy does not tell patch releases apart

_DEEPEST, _CASES = 24, 6  # brackets within brackets, CASEs within CASEs; what has more of them is left on its line

_TEXT = r"""'[^']*+'|"[^"]*+"|`[^`]*+`"""
_GROUP = r"\(\)"
for _ in range(_DEEPEST):
    _GROUP = rf"\((?:[^()'\"`]++|{_TEXT}|{_GROUP})*+\)"
# Words in capitals are key words and functions: names have small letters, or quotes.
_CAPITALS = r"[A-Z][A-Z_0-9]*+"
_PLAIN = r"[^()'\"`A-Z]++"
_CASE = "(?!)"
for _ in range(_CASES):
    _CASE = rf"\bCASE\b(?:{_PLAIN}|{_TEXT}|{_GROUP}|{_CASE}|(?!\b(?:CASE|END)\b){_CAPITALS})*+END\b"

_CLAUSE = (
    r"\b(?:SELECT DISTINCT|SELECT|DELETE FROM|FROM|WHERE|(?:(?:LEFT|RIGHT|FULL|INNER|CROSS) (?:OUTER )?)?JOIN|UNION ALL|UNION|EXCEPT"
    r"|INTERSECT|GROUP BY|ORDER BY|PARTITION BY|HAVING|QUALIFY|LIMIT|ROWS|SET|VALUES|USING|WHEN MATCHED|WHEN NOT MATCHED"
    r"|WITH NO SCHEMA BINDING|WITH)\b"
)
_SIGN = r"(?<= )(?:\|\||[+*-])(?= )"
_OPERATOR = rf"\b(?:AND|OR)\b|{_SIGN}"
_BRANCH = r"\b(?:WHEN|THEN|ELSE)\b"
_REST = rf"{_PLAIN}|{_TEXT}|{_GROUP}"
# In three: the words a clause begins with, the brackets that follow at once, all else.
CLAUSES = re.compile(rf"({_CLAUSE} ?)?+({_GROUP})?+((?:{_REST}|\bDISTINCT FROM\b|(?!{_CLAUSE}){_CAPITALS})*+)", re.S)
ITEMS = re.compile(rf"(?:[^,()'\"`]++|{_TEXT}|{_GROUP})++", re.S)
PARTS = re.compile(
    rf"{_OPERATOR}|(?:[^()'\"`A-Z|+*-]++|{_TEXT}|{_GROUP}|{_CASE}|\bBETWEEN\b(?:{_REST}|(?!\bAND\b){_CAPITALS})*+AND\b"
    rf"|(?!\b(?:AND|OR)\b){_CAPITALS}|(?!{_SIGN})[|+*-])++|.",
    re.S,
)
_BLOCKS = re.compile(rf"{_GROUP}|{_CASE}|(?:{_PLAIN}|{_TEXT}|(?!\bCASE\b){_CAPITALS})++|.", re.S)
BRANCHES = re.compile(rf"{_BRANCH}|(?:{_REST}|{_CASE}|(?!{_BRANCH}){_CAPITALS})++|.", re.S)
_SIZED = re.compile(r"\(\d+(?:, ?\d+)?\)$")  # how long a text is, or how many digits a number has
HEAD = re.compile(_CLAUSE)
LISTS = frozenset(("SELECT ", "SELECT DISTINCT ", "GROUP BY ", "ORDER BY ", "PARTITION BY ", "SET ", "WITH "))
BINDING = {"OR": 0, "AND": 1, "||": 2, "+": 3, "-": 3, "*": 4}

# Where a text ends, if a backslash escapes what follows it, and if it does not.
AMBIGUOUS = re.compile(r"(?<!\\)(?:\\\\)*+\\'")
TEXTS = re.compile(_TEXT, re.S)
BREAKS = re.compile(rf"{_TEXT}|\n", re.S)
BLANKS = re.compile(rf"({_TEXT})|(\()\s+|\s+(?=[),])|(\s)\s*", re.S)


def blocks_of(text: str) -> Iterator[tuple[str, int]]:
    """Brackets, CASEs and what is between them, each with how much of the line the type behind it needs, which stays with its size."""
    found: list[str] = []
    for block in _BLOCKS.findall(text):
        if found and _SIZED.fullmatch(block):
            found[-1] += block
        else:
            found.append(block)
    for block, following in zip(found, [*found[1:], ""], strict=True):
        yield block, len(following) if _SIZED.search(following) else 0


def written(sql: str) -> list[str]:
    if "\n" not in sql:
        return [sql]
    ends = [found.start() for found in BREAKS.finditer(sql) if found[0] == "\n"]
    return [sql[start:end] for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(sql)], strict=True)]


def is_left(sql: str, written: Sequence[str], width: int) -> bool:
    """Columns that have lines already, rows of data, or with comments in it."""
    if len(written) > 1 and ("VALUES\n" in sql or (sql.startswith("CREATE TABLE") and max(map(len, written)) <= width)):
        return True
    if "--" in sql or "/*" in sql:
        bare = TEXTS.sub("", sql)
        return "--" in bare or "/*" in bare
    return False


def tidy(sql: str) -> str:
    """One blank between tokens, none within brackets or before a comma."""
    if "\n" in sql or "  " in sql or "( " in sql or " )" in sql or " ," in sql or "\t" in sql:
        sql = BLANKS.sub(lambda found: found[1] or found[2] or (" " if found[3] else ""), sql)
    return sql.strip(" ")
