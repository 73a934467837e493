"""Where the SQL of a table is, below `generated/`."""

from retailflow.model.table import Table
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.load import Part


def tables(table: Table) -> str:
    return f"redshift/schemas/100_{table.name}.sql"


def design(table: Table) -> str:
    return f"redshift/schemas/design/100_{table.name}.sql"


def view(name: str) -> str:
    return f"redshift/schemas/views/{name}.sql"


def streaming(table: Table) -> str:
    return f"redshift/streaming/{table.name}.sql"


def copying(table: Table) -> str:
    return f"redshift/copy/{table.name}.sql"


def audits(table: Table) -> str:
    return f"redshift/audits/{table.name}.sql"


def load(table: Table) -> str:
    return f"redshift/load/{table.name}.sql"


def dimension(name: str) -> str:
    return f"redshift/scd/{name}.sql"


def fact(name: str) -> str:
    return f"redshift/facts/{name}.sql"


def part(made: Part) -> str:
    """The file a part of the load is in."""
    if made.stage not in ("refresh", "references"):
        return load(made.table)
    return fact(made.name) if any(f.name == made.name for f in made.table.facts) else dimension(made.name)


def of_table(table: Table, *, streamed: bool) -> tuple[str, ...]:
    """Every file of a table that is always there, sorted."""
    found = [tables(table), design(table), audits(table)]
    found += [streaming(table) if streamed else copying(table), load(table)]
    found += [dimension(x.name) for x in dimensions_of(table)] + [fact(f.name) for f in table.facts]
    return tuple(sorted(found))
