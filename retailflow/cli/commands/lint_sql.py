"""`retailflow lint-sql`: what Redshift would refuse of SQL, or read otherwise than it is meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from retailflow.cli.options import Format, FormatOption


def lint_sql(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of SQL, or folders of them.", show_default=False)],
    format: FormatOption = Format.TEXT,
) -> None:
    """Hold SQL against what Redshift accepts; exit 1 when it would refuse some of it."""
    from retailflow.cli.findings import print_findings
    from retailflow.cli.terminal import note
    from retailflow.errors import Severity
    from retailflow.render.findings import summary
    from retailflow.verify import lint

    texts = dict(_texts(files))
    findings = lint(texts)
    print_findings(findings, Path.cwd(), format)
    note(f"{len(texts):,} file{'' if len(texts) == 1 else 's'}, {summary(findings) or 'nothing wrong'}")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


def _texts(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Text by path, each file once; a folder stands for the `.sql` files in it."""
    from retailflow.errors import Finding, StopError

    for path in files:
        if not path.exists():
            raise StopError([Finding("RF998", f"there is no file `{path}`", hint="name files of SQL, or folders of them")], 2)
        for file in sorted(path.rglob("*.sql")) if path.is_dir() else [path]:
            try:
                yield str(file), file.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise StopError([Finding("RF998", f"`{file}` cannot be read as text", hint=str(error))], 2) from error
