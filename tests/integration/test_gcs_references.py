"""References to Google Cloud Storage, against an emulator and against scripted answers."""

import hashlib
import http.server
import json
import multiprocessing
import re
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from attrs import evolve
from blake3 import blake3

import fingerpost
from fingerpost.adapters.references import default_resolvers
from fingerpost.adapters.references.gcs import GCSReferences
from fingerpost.application.ports.references import Reference, ReferenceState
from fingerpost.domain.errors import (
    InvalidReferenceError,
    LimitExceededError,
    MissingExtraError,
    ReferenceChangedError,
    ReferenceMissingError,
    ReferenceRefusedError,
    ReferenceUnavailableError,
)
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from servers.faults import breaking_off, faulty, resetting
from waiting import LIMIT_S, until


def resolve(uri, **options):
    given = {"uri": uri, "name": None, "checksum": True, "max_objects": 1000} | options
    return list(GCSReferences().resolve(Reference(**given)))


def paths(entries):
    return [str(entry.path) for entry in entries]


def read(entry):
    with GCSReferences().open(entry) as source:
        return source.read()


@pytest.fixture
def images(gcs_bucket):
    gcs_bucket.put("model.h5", b"hello")
    gcs_bucket.put("images/", b"")
    gcs_bucket.put("images/cat.png", b"cat")
    gcs_bucket.put("images/dog.png", b"dogs")
    gcs_bucket.put("images/empty", b"")
    gcs_bucket.put("images2/other.png", b"other")
    return f"gs://{gcs_bucket.name}"


def test_an_object_is_recorded_with_its_etag_size_and_generation(gcs_bucket):
    stored = gcs_bucket.put("model.h5", b"hello")
    uri = f"gs://{gcs_bucket.name}/model.h5"
    (entry,) = resolve(uri)
    assert (entry.path, entry.digest, entry.size_bytes, entry.ref) == (
        "model.h5",
        stored["etag"],
        5,
        uri,
    )
    assert entry.extra == {
        "versionID": int(stored["generation"]),
        "md5Hash": "XUFAKrxLKna5cZ2REBfFkg==",
        "crc32c": stored["crc32c"],
    }
    assert read(entry) == b"hello"


def test_with_wandbs_digests_the_entry_is_wandbs(gcs_bucket):
    stored = gcs_bucket.put("model.h5", b"hello")
    uri = f"gs://{gcs_bucket.name}/model.h5"
    (entry,) = resolve(uri, digest_algorithm=DigestAlgorithm.MD5)
    # As in the vector ref-gs-object, whose bucket's ETags are base64 md5 too.
    assert entry.digest == "XUFAKrxLKna5cZ2REBfFkg=="
    assert entry.extra == {"versionID": int(stored["generation"])}
    (unchecked,) = resolve(
        f"gs://{gcs_bucket.name}/a/b.txt", checksum=False, digest_algorithm=DigestAlgorithm.MD5
    )
    assert (unchecked.path, unchecked.digest) == ("a/b.txt", f"gs://{gcs_bucket.name}/a/b.txt")


@pytest.mark.parametrize("prefix", ["images", "images/"])
def test_a_prefix_stands_for_what_is_below_it_without_markers_and_neighbours(images, prefix):
    assert paths(resolve(f"{images}/{prefix}")) == ["cat.png", "dog.png", "empty"]
    named = resolve(f"{images}/{prefix}", name="x")
    assert paths(named) == ["x/cat.png", "x/dog.png", "x/empty"]
    assert [read(entry) for entry in named] == [b"cat", b"dogs", b""]


def test_a_name_is_the_file_name_of_an_object(images):
    assert paths(resolve(f"{images}/images/cat.png", name="pets/tom.png")) == ["pets/tom.png"]


def test_a_whole_bucket_can_be_referred_to(images):
    assert paths(resolve(images)) == [
        "images/cat.png",
        "images/dog.png",
        "images/empty",
        "images2/other.png",
        "model.h5",
    ]


def test_an_object_wins_over_a_prefix_of_its_name_and_a_slash_means_the_prefix(gcs_bucket):
    gcs_bucket.put("p", b"object")
    gcs_bucket.put("p/below", b"x")
    assert paths(resolve(f"gs://{gcs_bucket.name}/p")) == ["p"]
    assert paths(resolve(f"gs://{gcs_bucket.name}/p/")) == ["below"]


