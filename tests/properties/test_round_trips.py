"""What is written is what is read back, and what is different is written differently."""

import json
import unicodedata
import zlib
from itertools import islice

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.adapters.event_store.heads import Snapshot, SnapshotMapper
from fingerpost.adapters.event_store.mapper import CattrsMapper
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.events import EVENT_CLASSES
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import decode_page, decode_root, pages
from fingerpost.domain.manifest.manifest_line import line_of
from fingerpost.domain.metadata.metadata import is_same, normalized
from fingerpost.domain.names.alias import Alias, version_index
from fingerpost.domain.names.names import ArtifactName, RegistryCollectionName, RegistryName
from fingerpost.domain.registry import Registry
from fingerpost.domain.run import Run
from fingerpost.errors import InvalidAliasError, InvalidInputError, InvalidPathError
from fingerpost.testing import strategies

MAPPER = CattrsMapper()

BOUNDARIES = list(
    islice((p for p in map("p{}".format, range(10**6)) if zlib.crc32(p.encode()) % 4096 == 0), 12)
)
"""Paths after which a page ends, so that a few entries make several pages."""


def written(value):
    """Return JSON text: tells 1 from 1.0 and from true, which Python takes for equal."""
    return json.dumps(value, sort_keys=True)


# -- events and snapshots


@pytest.mark.parametrize("kind", EVENT_CLASSES.values(), ids=EVENT_CLASSES)
@given(data=st.data())
def test_an_event_comes_back_from_its_row(kind, data):
    event = data.draw(strategies.events(kind))
    row = MAPPER.to_stored_event(event)
    assert (row.originator_id, row.originator_version) == (
        event.originator_id,
        event.originator_version,
    )
    found = MAPPER.to_domain_event(row)
    assert found == event
    assert type(found) is kind
    for field in ("metadata", "changed"):
        assert written(getattr(found, field, None)) == written(getattr(event, field, None))


ids, versions, texts = st.uuids(), st.integers(1, 2**62), strategies.texts()
heads = st.one_of(
    st.builds(
        Collection,
        id=ids,
        version=versions,
        kind=st.sampled_from(CollectionKind),
        home_id=ids,
        name=texts,
        type=texts,
        next_index=st.integers(0, 2**62),
        aliases=st.dictionaries(texts, st.integers(0, 2**62)),
        latest_digest=st.none() | texts,
        latest_manifest=st.none() | texts,
    ),
    st.builds(
        Registry,
        id=ids,
        version=versions,
        organization_id=ids,
        name=texts,
        artifact_types=st.frozensets(texts),
        protected=st.frozensets(texts),
    ),
    st.builds(
        Run,
        id=ids,
        version=versions,
        entity_id=ids,
        project=texts,
        name=texts,
        is_finished=st.booleans(),
    ),
)


@given(heads)
def test_a_head_comes_back_from_its_snapshot(head):
    mapper = SnapshotMapper()
    snapshot = Snapshot(originator_id=head.id, originator_version=head.version, head=head)
    assert mapper.to_domain_event(mapper.to_stored_event(snapshot)) == snapshot


# -- manifests

entry_sets = st.dictionaries(
    st.sampled_from(BOUNDARIES) | st.from_regex(r"[o-q][0-9]{1,3}", fullmatch=True),
    strategies.entries(),
    min_size=1,
    max_size=25,
).map(lambda found: {path: attrs.evolve(e, path=EntryPath(path)) for path, e in found.items()})


def manifest(entries):
    return PendingManifest(entries, hash_bytes)


def bodies(entries):
    return [body for _, body in pages(line_of(entries[path]) for path in sorted(entries))]


@given(entry_sets)
def test_pages_and_root_come_back_from_their_bytes(entries):
    found = [entry for body in bodies(entries) for entry in decode_page(body, "test")]
    expected = [entries[path] for path in sorted(entries)]
    assert [written(entry.to_json()) for entry in found] == [
        written(entry.to_json()) for entry in expected
    ]
    assert found == expected
    root = manifest(entries).root
    assert decode_root(root.encode(), "test") == root
    assert (root.count, sum(page.count for page in root.pages)) == (len(entries), len(entries))
    assert root.size_bytes == sum(entry.size_bytes or 0 for entry in entries.values())


@given(entry_sets, st.randoms(use_true_random=False))
def test_the_digest_depends_on_the_entries_and_not_on_their_order(entries, random):
    shuffled = [
        (path, attrs.evolve(entry, extra=dict(reversed(entry.extra.items()))))
        for path, entry in entries.items()
    ]
    random.shuffle(shuffled)
    assert manifest(dict(shuffled)).digest == manifest(entries).digest


@given(entry_sets)
def test_pages_end_where_the_paths_say(entries):
    root, paths = manifest(entries).root, sorted(entries)
    ends = [n + 1 for n, path in enumerate(paths) if zlib.crc32(path.encode()) % 4096 == 0]
    starts = [start for start in [0, *ends] if start < len(paths)]
    assert [page.first for page in root.pages] == [paths[start] for start in starts]


