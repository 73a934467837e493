"""Data to text, the same on every machine: sorted keys, block style, one newline at the end."""

import json
import re

import yaml

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml where it is there: an order of magnitude faster

# What YAML 1.2 readers take for a number although PyYAML, which follows 1.1, does not.
_NUMBER_ELSEWHERE = re.compile(r"[-+]?(0o[0-7]+|0x[0-9a-fA-F]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")


class _Deterministic(_Dumper):  # type: ignore[misc,valid-type]  # chosen at run time, which mypy cannot follow
    """Quotes every text that some reader would take for a number; never writes anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "'" if _NUMBER_ELSEWHERE.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Deterministic.add_representer(str, _text)


def dump_json(value: object) -> str:
    """JSON of plain data (dict, list, tuple, str, int, bool, None)."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def dump_yaml(value: object) -> str:
    """YAML of plain data, which YAML 1.1 and 1.2 read alike."""
    return str(yaml.dump(_plain(value), Dumper=_Deterministic, sort_keys=True, allow_unicode=True, default_flow_style=False, width=10_000))


def _plain(value: object) -> object:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
