"""Checks: what must hold of rows, and what happens when it does not."""

from retailflow.checks.check import Check, CheckKind, OnFail

__all__ = ["Check", "CheckKind", "OnFail"]
