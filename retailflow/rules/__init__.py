"""What platforms accept and what experience says, beyond what must hold for a project to mean anything."""

from retailflow.rules.validate import Validated, validate, validated

__all__ = ["Validated", "validate", "validated"]
