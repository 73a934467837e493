"""What a person is told: findings (coded, located, with a way out) and the one exception that carries them."""

from retailflow.errors.finding import Finding, Place, Severity, StopError
from retailflow.errors.nearest import did_you_mean, nearest

__all__ = ["Finding", "Place", "Severity", "StopError", "did_you_mean", "nearest"]
