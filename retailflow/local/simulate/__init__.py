"""Deterministic change events for any specs, as the connector, plain producers and file exports would bring them."""

from retailflow.local.simulate.options import Counts, Options, Summary
from retailflow.local.simulate.run import simulate

__all__ = ["Counts", "Options", "Summary", "simulate"]
