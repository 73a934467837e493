"""Where a table's events come from: the source, its names there, and every generation of its topic."""

from itertools import pairwise
from zoneinfo import ZoneInfo

from retailflow.errors import did_you_mean
from retailflow.model.source import Era, Extract, ExtractMode, Route, Source, SourceKind
from retailflow.resolve.patterns import path_mistake, time_mistake
from retailflow.resolve.sink import Sink
from retailflow.source import Step
from retailflow.spec import ProjectSpec, TableSpec

COLLATION = "SQL_Latin1_General_CP1_CI_AS"
_MACHINE_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")


def check_zone(sink: Sink, zone: str, *steps: Step) -> str:
    """The zone, or UTC and a finding where nobody knows it."""
    try:
        if not zone.startswith(_MACHINE_ZONES):
            ZoneInfo(zone)
            return zone
    except (KeyError, ValueError, OSError):
        pass
    from zoneinfo import available_timezones

    hint = did_you_mean(zone, available_timezones()) or "use an IANA name such as `Europe/Berlin`"
    sink.add("RF118", f"`{zone}` is not a known time zone", *steps, hint=hint)
    return "UTC"


def resolve_sources(sink: Sink, spec: ProjectSpec) -> tuple[Source, ...]:
    """The declared sources, by name."""
    return tuple(
        Source(
            name=name,
            kind=SourceKind(source.kind),
            server=source.server,
            database=source.database or name,
            time_zone=check_zone(sink, source.time_zone, "sources", name, "time_zone"),
            case_insensitive="_CI_" in source.collation,
            incarnation=source.incarnation,
            secret=source.secret,
            collation=source.collation,
        )
        for name, source in sorted(spec.sources.items())
    )


def _own_source(table: str) -> Source:
    """Plain events and extracts need no database: such a table is a source by itself."""
    return Source(table, SourceKind.SQLSERVER, "", "", "UTC", True, 1, "", COLLATION)


def source_of(sink: Sink, spec: TableSpec, sources: dict[str, Source]) -> tuple[Source, str | None, str | None]:
    """The source of a table, and schema and table there (None where there is no database)."""
    form = "`source.schema.table`" if spec.ingest == "cdc" else "`source` or `source.schema.table`"
    if spec.source is None:
        if spec.ingest == "cdc":
            sink.add("RF012", "`source` is missing", hint=f"write {form}")
        elif spec.table in sources:
            sink.add("RF110", f"`{spec.table}` is also the name of a declared source", "table", hint="name the `source` of this table")
        return _own_source(spec.table), None, None
    parts = [part.strip() for part in spec.source.split(".")]
    if not all(parts) or len(parts) not in ((3,) if spec.ingest == "cdc" else (1, 3)):
        sink.add("RF117", f"`{spec.source}` does not name a source table", "source", hint=f"write {form}")
        return _own_source(spec.table), None, None
    if parts[0] not in sources:
        hint = did_you_mean(parts[0], sources) or "declare it under `sources` in retailflow.yaml"
        sink.add("RF110", f"there is no source `{parts[0]}`", "source", hint=hint)
        return _own_source(spec.table), None, None
    schema, table = (parts[1], parts[2]) if len(parts) == 3 else (None, None)
    return sources[parts[0]], schema, table


def resolve_eras(sink: Sink, spec: TableSpec, source: Source) -> tuple[Era, ...]:
    """Every generation of the topic, the current one last."""
    eras = [Era(e.generation, e.incarnation, Route(e.ingest)) for e in spec.earlier]
    eras.append(Era(spec.generation, source.incarnation, Route(spec.ingest)))
    for number, (before, after) in enumerate(pairwise(eras)):
        if after.generation <= before.generation:
            message = f"generation {before.generation} does not come before generation {after.generation}"
            sink.add("RF133", message, "earlier", number, "generation", hint="list earlier generations in order, and raise `generation`")
        elif after.incarnation < before.incarnation:
            message = f"incarnation {before.incarnation} does not come before incarnation {after.incarnation}"
            sink.add("RF133", message, "earlier", number, "incarnation", hint="the source's `incarnation` only ever rises")
        elif after.incarnation == before.incarnation and after.route is not before.route:
            message = f"incarnation {before.incarnation} has events by two routes, `{before.route}` and `{after.route}`"
            hint = "moving a table to another route is a new incarnation of its source"
            sink.add("RF133", message, "earlier", number, "ingest", hint=hint)
    return tuple(eras)


def resolve_files(sink: Sink, spec: TableSpec) -> Extract | None:
    """The extracts of a batch table."""
    if spec.files is None:
        if spec.ingest == "batch":
            sink.add("RF132", "a batch table reads files, and `files` is missing", "ingest", hint="add `files: {path: …, mode: full}`")
        return None
    if spec.ingest != "batch" and not any(era.ingest == "batch" for era in spec.earlier):
        sink.add("RF132", f"`files` is for batch tables, and this one is `{spec.ingest}`", "files", key=True, hint="set `ingest: batch`")
    if mistake := path_mistake(spec.files.path):
        sink.add("RF134", f"`{spec.files.path}` {mistake}", "files", "path")
    if spec.files.date_format and (mistake := time_mistake(spec.files.date_format)):
        sink.add("RF134", f"`{spec.files.date_format}` {mistake}", "files", "date_format", hint="such as `%d.%m.%Y`")
    return Extract(spec.files.path, spec.files.format, ExtractMode(spec.files.mode), spec.files.min_rows, spec.files.date_format)
