"""A statement as lines a person reads: clauses, joins, conditions and branches on lines of their own, what is nested indented.

Plans are made of text (docs/adr/0002), so their layout is made of text too. What fits a line is never looked into; what does not is split
where it is weakest, level by level, by patterns that pass over whole brackets, texts, names in quotes and CASEs. Only blanks between
tokens change, so a statement means what it did, and laying it out again changes nothing.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

WIDTH = 140
_SHORT = 80  # a query as long stands on one line
_LEAST = 60  # so much of a line is used however deep one is
_STEP = "  "
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
_CLAUSES = re.compile(rf"({_CLAUSE} ?)?+({_GROUP})?+((?:{_REST}|\bDISTINCT FROM\b|(?!{_CLAUSE}){_CAPITALS})*+)", re.S)
_ITEMS = re.compile(rf"(?:[^,()'\"`]++|{_TEXT}|{_GROUP})++", re.S)
_PARTS = re.compile(
    rf"{_OPERATOR}|(?:[^()'\"`A-Z|+*-]++|{_TEXT}|{_GROUP}|{_CASE}|\bBETWEEN\b(?:{_REST}|(?!\bAND\b){_CAPITALS})*+AND\b"
    rf"|(?!\b(?:AND|OR)\b){_CAPITALS}|(?!{_SIGN})[|+*-])++|.",
    re.S,
)
_BLOCKS = re.compile(rf"{_GROUP}|{_CASE}|(?:{_PLAIN}|{_TEXT}|(?!\bCASE\b){_CAPITALS})++|.", re.S)
_BRANCHES = re.compile(rf"{_BRANCH}|(?:{_REST}|{_CASE}|(?!{_BRANCH}){_CAPITALS})++|.", re.S)
_HEAD = re.compile(_CLAUSE)
_LISTS = frozenset(("SELECT ", "SELECT DISTINCT ", "GROUP BY ", "ORDER BY ", "PARTITION BY ", "SET ", "WITH "))
_BINDING = {"OR": 0, "AND": 1, "||": 2, "+": 3, "-": 3, "*": 4}

# Where a text ends, if a backslash escapes what follows it, and if it does not.
_AMBIGUOUS = re.compile(r"(?<!\\)(?:\\\\)*+\\'")
_TEXTS = re.compile(_TEXT, re.S)
_BREAKS = re.compile(rf"{_TEXT}|\n", re.S)
_BLANKS = re.compile(rf"({_TEXT})|(\()\s+|\s+(?=[),])|(\s)\s*", re.S)


def laid_out(sql: str) -> str:
    return "\n".join(lines(sql))


def lines(sql: str) -> list[str]:
    """The lines of one statement without its semicolon; a text in quotes may go on over several, and only what is before a line is free."""
    if "\\'" in sql and _AMBIGUOUS.search(sql):
        return [sql]
    written = _written(sql)
    if _is_left(sql, written):
        return written
    out: list[str] = []
    _query(_tidy(sql), "", out)
    return out


def _written(sql: str) -> list[str]:
    if "\n" not in sql:
        return [sql]
    ends = [found.start() for found in _BREAKS.finditer(sql) if found[0] == "\n"]
    return [sql[start:end] for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(sql)], strict=True)]


def _is_left(sql: str, written: Sequence[str]) -> bool:
    """Columns that have lines already, rows of data, or with comments in it."""
    if len(written) > 1 and ("VALUES\n" in sql or (sql.startswith("CREATE TABLE") and max(map(len, written)) <= WIDTH)):
        return True
    if "--" in sql or "/*" in sql:
        bare = _TEXTS.sub("", sql)
        return "--" in bare or "/*" in bare
    return False


def _tidy(sql: str) -> str:
    """One blank between tokens, none within brackets or before a comma."""
    if "\n" in sql or "  " in sql or "( " in sql or " )" in sql or " ," in sql or "\t" in sql:
        sql = _BLANKS.sub(lambda found: found[1] or found[2] or (" " if found[3] else ""), sql)
    return sql.strip(" ")


def _query(text: str, pad: str, out: list[str]) -> None:
    """What begins with a clause, or is a whole statement."""
    if len(text) <= _SHORT:
        out.append(pad + text)
        return
    clauses = _CLAUSES.findall(text)
    if len("".join(map("".join, clauses))) != len(text):  # what opens does not close, or is too deep
        out.append(pad + text)
        return
    for head, group, rest in clauses[:-1]:  # the last is empty
        if group or rest:
            _clause(head, group, rest.rstrip(" "), pad, out)
        else:
            out.append(pad + head.rstrip(" "))


def _clause(head: str, group: str, rest: str, pad: str, out: list[str]) -> None:
    room = WIDTH - len(pad)
    room = room if room > _LEAST else _LEAST
    size = len(head) + len(group) + len(rest)
    if size <= room and (size <= _SHORT or not group.startswith("(SELECT ")):
        out.append(f"{pad}{head}{group}{rest}")
    elif head in _LISTS:
        out.append(pad + head[:-1])
        _items(group + rest, pad + _STEP, out)
    elif len(group) > 2 and len(rest) < room:
        out.append(f"{pad}{head}(")
        _inside(group[1:-1], pad + _STEP, out)
        out.append(f"{pad}){rest}")
    else:
        _expression(head + group + rest, pad, out)


def _room(pad: str) -> int:
    return max(WIDTH - len(pad), _LEAST)


def _inside(text: str, pad: str, out: list[str]) -> None:
    """What stands in brackets."""
    if _HEAD.match(text):
        _query(text, pad, out)
    else:
        _items(text, pad, out)


def _items(text: str, pad: str, out: list[str]) -> None:
    """A list: bare names side by side, all else on a line of its own."""
    items = _ITEMS.findall(text) if "(" in text or "'" in text else text.split(",")
    room = _room(pad) - 1
    names = ""
    for item in items:
        item = item.strip(" ") + ","
        if " " not in item and "(" not in item:
            if len(names) + len(item) > room:
                out.append(pad + names)
                names = item
            else:
                names = f"{names} {item}" if names else item
            continue
        if names:
            out.append(pad + names)
            names = ""
        if len(item) <= room and (len(item) <= _SHORT or "(SELECT " not in item):
            out.append(pad + item)
        else:
            _expression(item[:-1], pad, out)
            out[-1] += ","
    if names:
        out.append(pad + names)
    out[-1] = out[-1][:-1]


def _expression(text: str, pad: str, out: list[str]) -> None:
    out += _expressed(text, pad) if len(text) < 6000 else _split(text, pad)


@lru_cache(maxsize=20_000)
def _expressed(text: str, pad: str) -> tuple[str, ...]:
    """Much of what loads do is the same for every table."""
    return tuple(_split(text, pad))


def _split(text: str, pad: str) -> list[str]:
    """Split where it is weakest, before the operators; else around what is in brackets or in CASE."""
    out: list[str] = []
    parts = _PARTS.findall(text)
    binding = min((_BINDING[part] for part in parts[1:] if part in _BINDING), default=None)
    if binding is None:
        _blocks(text, pad, out)
        return out
    piece: list[str] = []
    operator, deeper = "", pad
    for i, part in enumerate(parts):
        if i and _BINDING.get(part) == binding:
            _operand(operator, "".join(piece), deeper, out)
            operator, deeper, piece = part, pad + _STEP, []
        else:
            piece.append(part)
    _operand(operator, "".join(piece), deeper, out)
    return out


def _operand(operator: str, text: str, pad: str, out: list[str]) -> None:
    first = len(out)
    _part(text.strip(" "), pad, out)
    if operator:
        out[first] = f"{pad}{operator} {out[first][len(pad) :]}"


def _part(text: str, pad: str, out: list[str]) -> None:
    if len(text) <= _room(pad) - 4 and (len(text) <= _SHORT or "(SELECT " not in text):
        out.append(pad + text)
    else:
        _expression(text, pad, out)


def _blocks(text: str, pad: str, out: list[str]) -> None:
    room = _room(pad)
    line = ""
    for block in _BLOCKS.findall(text):
        if len(line) + len(block) <= room and not (len(block) > _SHORT and block.startswith("(SELECT ")):
            line += block
        elif block.startswith("CASE") and block.endswith("END"):
            out.append(f"{pad}{line}CASE")
            _case(block[4:-3], pad, out)
            line = "END"
        elif block[0] == "(" and len(block) > 2:
            out.append(f"{pad}{line}(")
            _inside(block[1:-1], pad + _STEP, out)
            line = ")"
        else:
            line += block
    out.append(pad + line)


def _case(text: str, pad: str, out: list[str]) -> None:
    """The branches of a CASE, each on its line, or its condition and its value on two."""
    branches: list[list[str]] = []
    for part in _BRANCHES.findall(text):
        if part in ("WHEN", "ELSE"):
            branches.append([part])
        elif not branches:
            out[-1] += part.rstrip(" ")  # the operand of CASE x WHEN …
        elif part == "THEN":
            branches[-1].append(part)
        else:
            branches[-1][-1] += part
    deeper = pad + _STEP
    for branch in branches:
        whole = "".join(branch).rstrip(" ")
        if len(branch) == 1 or len(whole) <= _room(deeper):
            _part(whole, deeper, out)
        else:
            _part(branch[0].rstrip(" "), deeper, out)
            _part("".join(branch[1:]).rstrip(" "), deeper + _STEP, out)
