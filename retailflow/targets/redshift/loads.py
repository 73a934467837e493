"""`redshift/{load,scd,facts}/*.sql`: the load as stored procedures; `CALL staging.load()` is one transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.sql import backfill, layout, marks
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.load import Part, folds, takes
from retailflow.sql.names import Names
from retailflow.sql.procedure import LIMIT, ROWS, Printer, ended, unless_none
from retailflow.sql.scope import Scope
from retailflow.sql.statement import Execute, Step
from retailflow.targets.redshift import dropped, paths, related
from retailflow.targets.redshift.sql_file import comment, sql_file
from retailflow.targets.redshift.streaming import HEARTBEATS, beating

# Names of JSON fields are taken as they are written, while procedures run that read them (dg: enable_case_sensitive_super_attribute).
SETTINGS = (("enable_case_sensitive_super_attribute", "TRUE"),)
_MAIN = (
    "One load: everything that is new, in one transaction. Several sessions may call it at once; they wait for each other.\n"
    "Error 1023 (serializable isolation violation): somebody else wrote to a table of the star meanwhile, and nothing was kept.\n"
    "Whoever calls the load calls it again; the procedure itself cannot, since its transaction is lost."
)


def emit(project: Project) -> Iterator[Artifact]:
    """The order in which procedures are created does not matter."""
    loads = Loads(project, REDSHIFT)
    near = related.by_table(project)
    yield sql_file("redshift/load/_load.sql", [f"{comment(_MAIN)}{loads.main()};\n"], source="retailflow.yaml")
    streamed = tuple(table for table in project.tables if not table.is_copied)
    if streamed:
        yield sql_file("redshift/load/_count_dropped.sql", dropped.procedure(project, loads.printer, streamed), source="retailflow.yaml")
    files: dict[str, list[Part]] = {}
    for part in (*loads.parts(), *loads.again):
        files.setdefault(paths.part(part), []).append(part)
    for path, parts in files.items():
        blocks = (comment(_why(part)) + "".join(f"{sql};\n\n" for sql in loads.procedures(part)) for part in parts)
        table = parts[0].table
        others = (project.table(name) for name in near[table.name] if name != table.name)
        yield sql_file(path, blocks, (table, *others))


class Loads:
    """The procedures of a project, in the words of a dialect."""

    def __init__(self, project: Project, d: Dialect, limit: int = LIMIT) -> None:
        self.project, self.d, self.names = project, d, Names(project, d)
        self.printer = Printer(d, _distkeys(project, d), limit=limit)
        self.reader = replace(self.printer, settings=SETTINGS if d is REDSHIFT else ())
        self.taken = tuple(self._taking(part) for part in takes(project, d))
        self.folded = folds(project, d)
        self.again = backfill.parts(project, d)

    def parts(self) -> tuple[Part, ...]:
        return (*self.taken, *self.folded)

    def name(self, part: Part) -> str:
        return self.names.staging(f"{part.stage}_{part.name}")

    def procedures(self, part: Part) -> tuple[str, ...]:
        """Only what takes records reads JSON."""
        return (self.reader if part.stage == "take" else self.printer).procedures(self.name(part), part.steps)

    def main(self) -> str:
        p, n = self.printer, self.names
        blocks = [f"LOCK {n.load_lock};", *self._unless_new(), f"UPDATE {n.load_lock} SET loads = loads + 1;"]
        blocks += p.step(marks.heartbeats(n, n.staging(HEARTBEATS))) if beating(self.project) else ()
        blocks += [f"CALL {self.name(part)}();" for part in self.taken]
        blocks += unless_none(self._something(), [f"CALL {self.name(part)}();" for part in self.folded])
        return p.create(n.staging("load"), [*blocks, *p.step(marks.loaded(n))])

    def _unless_new(self) -> Iterator[str]:
        """Return at once when nothing is new."""
        relations = [
            *([HEARTBEATS] if beating(self.project) else []),
            *(f"raw_{part.name}" for part in self.taken),
        ]
        yield "-- nothing new, nothing to do"
        news = _one_of_each(map(self.names.staging, relations)) or "SELECT 1 AS one WHERE FALSE"
        yield from ended(f"SELECT INTO {ROWS} COUNT(*) FROM ({news}) AS asked")
        yield f"IF {ROWS} = 0 THEN"
        yield "  RETURN;"
        yield "END IF;"

    def _something(self) -> str:
        """Rows if there is anything to fold: a touched key, or a source seen further than the star was loaded."""
        touched = (Scope(self.project, table, self.d).temp("touched") for table in self.project.tables)
        moved = f"SELECT 1 AS one FROM {self.names.sources} AS a WHERE a.loaded_as_of IS NULL OR a.loaded_as_of <> a.as_of"
        return f"{_one_of_each(touched)} UNION ALL {moved}"

    def _taking(self, part: Part) -> Part:
        """What was copied is there until it was taken."""
        if not part.table.is_copied:
            return part
        gone = Execute(f"DELETE FROM {self.names.copied(part.name)}")
        return replace(part, steps=(*part.steps, Step(f"what was copied of {part.name} is taken", (gone,))))


def _one_of_each(relations: Iterable[str]) -> str:
    """SELECT of a row for each relation that has any."""
    return " UNION ALL ".join(f"SELECT q.one FROM (SELECT 1 AS one FROM {relation} LIMIT 1) AS q" for relation in relations)


def _distkeys(project: Project, d: Dialect) -> dict[tuple[str, ...], str]:
    """Temporary tables of a table's keys are spread as its log is."""
    spread = ((Scope(project, table, d).keys, layout.distribution_column(table)) for table in project.tables)
    return {keys: d.ident(column) for keys, column in spread if column is not None}


def _why(part: Part) -> str:
    match part.stage:
        case "take":
            return f"What is new of {part.name}: admitted once, logged, counted."
        case "again":
            return f"For a backfill: which keys of {part.name} are folded anew."
        case "mend":
            return f"For a backfill: facts of {part.name} that show such a key of a dimension, and nothing of {part.name} standing twice."
        case "touch":
            return f"Which keys of what is made from {part.name} something new touches."
        case "chain":
            return f"The states of the keys of {part.name} that are asked for, in sequence."
        case "references":
            return f"Which keys of dimensions the touched rows of {part.name} refer to."
        case "refresh":
            return f"{part.name} made what it should be, for the touched keys."
        case _:
            return f"What the spec says must hold of the touched rows of {part.name}, else nothing of the load is kept."
