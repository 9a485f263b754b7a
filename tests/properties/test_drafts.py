"""Drafts, beside a dictionary of path → content: what is added, merged, removed, logged, read."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import fingerpost
from fingerpost import Artifact, errors
from fingerpost.sdk.draft_entries import DraftEntries

NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a", "é", "A"])
CONTENTS = st.sampled_from([b"", b"1", b"2", b"x" * 3000])
FOLDERS = st.dictionaries(st.sampled_from(["a", "d/a", "d/e/a", "f/g"]), CONTENTS, max_size=3)
POLICIES = st.sampled_from(["mutable", "immutable"])
PREFIXES = st.sampled_from([None, "d", "./d//", "p/q"])
INSIDE = {None: "", "d": "d/", "./d//": "d/", "p/q": "p/q/"}


class DraftMachine(RuleBasedStateMachine):
    """Fills drafts, logs them, and begins again with what was logged or from nothing."""

    @initialize()
    def begin(self):
        self.held = tempfile.TemporaryDirectory(prefix="fingerpost-drafts-")
        self.folder = Path(self.held.name)
        self.store = fingerpost.open_store("memory://")
        self.numbers = 0
        self.versions = []
        self.start_over()

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.held.cleanup()

    def local(self, content):
        self.numbers += 1
        path = self.folder / f"file-{self.numbers}"
        path.write_bytes(content)
        return path

    def expect(self, attempt, changes, *, replaces):
        """Do it; refused as a whole if it would replace something it may not."""
        if not replaces and any(self.files.get(path, new) != new for path, new in changes.items()):
            with pytest.raises(errors.EntryExistsError):
                attempt()
        else:
            attempt()
            self.files.update(changes)

    @rule()
    def start_over(self):
        self.draft, self.files = Artifact("data", "dataset"), {}

    @rule(
        name=NAMES,
        content=CONTENTS,
        overwrite=st.booleans(),
        policy=st.sampled_from(["mutable", "immutable"]),
    )
    def add_file(self, name, content, overwrite, policy):
        path = self.local(content)
        self.expect(
            lambda: self.draft.add_file(path, name, overwrite=overwrite, policy=policy),
            {name: content},
            replaces=overwrite,
        )

    @rule(name=NAMES, content=CONTENTS, mode=st.sampled_from(["xb", "wb"]))
    def new_file(self, name, content, mode):
        def write():
            with self.draft.new_file(name, mode=mode) as file:
                file.write(content)

        if mode == "xb" and name in self.files:
            with pytest.raises(errors.EntryExistsError):
                write()
        else:
            write()
            self.files[name] = content

    @rule(files=FOLDERS, prefix=PREFIXES, merge=st.booleans())
    def add_dir(self, files, prefix, merge):
        self.numbers += 1
        folder = self.folder / f"folder-{self.numbers}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        self.expect(
            lambda: self.draft.add_dir(folder, prefix, merge=merge),
            {INSIDE[prefix] + name: content for name, content in files.items()},
            replaces=merge,
        )

    @rule(name=st.sampled_from(["a", "d", "d/", "d/e", "d/e/a", "p", "nothing", "d/e/"]))
    def remove(self, name):
        bare = name.rstrip("/")
        gone = [path for path in self.files if path == name or path.startswith(f"{bare}/")]
        if not gone:
            with pytest.raises(errors.ItemNotFoundError):
                self.draft.remove(name)
        else:
            self.draft.remove(name)
            for path in gone:
                del self.files[path]

    @rule(again=st.booleans())
    def log(self, again):
        expected = dict(sorted(self.files.items()))
        with fingerpost.init("team", "p", store=self.store) as run:
            logged = run.log_artifact(self.draft)
        is_new = not self.versions or self.versions[-1] != expected
        if is_new:
            self.versions.append(expected)
        assert logged.version == f"v{len(self.versions) - 1}"
        self.numbers += 1
        root = Path(logged.download(self.folder / f"read-{self.numbers}"))
        found = {
            p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()
        }
        assert found == expected
        logged.verify(root)
        with pytest.raises(errors.ArtifactFinalizedError):
            logged.remove("a")
        if again:
            self.draft, self.files = logged.new_draft(), dict(expected)
        else:
            self.start_over()

    @invariant()
    def the_manifest_is_the_dictionary(self):
        if not hasattr(self, "draft"):
            return
        assert list(self.draft.manifest.entries) == sorted(self.files)
        assert self.draft.file_count == len(self.files)
        assert self.draft.size == sum(map(len, self.files.values()))


DraftMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestDrafts = DraftMachine.TestCase


def test_drafts_on_disk_are_filled_logged_and_read_as_those_in_memory(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(DraftEntries, "most_in_memory", 2)
    few = settings(max_examples=25, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(DraftMachine, settings=few)
