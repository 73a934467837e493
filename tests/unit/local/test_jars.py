"""Where a jar comes from: Maven's folder, else the repository Maven is told to use; never another file than the one that was tested."""

import hashlib
from pathlib import Path

import pytest

from retailflow.errors import StopError
from retailflow.local.jars import CENTRAL, Jar, fetched, repository

CONTENT = b"a jar"
JAR = Jar("org.example", "thing_2.12", "1.0", hashlib.sha256(CONTENT).hexdigest())
PATH = "org/example/thing_2.12/1.0/thing_2.12-1.0.jar"


def settings(folder: Path, mirrors: str) -> Path:
    (folder / "settings.xml").write_text(
        f'<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0"><mirrors>{mirrors}</mirrors></settings>'
    )
    return folder


def mirror(of: str, url: str) -> str:
    return f"<mirror><id>m</id><mirrorOf>{of}</mirrorOf><url>{url}</url></mirror>"


def served(folder: Path, content: bytes) -> str:
    file = folder / "served" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return (folder / "served").as_uri()


def test_without_settings_it_is_maven_central(tmp_path: Path) -> None:
    assert repository(tmp_path) == CENTRAL
    (tmp_path / "settings.xml").write_text("<settings>")
    assert repository(tmp_path) == CENTRAL


def test_a_mirror_of_central_is_used_and_others_are_not(tmp_path: Path) -> None:
    settings(tmp_path, mirror("snapshots", "https://a.example/") + mirror("central, other", "https://b.example/maven/"))
    assert repository(tmp_path) == "https://b.example/maven"


def test_it_is_fetched_once_into_mavens_folder(tmp_path: Path) -> None:
    settings(tmp_path, mirror("*", served(tmp_path, CONTENT)))
    assert fetched(JAR, tmp_path) == tmp_path / "repository" / PATH
    settings(tmp_path, mirror("*", (tmp_path / "gone").as_uri()))
    assert fetched(JAR, tmp_path).read_bytes() == CONTENT


def test_another_file_is_not_taken(tmp_path: Path) -> None:
    settings(tmp_path, mirror("*", served(tmp_path, b"another")))
    with pytest.raises(StopError, match="RF512"):
        fetched(JAR, tmp_path)
    assert not list((tmp_path / "repository").rglob("*.jar*"))


def test_where_it_cannot_be_fetched_the_finding_says_where_to_put_it(tmp_path: Path) -> None:
    settings(tmp_path, mirror("*", (tmp_path / "gone").as_uri()))
    with pytest.raises(StopError) as caught:
        fetched(JAR, tmp_path)
    assert PATH in (caught.value.findings[0].hint or "")
