"""References to Azure Blob Storage, against Azurite and against scripted answers."""

import http.server
import multiprocessing
import os
import threading
from urllib.parse import urlsplit

import pytest
from blake3 import blake3

import fingerpost
from fingerpost.adapters.references import default_resolvers
from fingerpost.adapters.references.azure import AzureReferences
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
from waiting import LIMIT_S


def resolve(uri, **options):
    given = {"uri": uri, "name": None, "checksum": True, "max_objects": 1000} | options
    return list(AzureReferences().resolve(Reference(**given)))


def paths(entries):
    return [str(entry.path) for entry in entries]


def read(entry):
    with AzureReferences().open(entry) as source:
        return source.read()


def state(entry):
    return AzureReferences().observe(entry).state


@pytest.fixture
def base(azure_container):
    return f"{azure_container.endpoint}/{azure_container.name}"


@pytest.fixture
def images(azure_container, base):
    azure_container.put("model.h5", b"hello")
    azure_container.put("images", b"", metadata={"hdi_isfolder": "true"})
    azure_container.put("images/cat.png", b"cat")
    azure_container.put("images/dog.png", b"dogs")
    azure_container.put("images/empty", b"")
    azure_container.put("images/folder", b"", metadata={"hdi_isfolder": "true"})
    azure_container.put("images2/other.png", b"other")
    return base


@pytest.mark.parametrize("algorithm", list(DigestAlgorithm))
def test_a_blob_is_recorded_as_wandb_does_with_its_etag_and_size(azure_container, base, algorithm):
    etag = azure_container.put("model.h5", b"hello").get_blob_properties().etag.strip('"')
    (entry,) = resolve(f"{base}/model.h5", digest_algorithm=algorithm)
    assert (entry.path, entry.digest, entry.size_bytes) == ("model.h5", etag, 5)
    assert (entry.ref, entry.extra) == (f"{base}/model.h5", {"etag": etag})
    assert read(entry) == b"hello"
    assert state(entry) is ReferenceState.SAME


@pytest.mark.parametrize("prefix", ["images", "images/"])
def test_a_prefix_stands_for_what_is_below_it_without_stubs_and_neighbours(images, prefix):
    assert paths(resolve(f"{images}/{prefix}")) == ["cat.png", "dog.png", "empty"]
    named = resolve(f"{images}/{prefix}", name="x")
    assert paths(named) == ["x/cat.png", "x/dog.png", "x/empty"]
    assert [read(entry) for entry in named] == [b"cat", b"dogs", b""]


@pytest.mark.parametrize("scheme", ["az", "abfs"])
def test_the_schemes_of_adlfs_mean_the_configured_account(azure_container, images, scheme):
    uri = f"{scheme}://{azure_container.name}"
    (entry,) = resolve(f"{uri}/images/cat.png", name="tom.png")
    assert (entry.path, entry.ref, read(entry)) == ("tom.png", f"{uri}/images/cat.png", b"cat")
    assert len(resolve(uri)) == 5


def test_a_blob_wins_over_a_prefix_of_its_name_and_a_slash_means_the_prefix(azure_container, base):
    azure_container.put("p", b"blob")
    azure_container.put("p/below", b"x")
    assert paths(resolve(f"{base}/p")) == ["p"]
    assert paths(resolve(f"{base}/p/")) == ["below"]


@pytest.mark.parametrize("key", ["a?b", "a#b", "a%2Fb", "a%20b", "été", "a b+c&d"])
def test_odd_names_are_found_and_read_again(azure_container, base, key):
    azure_container.put(f"odd/{key}", key.encode())
    (entry,) = resolve(f"{base}/odd")
    assert entry.path == key
    assert read(entry) == key.encode()
    assert state(entry) is ReferenceState.SAME


def test_a_percent_encoded_url_names_the_blob_that_browsers_mean(azure_container, base):
    azure_container.put("my file.csv", b"x")
    assert paths(resolve(f"{base}/my%20file.csv")) == ["my file.csv"]


def test_more_blobs_than_fit_a_page_are_all_found(azure_container, base, monkeypatch):
    monkeypatch.setattr("fingerpost.adapters.object_stores.azure.client._PAGE_BLOBS", 2)
    for number in range(5):
        azure_container.put(f"p/{number}", b"x")
    told = []
    found = resolve(f"{base}/p", progress=told.append)
    assert paths(found) == ["0", "1", "2", "3", "4"]
    assert told == [2, 2, 1]


@pytest.mark.parametrize("rest", ["nothing", "images/nothing/", "images/folder"])
def test_what_resolves_to_nothing_is_an_error(images, rest):
    with pytest.raises(InvalidReferenceError, match="no such"):
        resolve(f"{images}/{rest}")


def test_a_missing_container_is_refused_with_its_uri(azure_container):
    with pytest.raises(ReferenceRefusedError, match=r"no-such-container/x'.*ContainerNotFound"):
        resolve(f"{azure_container.endpoint}/no-such-container/x")


