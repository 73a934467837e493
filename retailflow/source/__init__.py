"""Files to values with positions: YAML 1.2, read strictly, every value knows where it stands."""

from pathlib import Path

from retailflow.errors import Finding
from retailflow.source.compose import compose
from retailflow.source.document import Document, Step
from retailflow.source.text import decode, lines_of, read_text

__all__ = ["Document", "Step", "compose", "decode", "lines_of", "read_document", "read_text"]


def read_document(file: Path, path: str) -> tuple[Document | None, tuple[Finding, ...]]:
    """The document in a file; `path` is what findings call it."""
    text = read_text(file, path)
    if isinstance(text, Finding):
        return None, (text,)
    return compose(text, path)
