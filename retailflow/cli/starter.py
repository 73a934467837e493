"""The files of a new project: the least that validates and runs, with comments that say what goes where."""

import re

_PROJECT = """\
# The project: what all tables share. `retailflow schema` describes every key.
version: 1
name: {name}

# Where it is deployed to. Sizes and ARNs of what exists go under `settings`.
environments:
  dev: {{account: '000000000000', region: eu-central-1}}

# The databases that tables come from. `secret` names where credentials are kept, never what they are.
sources:
  erp:
    kind: sqlserver
    server: erp.database.windows.net
    database: erp
    time_zone: UTC  # zone of its zoneless datetimes, such as Europe/Berlin
    secret: {name}/erp

defaults:
  owner: data
  kafka: {{partitions: 3, replication_factor: 3}}

calendar: {{first: 2020-01-01, last: 2030-12-31}}
"""

_TABLE = """\
# One file per source table. Replace this one with a table of yours, or see `retailflow add-table --help`.
table: customer
source: erp.Sales.Customer  # source.schema.table
key: customer_id
scd: 2  # a change makes a new version; 1 overwrites
columns:  # T-SQL types, as the source declares them
  customer_id: {type: int, from: CustomerID}
  name: {type: nvarchar(80), from: Name, nullable: false}
  city: {type: nvarchar(60), from: City}
  email: {type: nvarchar(320), from: Email, pii: email, scd: 1}
"""

_SCENARIO = """\
# Change events in, rows out: `retailflow test` runs this as it stands, and shuffled.
scenario: a customer moves, and writes from another address
batches:
  - - {table: customer, op: c, row: {customer_id: 1, name: Ada, city: Graz, email: a@example.com}, commit: 1, at: 2024-03-15T08:00:00Z}
  - - {table: customer, op: u, row: {customer_id: 1, name: Ada, city: Wien, email: b@example.com}, commit: 2, at: 2024-03-15T09:00:00Z}
expect:
  dim_customer:
    - {customer_id: 1, city: Graz, email: b@example.com, valid_from: 2024-03-15T08:00:00Z, valid_to: 2024-03-15T09:00:00Z}
    - {customer_id: 1, city: Wien, email: b@example.com, valid_from: 2024-03-15T09:00:00Z, is_current: true}
"""

IGNORED = ".retailflow/"


def starter_files(folder: str) -> dict[str, str]:
    """Path to text; `folder` is the name of the project's folder."""
    return {
        "retailflow.yaml": _PROJECT.format(name=project_name(folder)),
        "tables/customer.yaml": _TABLE,
        "tests/scenarios/customer.yaml": _SCENARIO,
    }


def project_name(folder: str) -> str:
    """A project name out of the name of a folder."""
    plain = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")
    return plain if re.match(r"[a-z]", plain) else f"project-{plain}".rstrip("-")


def with_ignored(text: str) -> str | None:
    """A `.gitignore` with the line for local data, None when it has one."""
    if IGNORED in (line.strip() for line in text.splitlines()):
        return None
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{IGNORED}\n"
