"""The rules, in one place: a family is a module, a rule one entry of it."""

from retailflow.verify.rule import Rule
from retailflow.verify.rules import (
    alterations,
    files,
    functions,
    grants,
    iceberg,
    limits,
    merge,
    names,
    procedures,
    queries,
    statements,
    streaming,
    tables,
    transactions,
    types,
    windows,
)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *(*merge.RULES, *transactions.RULES, *procedures.RULES, *tables.RULES, *alterations.RULES, *statements.RULES, *queries.RULES),
            *(*functions.RULES, *names.RULES, *types.RULES, *streaming.RULES, *windows.RULES, *files.RULES, *grants.RULES),
            *(*limits.RULES, *iceberg.RULES),
        ),
        key=lambda rule: rule.code,
    )
)
