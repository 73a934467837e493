"""Redshift: tables, how they lie, streaming views, the load as stored procedures, audits."""

from retailflow.targets.redshift.emit import emit, files_of

__all__ = ["emit", "files_of"]
