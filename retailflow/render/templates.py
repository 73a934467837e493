"""Templates: they loop and interpolate, never compute, and print nothing that was not quoted for where it stands."""

import traceback
from importlib import resources
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

import retailflow
from retailflow.errors import Finding, Place, StopError
from retailflow.render.quote import FILTERS, Quoted


class UnquotedError(TypeError):
    """A template prints a text without saying for which language it is to be quoted."""


def shipped() -> Path:
    """The folder of the templates that come with retailflow: inside an installed package, beside it in a checkout."""
    package = Path(str(resources.files(retailflow)))
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


class Templates:
    """The templates of a project. `own`: its folder of templates, where a file of the same name replaces the one shipped."""

    def __init__(self, own: Path | None = None) -> None:
        self.own = own
        self._environment = _environment([folder for folder in (own, shipped()) if folder is not None])

    def render(self, name: str, **values: object) -> str:
        """The text of template `name`. A mistake in a project's own template is a finding; in one of ours it is a fault."""
        try:
            return self._environment.get_template(name).render(**values)
        except (TemplateError, UnquotedError, TypeError) as error:
            if name not in self.overrides():
                raise
            place = Place(f"templates/{name}", _line(error, name))
            finding = Finding("RF605", f"the template fails: {error}", place, hint="compare it with the one of retailflow")
            raise StopError([finding]) from error

    def overrides(self) -> tuple[str, ...]:
        """Names of templates that the project replaces by others, sorted."""
        if self.own is None or not self.own.is_dir() or self.own.resolve() == shipped().resolve():
            return ()
        names = sorted(str(path.relative_to(shipped()).as_posix()) for path in shipped().rglob("*.j2"))
        return tuple(n for n in names if (self.own / n).is_file() and (self.own / n).read_bytes() != (shipped() / n).read_bytes())


def _line(error: BaseException, name: str) -> int:
    """The line of the template, which jinja puts among the frames."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.replace("\\", "/").endswith(name)]
    return frames[-1].lineno or 1 if frames else 1


def _environment(folders: list[Path]) -> Environment:
    # No HTML is made here, so nothing is escaped for it; `finalize` refuses whatever no filter has quoted.
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        finalize=_quoted_only,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.clear()
    environment.filters.update(FILTERS)
    environment.globals.clear()
    return environment


def _quoted_only(value: object) -> object:
    if isinstance(value, Quoted) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise UnquotedError(f"{value!r} is printed without a filter that quotes it ({', '.join(sorted(FILTERS))})")
