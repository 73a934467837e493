"""Slowly changing dimension types: how a column is read off the chain."""

from retailflow.scd.scd import Scd

__all__ = ["Scd"]
