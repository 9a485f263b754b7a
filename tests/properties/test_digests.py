"""Digests of artifacts and entries, computed once more from what is documented."""

import base64
import hashlib
import json
import tempfile
from pathlib import Path

import attrs
import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.domain.errors import InvalidReferenceError
from fingerpost.domain.manifest.artifact_reference import artifact_uri, parse_artifact_uri
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.manifest import pages
from fingerpost.domain.manifest.manifest_line import line_of
from fingerpost.domain.manifest.wandb_manifest import manifest_json
from fingerpost.domain.versions.version import VersionRef
from fingerpost.testing import strategies

PATHS = st.lists(strategies.entry_paths().filter(lambda path: "/" not in path), max_size=8)
ENTRIES = PATHS.flatmap(
    lambda paths: st.fixed_dictionaries({path: strategies.entries() for path in paths})
).map(lambda found: {path: attrs.evolve(e, path=EntryPath(path)) for path, e in found.items()})
HASHES = {"blake3": blake3, "sha256": hashlib.sha256}


@given(ENTRIES)
def test_wandbs_digest_is_md5_over_a_line_for_each_path(entries):
    lines = [f"{path}:{entries[path].digest}\n" for path in sorted(entries)]
    expected = hashlib.md5(("wandb-artifact-manifest-v1\n" + "".join(lines)).encode()).hexdigest()
    assert PendingManifest(entries, hash_bytes, DigestAlgorithm.MD5).digest == expected


@pytest.mark.parametrize("algorithm", ["blake3", "sha256"])
@given(entries=ENTRIES)
def test_the_digest_is_that_of_the_root_that_names_the_pages(algorithm, entries):
    def digest(data):
        return f"{algorithm}:{HASHES[algorithm](data).hexdigest()}"

    def canonical(value):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode() + b"\n"

    found = list(pages(line_of(entries[path]) for path in sorted(entries)))
    root = {
        "format": "fingerpost-manifest-1",
        "count": len(entries),
        "size": sum(entry.size_bytes or 0 for entry in entries.values()),
        "pages": [
            {"first": held[0].path, "count": len(held), "digest": digest(body)}
            for held, body in found
        ],
    }
    pending = PendingManifest(entries, hash_bytes, DigestAlgorithm(algorithm))
    assert pending.digest == str(pending.stored_as) == digest(canonical(root))


@given(ENTRIES)
def test_the_manifest_of_wandb_holds_what_the_entries_have_and_nothing_else(entries):
    manifest = json.loads(json.dumps(manifest_json(entries[path] for path in sorted(entries))))
    contents = manifest.pop("contents")
    assert manifest == {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
    }
    assert list(contents) == sorted(entries)
    for path, entry in entries.items():
        content = contents[path]
        assert content.keys() <= {"digest", "ref", "size", "extra"}
        assert content["digest"] == entry.digest
        assert content.get("size") == entry.size_bytes
        assert content.get("ref") == entry.ref
        assert json.dumps(content.get("extra", {})) == json.dumps(dict(entry.extra))
        assert None not in content.values()
        assert content.get("extra") != {}


@given(st.binary(max_size=100))
def test_wandbs_form_of_a_files_digest_comes_back(data):
    digest = Digest("md5:" + hashlib.md5(data).hexdigest())
    text = base64.b64encode(hashlib.md5(data).digest()).decode()
    assert digest.base64 == text
    assert Digest.of_base64_md5(text) == digest


@given(strategies.texts() | st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode()))
def test_other_text_is_no_digest_of_wandbs(text):
    try:
        is_one = len(base64.b64decode(text.encode("ascii"), validate=True)) == 16
    except ValueError:
        is_one = False
    assert (Digest.of_base64_md5(text) is not None) == is_one


@given(st.uuids(), st.integers(0, 10**6), strategies.entry_paths())
def test_the_uri_of_an_entry_leads_back_to_it(collection_id, index, path):
    version = VersionRef(collection_id=collection_id, index=index)
    uri = artifact_uri(version, EntryPath(path))
    assert uri.isascii()
    assert parse_artifact_uri(uri) == (version, path)


@given(strategies.texts().map("fingerpost-artifact://{}".format))
def test_other_text_is_no_uri_of_an_entry(uri):
    with pytest.raises(InvalidReferenceError):
        parse_artifact_uri(uri)


FILES = st.dictionaries(
    st.from_regex(r"[a-zé]{1,3}(/[a-z]{1,3})?", fullmatch=True).map(lambda path: f"d{path}"),
    st.binary(max_size=40),
    min_size=1,
    max_size=5,
).filter(lambda files: not any(f"{path}/" in other for path in files for other in files))


@given(FILES, st.lists(st.sampled_from(["blake3", "sha256", "md5"]), min_size=2, max_size=4))
def test_what_comes_back_does_not_depend_on_the_algorithm(files, algorithms):
    with (
        tempfile.TemporaryDirectory() as folder,
        fingerpost.init("team", "p", store="memory://") as run,
    ):
        for number, algorithm in enumerate(algorithms):
            artifact = fingerpost.Artifact("a", "dataset", digest_algorithm=algorithm)
            for path, data in files.items():
                with artifact.new_file(path, "xb") as file:
                    file.write(data)
            drafted = artifact.digest, artifact.manifest.to_manifest_json()
            run.log_artifact(artifact)
            assert (artifact.digest, artifact.manifest.to_manifest_json()) == drafted
            root = Path(artifact.download(Path(folder, str(number))))
            found = {
                path.relative_to(root).as_posix(): path.read_bytes()
                for path in root.rglob("*")
                if path.is_file()
            }
            assert found == files
            artifact.verify(root)
