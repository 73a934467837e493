"""Plans: what is created, updated and deleted, and everything that must not be touched."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from retailflow.artifact import Artifact
from retailflow.plan import Cause, ChangedMeanwhileError, ChangeKind, Inputs, Plan, apply, as_data, as_text, make

NONE = Inputs({}, {})
A1, A2, B1 = Artifact("x/a.sql", "a1\n"), Artifact("x/a.sql", "a2\n"), Artifact("y/b.sql", "b1\n")


def plan_of(folder: Path, *artifacts: Artifact, overwrite: tuple[str, ...] = (), tool: str = "1", inputs: Inputs = NONE) -> Plan:
    return make(artifacts, folder, inputs, tool, overwrite)


def run(folder: Path, *artifacts: Artifact, overwrite: tuple[str, ...] = (), tool: str = "1", inputs: Inputs = NONE) -> Plan:
    plan = plan_of(folder, *artifacts, overwrite=overwrite, tool=tool, inputs=inputs)
    apply(plan, folder)
    return plan


def kinds(plan: Plan) -> dict[str, str]:
    return {change.path: change.kind.value for change in plan.changes}


def codes(plan: Plan) -> dict[str, str]:
    return {change.path: change.finding.code for change in plan.conflicts if change.finding}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "generated"


def test_files_come_change_and_go(folder: Path) -> None:
    assert kinds(run(folder, A1, B1)) == {"x/a.sql": "create", "y/b.sql": "create"}
    plan = run(folder, A2)
    assert kinds(plan) == {"x/a.sql": "update", "y/b.sql": "delete"}
    assert tree(folder).keys() == {"x/a.sql", "manifest.json"}
    assert (folder / "x/a.sql").read_text() == "a2\n"


def test_a_folder_left_empty_goes_and_one_with_a_file_of_somebody_else_stays(folder: Path) -> None:
    run(folder, A1, B1)
    (folder / "x/note.txt").write_text("mine")
    run(folder)
    assert not (folder / "y").exists()
    assert tree(folder).keys() == {"x/note.txt", "manifest.json"}


def test_twice_changes_nothing_not_even_the_time_of_a_file(folder: Path) -> None:
    run(folder, A1, B1)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    plan = run(folder, A1, B1)
    assert plan.is_empty
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before


def test_the_manifest_names_every_file_sorted_and_the_tool(folder: Path) -> None:
    run(folder, B1, A1, tool="1.2.3")
    data = json.loads((folder / "manifest.json").read_bytes())
    assert list(data["files"]) == ["x/a.sql", "y/b.sql"]
    assert data["tool"] == "1.2.3"
    assert "pending" not in data


def test_a_hand_edited_file_is_refused_by_name_with_the_way_out(folder: Path) -> None:
    run(folder, A1, B1)
    (folder / "x/a.sql").write_text("mine\n")
    plan = plan_of(folder, A2, B1)
    assert codes(plan) == {"x/a.sql": "RF601"}
    (change,) = plan.conflicts
    assert change.finding is not None
    assert change.finding.place is not None
    assert change.finding.place.path == "generated/x/a.sql"
    assert change.finding.hint is not None
    assert "--overwrite x/a.sql" in change.finding.hint
    with pytest.raises(ValueError, match="conflicts"):
        apply(plan, folder)
    assert (folder / "x/a.sql").read_text() == "mine\n"


def test_a_hand_edit_is_refused_also_when_nothing_else_changed(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").write_text("mine\n")
    assert codes(plan_of(folder, A1)) == {"x/a.sql": "RF601"}


def test_a_hand_edited_file_of_a_removed_table_is_refused_too(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").write_text("mine\n")
    assert codes(plan_of(folder)) == {"x/a.sql": "RF601"}


@pytest.mark.parametrize("given", ["x/a.sql", "x", "x/"])
def test_overwrite_gives_up_a_hand_edit_by_name_or_folder(folder: Path, given: str) -> None:
    run(folder, A1, B1)
    (folder / "x/a.sql").write_text("mine\n")
    (folder / "y/b.sql").write_text("mine\n")
    plan = plan_of(folder, A1, B1, overwrite=(given,))
    assert kinds(plan) == {"x/a.sql": "update", "y/b.sql": "conflict"}


def test_overwrite_of_one_name_is_not_overwrite_of_names_that_begin_so(folder: Path) -> None:
    run(folder, Artifact("x/ab", "1"))
    (folder / "x/ab").write_text("mine")
    assert codes(plan_of(folder, Artifact("x/ab", "1"), overwrite=("x/a",))) == {"x/ab": "RF601"}


def test_an_edit_that_gives_what_is_wanted_is_no_conflict(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").write_text("a2\n")
    plan = run(folder, A2)
    assert kinds(plan) == {}
    assert run(folder, A2).is_empty


def test_a_file_in_the_way_that_retailflow_did_not_write_is_refused(folder: Path) -> None:
    (folder / "x").mkdir(parents=True)
    (folder / "x/a.sql").write_text("somebody's\n")
    assert codes(plan_of(folder, A1)) == {"x/a.sql": "RF602"}


def test_a_deleted_file_comes_back(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").unlink()
    plan = run(folder, A1)
    assert [(c.kind, c.cause) for c in plan.changes] == [(ChangeKind.CREATE, Cause.RESTORED)]


def test_line_ends_of_another_system_are_no_hand_edit(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").write_bytes(b"a1\r\n")
    assert kinds(plan_of(folder, A1)) == {}
    assert kinds(plan_of(folder, A2)) == {"x/a.sql": "update"}


MERGED = "<<<<<<< ours\na1\n=======\na9\n>>>>>>> theirs\n"


def test_a_file_with_conflict_markers_is_no_obstacle(folder: Path) -> None:
    run(folder, A1, B1)
    (folder / "x/a.sql").write_text(MERGED)
    (folder / "y/b.sql").write_text(MERGED)
    assert kinds(run(folder, A2)) == {"x/a.sql": "update", "y/b.sql": "delete"}


def merged_manifest(ours: bytes, theirs: bytes) -> bytes:
    """What git leaves of two manifests that differ everywhere."""
    return b"<<<<<<< HEAD\n" + ours + b"=======\n" + theirs + b">>>>>>> branch\n"


def test_a_manifest_with_conflict_markers_still_tells_ours_from_theirs(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run(folder, A1, Artifact("mine.sql", "m\n"), Artifact("edited.sql", "e\n"))
    run(other, B1)
    (folder / "y").mkdir()
    (folder / "y/b.sql").write_text("b1\n")
    (folder / "edited.sql").write_text("by hand\n")
    (folder / "manifest.json").write_bytes(merged_manifest((folder / "manifest.json").read_bytes(), (other / "manifest.json").read_bytes()))
    plan = plan_of(folder, A2, Artifact("y/b.sql", "b2\n"), Artifact("edited.sql", "e\n"))
    assert kinds(plan) == {"x/a.sql": "update", "y/b.sql": "update", "mine.sql": "delete", "edited.sql": "conflict"}


def test_what_git_merged_by_itself_while_the_manifest_did_not_merge_is_no_hand_edit(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run(folder, Artifact("shared.json", "[a, m]\n"))
    run(other, Artifact("shared.json", "[m, z]\n"))
    (folder / "shared.json").write_text("[a, m, z]  // as git merged it\n")
    (folder / "manifest.json").write_bytes(merged_manifest((folder / "manifest.json").read_bytes(), (other / "manifest.json").read_bytes()))
    run(folder, Artifact("shared.json", "[a, m, z]\n"))
    assert run(folder, Artifact("shared.json", "[a, m, z]\n")).is_empty


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"files": 3}', b'{"files": {}, "specs": {}}', b"\xff\xfe", b'{"files": {"a": null}}']
)
def test_a_broken_manifest_is_mended(folder: Path, content: bytes) -> None:
    run(folder, A1)
    (folder / "manifest.json").write_bytes(content)
    run(folder, A1)
    assert run(folder, A1).is_empty


def test_a_manifest_that_names_files_outside_deletes_nothing_there(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("keep")
    run(folder, A1)
    data = json.loads((folder / "manifest.json").read_text())
    from hashlib import sha256

    data["files"]["../precious.txt"] = data["files"][str(outside)] = sha256(b"keep").hexdigest()
    (folder / "manifest.json").write_text(json.dumps(data))
    run(folder)
    assert outside.read_text() == "keep"


def test_a_link_in_place_of_a_file_is_refused_and_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.sql"
    outside.write_text("a1\n")
    run(folder, A1)
    (folder / "x/a.sql").unlink()
    (folder / "x/a.sql").symlink_to(outside)
    for wanted in ((A2,), ()):
        assert codes(plan_of(folder, *wanted, overwrite=("x/a.sql",))) == {"x/a.sql": "RF603"}


def test_a_link_in_place_of_a_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.mkdir()
    (folder / "x").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert codes(plan_of(folder, A1, B1)) == {"x/a.sql": "RF603"}
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_link_in_place_of_generated_itself_is_one_finding(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert codes(plan_of(folder, A1, B1)) == {"manifest.json": "RF603"}


def test_a_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "x/a.sql").mkdir(parents=True)
    assert codes(plan_of(folder, A1)) == {"x/a.sql": "RF603"}


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder: Path) -> None:
    (folder / "x").mkdir(parents=True)
    os.mkfifo(folder / "x/a.sql")
    assert codes(plan_of(folder, A1)) == {"x/a.sql": "RF603"}


def test_temporary_files_do_not_lead_through_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    run(folder, A1)
    (folder / ".retailflow-tmp").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    run(folder, A2)
    assert not (folder / ".retailflow-tmp").is_symlink()
    assert tree(folder).keys() == {"x/a.sql", "manifest.json"}


class KilledError(Exception):
    pass


@pytest.mark.parametrize("step", range(12))
@pytest.mark.parametrize("again", ["same", "changed"])
def test_killed_anywhere_the_next_run_finishes(folder: Path, monkeypatch: pytest.MonkeyPatch, step: int, again: str) -> None:
    run(folder, A1, Artifact("gone.sql", "g\n"), Artifact("same.sql", "s\n"))
    left = step

    def killing(original: Callable[..., object]) -> object:
        def wrapped(*args: object, **kwargs: object) -> object:
            nonlocal left
            if left == 0:
                raise KilledError
            left -= 1
            return original(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patched:
        for owner, name in ((os, "replace"), (Path, "write_bytes"), (Path, "unlink")):
            patched.setattr(owner, name, killing(getattr(owner, name)))
        with suppress(KilledError):
            run(folder, A2, B1, Artifact("same.sql", "s\n"))
    wanted = [A2, B1] if again == "same" else [Artifact("x/a.sql", "a3\n"), Artifact("y/b.sql", "b3\n")]
    run(folder, *wanted)
    assert tree(folder).keys() == {"x/a.sql", "y/b.sql", "manifest.json"}
    assert (folder / "x/a.sql").read_text() == wanted[0].content
    assert run(folder, *wanted).is_empty


def test_a_file_changed_between_plan_and_turn_is_not_overwritten(folder: Path) -> None:
    run(folder, A1)
    plan = plan_of(folder, A2)
    (folder / "x/a.sql").write_text("mine\n")
    with pytest.raises(ChangedMeanwhileError):
        apply(plan, folder)
    assert (folder / "x/a.sql").read_text() == "mine\n"


SPECS = {"tables/a.yaml": "1", "tables/b.yaml": "1", "tables/c.yaml": "1", "retailflow.yaml": "1"}
NEIGHBOURS = {
    "tables/a.yaml": frozenset({"tables/b.yaml"}),
    "tables/b.yaml": frozenset({"tables/a.yaml"}),
    "tables/c.yaml": frozenset[str](),
}


def inputs(**changed: str) -> Inputs:
    return Inputs(SPECS | {f"tables/{name}.yaml": value for name, value in changed.items()}, NEIGHBOURS, frozenset({"retailflow.yaml"}))


def files(content: str) -> tuple[Artifact, ...]:
    return tuple(Artifact(f"{name}.sql", content, (f"tables/{name}.yaml",)) for name in "abc")


def causes(plan: Plan) -> dict[str, str]:
    return {change.path: change.cause.value for change in plan.changes}


def test_what_an_upgrade_changed_is_told_from_what_a_spec_changed(folder: Path) -> None:
    run(folder, *files("1"), tool="1", inputs=inputs())
    assert causes(plan_of(folder, *files("2"), tool="2", inputs=inputs())) == dict.fromkeys(("a.sql", "b.sql", "c.sql"), "tool")
    assert causes(plan_of(folder, *files("2"), tool="1", inputs=inputs(a="2"))) == {"a.sql": "spec", "b.sql": "spec", "c.sql": "tool"}
    assert causes(plan_of(folder, *files("2"), tool="2", inputs=inputs(a="2"))) == {"a.sql": "either", "b.sql": "either", "c.sql": "tool"}


def test_the_text_says_what_an_upgrade_changed(folder: Path) -> None:
    run(folder, *files("1"), tool="0.1", inputs=inputs())
    text = as_text(plan_of(folder, *files("2"), tool="0.2", inputs=inputs(a="2")))
    assert "~ c.sql  (retailflow 0.1 -> 0.2)" in text
    assert "~ a.sql  (spec, retailflow 0.1 -> 0.2)" in text


def test_a_new_version_that_changes_no_file_shows_as_a_change_of_the_manifest(folder: Path) -> None:
    run(folder, A1, tool="1")
    plan = plan_of(folder, A1, tool="2")
    assert not plan.is_empty
    assert "~ manifest.json" in as_text(plan)


def test_the_text_counts_and_shows_a_diff(folder: Path) -> None:
    run(folder, A1, Artifact("gone.sql", "g\n"), inputs=inputs())
    text = as_text(plan_of(folder, A2, B1, inputs=inputs(a="2")), with_diff=True)
    assert text.splitlines()[-1] == "1 to create, 1 to update, 1 to delete, 0 unchanged"
    for line in ("+ y/b.sql", "~ x/a.sql", "- gone.sql", "-a1", "+a2", "--- a/x/a.sql", "+++ /dev/null"):
        assert line in text.splitlines()


def test_the_data_is_plain_and_says_why_a_file_is_refused(folder: Path) -> None:
    run(folder, A1)
    (folder / "x/a.sql").write_text("mine\n")
    data = as_data(plan_of(folder, A2), with_diff=True)
    (change,) = json.loads(json.dumps(data))["changes"]
    assert change["kind"] == "conflict"
    assert change["code"] == "RF601"
    assert "+a2" in change["diff"]
