"""References of unknown kinds, tracked by their URIs."""

import logging

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.adapters.references import default_resolvers
from fingerpost.application.ports.references import Reference, ReferenceState
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

URI = "hdfs://cluster/data.csv"


def draft(**facts):
    return fingerpost.Artifact("x", "dataset", **facts)


def test_the_digest_is_that_of_the_uri_and_there_is_no_size():
    (entry,) = draft().add_reference(URI, name="data.csv")
    # b3sum of the URI.
    assert entry.digest == "blake3:68a9a7a8c834fcdc820593ac62a997ce5f51bb21a3342d62f3de0971c99e1ce0"
    assert (entry.path, entry.ref(), entry.size, dict(entry.extra)) == ("data.csv", URI, None, {})


def test_with_wandbs_digests_it_is_the_uri():
    (entry,) = draft(digest_algorithm="md5").add_reference(URI, name="data.csv")
    assert entry.digest == URI


@pytest.mark.parametrize("name", [None, ""])
def test_a_name_is_required(name):
    with pytest.raises(errors.InvalidReferenceError, match="Pass name="):
        draft().add_reference(URI, name=name)


@pytest.mark.parametrize(
    "uri", ["C:\\data\\x.csv", "C:/data/x.csv", "c:x", "x.csv", "a/b:c", "://x", ""]
)
def test_paths_are_no_uris(uri):
    with pytest.raises(errors.InvalidReferenceError, match="use add_file"):
        draft().add_reference(uri, name="x")


@pytest.mark.parametrize(
    "uri", ["doi:10.1000/182", "urn:isbn:0451450523", "git+ssh://host/x", "X-A://b"]
)
def test_any_uri_can_be_tracked(uri):
    (entry,) = draft().add_reference(uri, name="x")
    assert entry.ref() == uri


@pytest.mark.parametrize(
    ("uri", "meant"),
    [("htp://h/x", "http"), ("htttps://h/x", "https"), ("fiel:///x", "file"), ("hdfs://h/x", None)],
)
def test_what_is_only_tracked_is_warned_of_with_the_scheme_that_was_perhaps_meant(
    caplog, uri, meant
):
    with caplog.at_level(logging.WARNING, "fingerpost"):
        draft().add_reference(uri, name="x")
    (message,) = caplog.messages
    assert repr(uri) in message
    assert "only its URI is tracked" in message
    assert ("did you mean" in message) == (meant is not None)
    assert meant is None or f"did you mean {meant}:?" in message


def test_a_password_in_it_is_refused_and_not_repeated():
    with pytest.raises(errors.InvalidReferenceError) as caught:
        draft().add_reference("sftp://me:geheim@host/x", name="x")
    assert "geheim" not in str(caught.value)
    assert draft().add_reference("sftp://me@host/x", name="x")


def test_content_that_cannot_be_read_cannot_be_hashed():
    reference = Reference(uri=URI, name="x", checksum=True, max_objects=1, is_content_hashed=True)
    with pytest.raises(errors.InvalidReferenceError, match="cannot be read"):
        list(default_resolvers().resolve(reference))


def test_a_download_says_so_whatever_may_be_missing(tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        artifact = draft()
        artifact.add_reference(URI, name="data.csv")
        run.log_artifact(artifact)
        with pytest.raises(errors.ReferenceRefusedError, match="cannot be downloaded") as caught:
            artifact.download(tmp_path / "to", allow_missing_references=True)
    assert caught.value.uri == URI


def test_nothing_can_tell_whether_it_is_the_same():
    entry = Entry(path=EntryPath("x"), digest=URI, size_bytes=None, ref=URI)
    assert default_resolvers().observe(entry).state is ReferenceState.UNVERIFIABLE
