"""Whatever is written, findings come out, never a traceback."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retailflow.errors import Finding, Severity
from retailflow.render.findings import as_github, as_json, as_text
from retailflow.resolve.expression import ExpressionError, UnresolvableError, read_expression
from retailflow.rules import validate
from retailflow.source import compose, decode, lines_of
from tests.unit.front.projects import LINE, ORDER, PROJECT, STORE, write
from tests.unit.front.test_expressions import SCOPE

RICH = """\
table: rich
source: erp.dbo.Rich
key: [a, b]
scd: 2
columns:
  a: int
  b: {type: varchar(9), from: B, checks: {in: [x, y], on_fail: quarantine}}
  c: {type: datetime2(3), time_zone: Europe/Berlin}
  d: {expr: a * 2, scd: 1}
  e: {type: 'decimal(9,2)', checks: {between: [1, 2.5]}}
  f: {type: nvarchar(9), checks: {matches: '[a-z]+'}}
where: e > 0 and f <> 'x'
generation: 2
earlier: [{generation: 1, incarnation: 1, ingest: cdc}]
dimension: {effective: c, on_delete: flag, lookups: {order: {by: a, columns: [status, {at: ordered_at}], scd: 1}}}
checks: {unique: [[e, f]], relationship: {a: store}, on_fail: block}
facts:
  filled:
    type: accumulating_snapshot
    grain: [a, b]
    time: c
    parent: {order: {by: a, columns: [ordered_at]}}
    dimensions: {store: a, date: c, again: {dimension: store, by: a, time: ordered_at}}
    measures: {e: , m: {expr: e / 2.0, type: 'decimal(19,4)', additivity: non_additive}}
    milestones: {one: c, two: {status: f, at: y, order: [x, y]}, three: {from: order_line, by: [order_id, line_no], first: order_id}}
    lags: {l: [one, two], k: {from: one, to: two, unit: hour}}
kafka: {partitions: 3, config: {retention.ms: 1000}}
redshift: {distkey: a, sortkey: [c]}
"""
FULL = (
    PROJECT
    + """\
environments: {dev: {account: '111111111111', region: eu-central-1, settings: {a: 1}}}
naming: {topic: '{table}_x'}
defaults: {group: g, kafka: {partitions: 2}, glue: {a: b}}
groups: {g: {c: d}}
calendar: {first: 2020-01-01, fiscal_start: 2}
"""
)
SPECS = {"store": STORE, "order": ORDER, "order_line": LINE, "rich": RICH}
JUNK: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", " ", "a", "date", "store", "x" * 300, "select", "'", "(", "9999-99-99", "{table}"]
JUNK += ["\u2028", "é", "🦆", [], [[]], ["a", "a"], {}, {"a": None}, {"by": "a"}, [None], {"": ""}]
WORDS = "a table type scd by expr from columns dimension in first status parent _x Ü valid_from"


DATA: dict[str, Any] = {name: yaml.safe_load(text) for name, text in {**SPECS, "project": FULL}.items()}


def dumped(data: Any) -> str:
    return str(yaml.dump(data, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False, width=10_000))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("fuzz"), {f"tables/{name}.yaml": text for name, text in SPECS.items()})


def checked(root: Path, **tables: str) -> tuple[Finding, ...]:
    """The findings of a project; they must be complete and print in every format."""
    write(root, {f"tables/{name}.yaml": text for name, text in tables.items()})
    project, findings = validate(root)
    write(root, {f"tables/{name}.yaml": SPECS[name] for name in tables})
    assert (project is None) == any(f.severity is Severity.ERROR for f in findings)
    for finding in findings:
        assert finding.place is not None
        assert not finding.message.endswith(".")
        lines = lines_of(tables.get(Path(finding.place.path).stem) or (root / finding.place.path).read_text(encoding="utf-8"))
        assert 1 <= finding.place.line <= len(lines)
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
    as_text(findings, lambda path: lines_of(tables.get(Path(path).stem, "")))
    as_json(findings)
    as_github(findings)
    return findings


def mutated(data: Any, rng: random.Random, times: int) -> Any:
    """A copy with that many things in it replaced, renamed, deleted or repeated."""
    for _ in range(times):
        data = _mutate(data, rng)
    return data


def _mutate(data: Any, rng: random.Random) -> Any:
    if isinstance(data, dict) and data and rng.random() < 0.9:
        key = rng.choice(list(data))
        what = rng.random()
        if what < 0.55:
            return {k: _mutate(v, rng) if k == key else v for k, v in data.items()}
        if what < 0.7:
            return {k: v for k, v in data.items() if k != key}
        if what < 0.85:
            return {(rng.choice(WORDS.split()) if k == key else k): v for k, v in data.items()}
        return {**data, rng.choice(WORDS.split()): rng.choice(JUNK)}
    if isinstance(data, list) and data and rng.random() < 0.8:
        index = rng.randrange(len(data))
        return [*data[:index], _mutate(data[index], rng), *data[index + 1 :], *([data[index]] if rng.random() < 0.2 else [])]
    if isinstance(data, str) and rng.random() < 0.4:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.choice(["", "x", "'", ")", "{", ".", " ", "*", "0", "é"]) + data[at + rng.randrange(2) :]
    return rng.choice(JUNK)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(SPECS)), seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_a_mutated_spec_never_breaks_the_compiler(root: Path, name: str, seed: int, times: int) -> None:
    data = mutated(DATA[name], random.Random(seed), times)
    text = dumped(data)
    checked(root, **{name: text})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), times=st.integers(1, 3))
def test_a_mutated_project_file_never_breaks_the_compiler(root: Path, seed: int, times: int) -> None:
    data = mutated(DATA["project"], random.Random(seed), times)
    try:
        (root / "retailflow.yaml").write_text(dumped(data))
        validate(root)
    finally:
        (root / "retailflow.yaml").write_text(PROJECT)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(RICH)), cut=st.integers(0, 12), text=st.text(alphabet="ab: {}[]'\"\n\t-#&*!|>%@`,?\\é\u2028", max_size=6))
def test_a_spec_with_a_slip_of_the_pen_never_breaks_the_compiler(root: Path, at: int, cut: int, text: str) -> None:
    checked(root, rich=RICH[:at] + text + RICH[at + cut :])


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_bytes_are_text_or_a_finding(content: bytes) -> None:
    text = decode(content, "t.yaml")
    if isinstance(text, str):
        document, findings = compose(text, "t.yaml")
        assert (document is not None) or findings


@settings(max_examples=300)
@given(st.text(alphabet="ab: {}[]'\"\n\t-#&*!|>%@`,?\\é\u2028\x85 ", max_size=40))
def test_text_is_yaml_or_a_finding(text: str) -> None:
    document, findings = compose(text, "t.yaml")
    assert (document is not None) or findings


TOKENS = "1 2.5 'x' null ( ) + - * / = < and or not in is between case when then else end cast as int coalesce concat round substring"
TOKENS += " , getdate select ; -- /* [ '"


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*SCOPE, *TOKENS.split()]), max_size=9).map(" ".join) | st.text(max_size=20))
def test_an_expression_is_typed_or_refused(text: str) -> None:
    refused = None
    try:
        assert read_expression(text, SCOPE).type.tsql
    except UnresolvableError:
        pass
    except ExpressionError as error:
        refused = error
    if refused is not None:
        assert refused.code.startswith("RF2")
        assert 0 <= refused.start <= len(text)
