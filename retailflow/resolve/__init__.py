"""From what was written to the model: every reference followed, every type decided, every default filled in."""

from retailflow.resolve.load import PROJECT_FILE, TABLES, Loaded, Written, in_order, load, load_all, resolve

__all__ = ["PROJECT_FILE", "TABLES", "Loaded", "Written", "in_order", "load", "load_all", "resolve"]
