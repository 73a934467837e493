"""A draft as the YAML a person would have written."""

import re

from retailflow.importer.draft import Draft, DraftColumn

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ ./()-]+[A-Za-z0-9_]+|\([0-9]+\)|\(max\))*\)?")
_OTHER_MEANING = re.compile(r"(?i)(true|false|yes|no|on|off|y|n|null|nan|inf)")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def spec_text(draft: Draft) -> str:
    """The text of `tables/<name>.yaml`."""
    lines = [f"table: {scalar(draft.name)}"]
    for key, value in (("description", draft.description), ("owner", draft.owner), ("group", draft.group), ("source", draft.source)):
        lines += [f"{key}: {scalar(value)}"] if value else []
    lines += _route(draft)
    if draft.key and (draft.ingest != "stream" or draft.scd is not None):
        lines.append(f"key: {scalar(draft.key[0]) if len(draft.key) == 1 else _list(draft.key)}")
    if draft.scd is not None:
        lines.append(f"scd: {draft.scd}")
    lines.append("columns:")
    lines += [_column(column, column.name in draft.key) for column in draft.columns]
    if draft.relationships:
        lines += ["checks:", "  relationship:", *(f"    {scalar(column)}: {scalar(table)}" for column, table in draft.relationships)]
    return "\n".join([*lines, *(f"# {comment(remark)}" for remark in draft.remarks), ""])


def _route(draft: Draft) -> list[str]:
    lines = [f"ingest: {draft.ingest}"] if draft.ingest != "cdc" else []
    if draft.ingest == "batch":
        lines.append(f"files: {{path: {scalar(draft.files)}, format: csv, mode: full}}")
    if draft.ingest == "stream" and draft.time and len(draft.key) == 1:
        lines += [f"event_id: {scalar(draft.key[0])}", f"time: {scalar(draft.time)}"]
    return lines


def _column(column: DraftColumn, in_key: bool) -> str:
    more = {
        "from": scalar(column.field) if column.field else "",
        "nullable": "" if column.nullable or in_key else "false",
        "description": scalar(column.description) if column.description else "",
    }
    extra = [f"{key}: {value}" for key, value in more.items() if value]
    type_ = scalar(column.type)
    value = f"{{{', '.join([f'type: {type_}', *extra])}}}" if extra else type_
    hint = f"  # pii: {column.pii}?" if column.pii else ""
    return f"  {scalar(column.name)}: {value}{hint}"


def _list(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(scalar, names))}]"


def scalar(text: str) -> str:
    """A text as a YAML scalar that is nothing but this text, also within `{}` and `[]`."""
    if _PLAIN.fullmatch(text) and not _OTHER_MEANING.fullmatch(text):
        return text
    if text.isprintable() and "�" not in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def comment(text: str) -> str:
    """A text that stays on the line of its `#`."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
