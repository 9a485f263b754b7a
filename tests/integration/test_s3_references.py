"""References to S3, on two servers that have nothing in common."""

import hashlib
import itertools
import os
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from blake3 import blake3

import fingerpost
from fingerpost import errors
from fingerpost.adapters.references.s3 import S3References
from fingerpost.application.ports.references import Reference, ReferenceState
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import CONTENT_DIGEST, Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from servers.faults import answering, breaking_off, faulty, resetting

MIB = 1 << 20


class Bucket:
    """A bucket of a test, and its name."""

    def __init__(self, server):
        self.server, self.client = server, server.client()
        self.name = f"b-{uuid.uuid4().hex[:12]}"
        self.uri = f"s3://{self.name}"
        self.client.create_bucket(Bucket=self.name)

    def put(self, *keys, data=None, **more):
        for key in keys:
            body = key.encode() if data is None else data
            answer = self.client.put_object(Bucket=self.name, Key=key, Body=body, **more)
        return answer.get("VersionId")

    def with_versions(self):
        self.client.put_bucket_versioning(
            Bucket=self.name, VersioningConfiguration={"Status": "Enabled"}
        )
        return self

    def delete(self, key, **more):
        self.client.delete_object(Bucket=self.name, Key=key, **more)


@pytest.fixture(params=["moto", "rclone"])
def bucket(request, monkeypatch):
    server = request.getfixturevalue(f"{request.param}_s3")
    server.use(monkeypatch)
    return Bucket(server)


@pytest.fixture
def moto(moto_s3, monkeypatch):
    moto_s3.use(monkeypatch)
    return Bucket(moto_s3)


@pytest.fixture
def faults(moto, monkeypatch):
    with faulty(moto.server.url) as faults:
        monkeypatch.setenv("AWS_ENDPOINT_URL", faults.url)
        yield faults


@pytest.fixture
def s3():
    return S3References(sleep=lambda _: None)