def changes(entry):
    """Give entries that differ from this one in one thing that decides what one gets back."""
    other = strategies.entries().map(lambda found: attrs.evolve(found, path=entry.path))
    sizes = st.integers(0, 100).map(lambda size: attrs.evolve(entry, size_bytes=size))
    fields = [st.just(attrs.evolve(entry, digest=entry.digest + "0")), sizes]
    if entry.ref is not None:
        fields.append(st.just(attrs.evolve(entry, ref=entry.ref + "?versionId=2")))
        fields.append(st.just(attrs.evolve(entry, extra={**entry.extra, "etag": "new"})))
    return st.one_of(other, *fields)


@given(st.data(), entry_sets)
def test_one_changed_entry_changes_the_digest_and_one_page(data, entries):
    path = data.draw(st.sampled_from(sorted(entries)))
    entry = data.draw(changes(entries[path]))
    changed = {**entries, path: entry}
    is_changed = written(entry.to_json()) != written(entries[path].to_json())
    assert (manifest(changed).digest != manifest(entries).digest) == is_changed
    before, after = (set(map(str, bodies(each))) for each in (entries, changed))
    assert len(after - before) == is_changed


@given(entry_sets, entry_sets)
def test_only_the_same_entries_have_the_same_digest(one, other):
    texts = [sorted(written(entry.to_json()) for entry in each.values()) for each in (one, other)]
    assert (manifest(one).digest == manifest(other).digest) == (texts[0] == texts[1])


@given(entry_sets)
def test_leaving_out_an_entry_leaves_the_pages_of_the_others(entries):
    for path in entries:
        fewer = {each: entry for each, entry in entries.items() if each != path}
        # Its own page is gone, and where it ended a page, two became one.
        assert len(set(map(str, bodies(fewer))) - set(map(str, bodies(entries)))) <= 1
        assert manifest(fewer).digest != manifest(entries).digest


@given(strategies.entry_paths())
def test_relative_paths_are_accepted_as_they_are(path):
    assert EntryPath(path) == path


@given(strategies.invalid_entry_paths())
def test_hostile_paths_are_refused(path):
    with pytest.raises(InvalidPathError):
        EntryPath(path)


@given(strategies.texts(), strategies.texts())
def test_no_accepted_path_leaves_its_folder(one, other):
    try:
        path = EntryPath(f"{one}/{other}")
    except InvalidPathError:
        return
    parts = path.split("/")
    assert not {"", ".", ".."} & set(parts)
    assert not set(path) & {"\n", "\r", "\0", "\\"}


# -- metadata


@given(strategies.metadata())
def test_metadata_that_is_json_stays_as_it_is(metadata):
    assert written(normalized(metadata)) == written(metadata)


@given(strategies.python_metadata())
def test_normalizing_metadata_again_changes_nothing(metadata):
    once = normalized(metadata)
    assert is_same(normalized(once), once)
    assert written(json.loads(json.dumps(once, allow_nan=False))) == written(once)


@given(strategies.invalid_metadata())
def test_metadata_that_is_not_json_is_refused(metadata):
    with pytest.raises(InvalidInputError):
        normalized(metadata)


# -- aliases and names


@given(strategies.aliases())
def test_aliases_of_ones_own_can_be_set(text):
    assert Alias(text).custom() == text


@given(
    strategies.texts() | strategies.aliases().map(lambda text: unicodedata.normalize("NFD", text))
)
def test_an_accepted_alias_is_composed_trimmed_and_visible(text):
    try:
        alias = Alias(text)
    except InvalidAliasError:
        return
    assert alias == unicodedata.normalize("NFC", text)
    assert 1 <= len(alias) <= 128
    assert not alias[0].isspace()
    assert not alias[-1].isspace()
    assert not set(alias) & set("/:")
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, alias))
    assert Alias(alias) == alias


@given(strategies.invalid_aliases())
def test_what_is_no_alias_is_refused(text):
    with pytest.raises(InvalidAliasError):
        Alias(text)


@given(strategies.automatic_aliases())
def test_nobody_sets_latest_or_a_version_number_however_it_is_spelled(text):
    with pytest.raises(InvalidAliasError):
        Alias(text).custom()


@given(st.integers(0, 10**18 - 1), strategies.automatic_aliases())
def test_a_version_number_has_one_spelling(index, other):
    assert version_index(f"v{index}") == index
    number = version_index(other)
    assert number is None or other == f"v{number}"


@given(strategies.artifact_names(), strategies.titles(), strategies.digests())
def test_valid_names_are_accepted_as_they_are(name, title, digest):
    assert ArtifactName(name) == name
    assert RegistryCollectionName(title) == title
    assert Digest(digest) == digest


@given(
    strategies.invalid_artifact_names(), strategies.invalid_titles(), strategies.invalid_digests()
)
def test_invalid_names_are_refused(name, title, digest):
    for kind, text in ((ArtifactName, name), (RegistryCollectionName, title), (Digest, digest)):
        with pytest.raises(InvalidInputError):
            kind(text)


@given(strategies.titles())
def test_registry_names_that_differ_in_letter_case_are_one(title):
    assert RegistryName(title).key == RegistryName(title.casefold()).key
