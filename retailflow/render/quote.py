"""Quoting: a value as a literal of the language it is written into, whatever is in it."""

import re
import shlex
from collections.abc import Callable

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
_LINE_START = re.compile(r"^([-+=]|\d+(?=[.)]))")


class Quoted(str):
    """A text that is safe where it stands."""

    __slots__ = ()


def py(value: object) -> Quoted:
    """A Python literal, as ruff formats it, of a text, number, boolean, None or a tuple of these."""
    match value:
        case str():
            return Quoted(_python_text(value))
        case None | bool() | int():
            return Quoted(repr(value))
        case tuple() | list():
            items = [py(item) for item in value]
            return Quoted(f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})")
        case _:
            raise TypeError(f"no Python literal for {type(value).__name__}")


def sh(value: object) -> Quoted:
    """One word of a POSIX shell."""
    text = str(value)
    if "\0" in text:
        raise ValueError("a shell word cannot hold NUL")
    return Quoted(shlex.quote(text))


def hcl(value: object) -> Quoted:
    """An HCL literal of a text, number, boolean or None; nothing in a text is taken for a template."""
    match value:
        case str():
            text = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
            return Quoted('"' + _escape(text, hex_bytes=False) + '"')
        case None:
            return Quoted("null")
        case bool():
            return Quoted("true" if value else "false")
        case int():
            return Quoted(str(value))
        case _:
            raise TypeError(f"no HCL literal for {type(value).__name__}")


def md(value: object) -> Quoted:
    """Running text of a Markdown page, on one line, without any markup of its own."""
    return Quoted(_LINE_START.sub(_at_line_start, _MARKDOWN.sub(r"\\\g<0>", _one_line(value))))


def code(value: object) -> Quoted:
    """A code span of a Markdown page, on one line; also inside a table."""
    line = _one_line(value).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return Quoted(f"{fence}{pad}{line}{pad}{fence}")


FILTERS: dict[str, Callable[[object], Quoted]] = {"code": code, "hcl": hcl, "md": md, "py": py, "sh": sh}


def _python_text(value: str) -> str:
    quote = "'" if value.count('"') > value.count("'") else '"'
    text = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{_escape(text, hex_bytes=True)}{quote}"


def _one_line(value: object) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(str(value).split()))


def _at_line_start(match: re.Match[str]) -> str:
    """What would begin a list or a heading there."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _escape(text: str, hex_bytes: bool) -> str:
    """Control, invisible and lone surrogate characters by number; `\\x07` only where the language has it."""
    return "".join(c if c.isprintable() else _number(c, hex_bytes) for c in text)


def _number(character: str, hex_bytes: bool) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named:
        return named
    code_point = ord(character)
    if hex_bytes and code_point < 0x100:
        return f"\\x{code_point:02x}"
    return f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}"
