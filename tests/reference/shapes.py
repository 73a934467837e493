"""Random projects: which tables there are, their specs, and the small domains their values come from.

At most four tables: `product` (always; a dimension), `category` (parent of its lookups), `line` (facts), `purchase` (parent of `line`,
accumulating fact). Every domain is tiny, so that values return, collide and refer to one another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

ABSENT = "<absent>"  # in a row: the field is left out
LAST = "<last>"  # in a row: the time of the commit before
HOUR = 3_600_000
BASES = (1_711_828_800_000, 1_729_972_800_000, 1_730_577_600_000)  # shortly before clocks change in Berlin (twice) and New York
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
ERAS = ((1, 2), (1, 1), (1, 1, 2), (1, 2, 2))  # the source made anew; the topics made anew; one after the other
Draw = Any  # what hypothesis gives a composite strategy

BASIC = frozenset({"scd01", "scd2", "deletes"})
TRANSACTIONS = BASIC | {"facts", "parents"}
ALL = TRANSACTIONS | {
    *("flag", "ignore", "absent", "snapshots", "lookups", "effective", "scd3", "scd6", "scd4", "periodic", "accumulating", "zones"),
    *("ci_keys", "stream", "batch", "key_change", "incarnations", "composite", "where", "quarantine", "postgresql", "derived"),
}


@dataclass(frozen=True)
class Shape:
    """A table: its spec, the keys it may have, and for every other column the JSON values it may take."""

    spec: dict[str, Any]
    keys: list[dict[str, Any]]
    values: dict[str, list[Any]]
    absent: frozenset[str] = frozenset()  # columns that may be left out
    routes: tuple[str, ...] = ("cdc",)  # by era

    @property
    def name(self) -> str:
        return str(self.spec["table"])

    def field(self, column: str) -> str:
        declared = self.spec["columns"][column]
        return str(declared.get("from", column)) if isinstance(declared, Mapping) else column

    def row(self) -> st.SearchStrategy[dict[str, Any]]:
        """A quarter of the values is NULL (three others in each domain), and a fifth absent where that may be."""
        return st.fixed_dictionaries(
            {name: st.sampled_from([*domain, None, *([ABSENT] if name in self.absent else [])]) for name, domain in self.values.items()}
        )


@dataclass
class Draft:
    """A table under construction."""

    name: str
    columns: dict[str, Any] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def column(self, name: str, spec: Any, domain: list[Any]) -> None:
        self.columns[name] = spec
        self.values[name] = domain


@dataclass(frozen=True)
class Frame:
    """What all tables of a project share."""

    features: frozenset[str]
    source: dict[str, Any]
    base: int
    keys: list[Any]  # of every single-column key
    incarnations: tuple[int, ...] = (1,)  # of each generation of the topics

    @property
    def key_type(self) -> str:
        return "varchar(4)" if isinstance(self.keys[0], str) else "int"

    @property
    def references(self) -> list[Any]:
        """Keys to refer to, one of which no table ever has."""
        return [*self.keys, "zz" if isinstance(self.keys[0], str) else 9]

    def moments(self) -> list[Any]:
        """Wall clocks of a `datetime2(3)`, on the grid of commit times; a sentinel is among them."""
        return [self.base + hours * HOUR for hours in (1, 2, 4, 30)] + ["9999-12-31T00:00:00"]


@st.composite
def frames(draw: Draw, features: frozenset[str]) -> Frame:
    incarnations = draw(st.sampled_from(ERAS)) if "incarnations" in features else (1,)
    source: dict[str, Any] = {"incarnation": incarnations[-1]} if incarnations[-1] > 1 else {}
    if "zones" in features:
        source["time_zone"] = draw(st.sampled_from(ZONES))
    if "postgresql" in features and draw(st.booleans()):
        source["kind"] = "postgresql"
    keys: list[Any] = list(range(1, 1 + draw(st.integers(1, 3))))
    if "ci_keys" in features and draw(st.booleans()):
        source["collation"] = draw(st.sampled_from(["SQL_Latin1_General_CP1_CI_AS", "Latin1_General_BIN2"]))
        keys = ["a", "A ", "ß", "b"][: 1 + len(keys)]
    return Frame(features, source, draw(st.sampled_from(BASES)), keys, incarnations)


@st.composite
def shapes(draw: Draw, frame: Frame) -> list[Shape]:
    features = frame.features
    lookups = "lookups" in features and draw(st.booleans())
    drafts = [_product(draw, frame, lookups)]
    if lookups:
        drafts.append(_category(draw, frame))
    composite = "site" in drafts[0].columns
    accumulates = "accumulating" in features and draw(st.booleans())
    has_parent = bool(features & {"facts"}) and "parents" in features and draw(st.booleans())
    if features & {"facts", "periodic"} or accumulates:
        drafts.append(_line(draw, frame, composite, lookups and "dimension" in drafts[1].more, has_parent))
    if accumulates or has_parent:
        drafts.append(_purchase(draw, frame, composite, accumulates))
    return [_finish(draw, frame, draft) for draft in drafts]


# --- dimensions ---------------------------------------------------------------------------------------------------------------------


def _types(frame: Frame) -> list[int]:
    offered = {"scd01": [1, 0], "scd2": [2], "scd3": [3], "scd6": [6]}
    return [scd for feature, types in offered.items() if feature in frame.features for scd in types] or [1]


def _dimension(draw: Draw, frame: Frame) -> dict[str, Any]:
    offered = ["close", *(name for name in ("flag", "ignore") if name in frame.features)]
    dimension: dict[str, Any] = {"on_delete": draw(st.sampled_from(offered))}
    if "snapshots" in frame.features or "batch" in frame.features:
        dimension["beginning"] = draw(st.sampled_from([True, True, False]))
    return dimension


def _effective(draw: Draw, frame: Frame, draft: Draft, dimension: dict[str, Any]) -> None:
    if "effective" in frame.features and draw(st.booleans()):
        draft.column("since", {"type": "datetime2(3)"}, [*frame.moments(), LAST])
        dimension["effective"] = "since"


def _product(draw: Draw, frame: Frame, lookups: bool) -> Draft:
    draft = Draft("product")
    if "composite" in frame.features and draw(st.booleans()):
        draft.columns["site"] = "smallint"
    draft.columns["product_id"] = {"type": frame.key_type, "from": "ProductID"}
    dimension = _dimension(draw, frame)
    type_4 = "scd4" in frame.features and draw(st.booleans())
    types = st.sampled_from([1, 2] if type_4 else _types(frame))
    draft.column("name", {"type": "varchar(8)", "scd": draw(types)}, ["x", "y", "x "])
    draft.column("price", {"type": "decimal(9,2)", "scd": draw(types)}, ["1.50", 2, "1.5"])
    draft.column("grade", {"type": "int", "scd": draw(types)}, [1, 2, 3])
    if "zones" in frame.features:
        seen = {"type": "datetime2(3)", "scd": draw(types), "time_zone": draw(st.sampled_from(ZONES))}
        draft.column("seen_at", seen, frame.moments()[:3])
    if "derived" in frame.features:
        draft.columns["worth"] = {"type": "decimal(19,2)", "scd": draw(types), "expr": "price * grade"}
    if lookups:
        _lookup(draw, draft, dimension, types, "scd2" in frame.features or type_4)
    _effective(draw, frame, draft, dimension)
    if draw(st.booleans()) and "site" not in draft.columns:
        dimension["salt"] = "s"
    if "where" in frame.features and draw(st.booleans()):
        draft.more["where"] = "grade is null or grade <> 3"
    draft.more |= {"scd": 4 if type_4 else 2, "dimension": dimension}
    return draft


def _lookup(draw: Draw, draft: Draft, dimension: dict[str, Any], types: st.SearchStrategy[int], versioned: bool) -> None:
    scd = draw(st.sampled_from([1, 2] if versioned else [1]))
    by = {"type": "int", "scd": draw(types)}
    if scd == 2 and by["scd"] not in (2, 6):
        by["scd"] = 2
    draft.column("category_id", by, [1, 2, 9])
    dimension["lookups"] = {"category": {"by": "category_id", "columns": ["label", {"category_rank": "rank"}], "scd": scd}}


def _category(draw: Draw, frame: Frame) -> Draft:
    """A parent of lookups, with a dimension of its own or without."""
    draft = Draft("category", {"category_id": "int"})
    types = st.sampled_from(_types(frame))
    has_dimension = draw(st.booleans())
    draft.column("label", {"type": "nvarchar(8)"} | ({"scd": draw(types)} if has_dimension else {}), ["l", "m", "n"])
    draft.column("rank", {"type": "int"} | ({"scd": draw(types)} if has_dimension else {}), [1, 2, 3])
    if has_dimension:
        dimension = _dimension(draw, frame)
        _effective(draw, frame, draft, dimension)
        draft.more |= {"dimension": dimension}
    return draft


# --- facts --------------------------------------------------------------------------------------------------------------------------


def _refer_to_product(draft: Draft, frame: Frame, prefix: str, composite: bool) -> list[str]:
    names = [f"{prefix}site", f"{prefix}product"] if composite else [f"{prefix}product"]
    for name in names:
        is_site = name.endswith("site")
        draft.column(name, "smallint" if is_site else frame.key_type, [1, 2] if is_site else frame.references)
    return names


def _line(draw: Draw, frame: Frame, composite: bool, category: bool, has_parent: bool) -> Draft:
    draft = Draft("line", {"purchase_id": "int", "line_no": "smallint"})
    product = _refer_to_product(draft, frame, "", composite)
    draft.column("quantity", "int", [1, -3, 20])
    draft.column("price", "money", ["0.0001", "19.99", 3])
    draft.column("discount", "decimal(3,2)", ["0.50", 0, "0.25"])
    if "derived" in frame.features:
        draft.columns["gross"] = {"type": "decimal(19,4)", "expr": "quantity * price"}
    draft.column("sold_at", "datetime2(3)", frame.moments())
    draft.column("shipped_at", "datetime2(3)", frame.moments()[:4])
    roles: dict[str, Any] = {"product": {"by": product}, "sold_date": {"dimension": "date", "by": "sold_at"}}
    if category:
        draft.column("category_ref", "int", [1, 2, 9])
        roles["category"] = {"by": "category_ref", **draw(st.sampled_from([{}, {"time": "shipped_at"}]))}
    draft.more["facts"] = {}
    if "facts" in frame.features:
        draft.more["facts"]["fact_sales"] = _sales(draw, frame, dict(roles), composite, has_parent)
    if "periodic" in frame.features:
        draft.more["facts"]["fact_stock"] = {
            "type": "periodic_snapshot",
            "period": draw(st.sampled_from(["day", "week", "month"])),
            "grain": ["purchase_id", "line_no"],
            "dimensions": {name: {k: v for k, v in role.items() if k != "time"} for name, role in roles.items()},
            "measures": {"quantity": {"additivity": "semi_additive", "over_time": "last"}},
        }
    return draft


def _sales(draw: Draw, frame: Frame, roles: dict[str, Any], composite: bool, has_parent: bool) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "type": draw(st.sampled_from(["transaction", "transaction", "factless"])),
        "grain": ["purchase_id", "line_no"],
        "dimensions": roles,
        "measures": {
            "quantity": None,
            **({"gross": None} if "derived" in frame.features else {}),
            "net": {"expr": "quantity * price * (1 - discount) + price", "type": "decimal(19,4)"},
        },
    }
    if fact["type"] == "factless":
        del fact["measures"]
    times = [None, "sold_at"]
    if has_parent:
        columns = ["main_site", "main_product"] if composite else ["main_product"]
        fact["parent"] = {"purchase": {"by": "purchase_id", "columns": [*columns, "ordered_at"]}}
        roles["main"] = {"dimension": "product", "by": columns}
        roles["ordered"] = {"dimension": "date", "by": "ordered_at"}
        times.append("ordered_at")
    time = draw(st.sampled_from(times))
    return fact | ({"time": time} if time else {})


def _purchase(draw: Draw, frame: Frame, composite: bool, accumulates: bool) -> Draft:
    draft = Draft("purchase", {"purchase_id": "int"})
    main = _refer_to_product(draft, frame, "main_", composite)
    draft.column("ordered_at", "datetime2(3)", frame.moments()[:4])
    draft.column("status", "varchar(8)", ["new", "paid", "shipped", "lost"])
    if accumulates:
        draft.more["facts"] = {
            "fact_flow": {
                "type": "accumulating_snapshot",
                "grain": "purchase_id",
                "time": "ordered_at",
                "dimensions": {"product": {"by": main}},
                "milestones": {
                    "ordered": "ordered_at",
                    "paid": {"status": "status", "at": "paid", "order": ["new", "paid", "shipped"]},
                    "first_shipped": {"from": "line", "by": "purchase_id", "first": "shipped_at"},
                    "last_shipped": {"from": "line", "by": "purchase_id", "last": "shipped_at"},
                },
                "lags": {
                    "days": ["ordered", "first_shipped"],
                    "hours": {"from": "first_shipped", "to": "paid", "unit": "hour"},
                    "seconds": {"from": "paid", "to": "ordered", "unit": "second"},
                },
                "measures": {},
            }
        }
    return draft


# --- finishing ----------------------------------------------------------------------------------------------------------------------


def _finish(draw: Draw, frame: Frame, draft: Draft) -> Shape:
    key = [name for name, column in draft.columns.items() if name not in draft.values and "expr" not in column]
    domains: dict[str, list[Any]] = {
        "site": [1, 2],
        "product_id": frame.keys,
        "category_id": [1, 2],
        "purchase_id": [1, 2],
        "line_no": [1, 2],
    }
    first, *rest = ([{name: value} for value in domains[name]] for name in key)
    keys = [a | b for b in rest[0] for a in first] if rest else first
    routes = ["cdc", *(route for route in ("stream", "batch") if route in frame.features)]
    route_of = {incarnation: draw(st.sampled_from(routes)) for incarnation in dict.fromkeys(frame.incarnations)}
    eras = tuple(route_of[incarnation] for incarnation in frame.incarnations)
    spec: dict[str, Any] = {"table": draft.name, "source": f"erp.Sales.{draft.name.title()}", "key": key, **draft.more}
    spec["columns"] = draft.columns
    _route(draw, draft, spec, eras)
    if len(eras) > 1:
        earlier = enumerate(zip(frame.incarnations[:-1], eras, strict=False), start=1)
        spec |= {"generation": len(eras), "earlier": [{"generation": n, "incarnation": i, "ingest": route} for n, (i, route) in earlier]}
    absent = frozenset(draft.values) - ({"grade"} if "where" in spec else set()) if "absent" in frame.features else frozenset()
    return Shape(spec, keys[:3], draft.values, absent, eras)


def _route(draw: Draw, draft: Draft, spec: dict[str, Any], eras: tuple[str, ...]) -> None:
    spec["ingest"] = eras[-1]
    if "stream" in eras:
        named, timed = draw(st.sampled_from([(True, True), (False, True), (False, False)]))
        if timed:
            draft.columns["happened_at"] = {"type": "datetime2(3)", "scd": 1}
            spec["time"] = "happened_at"
        if named:
            draft.columns["event_no"] = {"type": "bigint", "scd": 1}
            spec["event_id"] = "event_no"
    if "batch" in eras:
        path = draw(st.sampled_from(["{time:%Y%m%dT%H%M%S}-*.jsonl", "*.jsonl"]))
        spec["files"] = {"path": f"{draft.name}/{path}", "format": "json", "mode": draw(st.sampled_from(["full", "incremental"]))}