@pytest.mark.parametrize("key", ["a?b", "a#b", "a#12", "a%2Fb", "été", "a b+c&d"])
def test_odd_keys_are_found_and_read_again(gcs_bucket, key):
    gcs_bucket.put(f"odd/{key}", key.encode())
    (entry,) = resolve(f"gs://{gcs_bucket.name}/odd")
    assert entry.path == key
    assert read(entry) == key.encode()
    assert GCSReferences().observe(entry).state is ReferenceState.SAME


def test_keys_with_empty_parts_are_read_from_where_they_are(gcs_bucket):
    gcs_bucket.put("p//x//y", b"there")
    (entry,) = resolve(f"gs://{gcs_bucket.name}/p")
    assert (entry.path, read(entry)) == ("x/y", b"there")


def test_a_key_that_cannot_be_a_path_is_named(gcs_bucket):
    gcs_bucket.put(r"p/back\slash", b"x")
    with pytest.raises(InvalidReferenceError, match=re.escape(repr(r"p/back\slash"))):
        resolve(f"gs://{gcs_bucket.name}/p")


@pytest.mark.parametrize("rest", ["nothing", "images/nothing/", "model.h5#12"])
def test_what_resolves_to_nothing_is_an_error(images, rest):
    with pytest.raises(InvalidReferenceError, match="no such"):
        resolve(f"{images}/{rest}")


def test_a_prefix_with_its_marker_alone_is_an_error(gcs_bucket):
    gcs_bucket.put("empty/", b"")
    with pytest.raises(InvalidReferenceError, match="no such object"):
        resolve(f"gs://{gcs_bucket.name}/empty")


@pytest.mark.parametrize("uri", ["gs://", "gs:///key", "gs://#1"])
def test_a_uri_without_a_bucket_is_an_error(uri):
    with pytest.raises(InvalidReferenceError, match="no bucket"):
        resolve(uri)


def test_a_missing_bucket_is_refused_with_its_uri(gcs_bucket):
    with pytest.raises(ReferenceRefusedError, match=r"'gs://no-such-bucket/x'.*404"):
        resolve("gs://no-such-bucket/x")


def test_more_objects_than_permitted_are_an_error_that_says_how_many(images):
    with pytest.raises(LimitExceededError) as caught:
        resolve(f"{images}/images", max_objects=2)
    assert (caught.value.limit, caught.value.found) == (2, 3)


def test_progress_is_told_of_every_object(images):
    told = []
    resolve(f"{images}/images", progress=told.append)
    assert sum(told) == 3


def test_what_is_not_looked_at_is_fetched_all_the_same(images):
    uri = f"{images}/images/cat.png"
    (entry,) = resolve(uri, checksum=False)
    assert (entry.path, entry.size_bytes) == ("cat.png", None)
    assert entry.digest == f"blake3:{blake3(uri.encode()).hexdigest()}"
    assert read(entry) == b"cat"
    assert GCSReferences().observe(entry).state is ReferenceState.UNVERIFIABLE
    (absent,) = resolve("gs://no-such-bucket/x", checksum=False)
    assert absent.path == "x"


def test_content_is_hashed_on_demand(images):
    (entry,) = resolve(f"{images}/model.h5", is_content_hashed=True)
    assert entry.extra["contentDigest"] == f"blake3:{blake3(b'hello').hexdigest()}"
    (entry,) = resolve(
        f"{images}/model.h5", is_content_hashed=True, digest_algorithm=DigestAlgorithm.SHA256
    )
    assert entry.extra["contentDigest"] == f"sha256:{hashlib.sha256(b'hello').hexdigest()}"


def test_a_changed_object_is_told_from_one_that_is_gone(gcs_bucket):
    old = gcs_bucket.put("k", b"old")
    (entry,) = resolve(f"gs://{gcs_bucket.name}/k")
    new = gcs_bucket.put("k", b"new")
    with pytest.raises(ReferenceChangedError) as caught:
        read(entry)
    assert old["etag"] in caught.value.expected
    assert new["etag"] in caught.value.actual
    assert GCSReferences().observe(entry).state is ReferenceState.CHANGED
    gcs_bucket.delete("k")
    with pytest.raises(ReferenceMissingError):
        read(entry)
    assert GCSReferences().observe(entry).state is ReferenceState.MISSING


