"""`retailflow validate`: everything that is wrong with the specs, at once."""

import typer

from retailflow.cli.options import Format, FormatOption, ProjectOption


def validate(project: ProjectOption = None, format: FormatOption = Format.TEXT) -> None:
    """Check every spec, and say all that is wrong."""
    from retailflow.cli.findings import print_findings
    from retailflow.cli.project import find_root
    from retailflow.cli.terminal import note
    from retailflow.render.findings import summary
    from retailflow.rules import validate as check

    root = find_root(project)
    model, findings = check(root)
    print_findings(findings, root, format)
    if model is None:
        note(f"{summary(findings)}; `retailflow explain CODE` tells more about one")
        raise typer.Exit(1)
    tables = f"{len(model.tables):,} {'table' if len(model.tables) == 1 else 'tables'}"
    note(f"{tables}, {summary(findings) or 'nothing wrong'}")