@pytest.fixture
def run(tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        yield run


def resolved(s3, uri, name=None, **options):
    asked = {"checksum": True, "max_objects": 1000} | options
    return list(s3.resolve(Reference(uri=uri, name=name, **asked)))


def paths(entries):
    return [str(entry.path) for entry in entries]


def read(s3, entry):
    with s3.open(entry) as source:
        return source.read()


def md5(data):
    return hashlib.md5(data).hexdigest()


# -- what a URI stands for


@pytest.mark.parametrize(
    ("uri", "name", "expected"),
    [
        # W&B's artifact guides, the table of calls and contents.
        ("/model.h5", None, ["model.h5"]),
        ("/checkpoints/model.h5", None, ["model.h5"]),
        ("/model.h5", "models/mymodel.h5", ["models/mymodel.h5"]),
        ("/images", None, ["cat.png", "dog.png"]),
        ("/images", "images", ["images/cat.png", "images/dog.png"]),
        # and what follows from it
        ("/images/", None, ["cat.png", "dog.png"]),
        ("", None, ["checkpoints/model.h5", "images/cat.png", "images/dog.png", "model.h5"]),
        ("/", "all", [f"all/{each}" for each in ("checkpoints/model.h5", "images/cat.png")]
         + ["all/images/dog.png", "all/model.h5"]),
    ],
)  # fmt: skip
def test_names_are_those_of_wandbs_table(bucket, s3, uri, name, expected):
    bucket.put("images/cat.png", "images/dog.png", "checkpoints/model.h5", "model.h5")
    entries = resolved(s3, bucket.uri + uri, name)
    assert sorted(paths(entries)) == expected
    assert all(entry.digest == md5(read(s3, entry)) for entry in entries)


def test_a_prefix_is_a_folder_and_not_the_beginning_of_a_name(bucket, s3):
    bucket.put("p/a", "p2/b", "pp")
    assert paths(resolved(s3, f"{bucket.uri}/p")) == ["a"]


def test_an_exact_key_wins_over_the_prefix_unless_a_slash_ends_it(moto, s3):
    moto.put("p", "p/a", "p/b")
    assert paths(resolved(s3, f"{moto.uri}/p")) == ["p"]
    assert paths(resolved(s3, f"{moto.uri}/p/")) == ["a", "b"]


def test_markers_of_folders_are_left_out_and_empty_objects_are_not(moto, s3):
    moto.put("p/", "p/sub/", "p/empty", data=b"")
    moto.put("q", data=b"", ContentType="application/x-directory")
    moto.put("q/a")
    found = resolved(s3, f"{moto.uri}/p")
    assert [(entry.path, entry.size_bytes) for entry in found] == [("empty", 0)]
    assert read(s3, found[0]) == b""
    assert paths(resolved(s3, f"{moto.uri}/q")) == ["a"]


def test_wandbs_digests_leave_out_empty_objects_below_a_prefix_as_wandb_does(moto, s3):
    moto.put("p/empty", data=b"")
    moto.put("p/a")
    assert paths(resolved(s3, f"{moto.uri}/p", digest_algorithm=DigestAlgorithm.MD5)) == ["a"]


@pytest.mark.parametrize(
    "uri", ["/nothing", "/nothing/", "/p/marked", f"/a?versionId={uuid.UUID(int=1)}"]
)
def test_what_resolves_to_nothing_is_an_error_that_names_the_uri(moto, s3, uri):
    moto.put("p/marked/", data=b"")
    with pytest.raises(errors.InvalidReferenceError) as caught:
        resolved(s3, moto.uri + uri)
    assert caught.value.value == moto.uri + uri


def test_an_empty_bucket_resolves_to_nothing(bucket, s3):
    for uri in (bucket.uri, f"{bucket.uri}/"):
        with pytest.raises(errors.InvalidReferenceError, match="no objects below"):
            resolved(s3, uri)


ODD_KEYS = [
    "a b", "a%20b", "a%2Fb", "a+b", "a?b=c", "a?versionId=x", "a#b", "é", "e\u0301", "\U0001d11e",
    "&amp;<>\"'", "trailing.", " leading", "~", "a=b", "a;b", "*", "[x]", "{y}", "|",
]  # fmt: skip


def test_odd_keys_of_a_prefix_lead_back_to_their_own_objects(moto, s3):
    moto.put(*(f"odd/{key}" for key in ODD_KEYS))
    entries = resolved(s3, f"{moto.uri}/odd")
    assert sorted(paths(entries)) == sorted(ODD_KEYS)
    assert len({entry.ref for entry in entries}) == len(ODD_KEYS)
    for entry in entries:
        assert read(s3, entry) == f"odd/{entry.path}".encode()
        assert resolved(s3, entry.ref) == [entry]


def test_odd_keys_that_a_file_system_can_hold_are_the_same_on_the_other_server(rclone_s3, monkeypatch, s3):  # fmt: skip  # noqa: E501
    rclone_s3.use(monkeypatch)
    bucket, keys = Bucket(rclone_s3), [key for key in ODD_KEYS if not key.startswith("trailing")]
    bucket.put(*(f"odd/{key}" for key in keys))
    entries = resolved(s3, f"{bucket.uri}/odd")
    assert sorted(paths(entries)) == sorted(keys)
    assert all(read(s3, entry) == f"odd/{entry.path}".encode() for entry in entries)


@pytest.mark.parametrize("key", ["p/a//b", "p/../b", "p/a\x01b", "p/a\\b", "p//b", "p/./b"])
def test_a_key_that_is_no_path_is_named_and_can_be_added_with_a_name(moto, s3, key):
    moto.put("p/a", key)
    with pytest.raises(errors.InvalidReferenceError, match="name=") as caught:
        resolved(s3, f"{moto.uri}/p")
    assert caught.value.value == f"{moto.uri}/{key}"
    (entry,) = resolved(s3, caught.value.value, "named")
    assert (entry.path, read(s3, entry)) == ("named", key.encode())


@pytest.mark.parametrize("key", ["/a", "a/..", "x/C:", "\x01"])
def test_a_key_whose_last_part_is_no_name_needs_one(moto, s3, key):
    moto.put(key)
    if key != "/a":
        with pytest.raises(errors.InvalidReferenceError, match="name="):
            resolved(s3, f"{moto.uri}/{key}")
    (entry,) = resolved(s3, f"{moto.uri}/{key}", "named")
    assert read(s3, entry) == key.encode()


@pytest.mark.parametrize("uri", ["s3://", "s3:///a", "s3://b/\ud800"])
def test_a_uri_without_a_bucket_or_that_is_no_text_is_refused(s3, uri):
    with pytest.raises(errors.InvalidReferenceError):
        resolved(s3, uri)


def test_more_objects_than_allowed_are_an_error_that_says_how_many_were_found(moto, s3):
    moto.put(*(f"p/{number}" for number in range(5)))
    assert len(resolved(s3, f"{moto.uri}/p", max_objects=5)) == 5
    with pytest.raises(errors.LimitExceededError) as caught:
        resolved(s3, f"{moto.uri}/p", max_objects=4)
    assert (caught.value.limit, caught.value.found) == (4, 5)


@pytest.mark.parametrize("has_versions", [False, True])
def test_listings_of_several_pages_are_whole_and_tell_how_far_they_are(moto, s3, has_versions):
    if has_versions:
        moto.with_versions()
    keys = [f"p/{number:03d} +é" for number in range(103)]
    moto.put(*keys, data=b"x")
    told = []
    found = resolved(s3, f"{moto.uri}/p", max_objects=2000, progress=told.append)
    assert [f"p/{entry.path}" for entry in found] == keys
    assert told == [100, 3]
    assert all(("versionID" in entry.extra) == has_versions for entry in found)


# -- what is recorded


def test_entries_have_wandbs_shape(run, moto):
    """As in the vector ref-s3-clean-prefix, whose second object was written with versioning on."""
    moto.put("images/cat.png", data=b"cat")
    version = moto.with_versions().put("images/dog.png", data=b"dogs")
    artifact = fingerpost.Artifact("images", "dataset", digest_algorithm="md5")
    artifact.add_reference(f"{moto.uri}/images")
    cat, dog = "d077f244def8a70e5ea758bd8352fcd8", md5(b"dogs")
    contents = artifact.manifest.to_manifest_json()["contents"]
    assert contents == {
        "cat.png": {
            "digest": cat,
            "ref": f"{moto.uri}/images/cat.png",
            "size": 3,
            "extra": {"etag": cat},
        },
        "dog.png": {
            "digest": dog,
            "ref": f"{moto.uri}/images/dog.png",
            "size": 4,
            "extra": {"etag": dog, "versionID": version},
        },
    }
    lines = f"wandb-artifact-manifest-v1\ncat.png:{cat}\ndog.png:{dog}\n"
    assert artifact.digest == md5(lines.encode())


def test_without_a_checksum_nothing_is_asked_and_it_is_still_fetched(faults, moto, s3):
    moto.put("d/a.txt", data=b"one")
    uri = f"{moto.uri}/d/a.txt"
    (entry,) = resolved(s3, uri, checksum=False)
    assert entry == Entry(
        path=EntryPath("a.txt"),
        digest=f"blake3:{blake3(uri.encode()).hexdigest()}",
        size_bytes=None,
        ref=uri,
    )
    assert not faults.seen
    assert read(s3, entry) == b"one"
    assert s3.observe(entry).state is ReferenceState.UNVERIFIABLE


def test_without_a_checksum_wandbs_digest_is_the_uri_and_its_name_the_key(s3):
    (entry,) = resolved(s3, "s3://b/d/a", checksum=False, digest_algorithm=DigestAlgorithm.MD5)
    assert (entry.path, entry.digest, entry.ref) == ("d/a", "s3://b/d/a", "s3://b/d/a")


def test_a_version_is_pinned_in_the_uri(moto, s3):
    first = moto.with_versions().put("a", data=b"one")
    second = moto.put("a", data=b"other")
    for options in ({}, {"checksum": False}):
        (entry,) = resolved(s3, f"{moto.uri}/a?versionId={first}", **options)
        assert entry.extra["versionID"] == first
        assert (entry.ref, read(s3, entry)) == (f"{moto.uri}/a", b"one")
        assert s3.observe(entry).state is ReferenceState.SAME
    (entry,) = resolved(s3, f"{moto.uri}/a")
    assert (entry.extra["versionID"], read(s3, entry)) == (second, b"other")


def test_the_content_is_hashed_where_the_etag_proves_nothing(moto, s3):
    moto.put("p/a", "p/b")
    for algorithm, hashed in (("blake3", blake3), ("sha256", hashlib.sha256)):
        for entry in resolved(
            s3,
            f"{moto.uri}/p",
            is_content_hashed=True,
            digest_algorithm=DigestAlgorithm(algorithm),
        ):
            data = f"p/{entry.path}".encode()
            assert entry.extra == {
                "etag": md5(data),
                CONTENT_DIGEST: f"{algorithm}:{hashed(data).hexdigest()}",
            }
            assert read(s3, entry) == data


def test_multipart_etags_are_recorded_and_read_past_the_first_range(moto, s3):
    parts = [os.urandom(6 * MIB), os.urandom(5 * MIB)]
    where = {"Bucket": moto.name, "Key": "big"}
    upload = moto.client.create_multipart_upload(**where)["UploadId"]
    done = [
        {
            "PartNumber": number,
            "ETag": moto.client.upload_part(**where, UploadId=upload, PartNumber=number, Body=part)[
                "ETag"
            ],
        }
        for number, part in enumerate(parts, start=1)
    ]
    moto.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": done})
    (entry,) = resolved(s3, f"{moto.uri}/big", is_content_hashed=True)
    of_parts = b"".join(hashlib.md5(part).digest() for part in parts)
    assert entry.digest == f"{md5(of_parts)}-2"
    assert read(s3, entry) == b"".join(parts)


# -- what has become of it


def test_downloads_give_what_was_recorded(run, bucket, tmp_path):
    bucket.put("p/a", "p/sub/b")
    artifact = fingerpost.Artifact("files", "dataset")
    artifact.add_reference(f"{bucket.uri}/p")
    run.log_artifact(artifact)
    folder = Path(artifact.download(tmp_path / "out"))
    assert (folder / "a").read_bytes() == b"p/a"
    assert (folder / "sub/b").read_bytes() == b"p/sub/b"


@pytest.mark.parametrize("data", [b"two", b"longer than before", b""])
def test_a_changed_object_is_told_with_what_was_and_what_is(bucket, s3, data):
    bucket.put("a", data=b"one")
    (entry,) = resolved(s3, f"{bucket.uri}/a")
    assert s3.observe(entry).state is ReferenceState.SAME
    bucket.put("a", data=data)
    with pytest.raises(errors.ReferenceChangedError) as caught:
        read(s3, entry)
    assert caught.value.uri == f"{bucket.uri}/a"
    assert md5(b"one") in caught.value.expected
    assert f"{len(data):,} bytes" in caught.value.actual
    observed = s3.observe(entry)
    assert observed.state is ReferenceState.CHANGED
    assert (observed.recorded, observed.found) == (caught.value.expected, caught.value.actual)


def test_an_empty_object_that_is_not_empty_any_more_has_changed(bucket, s3):
    bucket.put("a", data=b"")
    (entry,) = resolved(s3, f"{bucket.uri}/a")
    bucket.put("a", data=b"one")
    with pytest.raises(errors.ReferenceChangedError):
        s3.open(entry)


def test_an_object_that_is_gone_is_told_with_what_it_was(bucket, s3):
    bucket.put("a", "empty/a")
    bucket.put("empty/b", data=b"")
    for entry in resolved(s3, bucket.uri):
        bucket.delete(entry.ref.removeprefix(f"{bucket.uri}/"))
        with pytest.raises(errors.ReferenceMissingError) as caught:
            s3.open(entry)
        assert (caught.value.uri, entry.digest in str(caught.value)) == (entry.ref, True)
        assert s3.observe(entry).state is ReferenceState.MISSING


def test_an_object_that_changes_while_it_is_read_is_an_error_and_no_mixture(moto, s3):
    moto.put("a", data=b"1" * (20 * MIB))
    (entry,) = resolved(s3, f"{moto.uri}/a")
    with s3.open(entry) as source:
        assert source.read(MIB) == b"1" * MIB
        moto.put("a", data=b"2" * (20 * MIB))
        with pytest.raises(errors.ReferenceChangedError):
            source.read()


def test_the_recorded_version_is_read_after_the_object_was_replaced_and_deleted(moto, s3):
    version = moto.with_versions().put("a", data=b"one")
    (entry,) = resolved(s3, f"{moto.uri}/a")
    moto.put("a", data=b"other")
    moto.delete("a")
    assert read(s3, entry) == b"one"
    assert s3.observe(entry).state is ReferenceState.SAME
    moto.delete("a", VersionId=version)
    with pytest.raises(errors.ReferenceMissingError, match=version):
        s3.open(entry)
    assert s3.observe(entry).state is ReferenceState.MISSING


def test_objects_below_a_prefix_whose_latest_version_is_a_deletion_are_not_there(moto, s3):
    moto.with_versions().put("p/a", "p/a", "p/b")
    moto.delete("p/b")
    assert paths(resolved(s3, f"{moto.uri}/p")) == ["a"]


def test_content_that_differs_under_one_etag_is_noticed_by_its_own_digest(moto, s3):
    moto.put("a", data=b"one")
    (entry,) = resolved(s3, f"{moto.uri}/a")
    forged = Entry(
        path=entry.path,
        digest=entry.digest,
        size_bytes=3,
        ref=entry.ref,
        extra={**entry.extra, CONTENT_DIGEST: f"blake3:{blake3(b'two').hexdigest()}"},
    )
    with pytest.raises(errors.ReferenceChangedError, match="same size"):
        read(s3, forged)


# -- failures


def test_a_bucket_that_is_not_there_is_refused_at_once(moto, s3):
    moto.put("a", data=b"one")
    (entry,) = resolved(s3, f"{moto.uri}/a")
    moto.delete("a")
    moto.client.delete_bucket(Bucket=moto.name)
    for action in (
        lambda: resolved(s3, f"{moto.uri}/a"),
        lambda: resolved(s3, moto.uri),
        lambda: s3.open(entry),
        lambda: s3.observe(entry),
    ):
        with pytest.raises(errors.ReferenceRefusedError, match="NoSuchBucket") as caught:
            action()
        assert caught.value.uri.startswith(moto.uri)


def test_wrong_credentials_are_refused_at_once(rclone_s3, monkeypatch, s3):
    bucket = Bucket(rclone_s3)
    bucket.put("a")
    rclone_s3.use(monkeypatch, secret="wrong")
    with pytest.raises(errors.ReferenceRefusedError, match="SignatureDoesNotMatch") as caught:
        resolved(s3, f"{bucket.uri}/a")
    assert caught.value.uri == f"{bucket.uri}/a"


def test_no_credentials_are_refused_with_what_to_set(moto, s3, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(errors.ReferenceRefusedError, match="AWS_PROFILE"):
        resolved(s3, f"{moto.uri}/a")


def test_a_name_that_no_bucket_can_have_is_refused(moto, s3):
    with pytest.raises(errors.ReferenceRefusedError, match="Invalid bucket name"):
        resolved(s3, "s3://no bucket/a")


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (403, "InvalidObjectState", "archived"),
        (301, "PermanentRedirect", "AWS_DEFAULT_REGION"),
        (400, "AuthorizationHeaderMalformed", "AWS_DEFAULT_REGION"),
    ],
)
def test_what_will_never_work_is_asked_once_and_says_what_to_do(
    faults, moto, s3, status, code, remedy
):
    moto.put("a")
    (entry,) = resolved(s3, f"{moto.uri}/a")
    faults.seen.clear()
    error = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    # Asked for the bucket's region, it does not tell that either.
    faults.planned += [answering(status, error), answering(403)]
    with pytest.raises(errors.ReferenceRefusedError, match=remedy):
        s3.open(entry)
    assert [each[0] for each in faults.seen].count("GET") == 1


SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>"


@pytest.mark.parametrize(
    "fault",
    [
        answering(503, SLOW_DOWN),
        answering(500, b"<Error><Code>InternalError</Code></Error>"),
        answering(429),
        resetting,
        breaking_off,
    ],
)
def test_what_may_go_through_later_is_tried_again(faults, moto, s3, fault):
    moto.put("p/a", "p/b")
    faults.planned += [fault, fault]
    entries = resolved(s3, f"{moto.uri}/p/")
    assert paths(entries) == ["a", "b"]
    faults.planned += [fault, fault]
    assert read(s3, entries[0]) == b"p/a"


def test_an_error_in_an_answer_that_says_ok_is_one(faults, moto, s3):
    moto.put("p/a")
    faults.planned += [answering(200, SLOW_DOWN), lambda _: False, answering(200, SLOW_DOWN)]
    assert paths(resolved(s3, f"{moto.uri}/p/")) == ["a"]


def test_a_server_is_left_alone_for_as_long_as_it_asks(faults, moto):
    moto.put("a")
    paused = []
    faults.planned.append(answering(503, Retry_After="7"))
    assert paths(resolved(S3References(sleep=paused.append), f"{moto.uri}/a")) == ["a"]
    assert paused == [7.0]


def test_each_request_is_made_no_more_often_than_said(faults, moto):
    faults.planned += [answering(503, SLOW_DOWN)] * 50
    s3 = S3References(attempts=3, sleep=lambda _: None)
    with pytest.raises(errors.ReferenceUnavailableError, match="503") as caught:
        resolved(s3, f"{moto.uri}/a")
    assert (caught.value.attempts, len(faults.seen)) == (3, 3)


