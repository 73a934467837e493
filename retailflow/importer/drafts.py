"""From imported tables to drafts: names of our own, keys and types as the source has them, guesses as comments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from retailflow.importer import naming
from retailflow.importer.draft import Draft, DraftColumn
from retailflow.importer.imported import ImportedColumn, ImportedTable
from retailflow.types import UnknownTypeError, parse_type

_PII = {
    "email": ("email", "mail"),
    "phone": ("phone", "mobile", "fax", "telephone"),
    "name": ("first_name", "last_name", "middle_name", "full_name", "surname", "contact_name", "maiden_name"),
    "birth_date": ("birth", "dob", "birthday"),
    "address": ("street", "address", "address_line", "postal_code", "postcode", "zip"),
    "bank_account": ("iban", "bic", "account_number", "card_number"),
    "national_id": ("ssn", "passport", "tax_id", "national_id"),
    "ip_address": ("ip", "ip_address"),
    "secret": ("password", "pwd"),
}
_TEXTS = ("char", "varchar", "nchar", "nvarchar", "text", "ntext", "date", "datetime", "datetime2")
_TIMES = ("datetime", "datetime2", "smalldatetime", "datetimeoffset")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person said about all tables of an import; `source` names the source in retailflow.yaml, `scd` 0 to 6 or None for a guess."""

    source: str
    ingest: str = "cdc"
    scd: int | None = None
    has_dimension: bool | None = None
    owner: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """A table that is or will be in the project: its name, and its key as the source calls and declares it (name, T-SQL type)."""

    name: str
    key: tuple[tuple[str, str], ...]


def home_of(table: ImportedTable, name: str, key: tuple[str, ...] = ()) -> Home:
    """The home of an imported table under a name."""
    types = {c.name.lower(): c.type for c in table.columns}
    return Home(name, tuple((k, types.get(k.lower(), "")) for k in key or table.key))


def draft_of(
    table: ImportedTable,
    name: str,
    wish: Wish,
    reserved: Collection[str],
    homes: Mapping[str, Home],
    key: tuple[str, ...] = (),
) -> Draft:
    """The draft of one table.

    `homes`: by `schema.table` (case folded), the tables that are or will be in the project.
    `key`: columns of the source or names of the draft, in the place of the primary key.
    """
    names = naming.columns(name, [c.name for c in table.columns], reserved)
    ours = {c.name.lower(): n for c, n in zip(table.columns, names, strict=True)}
    chosen = tuple(ours.get(k.lower(), k) for k in (key or table.key))
    columns = tuple(_column(c, n) for c, n in zip(table.columns, names, strict=True))
    is_stream = wish.ingest == "stream"
    is_dimension = (not is_stream and _is_dimension(table)) if wish.has_dimension is None else wish.has_dimension and bool(chosen)
    source = f"{wish.source}.{table.schema}.{table.name}" if wish.ingest == "cdc" or "." in wish.source else wish.source
    return Draft(
        name=name,
        source=source,
        ingest=wish.ingest,
        key=chosen,
        columns=columns,
        scd=(2 if wish.scd is None else wish.scd) if is_dimension else None,
        owner=wish.owner,
        group=wish.group,
        description=table.description,
        files=f"{name}/*.csv" if wish.ingest == "batch" else "",
        time=next((n for c, n in zip(table.columns, names, strict=True) if c.type.split("(")[0] in _TIMES), ""),
        relationships=() if is_stream else _relationships(table, ours, homes),
        remarks=()
        if is_dimension or is_stream
        else ("It refers to several tables, so it may be a fact: add `facts:` (or `scd: 2` for a dimension).",),
    )


def _column(column: ImportedColumn, name: str) -> DraftColumn:
    return DraftColumn(
        name=name,
        type=column.type,
        field="" if column.name == name else column.name,
        nullable=column.nullable,
        description=column.description,
        pii=guess_pii(name, column.type),
    )


def guess_pii(name: str, type_: str) -> str:
    """The kind of personal data a column looks like, empty when it does not."""
    if type_.split("(")[0] not in _TEXTS:
        return ""
    words = f"_{name}_"
    return next((kind for kind, hints in _PII.items() if any(f"_{hint}_" in words for hint in hints)), "")


def _is_dimension(table: ImportedTable) -> bool:
    """A guess: what refers to two or more other tables is something that happened."""
    return len({f.table.lower() for f in table.foreign_keys if f.table.lower() != table.name.lower()}) < 2 or not table.key


def _relationships(table: ImportedTable, ours: Mapping[str, str], homes: Mapping[str, Home]) -> tuple[tuple[str, str], ...]:
    """Foreign keys of one column that name the key of a table of the project."""
    types = {c.name.lower(): c.type for c in table.columns}
    found: dict[str, str] = {}
    for reference in table.foreign_keys:
        home = homes.get(f"{reference.schema}.{reference.table}".lower())
        if len(reference.columns) != 1 or home is None or len(home.key) != 1:
            continue
        column, (key, type_) = reference.columns[0].lower(), home.key[0]
        is_key = not reference.target_columns or reference.target_columns[0].lower() == key.lower()
        if is_key and _alike(types[column], type_):
            found.setdefault(ours[column], home.name)
    return tuple(sorted(found.items()))


def _alike(a: str, b: str) -> bool:
    try:
        return parse_type(a).kind is parse_type(b).kind
    except UnknownTypeError:
        return False
