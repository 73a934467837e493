"""The difference between the files wanted and the files present, as a value that is shown or applied."""

from retailflow.plan.apply import ChangedMeanwhileError, apply
from retailflow.plan.inputs import Inputs, read_inputs
from retailflow.plan.make import make
from retailflow.plan.plan import Cause, Change, ChangeKind, Plan
from retailflow.plan.show import as_data, as_text, diff

__all__ = [
    "Cause",
    "Change",
    "ChangeKind",
    "ChangedMeanwhileError",
    "Inputs",
    "Plan",
    "apply",
    "as_data",
    "as_text",
    "diff",
    "make",
    "read_inputs",
]