def test_more_blobs_than_permitted_are_an_error_that_says_how_many(images):
    with pytest.raises(LimitExceededError) as caught:
        resolve(f"{images}/images", max_objects=2)
    assert (caught.value.limit, caught.value.found) == (2, 3)


def test_what_is_not_looked_at_is_fetched_all_the_same(images):
    uri = f"{images}/images/cat.png"
    (entry,) = resolve(uri, checksum=False)
    assert (entry.path, entry.size_bytes) == ("cat.png", None)
    assert entry.digest == f"blake3:{blake3(uri.encode()).hexdigest()}"
    assert read(entry) == b"cat"
    assert state(entry) is ReferenceState.UNVERIFIABLE
    (theirs,) = resolve(uri, checksum=False, digest_algorithm=DigestAlgorithm.MD5)
    assert (theirs.path, theirs.digest) == ("images/cat.png", uri)


def test_content_is_hashed_on_demand(images):
    (entry,) = resolve(f"{images}/model.h5", is_content_hashed=True)
    assert entry.extra["contentDigest"] == f"blake3:{blake3(b'hello').hexdigest()}"


def test_a_changed_blob_is_told_from_one_that_is_gone(azure_container, base):
    azure_container.put("k", b"old")
    (entry,) = resolve(f"{base}/k")
    azure_container.put("k", b"new")
    with pytest.raises(ReferenceChangedError, match=entry.digest):
        read(entry)
    assert state(entry) is ReferenceState.CHANGED
    azure_container.delete("k")
    with pytest.raises(ReferenceMissingError):
        read(entry)
    assert state(entry) is ReferenceState.MISSING


def test_a_blob_that_changes_while_it_is_read_is_an_error(azure_container, base):
    azure_container.put("k", b"1234")
    (entry,) = resolve(f"{base}/k")
    with AzureReferences().open(entry) as source:
        azure_container.put("k", b"abcd")
        with pytest.raises(ReferenceChangedError):
            source.read()


def test_artifacts_download_their_references(images, tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        artifact = fingerpost.Artifact("pets", "dataset")
        artifact.add_reference(f"{images}/images", name="pets")
        run.log_artifact(artifact)
        run.use_artifact("pets:latest").download(tmp_path / "out")
    found = {path.name: path.read_bytes() for path in (tmp_path / "out" / "pets").iterdir()}
    assert found == {"cat.png": b"cat", "dog.png": b"dogs", "empty": b""}


def test_wrong_credentials_are_refused_at_once(azure_container, images, monkeypatch):
    text = (
        f"AccountName=devstoreaccount1;AccountKey=d3Jvbmc=;BlobEndpoint={azure_container.endpoint};"
    )
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
    with pytest.raises(ReferenceRefusedError, match=r"model\.h5'.*403"):
        resolve(f"{images}/model.h5")


def test_another_accounts_connection_string_is_not_used(azure_container):
    with pytest.raises(ReferenceRefusedError, match="'devstoreaccount1'"):
        resolve("https://acct.blob.core.windows.net/c/k")


@pytest.mark.parametrize("query", ["?sv=2024&sig=secret", "?snapshot=2024"])
def test_other_queries_are_refused_without_being_repeated(query):
    with pytest.raises(InvalidReferenceError, match="AZURE_STORAGE_SAS_TOKEN") as caught:
        resolve(f"https://acct.blob.core.windows.net/c/k{query}")
    assert "secret" not in str(caught.value)


def test_only_azures_own_hosts_and_the_configured_endpoint_are_claimed(monkeypatch):
    resolver = AzureReferences()
    assert resolver.handles("https://acct.blob.core.windows.net/c/k")
    assert resolver.handles("abfs://c/k")
    assert not resolver.handles("https://example.com/c/k")
    assert not resolver.handles("http://127.0.0.1:1/devstoreaccount1/c/k")
    endpoint = "AccountName=a;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1/;"
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", endpoint)
    assert resolver.handles("http://127.0.0.1:1/devstoreaccount1/c/k")
    assert not resolver.handles("http://127.0.0.1:1/devstoreaccount12/c/k")


def test_a_missing_adlfs_names_the_extra(monkeypatch):
    resolvers = default_resolvers()
    monkeypatch.setitem(__import__("sys").modules, "adlfs", None)
    reference = Reference(uri="az://c/k", name=None, checksum=True, max_objects=1)
    with pytest.raises(MissingExtraError, match=r"fingerpost\[azure\]"):
        list(resolvers.resolve(reference))


@pytest.fixture
def faults(azure_container, images, monkeypatch):
    parts = urlsplit(azure_container.endpoint)
    with faulty(f"http://{parts.netloc}") as faults:
        given = os.environ["AZURE_STORAGE_CONNECTION_STRING"]
        behind = given.replace(f"http://{parts.netloc}", faults.url)
        assert behind != given
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", behind)
        faults.base = images.replace(f"http://{parts.netloc}", faults.url)
        yield faults


@pytest.mark.parametrize("fault", [resetting, breaking_off])
def test_a_connection_that_breaks_is_made_up_for(faults, fault):
    faults.planned.append(fault)
    entries = resolve(f"{faults.base}/images/")
    assert paths(entries) == ["cat.png", "dog.png", "empty"]
    source = AzureReferences().open(entries[1])
    faults.planned.append(fault)
    assert source.read() == b"dogs"
    assert faults.planned == []


def test_a_body_that_azures_client_gives_up_is_asked_for_again(faults):
    (entry,) = resolve(f"{faults.base}/model.h5")
    source = AzureReferences().open(entry)
    faults.planned.extend([breaking_off] * 4)  # it goes on three times by itself
    assert source.read() == b"hello"
    assert faults.planned == []


def test_threads_share_a_resolver(images):
    resolver = AzureReferences()
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


def _read_in_child(resolver, entry, queue):
    queue.put(resolver.open(entry).read())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_connects_by_itself(images):
    resolver = AzureReferences()
    reference = Reference(uri=f"{images}/model.h5", name=None, checksum=True, max_objects=1)
    (entry,) = resolver.resolve(reference)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_read_in_child, args=(resolver, entry, queue))
    child.start()
    assert queue.get(timeout=LIMIT_S) == b"hello"
    child.join()


