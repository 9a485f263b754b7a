"""Files of an artifact, page by page."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost import errors

PATHS = st.lists(
    st.text("ab.-é ", min_size=1, max_size=3)
    .filter(lambda name: name.strip(".") and name == name.strip())
    .map(lambda name: f"d/{name}"),
    unique=True,
    max_size=12,
)


def logged(paths: list[str]) -> fingerpost.Artifact:
    draft = fingerpost.Artifact("pages", "dataset")
    for path in paths:
        with draft.new_file(path) as file:
            file.write(path)
    with fingerpost.init(entity="team", store="memory://") as run:
        return run.log_artifact(draft)


@given(paths=PATHS, data=st.data())
def test_pages_of_any_sizes_are_the_whole_also_when_things_change_in_between(paths, data):
    artifact = logged(paths)
    names = data.draw(st.none() | st.sets(st.sampled_from([*paths, "d/none"])), label="names")
    cursor, seen = None, []
    while True:
        files = artifact.files(names, start=cursor)
        size = data.draw(st.integers(1, 4), label="page")
        page = list(islice(files, size))
        seen += [entry.path for entry in page]
        if len(page) < size:
            break
        cursor = files.cursor
        artifact.tags = [f"changed-{len(seen)}"]
        artifact.save()
    # Sorted by Python, and chosen by hand.
    assert seen == sorted(path for path in paths if names is None or path in names)


@pytest.mark.parametrize("per_page", [0, -1, True, 2.5, "50", None])
def test_a_page_of_no_size_is_refused(per_page):
    with pytest.raises(ValueError, match="whole number of 1 or more"):
        logged(["d/a"]).files(per_page=per_page)


@pytest.mark.parametrize("cursor", ["", "d/a", "0123456789abcdef:d/a", b"d/a", 7])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(errors.InvalidValueError, match=r"'pages:v0'.*start=files.cursor"):
        logged(["d/a"]).files(start=cursor)


def test_a_cursor_of_another_version_is_refused():
    files = logged(["d/a", "d/b"]).files()
    next(files)
    with pytest.raises(errors.InvalidValueError, match="cursor"):
        logged(["d/a", "d/c"]).files(start=files.cursor)


def test_a_cursor_holds_for_a_link_to_the_version_too(tmp_path):
    draft = fingerpost.Artifact("linked", "dataset")
    for name in "abc":
        with draft.new_file(name) as file:
            file.write(name)
    with fingerpost.init(entity="team", store=tmp_path / "store") as run:
        artifact = run.log_artifact(draft)
        link = artifact.link("wandb-registry-Dataset/Linked")
    files = artifact.files()
    next(files)
    assert [entry.path for entry in link.files(start=files.cursor)] == ["b", "c"]
