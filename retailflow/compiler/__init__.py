"""From a project to every file wanted of it."""

from retailflow.compiler.compiler import PathTakenError, compile

__all__ = ["PathTakenError", "compile"]
