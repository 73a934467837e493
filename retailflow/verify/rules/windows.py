"""Window functions: frames that must be written, and those that cannot."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule
from retailflow.verify.statement import Statement

_FRAMELESS = (*(exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lead, exp.Lag),)


def _windows(statement: Statement) -> Iterator[exp.Window]:
    return statement.all(exp.Window)


def _function(window: exp.Window) -> exp.Expr:
    found: exp.Expr = window.this
    while isinstance(found, exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        found = found.this
    return found


def frame_missing(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """With ORDER BY an aggregate, FIRST_VALUE and LAST_VALUE need a frame of ROWS. Source: dg r_Window_function_synopsis."""
    for window in _windows(statement):
        if window.args.get("order") is not None and window.args.get("spec") is None and not isinstance(_function(window), _FRAMELESS):
            yield Problem("with ORDER BY this function needs a frame", window, "such as ROWS UNBOUNDED PRECEDING")


def frame_kind(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Frames are of ROWS; ranking functions, LEAD and LAG take none. Source: dg c_Window_functions."""
    for window in _windows(statement):
        spec = window.args.get("spec")
        if spec is None:
            continue
        kind = str(spec.args.get("kind") or "ROWS").upper()
        if kind != "ROWS":
            yield Problem(f"Redshift has frames of ROWS, none of {kind}", window)
        elif isinstance(_function(window), _FRAMELESS):
            yield Problem("this function takes no frame", window)


def offset_default(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """LEAD and LAG take no value for where there is no row. Source: dg r_WF_LEAD, r_WF_LAG."""
    for window in _windows(statement):
        function = _function(window)
        if isinstance(function, exp.Lead | exp.Lag) and function.args.get("default") is not None:
            yield Problem("LEAD and LAG take no third argument", window, "wrap it in COALESCE")


def constant_order(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """A window is neither ordered nor parted by constants. Source: dg r_Window_function_synopsis."""
    for window in _windows(statement):
        order = window.args["order"].expressions if window.args.get("order") is not None else ()
        for expression in (*window.args.get("partition_by", ()), *(o.this for o in order)):
            inner = expression.unnest()
            if isinstance(inner, exp.Literal | exp.Null) or (isinstance(inner, exp.Select) and inner.find(exp.Column) is None):
                yield Problem("a window is neither ordered nor parted by a constant", window, "name a column")


RULES = (Rule("RF972", frame_missing), Rule("RF973", frame_kind), Rule("RF974", offset_default), Rule("RF975", constant_order))
