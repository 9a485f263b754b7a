"""The files below a folder, in order."""

import os

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.adapters.downloads.tree import files_below

# Characters on both sides of the slash, which sorts between them.
NAMES = st.text("!-.0aé", min_size=1, max_size=3).filter(lambda name: name.strip("."))


@given(paths=st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=12))
def test_they_come_in_the_order_of_their_whole_paths(paths, tmp_path_factory):
    root = tmp_path_factory.mktemp("tree")
    made = set()
    for path in sorted(paths):
        # A name that is a folder already, or a folder that is a file, is left out.
        if (root / path).exists() or any((root / up).is_file() for up in _above(path)):
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
        made.add(path)
    assert list(files_below(root)) == sorted(made)


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def test_links_count_as_files_and_are_not_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").touch()
    (tmp_path / "around").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    assert list(files_below(tmp_path)) == ["around", "broken", "pipe", "real/file"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert list(files_below(tmp_path / "nothing")) == []
