"""`retailflow add-table`: a new table spec from flags, from answers at a terminal, or from a script with CREATE TABLE."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from retailflow.cli.options import Format, ProjectOption
from retailflow.cli.terminal import note, out
from retailflow.errors import Finding, Severity, StopError

if TYPE_CHECKING:
    from retailflow.importer import Draft, Wish
    from retailflow.model.project import Project

_SCD = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "6": 6, "none": None}


def add_table(
    name: Annotated[str | None, typer.Argument(help="Name of the table, such as `customer`.", show_default=False)] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Where it comes from: `erp.Sales.Customer`; with --from-ddl `erp` is enough.")
    ] = None,
    key: Annotated[list[str] | None, typer.Option("--key", help="Business key; repeat it, or separate columns by commas.")] = None,
    column: Annotated[list[str] | None, typer.Option("--column", help="`name:type`, such as `price:money`; repeat it.")] = None,
    scd: Annotated[str | None, typer.Option("--scd", help="Type of the dimension: 0, 1, 2, 3, 4, 6, or `none`.")] = None,
    ingest: Annotated[str, typer.Option("--ingest", help="How events come: cdc, stream or batch.")] = "cdc",
    owner: Annotated[str, typer.Option("--owner", help="Who answers for the table.")] = "",
    group: Annotated[str, typer.Option("--group", help="Tables of one group share jobs.")] = "",
    description: Annotated[str, typer.Option("--description", help="What a row is.")] = "",
    from_ddl: Annotated[list[Path] | None, typer.Option("--from-ddl", help="T-SQL script, or folder of scripts; repeat it.")] = None,
    ddl_table: Annotated[str, typer.Option("--ddl-table", help="The table in the script: `Sales.Customer`.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Every table of the script.")] = False,
    project: ProjectOption = None,
) -> None:
    """Write `tables/NAME.yaml`; never over a file that is there, and only if it validates."""
    from retailflow.cli.project import find_root
    from retailflow.importer import Wish

    if scd is not None and scd not in _SCD:
        _refuse(f"`--scd {scd}` is none of {', '.join(_SCD)}")
    if ingest not in ("cdc", "stream", "batch"):
        _refuse(f"`--ingest {ingest}` is none of cdc, stream, batch")
    root = find_root(project)
    keys = tuple(part.strip() for given in key or () for part in given.split(",") if part.strip())
    wish = Wish(source or "", ingest, _SCD[scd] if scd else None, None if scd is None else scd != "none", owner, group)
    if from_ddl:
        _from_ddl(root, from_ddl, name or "", ddl_table, all_, wish, keys, description)
        return
    if all_ or ddl_table:
        _refuse("`--all` and `--ddl-table` go with `--from-ddl`")
    _write(root, [_from_flags(name, wish, keys, tuple(column or ()), description, scd is not None)], [])


def _from_ddl(
    root: Path, paths: list[Path], name: str, ddl_table: str, is_all: bool, wish: "Wish", key: tuple[str, ...], description: str
) -> None:
    from retailflow.cli.ddl_tables import all_tables, one_table, read_scripts
    from retailflow.resolve import load_all

    loaded = load_all(root)
    prefix, _, rest = wish.source.partition(".")
    wish = replace(wish, source=prefix or _only_source(loaded.project))
    imported = read_scripts(paths)
    if is_all:
        if name or key or ddl_table or description:
            _refuse("`--all` takes no NAME, `--key`, `--ddl-table` or `--description`: each table has its own")
        chosen = all_tables(imported, wish, loaded.project, [w.spec.table for w in loaded.written])
        _write(root, list(chosen.drafts), list(chosen.findings), is_all=True)
        return
    chosen = one_table(imported, ddl_table or rest, name, wish, key, loaded.project)
    drafts = [replace(d, description=description or d.description) for d in chosen.drafts]
    _write(root, drafts, list(chosen.findings))


def _only_source(project: "Project | None") -> str:
    names = [s.name for s in project.sources] if project is not None else []
    if len(names) == 1:
        return names[0]
    if sys.stdin.isatty():
        return str(typer.prompt(f"source ({', '.join(names)})" if names else "source"))
    hint = f"one of {', '.join(f'`{n}`' for n in names)}" if names else "declare it under `sources` in retailflow.yaml"
    raise StopError([Finding("RF632", "`--source` is missing", hint=hint)], 2)


def _from_flags(name: str | None, wish: "Wish", key: tuple[str, ...], columns: tuple[str, ...], description: str, has_scd: bool) -> "Draft":
    """Everything by hand; what is missing is asked for where somebody can answer."""
    from retailflow.cli.answers import Answers, draft_from

    given = Answers(name or "", wish.source, key, columns, description)
    if sys.stdin.isatty():
        given = given.asked(wish.ingest)
    missing = given.missing(wish.ingest)
    if missing:
        hint = "at a terminal they are asked for; `--from-ddl FILE` reads them from CREATE TABLE"
        raise StopError([Finding("RF632", f"missing: {', '.join(f'`{m}`' for m in missing)}", hint=hint)], 2)
    return draft_from(given, wish if has_scd else replace(wish, scd=2, has_dimension=wish.ingest != "stream"))


def _write(root: Path, drafts: "list[Draft]", findings: list[Finding], is_all: bool = False) -> None:
    """Check, write, and say what comes next; of several tables those with errors are left out."""
    from retailflow.cli.findings import print_findings
    from retailflow.cli.new_files import would_be_wrong, write_new
    from retailflow.importer import spec_text

    texts = {f"tables/{d.name}.yaml": spec_text(d) for d in drafts}
    there = [
        Finding("RF631", f"`{path}` is there already", hint="edit it; files are never overwritten")
        for path in texts
        if (root / path).exists()
    ]
    wrong = there or would_be_wrong(root, texts)
    while is_all and wrong and texts:
        bad = {f.place.path for f in wrong if f.place is not None} & texts.keys()
        if not bad:
            break
        findings += wrong
        texts = {path: text for path, text in texts.items() if path not in bad}
        wrong = would_be_wrong(root, texts)
    if wrong:
        raise StopError([*findings, *wrong])
    try:
        write_new(root, texts)
    except FileExistsError as error:
        raise StopError([Finding("RF631", f"`{error.filename2 or error.filename}` is there already")]) from None
    print_findings(findings, Path.cwd(), Format.TEXT, result=False)
    out("\n".join(texts)) if texts else None
    if texts:
        note("next: look at it, then `retailflow validate`, `retailflow generate` and `retailflow run`")
    if any(f.severity is Severity.ERROR for f in findings):
        raise typer.Exit(1)


def _refuse(message: str) -> NoReturn:
    raise StopError([Finding("RF633", message)], 2)
