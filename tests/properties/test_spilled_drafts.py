"""Drafts whose entries are on disk, beside drafts in memory and a dictionary."""

import tempfile
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.adapters.references import Resolvers
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.application.ports.references import Reference
from fingerpost.domain.errors import (
    EntryExistsError,
    FingerpostError,
    InvalidPathError,
    InvalidValueError,
    ItemNotFoundError,
    LimitExceededError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.sdk.draft_entries import DraftEntries

CONTENT = Digest("blake3:" + "ab" * 32)
# The last two: by UTF-16 they would be the other way round.
PATHS = [
    "a",
    "a b",
    "a-b",
    "a/b",
    "a/b/c",
    "a/b-c",
    "a0",
    "A",
    "b",
    "\u00e9",
    "\uff5e",
    "\U00010400",
]
ANY_ENTRIES = st.builds(
    Entry,
    path=st.sampled_from(PATHS).map(EntryPath),
    digest=st.sampled_from(["one", "two", "three"]),
    size_bytes=st.sampled_from([None, 0, 7, 1 << 62, (1 << 63) - 1]),
    content=st.sampled_from([None, None, CONTENT]),
    ref=st.sampled_from(["made-up://x", "made-up://y"]),
    extra=st.sampled_from([{}, {"etag": "e"}, {"etag": "e", "versionID": "\u00e9\n"}]),
)
# Bytes with one digest have one size.
ENTRIES = ANY_ENTRIES.map(lambda e: e if e.content is None else evolve(e, size_bytes=7))


class Given:
    """Resolves to the entries that it was told, and then fails if it was told that."""

    schemes = frozenset({"given"})
    is_local = True

    def __init__(self):
        self.entries, self.failure = [], None

    def handles(self, uri):
        return True

    def resolve(self, reference):
        yield from self.entries
        if self.failure is not None:
            raise self.failure


class OnDisk(DraftEntries):
    most_in_memory = 3


class NeverInMemory(DraftEntries):
    most_in_memory = 0


REFERENCE = Reference(uri="given://", name=None, checksum=True, max_objects=1)
FAILURES = [
    None,
    None,
    None,
    LimitExceededError("objects", 1, 2, "Pass more."),
    KeyboardInterrupt(),
]


class TwinMachine(RuleBasedStateMachine):
    """The same is done with a dictionary and with drafts that differ in where entries are."""

    @initialize(algorithm=st.sampled_from([DigestAlgorithm.BLAKE3, DigestAlgorithm.MD5]))
    def begin(self, algorithm):
        self.algorithm = algorithm
        self.source = Given()
        self.model = {}
        self.held = tempfile.TemporaryDirectory(prefix="fingerpost-twins-")
        kinds = (DraftEntries, OnDisk, NeverInMemory)
        self.drafts = [
            kind(lambda: StagingArea(Path(self.held.name)), Resolvers([self.source]), algorithm)
            for kind in kinds
        ]

    def teardown(self):
        if hasattr(self, "held"):
            for draft in self.drafts:
                draft.close()
            assert list(Path(self.held.name).iterdir()) == []
            self.held.cleanup()

    def may_take_the_place(self, held, entry):
        if held is None or held == entry:
            return True
        contents = {held.content, entry.content} - {None}
        is_md5 = self.algorithm is DigestAlgorithm.MD5
        return is_md5 and held.digest == entry.digest and len(contents) <= 1

    def attempt(self, action):
        """Return what each draft answers, errors included."""
        answers = []
        for draft in self.drafts:
            try:
                answers.append(action(draft))
            except (FingerpostError, KeyboardInterrupt) as error:
                answers.append((type(error), str(error)))
        return answers

    @rule(entry=ENTRIES, overwrite=st.booleans())
    def put(self, entry, overwrite):
        answers = self.attempt(lambda draft: draft.put(entry, None, overwrite=overwrite))
        assert answers[1:] == answers[:-1]
        if overwrite or self.may_take_the_place(self.model.get(entry.path), entry):
            self.model[entry.path] = entry
            assert answers[0] == entry
        else:
            assert answers[0][0] is EntryExistsError

    @rule(entries=st.lists(ENTRIES, max_size=12), failure=st.sampled_from(FAILURES))
    def add_reference(self, entries, failure):
        self.source.entries, self.source.failure = entries, failure
        answers = self.attempt(lambda draft: list(draft.add_reference(REFERENCE)))
        assert answers[1:] == answers[:-1]
        after = dict(self.model)
        for entry in entries:
            if not self.may_take_the_place(after.get(entry.path), entry):
                assert answers[0][0] in {EntryExistsError, type(failure)}
                return
            after[entry.path] = entry
        if failure is not None:
            assert answers[0][0] is type(failure)
            return
        assert answers[0] == entries
        self.model = after

    @rule(path=st.sampled_from([*PATHS, "a/", "a/b/", "A/", "nothing", "", "/", "\ud800", "a\0"]))
    def remove(self, path):
        answers = self.attempt(lambda draft: draft.remove(path))
        assert answers[1:] == answers[:-1]
        gone = [p for p in self.model if p == path or p.startswith(path.rstrip("/") + "/")]
        for each in gone:
            del self.model[each]
        assert answers[0] is None if gone else answers[0][0] is ItemNotFoundError

    @rule()
    def begin_again_with_what_is_there(self):
        for draft in self.drafts:
            other = type(draft)(
                lambda: StagingArea(Path(self.held.name)), Resolvers([self.source]), self.algorithm
            )
            refers = other.fill(list(draft.entries.values_in_order()))
            assert refers == any(entry.content for entry in self.model.values())
            other.entries, draft.entries = draft.entries, other.entries
            other._staging_area, draft._staging_area = draft._staging_area, other._staging_area
            other.close()

    @invariant()
    def all_hold_the_same(self):
        if not hasattr(self, "model"):
            return
        expected = dict(sorted(self.model.items()))
        for draft in self.drafts:
            assert list(draft.entries.items()) == list(expected.items())
            assert list(draft.entries.values_in_order()) == list(expected.values())
            assert list(draft.entries.values_in_order("a/b")) == [
                entry for path, entry in expected.items() if path > "a/b"
            ]
            assert len(draft.entries) == len(expected)
            assert draft.entries.size_bytes == sum(e.size_bytes or 0 for e in expected.values())
            assert "nothing" not in draft.entries
            assert draft.entries.get("\ud800") is None

    @invariant()
    def all_make_the_same_manifest(self):
        if not hasattr(self, "model"):
            return
        answers = self.attempt(lambda draft: self.manifest(draft.entries))
        assert answers[1:] == answers[:-1]
        clashes = any(f"{a}/" in f"{b}"[: len(a) + 1] for a in self.model for b in self.model)
        if clashes:
            assert answers[0][0] is InvalidPathError
        elif sum(entry.size_bytes or 0 for entry in self.model.values()) >= 1 << 63:
            assert answers[0][0] is InvalidValueError
        else:
            # Of the dictionary itself: how manifests are made of it is tested beside this.
            assert answers[0] == self.manifest(self.model)

    def manifest(self, entries):
        pending, stored = PendingManifest(entries, hash_bytes, self.algorithm), []
        pending.write(Writer(stored))
        return (pending.digest, pending.root, stored, sorted(pending.contents()))


class Writer:
    """Keeps what is written."""

    def __init__(self, stored):
        self.stored = stored

    def add_bytes(self, data, *, algorithm, compress):
        self.stored.append((data, algorithm))


def test_where_the_entries_are_makes_no_difference():
    run_state_machine_as_test(
        TwinMachine, settings=settings(max_examples=60, stateful_step_count=20, deadline=None)
    )


@given(st.lists(ENTRIES, max_size=12))
def test_no_path_is_a_file_and_a_folder(entries):
    by_path = {entry.path: evolve(entry, size_bytes=7) for entry in entries}
    below = {b for a in by_path for b in by_path if b.startswith(f"{a}/")}
    if not below:
        PendingManifest(by_path, hash_bytes)
        return
    with pytest.raises(InvalidPathError) as refused:
        PendingManifest(by_path, hash_bytes)
    assert refused.value.value in below
