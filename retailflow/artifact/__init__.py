"""Files wanted, as values: a path below `generated/` and what stands in it."""

from retailflow.artifact.artifact import Artifact, UnsafePathError, check_path
from retailflow.artifact.dump import dump_json, dump_yaml
from retailflow.artifact.header import header

__all__ = ["Artifact", "UnsafePathError", "check_path", "dump_json", "dump_yaml", "header"]