def test_a_connection_that_is_refused_is_unavailable(moto, monkeypatch):
    with faulty(moto.server.url) as gone:
        monkeypatch.setenv("AWS_ENDPOINT_URL", gone.url)
    s3 = S3References(attempts=2, sleep=lambda _: None)
    with pytest.raises(errors.ReferenceUnavailableError) as caught:
        resolved(s3, f"{moto.uri}/a")
    assert caught.value.uri == f"{moto.uri}/a"


def test_what_does_not_speak_s3_is_refused(faults, moto, s3):
    faults.planned += [answering(200, b"<html>Hello</html>")] * 2
    with pytest.raises(errors.ReferenceRefusedError):
        resolved(s3, moto.uri)


def test_versions_are_asked_of_each_object_where_the_bucket_does_not_tell(faults, moto, s3):
    version = moto.with_versions().put("p/a")
    denied = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    faults.planned.append(answering(403, denied))
    (entry,) = resolved(s3, f"{moto.uri}/p/")
    assert entry.extra == {"etag": md5(b"p/a"), "versionID": version}


def test_a_server_that_does_not_know_versions_is_listed_without(faults, moto, s3):
    moto.put("p/a")
    faults.planned.append(answering(501, b"<Error><Code>NotImplemented</Code></Error>"))
    assert paths(resolved(s3, f"{moto.uri}/p/")) == ["a"]
    assert [method for method, _ in faults.seen] == ["GET", "GET"]