def test_the_same_content_written_again_is_the_same(gcs_bucket):
    gcs_bucket.put("k", b"same")
    (entry,) = resolve(f"gs://{gcs_bucket.name}/k")
    gcs_bucket.put("k", b"same")
    assert read(entry) == b"same"
    assert GCSReferences().observe(entry).state is ReferenceState.SAME


def test_an_object_that_changes_while_it_is_read_is_an_error(gcs_bucket, monkeypatch):
    gcs_bucket.put("k", b"1234")
    (entry,) = resolve(f"gs://{gcs_bucket.name}/k", is_content_hashed=True)
    with GCSReferences().open(entry) as source:
        gcs_bucket.put("k", b"abcd")
        with pytest.raises(ReferenceChangedError):
            source.read()


def test_artifacts_download_their_references(images, tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        artifact = fingerpost.Artifact("pets", "dataset")
        artifact.add_reference(f"{images}/images", name="pets")
        run.log_artifact(artifact)
        root = run.use_artifact("pets:latest").download(tmp_path / "out")
    found = {path.name: path.read_bytes() for path in (tmp_path / "out" / "pets").iterdir()}
    assert root
    assert found == {"cat.png": b"cat", "dog.png": b"dogs", "empty": b""}


def test_gcsfs_is_not_imported_before_it_is_needed_and_its_absence_names_the_extra(monkeypatch):
    resolvers = default_resolvers()
    monkeypatch.setitem(__import__("sys").modules, "gcsfs.core", None)
    reference = Reference(uri="gs://b/k", name=None, checksum=True, max_objects=1)
    with pytest.raises(MissingExtraError, match=r"fingerpost\[gcs\]"):
        list(resolvers.resolve(reference))


def test_threads_share_a_resolver(images):
    resolver = GCSReferences()
    (entry,) = resolve(f"{images}/model.h5")
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(resolver.open(entry).read())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [b"hello"] * 8


# -- what the emulator does not do: pages, generations that are kept, failures


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers as Google's JSON API does: two objects to a page, and every generation is kept."""

    protocol_version = "HTTP/1.1"
    versions: dict
    failures: list
    asked: list

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append(query)
        if self.failures:
            status, headers = self.failures.pop(0)
            return self.answer(status, {"error": {"message": "scripted"}}, headers)
        parts = url.path.split("/")
        if parts[-1] == "o":
            names = sorted(name for name in self.versions if name.startswith(query["prefix"]))
            start = int(query.get("pageToken", 0))
            page = {"items": [self.resource(name, None) for name in names[start : start + 2]]}
            if start + 2 < len(names):
                page["nextPageToken"] = str(start + 2)
            return self.answer(200, page, {})
        name = unquote(parts[-1])
        resource = self.resource(name, query.get("generation"))
        if resource is None:
            return self.answer(404, {"error": {"message": f"No such object: b/{name}"}}, {})
        if query.get("alt") != "media":
            return self.answer(200, resource, {})
        data = self.versions[name][int(resource["generation"])]
        first, last = (int(part) for part in self.headers["Range"][6:].split("-"))
        headers = {"x-goog-generation": resource["generation"]}
        return self.answer(206, data[first : last + 1], headers)

    def resource(self, name, generation):
        kept = self.versions.get(name, {})
        number = max(kept, default=0) if generation is None else int(generation)
        if number not in kept:
            return None
        facts = {"name": name, "generation": str(number), "size": str(len(kept[number]))}
        return facts | {"etag": f"e{number}"}

    def answer(self, status, body, headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(data), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def scripted(monkeypatch):
    facts = {"versions": {}, "failures": [], "asked": []}
    handler = type("Handler", (Scripted,), facts)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("NO_GCE_CHECK", "true")
        yield handler
        server.shutdown()
        thread.join()


def test_pages_are_followed_and_asked_for_one_ahead_and_no_further(scripted):
    scripted.versions.update({f"p/{number}": {1: b"x"} for number in range(5)})
    assert paths(resolve("gs://b/p/")) == ["0", "1", "2", "3", "4"]
    scripted.asked.clear()
    reference = Reference(uri="gs://b/p/", name=None, checksum=True, max_objects=10)
    entries = GCSReferences().resolve(reference)
    next(entries)
    until(lambda: len(scripted.asked) >= 2)
    entries.close()
    assert [query.get("pageToken") for query in scripted.asked] == [None, "2"]


@pytest.mark.parametrize("fault", [resetting, breaking_off])
def test_a_connection_that_breaks_is_made_up_for(images, gcs_endpoint, monkeypatch, fault):
    with faulty(gcs_endpoint) as faults:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", faults.url)
        faults.planned.append(fault)
        entries = resolve(f"{images}/images/")
        assert paths(entries) == ["cat.png", "dog.png", "empty"]
        assert len(faults.seen) == 2
        resolver = GCSReferences()
        source = resolver.open(entries[1])
        faults.planned.append(fault)
        assert source.read() == b"dogs"
        assert faults.planned == []


def test_a_connection_that_breaks_again_and_again_is_given_up(images, gcs_endpoint, monkeypatch):
    (entry,) = resolve(f"{images}/model.h5")
    with faulty(gcs_endpoint) as faults:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", faults.url)
        source = GCSReferences().open(entry)
        faults.planned.extend([breaking_off] * 6)
        with pytest.raises(ReferenceUnavailableError, match=r"model\.h5.*\(6 attempts\)"):
            source.read()


def test_a_recorded_generation_is_read_after_the_object_changed(scripted):
    scripted.versions["k"] = {1: b"first"}
    (entry,) = resolve("gs://b/k")
    scripted.versions["k"][2] = b"second"
    assert read(entry) == b"first"
    assert GCSReferences().observe(entry).state is ReferenceState.CHANGED


def test_a_generation_can_be_pinned_and_stays_the_same(scripted):
    scripted.versions["k"] = {1: b"first", 2: b"second"}
    (entry,) = resolve("gs://b/k#1")
    assert (entry.ref, entry.extra["versionID"], entry.path) == ("gs://b/k#1", 1, "k")
    assert read(entry) == b"first"
    assert GCSReferences().observe(entry).state is ReferenceState.SAME
    (theirs,) = resolve("gs://b/k#1", digest_algorithm=DigestAlgorithm.MD5)
    assert (theirs.ref, theirs.extra) == ("gs://b/k", {"versionID": 1})
    del scripted.versions["k"][1]
    assert GCSReferences().observe(entry).state is ReferenceState.MISSING


def test_what_is_transient_is_tried_again(scripted):
    scripted.versions["k"] = {1: b"data"}
    scripted.failures += [(503, {"Retry-After": 0}), (429, {"Retry-After": 0})]
    (entry,) = resolve("gs://b/k")
    scripted.failures += [(500, {"Retry-After": 0})]
    assert read(entry) == b"data"


def test_what_stays_transient_is_given_up_with_the_last_problem(scripted):
    scripted.failures += [(503, {"Retry-After": 0})] * 20
    with pytest.raises(ReferenceUnavailableError, match=r"'gs://b/k'.*503 scripted"):
        resolve("gs://b/k")


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_refused_is_not_tried_again(scripted, status):
    scripted.failures += [(status, {})]
    with pytest.raises(ReferenceRefusedError, match=f"'gs://b/k'.*{status}: scripted"):
        resolve("gs://b/k")
    assert len(scripted.asked) == 1


def test_another_size_than_recorded_is_a_change(scripted):
    scripted.versions["k"] = {1: b"data"}
    (entry,) = resolve("gs://b/k")
    with pytest.raises(ReferenceChangedError):
        read(evolve(entry, size_bytes=5))


def _read_in_child(resolver, entry, queue):
    queue.put(resolver.open(entry).read())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_connects_by_itself(scripted):
    scripted.versions["k"] = {1: b"data"}
    resolver = GCSReferences()
    reference = Reference(uri="gs://b/k", name=None, checksum=True, max_objects=1)
    (entry,) = resolver.resolve(reference)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_read_in_child, args=(resolver, entry, queue))
    child.start()
    assert queue.get(timeout=LIMIT_S) == b"data"
    child.join()
