"""Every name a person gives: spelt so that all platforms take it as it is, not reserved, not too long."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retailflow.errors import Finding
from retailflow.resolve import Loaded, Written
from retailflow.rules.reserved import LONGEST, OWN_COLUMNS, OWN_TABLES, REDSHIFT_WORDS, SYSTEM_COLUMNS
from retailflow.source import Step

_FORM = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_LABEL = re.compile(r"[a-z][a-z0-9_-]{0,62}", re.ASCII)
_AFFIXES = {
    "table": len("dim_") + len("_history_key"),
    "fact": len("_references"),
    "dimension": len("_history"),
    "column": len("previous_"),
    "role": len("dim_") + len("_members"),  # views of it
}


@dataclass(frozen=True, slots=True)
class Named:
    """A name and where it is given. `kind`: what it names. `bare`: it is used in SQL as it is, with nothing before or after it."""

    name: str
    kind: str
    steps: tuple[Step, ...]
    is_key: bool
    bare: bool = True


def names_of(written: Written) -> Iterator[Named]:
    """Every name in a table file that ends up in SQL."""
    spec = written.spec
    yield Named(spec.table, "table", ("table",), False, bare=False)
    for column in spec.columns:
        yield Named(column, "column", ("columns", column), True)
    if spec.dimension is not None:
        if spec.dimension.name is not None:
            yield Named(spec.dimension.name, "dimension", ("dimension", "name"), False)
        for parent, lookup in spec.dimension.lookups.items():
            for number, item in enumerate(lookup.columns):
                for shown in item:
                    yield Named(shown, "column", ("dimension", "lookups", parent, "columns", number, shown), True)
    for fact, details in spec.facts.items():
        yield Named(fact, "fact", ("facts", fact), True)
        for role in details.dimensions:
            yield Named(role, "role", ("facts", fact, "dimensions", role), True, bare=False)
        for key, kind in (("measures", "measure"), ("milestones", "milestone"), ("lags", "lag")):
            for name in getattr(details, key):
                yield Named(name, kind, ("facts", fact, key, name), True)


def form(written: Written) -> Iterator[Finding]:
    """Letters, digits and underscores, in lower case."""
    for named in names_of(written):
        if _FORM.fullmatch(named.name):
            continue
        plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", named.name).lower()).strip("_")
        better = plain if _FORM.fullmatch(plain) else None
        more = ", with `from` for the name at the source" if named.kind == "column" else ""
        hint = f"write `{better}`{more}" if better else "lower-case letters, digits and `_`, a letter first"
        yield _finding(written, named, "RF102", f"`{named.name}` is not a plain name", hint)


def reserved(written: Written) -> Iterator[Finding]:
    """Words that Redshift keeps for itself."""
    for named in names_of(written):
        if named.name in SYSTEM_COLUMNS and named.kind not in ("table", "role"):
            yield _finding(
                written, named, "RF103", f"`{named.name}` is a system column of Redshift, which no column can be called", _instead(named)
            )
        elif named.bare and named.name in REDSHIFT_WORDS:
            yield _finding(written, named, "RF103", f"`{named.name}` is a reserved word of Redshift", _instead(named))


def too_long(written: Written) -> Iterator[Finding]:
    """Redshift cuts names of more than 127 bytes, and names are made from names."""
    for named in names_of(written):
        most = LONGEST - _AFFIXES.get(named.kind, 0)
        if len(named.name.encode()) > most:
            message = f"`{named.name[:40]}…` has {len(named.name.encode())} bytes; a {named.kind} can have {most}"
            yield _finding(written, named, "RF104", message, "Redshift cuts names at 127 bytes, and others are made from this one")


def own(written: Written) -> Iterator[Finding]:
    """Names that retailflow gives to its own columns and tables."""
    for named in names_of(written):
        if named.name.startswith("_"):
            yield _finding(written, named, "RF105", f"`{named.name}` begins with `_`, as retailflow's own columns do", _instead(named))
        elif named.kind == "table" and named.name in OWN_TABLES:
            yield _finding(written, named, "RF105", f"`{named.name}` is the calendar that retailflow makes", "choose another name")
        elif named.kind not in ("table", "fact", "dimension", "role") and named.name in OWN_COLUMNS:
            yield _finding(written, named, "RF105", f"`{named.name}` is a column that retailflow adds itself", _instead(named))


def labels(loaded: Loaded) -> Iterator[Finding]:
    """Sources and groups name connectors, jobs and files: letters, digits, `_` and `-`, in lower case."""
    hint = "lower-case letters, digits, `_` and `-`, a letter first, at most 63"
    if loaded.spec is not None and loaded.document is not None:
        for key, names in (("sources", loaded.spec.sources), ("groups", loaded.spec.groups)):
            for name in names:
                if not _LABEL.fullmatch(name):
                    yield Finding("RF102", f"`{name}` is not a plain name", loaded.document.key_place(key, name), hint)
        if not _LABEL.fullmatch(loaded.spec.defaults.group):
            place = loaded.document.place("defaults", "group")
            yield Finding("RF102", f"`{loaded.spec.defaults.group}` is not a plain name", place, hint)
    for written in loaded.written:
        group = written.spec.group
        if group is not None and not _LABEL.fullmatch(group):
            yield Finding("RF102", f"`{group}` is not a plain name", written.document.place("group"), hint)


def schemas(loaded: Loaded) -> Iterator[Finding]:
    """The two schemas of the warehouse: plain, not reserved, and two."""
    if loaded.spec is None or loaded.document is None:
        return
    naming = loaded.spec.naming
    for key, name in (("staging_schema", naming.staging_schema), ("warehouse_schema", naming.warehouse_schema)):
        if not _FORM.fullmatch(name) or name in REDSHIFT_WORDS or len(name) > LONGEST:
            message = f"`{name}` cannot be the name of a schema"
            hint = "lower-case letters, digits and `_`, no reserved word"
            yield Finding("RF135", message, loaded.document.place("naming", key), hint)
    if naming.staging_schema == naming.warehouse_schema:
        place = loaded.document.place("naming", "warehouse_schema")
        yield Finding("RF135", "staging and warehouse cannot share a schema", place, hint="their tables would meet; name two")


def _instead(named: Named) -> str:
    if named.kind == "column" and named.steps[0] == "columns":
        return f"call it otherwise, with `from: {named.name}` for the name at the source"
    return "call it otherwise"


def _finding(written: Written, named: Named, code: str, message: str, hint: str) -> Finding:
    document = written.document
    place = document.key_place(*named.steps) if named.is_key else document.place(*named.steps)
    return Finding(code, message, place, hint)
