"""``digest_algorithm``: what it changes, and what it does not."""

import base64
import hashlib
import json
import os
import time
from pathlib import Path

import pytest
from blake3 import blake3

import fingerpost
from fingerpost import errors
from fingerpost.domain.manifest.digest import Digest

ALGORITHMS = ("blake3", "sha256", "md5")
LARGE = b"large" * 300_000
"""Above the size from which on a content is a file of its own."""


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


def draft(algorithm, name="data"):
    return fingerpost.Artifact(name, "dataset", digest_algorithm=algorithm)


def write(files):
    for path, data in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)


def digest_of(algorithm, data):
    """What an entry's digest is by definition, made without Fingerpost."""
    if algorithm == "md5":
        return base64.b64encode(hashlib.md5(data).digest()).decode()
    raw = blake3(data).hexdigest() if algorithm == "blake3" else hashlib.sha256(data).hexdigest()
    return f"{algorithm}:{raw}"


@pytest.mark.parametrize("policy", ["mutable", "immutable"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_entries_have_the_digest_that_was_asked_for_and_give_the_same_bytes(
    run, tmp_path, algorithm, policy
):
    files = {"d/small.txt": b"small", "d/empty": b"", "d/large.bin": LARGE}
    write(files)
    artifact = draft(algorithm)
    artifact.add_dir("d", policy=policy)
    artifact.add_reference(f"file://{Path.cwd()}/d", name="there")
    run.log_artifact(artifact)
    assert artifact.digest_algorithm == algorithm
    assert {path: entry.digest for path, entry in artifact.manifest.entries.items()} == {
        f"{prefix}{path.removeprefix('d/')}": digest_of(algorithm, data)
        for path, data in files.items()
        for prefix in ("", "there/")
    }
    folder = Path(artifact.download(tmp_path / "download"))
    for path, data in files.items():
        name = path.removeprefix("d/")
        assert (folder / name).read_bytes() == (folder / "there" / name).read_bytes() == data
    artifact.verify(folder)
    (folder / "small.txt").write_bytes(b"SMALL")
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify(folder)
    assert list(caught.value.different) == ["small.txt"]


def test_with_sha256_every_stored_byte_is_under_sha256(run, opened):
    write({"d/small.txt": b"small", "d/large.bin": LARGE})
    artifact = draft("sha256")
    artifact.add_dir("d")
    run.log_artifact(artifact)
    stored = set(opened.store.content.digests())
    assert {digest.algorithm for digest in stored} == {"sha256"}
    root = json.loads(opened.store.content.read(Digest(artifact.digest)))
    [page] = root["pages"]
    lines = opened.store.content.read(Digest(page["digest"]))
    assert artifact.digest == digest_of(
        "sha256", opened.store.content.read(Digest(artifact.digest))
    )
    assert page["digest"] == digest_of("sha256", lines)
    assert [json.loads(line) for line in lines.splitlines()] == [
        {"path": "large.bin", "digest": digest_of("sha256", LARGE), "size": len(LARGE)},
        {"path": "small.txt", "digest": digest_of("sha256", b"small"), "size": 5},
    ]


def test_with_md5_what_is_stored_names_content_and_wandbs_digest(run, opened):
    write({"small.txt": b"small"})
    artifact = draft("md5")
    artifact.add_file("small.txt")
    run.log_artifact(artifact)
    collection = opened.store.queries.collection_named(
        opened.store.queries.entity("team").id, "p", "data"
    )
    [row] = [
        event.event for event in opened.store.events.events() if hasattr(event.event, "digest")
    ]
    assert row.originator_id == collection.id
    assert row.digest == artifact.digest
    line = f"small.txt:{digest_of('md5', b'small')}\n"
    expected = hashlib.md5(f"wandb-artifact-manifest-v1\n{line}".encode()).hexdigest()
    assert artifact.digest == expected
    root = json.loads(opened.store.content.read(Digest(row.manifest)))
    lines = opened.store.content.read(Digest(root["pages"][0]["digest"]))
    assert json.loads(lines) == {
        "path": "small.txt",
        "digest": digest_of("md5", b"small"),
        "content": digest_of("blake3", b"small"),
        "size": 5,
    }
    assert {digest.algorithm for digest in opened.store.content.digests()} == {"blake3"}


@pytest.mark.parametrize("files", [{"a.txt": b"a"}, {}])
def test_the_same_content_with_another_algorithm_is_a_new_version(run, files):
    write(files)
    logged = []
    for algorithm in ("blake3", "blake3", "md5", "md5", "sha256", "blake3"):
        artifact = draft(algorithm)
        for path in files:
            artifact.add_file(path)
        logged.append(run.log_artifact(artifact))
    assert [artifact.version for artifact in logged] == ["v0", "v0", "v1", "v1", "v2", "v3"]
    assert logged[0].digest == logged[-1].digest
    assert [artifact.digest_algorithm for artifact in logged] == [
        "blake3",
        "blake3",
        "md5",
        "md5",
        "sha256",
        "blake3",
    ]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_logging_again_heals_what_was_found_damaged(run, opened, algorithm):
    write({"large.bin": LARGE})
    artifact = draft(algorithm)
    artifact.add_file("large.bin")
    run.log_artifact(artifact)
    entry = artifact.get_entry("large.bin")
    name = entry.content.replace(":", "-")
    [path] = Path(opened.location).glob(f"content/blobs/*/{name}")
    path.chmod(0o644)
    path.write_bytes(b"other" * 300_000)
    with pytest.raises(errors.ContentMismatchError):
        entry.download("there")
    again = draft(algorithm)
    again.add_file("large.bin")
    run.log_artifact(again)
    assert again.version == "v0"
    assert Path(entry.download("there")).read_bytes() == LARGE


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_immutable_file_that_changed_is_refused(run, algorithm):
    write({"large.bin": LARGE})
    artifact = draft(algorithm)
    artifact.add_file("large.bin", policy="immutable")
    write({"large.bin": LARGE[::-1]})
    with pytest.raises(errors.ContentMismatchError):
        run.log_artifact(artifact)


OLD_FILE = Path(os.__file__)
"""A file that nobody has touched lately: a newer one would be neither trusted nor remembered."""


@pytest.mark.parametrize(
    ("algorithm", "remembered"),
    [("blake3", {"blake3"}), ("sha256", {"sha256"}), ("md5", {"blake3", "md5"})],
)
def test_what_a_file_was_hashed_with_is_remembered(run, opened, algorithm, remembered):
    draft(algorithm).add_file(OLD_FILE)
    facts, data = OLD_FILE.stat(), OLD_FILE.read_bytes()
    for name in ALGORITHMS:
        found = opened.stat_cache.lookup(OLD_FILE, facts, name)
        raw = blake3(data) if name == "blake3" else hashlib.new(name, data)
        assert found == (f"{name}:{raw.hexdigest()}" if name in remembered else None)


def test_an_unchanged_file_is_read_again_only_for_a_digest_that_is_not_remembered(run, opened):
    planted, true = b"what is in the store", OLD_FILE.read_bytes()
    with opened.store.content.writer() as writer:
        content = writer.add_bytes(planted)
        writer.commit()
    facts, now_ns = OLD_FILE.stat(), time.time_ns()
    opened.stat_cache.remember(OLD_FILE, facts, content, looked_at_ns=now_ns)
    # Not the file's own digests: who gives them has not read it.
    assert draft("blake3").add_file(OLD_FILE).digest == content
    assert draft("sha256").add_file(OLD_FILE).digest == digest_of("sha256", true)
    assert draft("md5").add_file(OLD_FILE).digest == digest_of("md5", true)
    for digest in (content, Digest("md5:" + hashlib.md5(planted).hexdigest())):
        opened.stat_cache.remember(OLD_FILE, facts, digest, looked_at_ns=now_ns)
    entry = draft("md5").add_file(OLD_FILE)
    assert (entry.digest, entry.content) == (digest_of("md5", planted), content)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_temporary_name_follows_from_the_digest(algorithm):
    write({"tmpx7f.tar.gz": b"small"})
    artifact = draft(algorithm)
    artifact.add_file("tmpx7f.tar.gz", is_tmp=True)
    hexes = {
        "blake3": blake3(b"small").hexdigest(),
        "sha256": hashlib.sha256(b"small").hexdigest(),
        "md5": hashlib.md5(b"small").hexdigest(),
    }
    assert list(artifact.manifest.entries) == [f"{hexes[algorithm][:20]}.tar.gz"]


@pytest.mark.parametrize("algorithm", ["blake3", "sha256"])
def test_the_manifest_of_other_digests_has_wandbs_structure(algorithm):
    write({"a.txt": b"a", "b.txt": b"bb"})
    artifact = draft(algorithm)
    artifact.add_file("b.txt")
    artifact.add_file("a.txt")
    uri = f"file://{Path.cwd()}/a.txt"
    artifact.add_reference(uri, name="blind", checksum=False)
    manifest = artifact.manifest.to_manifest_json()
    assert manifest == {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
        "contents": {
            "a.txt": {"digest": digest_of(algorithm, b"a"), "size": 1},
            "b.txt": {"digest": digest_of(algorithm, b"bb"), "size": 2},
            "blind": {"digest": digest_of(algorithm, uri.encode()), "ref": uri},
        },
    }
    assert list(manifest["contents"]) == ["a.txt", "b.txt", "blind"]


@pytest.mark.parametrize("name", ["crc32", "XXH128", "", None, 5, b"md5"])
def test_an_unknown_algorithm_is_refused_and_the_three_are_named(name):
    with pytest.raises(errors.InvalidValueError) as caught:
        fingerpost.Artifact("data", "dataset", digest_algorithm=name)
    assert caught.value.value == name
    for known in ALGORITHMS:
        assert repr(known) in str(caught.value)


def test_wandbs_own_spelling_of_md5_is_understood():
    artifact = fingerpost.Artifact("data", "dataset", digest_algorithm="MD5")
    assert artifact.digest_algorithm == "md5"
    assert type(artifact.digest_algorithm) is str


def test_the_algorithm_of_a_linked_version_is_that_of_its_source(run, opened):
    fingerpost.Api(opened).create_registry("R")
    artifact = draft("md5")
    with artifact.new_file("a.txt") as file:
        file.write("a")
    link = run.link_artifact(artifact, "wandb-registry-R/data")
    assert (link.digest_algorithm, link.digest) == ("md5", artifact.digest)
