"""What platforms accept and what experience says, beyond what must hold for a project to mean anything."""

from retailflow.rules.validate import validate

__all__ = ["validate"]
