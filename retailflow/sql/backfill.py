"""Backfill: what the log says of a table, and of all that is made from it, folded anew; only rows that differ are changed, and counted.

`tmp_backfill` (table_name, since) tells what is asked for, and is made before: a row a table, `since` NULL for every key of it and of all
that is made from it, else for the keys with an event at or after that moment, and for the facts that show one of those keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from retailflow.model.fact import Fact
from retailflow.model.project import Project
from retailflow.sql.change import have_name
from retailflow.sql.dependents import dimensions_of, referring
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.fact import want_name
from retailflow.sql.fact_base import base_name, identity
from retailflow.sql.load import Part
from retailflow.sql.names import temp
from retailflow.sql.onward import none_goes_on
from retailflow.sql.refold import every_key, inferred_keys, made_from, touched
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp

ASKED = "tmp_backfill"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many rows of `relation` (a bare name of the star) were not what they should be: `count` is a SELECT of one number."""

    relation: str
    count: str


def parts(project: Project, d: Dialect) -> tuple[Part, ...]:
    """`tmp_touched_<table>` for every table, in the place of the takes of a load; and what a fold counts on not to be there twice."""
    scopes = [Scope(project, table, d) for table in project.tables]
    sources = _sources(project)
    own = (Part("again", s.table.name, s.table, (_own(s, sources[s.table.name]),)) for s in scopes)
    more = (Part("mend", s.table.name, s.table, _before_folding(s)) for s in scopes)
    return (*own, *(part for part in more if part.steps))


def _before_folding(s: Scope) -> tuple[Step, ...]:
    showing = (step for fact in s.table.facts for step in _showing(s, fact))
    return (*showing, *_once(s), *_nothing_yet(s))


def differences(project: Project, d: Dialect) -> tuple[Difference, ...]:
    """Asked once the fold has run."""
    return tuple(found for table in project.tables for found in _differences(Scope(project, table, d)))


def _sources(project: Project) -> dict[str, list[str]]:
    """The tables that each is made from, itself among them."""
    made = {table.name: made_from(project, [table.name]) for table in project.tables}
    return {table.name: sorted(name for name, found in made.items() if table.name in found) for table in project.tables}


def _own(s: Scope, sources: list[str]) -> Step:
    listed = ", ".join(map(s.text, sources))
    whole = f"(SELECT COUNT(*) AS n FROM {ASKED} WHERE since IS NULL AND table_name IN ({listed})) AS b"
    since = f"(SELECT MIN(since) AS since FROM {ASKED} WHERE table_name = {s.text(s.table.name)}) AS b"
    keys = [f"SELECT {qualified('x', s.keys)} FROM ({every}) AS x CROSS JOIN {whole} WHERE b.n > 0" for every in every_key(s)]
    keys += [f"SELECT {qualified('l', s.keys)} FROM {s.log} AS l CROSS JOIN {since} WHERE l._commit_ts >= b.since", *inferred_keys(s)]
    return Step(f"keys of {s.table.name} to fold anew", (Temp(s.temp("touched"), " UNION ".join(keys), s.keys), *none_goes_on(s)))


def _showing(s: Scope, fact: Fact) -> Iterator[Step]:
    """Facts that show a key which is folded anew because of its events."""
    for name, roles in sorted(referring(fact).items()):
        o = Scope(s.project, s.project.table(name), s.d)
        keys = [f"SELECT {qualified('k', s.keys)} FROM {s.temp('touched')} AS k"]
        for role in roles:
            shown = " AND ".join(f"f.{s.d.ident(by)} = k.{key}" for by, key in zip(role.by, o.keys, strict=True))
            keys.append(
                f"SELECT {qualified('f', s.keys)} FROM {s.names.warehouse(fact.name)} AS f JOIN {o.temp('touched')} AS k ON {shown}"
            )
        step = touched(s, f"rows of {fact.name} that show keys of {name}", keys)
        yield Step(step.name, step.body, f"SELECT 1 FROM {ASKED} WHERE since IS NOT NULL AND table_name = {s.text(name)}")


def _once(s: Scope) -> Iterator[Step]:
    """Rows that stand twice are taken away: the fold puts back the one there should be."""
    names = [(x.name, (*s.keys, "valid_from")) for x in dimensions_of(s.table)] + [(f.name, identity(s, f)) for f in s.table.facts]
    for name, keys in names:
        relation, twice = s.names.warehouse(name), temp("stands_twice", name)
        of_touched = f"{relation} AS t JOIN {s.temp('touched')} AS k ON {on('t', 'k', s.keys)}"
        several = f"SELECT {qualified('t', keys)} FROM {of_touched} GROUP BY {qualified('t', keys)} HAVING COUNT(*) > 1"
        yield Step(f"{name} without rows that stand twice", (Temp(twice, several, keys), Execute(s.d.delete_using(relation, twice, keys))))


def _nothing_yet(s: Scope) -> Iterator[Step]:
    """The fold makes these only where a key was touched, or a version moved; they are counted anyhow."""
    made: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [(x.name, s.keys, _changed(x.name)) for x in dimensions_of(s.table)]
    made += [(f.name, identity(s, f), (*_changed(f.name), *_rekeyed(f), *_read(f))) for f in s.table.facts]
    for relation, keys, names in made:
        none = f"SELECT {', '.join(keys)} FROM {s.names.warehouse(relation)} WHERE FALSE"
        yield Step(f"nothing of {relation} differs yet", tuple(Temp(name, none, keys) for name in names))


def _rekeyed(fact: Fact) -> tuple[str, ...]:
    return tuple(temp("rekey", f"{fact.name}_{role.name}") for role in fact.roles if not role.is_date)


def _differences(s: Scope) -> Iterator[Difference]:
    for dimension in dimensions_of(s.table):
        yield Difference(dimension.name, _count(_changed(dimension.name)))
    for fact in s.table.facts:
        yield Difference(fact.name, _count((*_changed(fact.name), *_rekeyed(fact), _new(fact))))


def _read(fact: Fact) -> tuple[str, str]:
    """What the rows of a fact are made of, and what was there."""
    return base_name(fact), have_name(want_name(fact))


def _new(fact: Fact) -> str:
    """Where nothing was there of the touched keys, each row is new, and none is compared."""
    rows, there = _read(fact)
    return f"(SELECT 1 AS one FROM {rows} AS b WHERE NOT EXISTS (SELECT 1 FROM {there} AS h)) AS q"


def _changed(relation: str) -> tuple[str, str]:
    """What `sql.change` leaves: rows that are new or other than before, and rows that should not have been there."""
    want = temp("want", relation)
    return f"{want}_delta", f"{want}_gone"


def _count(relations: tuple[str, ...]) -> str:
    each = " UNION ALL ".join(f"SELECT COUNT(*) AS n FROM {relation}" for relation in relations)
    return f"SELECT SUM(q.n) AS n FROM ({each}) AS q"
