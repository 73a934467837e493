"""Patterns that people write: regular expressions every engine reads alike, and globs of extract files."""

import re
from datetime import datetime

_QUANTIFIER = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}", re.ASCII)
_ESCAPED = frozenset("dws.*+?()[]{}|^$\\")
_MOST_REPEATS = 255
_SPECIAL = "*+?{"


def regex_mistake(pattern: str) -> str | None:
    """What a regular expression has that engines read differently, None when it is plain: literals, classes, `. * + ? {m,n} | ( ) ^ $`."""
    return _Regex(pattern).mistake()


class _Regex:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.index = 0
        self.depth = 0
        self.repeatable = False  # whether what stands before can be repeated
        self.branch_empty = True

    def mistake(self) -> str | None:
        if not self.pattern:
            return "is empty"
        if not self.pattern.isprintable():
            return "has a character that does not print"
        while self.index < len(self.pattern):
            if found := self._step(self.pattern[self.index]):
                return found
        if self.depth:
            return "has a `(` that is not closed"
        return "has an empty alternative" if self.branch_empty else None

    def _step(self, character: str) -> str | None:
        match character:
            case "(":
                return self._open()
            case ")" | "|":
                return self._end_of_branch(character)
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                return self._quantifier(character)
            case "]" | "}":
                return f"has a `{character}` that opens nowhere; write `\\{character}`"
        self._atom(1, repeatable=character not in "^$")
        return None

    def _atom(self, length: int, repeatable: bool = True) -> None:
        self.index += length
        self.repeatable = repeatable
        self.branch_empty = False

    def _open(self) -> str | None:
        if self.pattern.startswith("(?", self.index):
            return "has `(?`: lookaround, flags and named groups differ between engines"
        self.index += 1
        self.depth += 1
        self.repeatable, self.branch_empty = False, True
        return None

    def _end_of_branch(self, character: str) -> str | None:
        if self.branch_empty:
            return "has an empty alternative"
        if character == "|":
            self.index += 1
            self.repeatable, self.branch_empty = False, True
            return None
        self.depth -= 1
        if self.depth < 0:
            return "has a `)` that opens nowhere; write `\\)`"
        self._atom(1)
        return None

    def _class(self) -> str | None:
        end = self.pattern.find("]", self.index + 1)
        body = self.pattern[self.index + 1 : end].removeprefix("^") if end > 0 else ""
        if end < 0:
            return "has a `[` that is not closed"
        if not body:
            return "has an empty class"
        if "\\" in body or "[" in body or "&&" in body:
            return f"has the class `[{body}]`: `\\`, `[` and `&&` inside a class differ between engines"
        for low, high in re.findall(r"(.)-(.)", body):
            if low > high:
                return f"has the range `{low}-{high}`, which is backwards"
        self._atom(end + 1 - self.index)
        return None

    def _escape(self) -> str | None:
        escaped = self.pattern[self.index + 1 : self.index + 2]
        if escaped.isdigit():
            return f"has `\\{escaped}`: back references differ between engines"
        if escaped not in _ESCAPED or not escaped:
            return f"has `\\{escaped}`: only `\\d \\w \\s` and escaped punctuation mean the same everywhere"
        self._atom(2)
        return None

    def _quantifier(self, character: str) -> str | None:
        if not self.repeatable:
            before = self.pattern[self.index - 1 : self.index]
            if before and before in "*+?}":
                return f"has `{before}{character}`: lazy and possessive quantifiers differ between engines"
            return f"has `{character}` with nothing before it to repeat; write `\\{character}`"
        length = 1
        if character == "{":
            match = _QUANTIFIER.match(self.pattern, self.index)
            if match is None:
                return "has a `{` that counts nothing; write `\\{`"
            least, most = int(match[1]), int(match[3] or match[1])
            if max(least, most) > _MOST_REPEATS or (match[3] and most < least):
                return f"has `{match[0]}`: counts go up to {_MOST_REPEATS}, the lesser first"
            length = len(match[0])
        self._atom(length, repeatable=False)
        return None


_TIME = re.compile(r"\{time:([^{}]+)\}")


def time_mistake(form: str) -> str | None:
    """What is wrong with a format of `strptime`, None if nothing is."""
    if "%" not in form:
        return "has no directive such as `%Y`"
    try:
        datetime.strptime("", form)
    except ValueError as error:  # what is well formed fails too, as no time matches an empty text
        return None if "does not match" in str(error) else "has a directive that `strptime` does not know"
    except re.error:
        return "has a directive twice"
    return None


def path_mistake(path: str) -> str | None:
    """What is wrong with the glob of extract files, None if nothing is."""
    times = _TIME.findall(path)
    rest = _TIME.sub("", path)
    if not path or path.startswith(("/", "~")) or ".." in path.split("/") or "\\" in path or ":" in rest:
        return "must stay below the files folder, with `/` between folders"
    if len(times) > 1:
        return "has more than one `{time:…}`"
    if "{" in rest or "}" in rest:
        return "has a placeholder other than `{time:…}`"
    if times and (mistake := time_mistake(times[0])):
        return f"has a `{{time:…}}` that {mistake}"
    return None if path.isprintable() else "has a character that does not print"
