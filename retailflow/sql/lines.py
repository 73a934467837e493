"""A statement as lines a person reads: clauses, joins, conditions and branches on lines of their own, what is nested indented.

Plans are made of text (docs/adr/0002), so their layout is made of text too. What fits a line is never looked into; what does not is split
where it is weakest, level by level, by patterns that pass over whole brackets, texts, names in quotes and CASEs. Only blanks between
tokens change, so a statement means what it did, and laying it out again changes nothing.
"""

from functools import lru_cache

from retailflow.sql.line_patterns import AMBIGUOUS, BINDING, BRANCHES, CLAUSES, HEAD, ITEMS, LISTS, PARTS, blocks_of, is_left, tidy, written

WIDTH = 140
_SHORT = 80  # a query as long stands on one line
_LEAST = 60  # so much of a line is used however deep one is
_STEP = "  "


def laid_out(sql: str) -> str:
    return "\n".join(lines(sql))


def lines(sql: str) -> list[str]:
    """The lines of one statement without its semicolon; a text in quotes may go on over several, and only what is before a line is free."""
    if "\\'" in sql and AMBIGUOUS.search(sql):
        return [sql]
    already = written(sql)
    if is_left(sql, already, WIDTH):
        return already
    out: list[str] = []
    _query(tidy(sql), "", out)
    return out


def _query(text: str, pad: str, out: list[str]) -> None:
    """What begins with a clause, or is a whole statement."""
    if len(text) <= _SHORT:
        out.append(pad + text)
        return
    clauses = CLAUSES.findall(text)
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
    elif head in LISTS:
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
    if HEAD.match(text):
        _query(text, pad, out)
    else:
        _items(text, pad, out)


def _items(text: str, pad: str, out: list[str]) -> None:
    """A list: bare names side by side, all else on a line of its own."""
    items = ITEMS.findall(text) if "(" in text or "'" in text else text.split(",")
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
    parts = PARTS.findall(text)
    binding = min((BINDING[part] for part in parts[1:] if part in BINDING), default=None)
    if binding is None:
        _blocks(text, pad, out)
        return out
    piece: list[str] = []
    operator, deeper = "", pad
    for i, part in enumerate(parts):
        if i and BINDING.get(part) == binding:
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
    for block, tail in blocks_of(text):
        if len(line) + len(block) + tail <= room and not (len(block) > _SHORT and block.startswith("(SELECT ")):
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
    for part in BRANCHES.findall(text):
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
