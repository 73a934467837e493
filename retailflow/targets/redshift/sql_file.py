"""A file of SQL: where it came from, comments that say why, statements that end in a semicolon."""

from collections.abc import Iterable

from retailflow.artifact import Artifact, header
from retailflow.model.table import Table
from retailflow.sql.lines import laid_out


def sql_file(path: str, blocks: Iterable[str], tables: Iterable[Table] = (), source: str = "") -> Artifact:
    """`tables`: of the specs it was made from, the first its own; none means the whole project."""
    specs = tuple(dict.fromkeys(table.path for table in tables))
    named = (source,) if source else specs[:1]
    return Artifact(path, header(path, *named) + "\n" + "\n".join(blocks), specs)


def comment(text: str) -> str:
    """Lines of a comment, whatever stands in the text."""
    return "".join(f"-- {''.join(c if c.isprintable() else '?' for c in line)}\n" for line in text.split("\n"))


def statement(sql: str, why: str = "") -> str:
    return f"{comment(why) if why else ''}{laid_out(sql)};\n"


def together(statements: Iterable[str], why: str) -> str:
    """Statements that are kept all or none."""
    return "".join((comment(why), "BEGIN;\n", *(f"{laid_out(sql)};\n" for sql in statements), "COMMIT;\n"))
