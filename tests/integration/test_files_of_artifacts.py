"""Removing from drafts, listing files, and checking out."""

from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors


@pytest.fixture
def draft() -> fingerpost.Artifact:
    artifact = fingerpost.Artifact("photos", "dataset")
    for name in ["images/cat.png", "images/dog.png", "images2/owl.png", "readme"]:
        with artifact.new_file(name) as file:
            file.write(name)
    return artifact


@pytest.fixture
def logged(draft: fingerpost.Artifact, tmp_path: Path) -> fingerpost.Artifact:
    with fingerpost.init(entity="team", store=tmp_path / "store") as run:
        return run.log_artifact(draft)


@pytest.mark.parametrize("item", ["images", "images/"])
def test_removing_a_folder_removes_what_is_in_it_and_nothing_beside(draft, item):
    draft.remove(item)
    assert list(draft.manifest.entries) == ["images2/owl.png", "readme"]


def test_an_entry_is_removed_by_path_or_by_itself(draft):
    draft.remove("readme")
    draft.remove(draft.manifest.entries["images/cat.png"])
    assert list(draft.manifest.entries) == ["images/dog.png", "images2/owl.png"]


def test_removing_what_is_not_there_names_what_is(draft):
    with pytest.raises(FileNotFoundError, match=r"'nothing'.*'images/cat.png'"):
        draft.remove("nothing")
    assert len(draft.manifest) == 4


def test_nothing_is_removed_from_a_logged_artifact(logged):
    with pytest.raises(errors.ArtifactFinalizedError):
        logged.remove("readme")


def test_files_come_in_order_and_a_cursor_goes_on_behind_the_last(logged):
    files = logged.files()
    assert [next(files).path, next(files).path] == ["images/cat.png", "images/dog.png"]
    rest = logged.files(start=files.cursor)
    assert [entry.path for entry in rest] == ["images2/owl.png", "readme"]
    assert list(logged.files(start=rest.cursor)) == []


def test_files_can_be_chosen_by_name(logged):
    files = logged.files(names=["readme", "no such file"])
    assert len(files) == 1
    assert [entry.path for entry in files] == ["readme"]


def test_a_draft_has_no_files_to_list_yet(draft):
    with pytest.raises(errors.ArtifactNotLoggedError):
        draft.files()


def test_checking_out_removes_what_is_not_in_the_artifact(logged):
    for name in ["old.txt", "images/old.png", "gone/deep/old.bin"]:
        Path("here", name).parent.mkdir(parents=True, exist_ok=True)
        Path("here", name).write_text("old")
    Path("elsewhere").mkdir()
    Path("elsewhere/kept").write_text("kept")
    Path("here/link").symlink_to(Path("elsewhere").absolute())
    assert logged.checkout("here") == "here"
    found = sorted(path.as_posix() for path in Path("here").rglob("*") if not path.is_dir())
    assert found == [
        "here/images/cat.png",
        "here/images/dog.png",
        "here/images2/owl.png",
        "here/readme",
    ]
    assert not Path("here/gone").exists()
    assert Path("elsewhere/kept").read_text() == "kept"


def test_a_folder_with_a_store_in_it_is_not_checked_out_to(logged, tmp_path):
    with pytest.raises(ValueError, match="holds the store"):
        logged.checkout(tmp_path)
    assert (tmp_path / "store" / "ledger.sqlite").exists()


def test_an_artifact_of_one_file_gives_that_file(tmp_path):
    single = fingerpost.Artifact("single", "model")
    with single.new_file("weights.bin", mode="wb") as file:
        file.write(b"\x00\x01")
    with fingerpost.init(entity="team", store=tmp_path / "store") as run:
        run.log_artifact(single)
    path = Path(single.file("out"))
    assert path == Path("out/weights.bin")
    assert path.read_bytes() == b"\x00\x01"


def test_an_artifact_of_several_files_is_not_one_file(logged):
    with pytest.raises(ValueError, match="has 4"):
        logged.file()