def test_without_s3fs_the_extra_is_named(monkeypatch, s3):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(errors.MissingExtraError, match=r"fingerpost\[s3\]"):
        resolved(s3, "s3://b/a")


def test_settings_of_fsspec_are_heeded(moto, s3, monkeypatch):
    from fsspec.config import conf

    moto.put("a")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setitem(conf, "s3", {"endpoint_url": moto.server.url})
    assert paths(resolved(s3, f"{moto.uri}/a")) == ["a"]


# -- threads and processes


def test_threads_share_it(moto, s3):
    moto.put(*(f"p/{number}" for number in range(16)))
    entries, seen = resolved(s3, f"{moto.uri}/p"), []
    threads = [
        threading.Thread(target=lambda entry=entry: seen.append(read(s3, entry)))
        for entry in entries
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(f"p/{entry.path}".encode() for entry in entries)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_makes_a_client_of_its_own(moto, s3):
    moto.put("a")
    (entry,) = resolved(s3, f"{moto.uri}/a")
    child = os.fork()
    if child == 0:
        os._exit(0 if read(s3, entry) == b"a" else 1)
    for _ in itertools.repeat(None, 600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.05)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        pytest.fail("the child waits for ever")
    assert os.waitstatus_to_exitcode(status) == 0
    assert read(s3, entry) == b"a"