# -- what Azurite does not do: versions, failures


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers as the Blob service does, for one blob of which every version is kept."""

    protocol_version = "HTTP/1.1"
    versions: dict
    failures: list
    asked: list

    def do_HEAD(self):
        self.serve(with_body=False)

    def do_GET(self):
        self.serve(with_body=True)

    def serve(self, *, with_body):
        self.asked.append(self.path)
        if self.failures:
            status, headers = self.failures.pop(0)
            return self.answer(status, headers, b"")
        version = self.path.partition("versionid=")[2] or max(self.versions)
        if version not in self.versions:
            return self.answer(404, {"x-ms-error-code": "BlobNotFound"}, b"")
        data = self.versions[version]
        facts = {
            "ETag": f'"0x{version}"',
            "x-ms-version-id": version,
            "x-ms-blob-type": "BlockBlob",
            "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT",
        }
        if not with_body:
            return self.answer(200, facts, data, with_body=False)
        first, last = (int(part) for part in self.headers["x-ms-range"][6:].split("-"))
        part = data[first : last + 1]
        facts["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
        return self.answer(206, facts, part)

    def answer(self, status, headers, body, *, with_body=True):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def scripted(monkeypatch):
    handler = type("Handler", (Scripted,), {"versions": {}, "failures": [], "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        handler.uri = f"http://127.0.0.1:{server.server_port}/acct/c/k"
        text = f"AccountName=acct;AccountKey=a2V5;BlobEndpoint={handler.uri[:-4]};"
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
        yield handler
        server.shutdown()
        thread.join()


def test_a_recorded_version_is_read_after_the_blob_changed(scripted):
    scripted.versions["1"] = b"first"
    (entry,) = resolve(scripted.uri)
    assert entry.extra == {"etag": "0x1", "versionID": "1"}
    scripted.versions["2"] = b"second"
    assert read(entry) == b"first"
    assert state(entry) is ReferenceState.CHANGED


def test_a_version_can_be_pinned_and_stays_the_same(scripted):
    scripted.versions |= {"1": b"first", "2": b"second"}
    (entry,) = resolve(f"{scripted.uri}?versionId=1")
    assert (entry.ref, entry.digest) == (f"{scripted.uri}?versionId=1", "0x1")
    assert read(entry) == b"first"
    assert state(entry) is ReferenceState.SAME
    (theirs,) = resolve(f"{scripted.uri}?versionId=1", digest_algorithm=DigestAlgorithm.MD5)
    assert (theirs.ref, theirs.extra["versionID"]) == (scripted.uri, "1")
    del scripted.versions["1"]
    assert state(entry) is ReferenceState.MISSING


def test_what_is_transient_is_tried_again(scripted):
    scripted.versions["1"] = b"data"
    scripted.failures += [(503, {"Retry-After": 0}), (429, {"Retry-After": 0})]
    (entry,) = resolve(scripted.uri)
    scripted.failures += [(500, {"Retry-After": 0})]
    assert read(entry) == b"data"


def test_what_stays_transient_is_given_up_with_the_last_problem(scripted):
    scripted.failures += [(503, {"Retry-After": 0})] * 20
    with pytest.raises(ReferenceUnavailableError, match=r"/acct/c/k'.*503"):
        resolve(scripted.uri)


def test_what_is_refused_is_not_tried_again(scripted):
    scripted.failures += [(403, {"x-ms-error-code": "AuthorizationFailure"})]
    with pytest.raises(ReferenceRefusedError, match=r"/acct/c/k'.*403: AuthorizationFailure"):
        resolve(scripted.uri)
    assert len(scripted.asked) == 1
