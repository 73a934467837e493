"""Jars that Spark needs beside `pyspark`: from Maven's own folder on this machine, else from the repository Maven is set up with."""

import hashlib
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from retailflow.errors import Finding, StopError

CENTRAL = "https://repo.maven.apache.org/maven2"
_OF_CENTRAL = {"*", "central", "external:*"}
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Jar:
    """`sha256` is of the file: another one is not taken, wherever it comes from."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def path(self) -> str:
        return f"{self.group.replace('.', '/')}/{self.name}/{self.version}/{self.name}-{self.version}.jar"


ICEBERG = Jar(
    "org.apache.iceberg",
    "iceberg-spark-runtime-3.5_2.12",
    "1.10.1",
    "39ea09e6c03550a300b9d9ab498949836d2d434e441da4c12a943a086e396940",
)


def fetched(jar: Jar, maven: Path | None = None) -> Path:
    """The file, fetched if it is not there yet. `maven`: Maven's folder, by default `~/.m2`. StopError when it cannot be had."""
    folder = maven or Path.home() / ".m2"
    file = folder / "repository" / jar.path
    if file.is_file() and _sha256(file) == jar.sha256:
        return file
    url = f"{repository(folder)}/{jar.path}"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as to, urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            shutil.copyfileobj(answer, to)
        if _sha256(Path(partial)) != jar.sha256:
            raise _unavailable(jar, f"{url} is another file than the one that was tested")
        Path(partial).chmod(0o644)
        Path(partial).replace(file)
    except (OSError, urllib.error.URLError) as error:
        raise _unavailable(jar, f"{url}: {error}") from error
    finally:
        Path(partial).unlink(missing_ok=True)
    return file


def repository(maven: Path) -> str:
    """The mirror of Maven Central that `settings.xml` names, else Maven Central itself."""
    try:
        mirrors = ElementTree.parse(maven / "settings.xml").iter()
    except (OSError, ElementTree.ParseError):
        return CENTRAL
    for mirror in mirrors:
        told = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in mirror}
        if _OF_CENTRAL & {of.strip() for of in told.get("mirrorOf", "").split(",")} and told.get("url"):
            return told["url"].rstrip("/")
    return CENTRAL


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unavailable(jar: Jar, reason: str) -> StopError:
    hint = f"put {jar.path} below `~/.m2/repository`, or name a mirror of Maven Central in `~/.m2/settings.xml`"
    return StopError([Finding("RF512", f"Spark needs `{jar.name}`, which cannot be fetched: {reason}", hint=hint)], 2)
