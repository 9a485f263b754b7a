"""References to web servers, against servers on loopback that do what servers do."""

import json
import multiprocessing
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

import fingerpost
from fingerpost import errors
from fingerpost.adapters.references.http import HttpLimits, HttpReferences
from fingerpost.adapters.references.http.background import shared
from fingerpost.adapters.references.http.facts import retry_after_s
from fingerpost.application.ports.references import Reference, ReferenceState
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import CONTENT_DIGEST
from servers import web as faults
from servers import webdav
from waiting import LIMIT_S

GOLDEN = Path(__file__).parent.parent / "golden"
VECTORS = json.loads((GOLDEN / "wandb_manifest_digests.json").read_text())["vectors"]
DATA = bytes(range(256)) * 8
# b3sum of DATA.
DATA_BLAKE3 = "blake3:1bdccfde0210a8ca178be19c6777cdb4b9a8fd24e7fe2b6b259b98e7aaaa0bb6"


@pytest.fixture(scope="module")
def web():
    with faults.serving() as served:
        yield served


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def http(pauses):
    limits = HttpLimits(attempts=4, connect_timeout_s=5, read_timeout_s=5, sleep=pauses.append)
    return HttpReferences(limits)


def asked_for(uri, **facts):
    given = {"name": None, "checksum": True, "max_objects": 10, **facts}
    return Reference(uri=uri, **given)


def added(http, uri, **facts):
    (entry,) = http.resolve(asked_for(uri, **facts))
    return entry


def read(http, entry):
    with http.open(entry) as source:
        return source.read()


def read_broken(http, entry, resource, cuts, *then):
    """Read over connections that break after so many bytes each, and then go wrong otherwise.

    What is hashed is read in large blocks only: nobody can wait for the bytes before a break.
    """
    broken = [faults.Cut(count, is_at_once=CONTENT_DIGEST in entry.extra) for count in cuts]
    resource.faults.extend([*broken, *then])
    got = b""
    try:
        with http.open(entry) as source:
            for cut in broken:
                got += source.read(cut.count)
                cut.arrived.set()
            return got + source.read()
    finally:
        for cut in broken:
            cut.arrived.set()


# -- what is recorded


def test_the_digest_is_the_etag_and_the_size_the_length(web, http):
    uri, _ = web.at("/d/data.csv", DATA, etag='"abc"')
    entry = added(http, uri)
    assert (entry.path, entry.digest, entry.size_bytes) == ("data.csv", "abc", 2048)
    assert (entry.ref, dict(entry.extra)) == (uri, {"etag": '"abc"'})
    assert read(http, entry) == DATA


def test_wandbs_digest_and_manifest_come_out_bit_for_bit():
    vector = next(vector for vector in VECTORS if vector["id"] == "ref-http/etag")
    with faults.serving() as web:
        uri, _ = web.at("/etag", b"hello", etag='"abc123"')
        artifact = fingerpost.Artifact("case", "dataset", digest_algorithm="md5")
        artifact.add_reference(uri)
    # W&B's digest is over paths and digests: the port, which nobody can choose, is not in it.
    assert artifact.digest == vector["digest"]
    manifest = json.dumps(vector["manifest_json"]).replace("http://127.0.0.1:18765", web.url)
    assert artifact.manifest.to_manifest_json() == json.loads(manifest)
    assert artifact.size == vector["size"]


@pytest.mark.parametrize("algorithm", DigestAlgorithm)
def test_a_weak_etag_is_recorded_with_its_mark_as_wandb_does(web, http, algorithm):
    uri, _ = web.at("/weak", DATA, etag='W/"abc"')
    entry = added(http, uri, digest_algorithm=algorithm)
    assert (entry.digest, entry.extra["etag"]) == ('W/"abc"', 'W/"abc"')


@pytest.mark.parametrize("algorithm", DigestAlgorithm)
def test_without_an_etag_the_digest_is_the_url(web, http, algorithm):
    uri, _ = web.at("/none", DATA, etag=None)
    entry = added(http, uri, digest_algorithm=algorithm)
    assert (entry.digest, entry.size_bytes, dict(entry.extra)) == (uri, 2048, {})


def test_without_a_checksum_nobody_is_asked(web, http):
    uri, resource = web.at("/blind", DATA)
    entry = added(http, uri, checksum=False)
    wandb = added(http, uri, checksum=False, digest_algorithm=DigestAlgorithm.MD5)
    assert resource.asked == []
    assert entry.digest.startswith("blake3:")
    assert wandb.digest == uri
    assert (entry.size_bytes, dict(entry.extra)) == (None, {})
    assert read(http, entry) == read(http, wandb) == DATA


def test_an_etag_that_looks_like_a_digest_is_not_taken_for_one_of_the_bytes(web, http):
    digest = "sha256:" + "0" * 64
    uri, _ = web.at("/blob", DATA, etag=f'"{digest}"')
    entry = added(http, uri)
    assert entry.digest == digest
    assert entry.bytes_digest is None
    assert read(http, entry) == DATA


@pytest.mark.parametrize(
    ("path", "name", "wandb"),
    [
        ("/a/b%20c.csv?sig=x/y#top", "b c.csv", "y#top"),
        ("/a/b.csv?x=1", "b.csv", "b.csv?x=1"),
        ("/a/b%2Fc", "b%2Fc", "b%2Fc"),
        ("/%C3%A9.csv", "é.csv", "%C3%A9.csv"),
    ],
)
def test_the_name_is_the_last_part_of_the_path_and_with_wandbs_digests_wandbs(
    http, path, name, wandb
):
    uri = f"http://host.invalid{path}"
    assert added(http, uri, checksum=False).path == name
    md5 = added(http, uri, checksum=False, digest_algorithm=DigestAlgorithm.MD5)
    assert md5.path == wandb
    assert added(http, uri, checksum=False, name="x/y").path == "x/y"


@pytest.mark.parametrize("uri", ["http://host.invalid", "http://host.invalid/a/", "https://h/?x=y"])
def test_a_url_without_a_name_needs_one(http, uri):
    with pytest.raises(errors.InvalidReferenceError, match=r"Pass name=\."):
        added(http, uri)


@pytest.mark.parametrize(
    "uri", ["http://", "http:///x", "http://[x/y", "http://h:99999/x", "http://h/a b"]
)
def test_what_is_no_url_is_refused(http, uri):
    with pytest.raises(errors.InvalidReferenceError, match="it is no URL"):
        added(http, uri)


def test_a_login_in_a_url_is_refused_and_not_repeated(http):
    for uri in ("https://me:geheim@host/x", "https://geheim@host/x", "https://geheim@host?a@b"):
        with pytest.raises(errors.InvalidReferenceError, match="netrc") as caught:
            added(http, uri)
        assert "geheim" not in str(caught.value)
        assert "geheim" not in repr(caught.value)
    assert added(http, "https://host/x?mail=a@b", checksum=False).path == "x"


def test_a_limit_of_no_objects_is_exceeded(http):
    with pytest.raises(errors.LimitExceededError):
        added(http, "http://host.invalid/x", max_objects=0)


def test_the_content_is_hashed_once_where_asked(web, http):
    uri, _ = web.at("/hashed", DATA, etag=None, is_chunked=True)
    entry = added(http, uri, is_content_hashed=True)
    assert entry.extra[CONTENT_DIGEST] == DATA_BLAKE3
    assert (entry.digest, entry.size_bytes) == (uri, 2048)
    assert read(http, entry) == DATA


# -- servers that are asked


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_where_head_is_refused_the_first_byte_is_asked_for(web, http, status):
    uri, resource = web.at("/no-head", DATA, head=status)
    entry = added(http, uri)
    assert (entry.digest, entry.size_bytes) == ("one", 2048)
    assert [asked["Range"] for asked in resource.gets()] == ["bytes=0-0"]


@pytest.mark.parametrize("head", [{}, {"ETag": '"one"', "Content-Length": "0"}])
def test_where_head_tells_less_than_get_the_first_byte_is_asked_for(web, http, head):
    uri, _ = web.at("/poor-head", DATA, head_headers=head)
    entry = added(http, uri)
    assert (entry.digest, entry.size_bytes) == ("one", 2048)


def test_a_server_that_knows_neither_head_nor_ranges_is_enough(web, http):
    uri, _ = web.at("/simple", DATA, head=405, is_ranged=False)
    entry = added(http, uri)
    assert (entry.digest, entry.size_bytes) == ("one", 2048)
    assert read(http, entry) == DATA


def test_an_empty_object_is_one(web, http):
    uri, _ = web.at("/empty", b"", head=405)
    entry = added(http, uri)
    assert (entry.digest, entry.size_bytes) == ("one", 0)
    assert read(http, entry) == b""


def test_without_a_length_there_is_no_size(web, http):
    uri, _ = web.at("/chunked", DATA, head=405, is_chunked=True, is_ranged=False)
    entry = added(http, uri)
    assert entry.size_bytes is None
    assert read(http, entry) == DATA


def test_identity_is_asked_for_and_gzip_is_unpacked_all_the_same(web, http):
    uri, resource = web.at("/zipped", DATA, head=405, is_zipped=True, is_ranged=False)
    entry = added(http, uri)
    assert entry.size_bytes is None
    assert read(http, entry) == DATA
    assert {asked["Accept-Encoding"] for asked in resource.gets()} == {"identity"}
    resource.faults.append(faults.cut_after(20))
    resource.is_zipped = False
    assert read(http, added(http, uri)) == DATA


def test_gzip_of_another_length_than_was_recorded_is_a_change(web, http):
    uri, resource = web.at("/grew", DATA, is_ranged=False)
    entry = added(http, uri)
    resource.become(is_zipped=True, data=DATA + b"x")
    with pytest.raises(errors.ReferenceChangedError):
        read(http, entry)


def test_an_encoding_that_is_not_known_is_refused(web, http):
    uri, _ = web.at("/br", DATA, headers={"Content-Encoding": "br"})
    with pytest.raises(errors.ReferenceRefusedError, match="'br'"):
        read(http, added(http, uri))


REFUSED = {400: "Check the URL", 401: "netrc", 403: "Ask for access", 501: "Check the URL"}


@pytest.mark.parametrize("status", REFUSED)
def test_what_is_refused_for_good_fails_at_once_and_says_why(web, http, pauses, status):
    uri, resource = web.at("/refused", DATA, head=status)
    resource.faults.append(faults.status(status))
    with pytest.raises(
        errors.ReferenceRefusedError, match=f"{status} .*{REFUSED[status]}"
    ) as caught:
        added(http, uri)
    assert caught.value.uri == uri
    assert (pauses, len(resource.asked)) == ([], 2)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_cannot_be_added(web, http, pauses, status):
    uri, resource = web.at("/gone", head=status)
    resource.faults.append(faults.status(status))
    with pytest.raises(errors.InvalidReferenceError, match="nothing there"):
        added(http, uri)
    assert pauses == []


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_is_refused_for_now_is_tried_again(web, http, pauses, status):
    uri, resource = web.at("/busy", DATA)
    entry = added(http, uri)
    resource.faults.extend([faults.status(status)] * 3)
    assert read(http, entry) == DATA
    assert len(pauses) == 3


def test_a_server_is_left_alone_for_as_long_as_it_asks_within_reason(web, http, pauses):
    uri, resource = web.at("/later", DATA)
    entry = added(http, uri)
    resource.faults.append(faults.status(429, Retry_After="7"))
    resource.faults.append(faults.status(503, Retry_After="86400"))
    resource.faults.append(faults.status(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"))
    assert read(http, entry) == DATA
    assert pauses == [7, 20, 0]


def test_retry_after_is_seconds_or_a_date():
    now = datetime(2015, 10, 21, 7, 27, 0, tzinfo=UTC)
    # The date is the example of RFC 9110, section 10.2.3.
    told = {"Fri, 31 Dec 1999 23:59:59 GMT": 0, "Wed, 21 Oct 2015 07:28:00 GMT": 60, "120": 120}
    for text, seconds in told.items():
        assert retry_after_s({"Retry-After": text}, now) == seconds
    for text in ("", "soon", "-1", "²"):
        assert retry_after_s({"Retry-After": text}, now) is None


def test_a_head_that_asks_for_patience_is_not_followed_by_a_get(web, http, pauses):
    uri, resource = web.at("/patience", DATA, head=429, head_headers={"Retry-After": "3"})
    with pytest.raises(errors.ReferenceUnavailableError, match=r"429 .*\(4 attempts\)"):
        added(http, uri)
    assert pauses == [3, 3, 3]
    assert resource.gets() == []


@pytest.mark.parametrize("fault", [faults.reset, faults.garbage, faults.cut_after(0)])
def test_what_breaks_at_its_start_is_started_again(web, http, fault):
    uri, resource = web.at("/breaks", DATA)
    entry = added(http, uri)
    resource.faults.extend([fault] * 2)
    assert read(http, entry) == DATA


def test_a_server_that_is_not_there_is_unavailable(http, pauses):
    with faults.serving() as gone:
        uri = f"{gone.url}/x"
    with pytest.raises(errors.ReferenceUnavailableError) as caught:
        added(http, uri)
    assert (caught.value.uri, caught.value.attempts, len(pauses)) == (uri, 4, 3)


def test_a_server_that_says_nothing_is_given_up(web):
    limits = HttpLimits(attempts=2, read_timeout_s=0.2, sleep=lambda _: None)
    http = HttpReferences(limits)
    uri, resource = web.at("/slow", DATA)
    entry = added(http, uri)
    event = threading.Event()
    resource.faults.extend([faults.stall_after(0, event)] * 10)
    try:
        with pytest.raises(errors.ReferenceUnavailableError, match="timed out"):
            read(http, entry)
        resource.faults.clear()
        resource.faults.append(faults.stall_after(100, event))
        assert read(http, entry) == DATA
    finally:
        event.set()


# -- redirects


def redirecting(web, path, location, status=302):
    uri, resource = web.at(path, head=status, head_headers={"Location": location})
    resource.faults.extend([faults.status(status, Location=location)] * 50)
    return uri


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web, http, status):
    web.at("/target/x%20y?a=b%2Fc", DATA)
    uri = redirecting(web, "/from", "/target/x%20y?a=b%2Fc", status)
    entry = added(http, uri)
    assert (entry.path, entry.ref, entry.digest) == ("from", uri, "one")
    assert read(http, entry) == DATA


def test_redirects_in_circles_are_refused(web, http, pauses):
    uri = redirecting(web, "/circle", "/circle")
    with pytest.raises(errors.ReferenceRefusedError, match="more than 10 times"):
        added(http, uri)
    assert pauses == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://host/x", "data:,x"])
def test_redirects_away_from_the_web_are_refused(web, http, location):
    uri = redirecting(web, "/away", location)
    with pytest.raises(errors.ReferenceRefusedError, match=f"redirected to {location[:4]}"):
        added(http, uri)


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    yield path
    shared().close()  # it trusts what it trusted when it was opened


def test_a_certificate_that_is_not_trusted_is_refused_at_once(http, pauses, certificate):
    with faults.serving(certificate) as web:
        uri, _ = web.at("/x", DATA)
        with pytest.raises(errors.ReferenceRefusedError, match="SSL_CERT_FILE"):
            added(http, uri)
    assert pauses == []


def test_a_redirect_from_https_to_http_is_refused(web, http, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shared().close()
    plain, _ = web.at("/plain", DATA)
    with faults.serving(certificate) as secure:
        uri, _ = secure.at("/x", DATA)
        assert read(http, added(http, uri)) == DATA
        assert read(http, added(http, redirecting(web, "/up", uri))) == DATA
        with pytest.raises(errors.ReferenceRefusedError, match="from https:// to http://"):
            added(http, redirecting(secure, "/down", plain))


# -- what is read is what was recorded


def test_a_connection_that_breaks_is_gone_on_with_where_it_broke(web, http):
    uri, resource = web.at("/resumed", DATA)
    entry = added(http, uri)
    assert read_broken(http, entry, resource, [700, 300]) == DATA
    assert [asked.get("Range") for asked in resource.gets()] == [
        None,
        "bytes=700-",
        "bytes=1000-",
    ]
    assert {asked["If-Match"] for asked in resource.gets()} == {'"one"'}


def test_what_broke_is_not_gone_on_with_where_nothing_tells_versions_apart(web, http):
    for etag in (None, 'W/"one"'):
        uri, resource = web.at("/unpinned", DATA, etag=etag)
        entry = added(http, uri)
        with pytest.raises(errors.ReferenceUnavailableError, match="no strong ETag"):
            read_broken(http, entry, resource, [700])


def test_what_broke_is_gone_on_with_where_the_content_is_hashed(web, http):
    uri, resource = web.at("/hashed-resumed", DATA, etag=None)
    entry = added(http, uri, is_content_hashed=True)
    assert read_broken(http, entry, resource, [700]) == DATA
    with pytest.raises(errors.ReferenceChangedError, match="other content"):
        read_broken(http, entry, resource, [700], faults.becoming(data=DATA[::-1]))


def test_a_server_that_sends_all_where_the_rest_was_asked_for_is_noticed(web, http):
    uri, resource = web.at("/whole", DATA)
    entry = added(http, uri)
    with pytest.raises(errors.ReferenceUnavailableError, match="no parts"):
        read_broken(http, entry, resource, [700], faults.whole)


@pytest.mark.parametrize(
    "told", ["bytes 0-2047/2048", "bytes 700-2047/2047", "bytes 700-900/2048", "nonsense"]
)
def test_another_part_than_was_asked_for_is_not_taken_for_it(web, http, told):
    uri, resource = web.at("/other-part", DATA)
    entry = added(http, uri)
    with pytest.raises((errors.ReferenceUnavailableError, errors.ReferenceChangedError)):
        read_broken(http, entry, resource, [700], *[faults.part_is(told)] * 9)


CHANGES = {
    "other bytes": {"data": DATA[::-1], "etag": '"two"'},
    "a weak ETag": {"etag": 'W/"one"'},
    "no ETag": {"etag": None},
    "longer": {"data": DATA + b"x"},
    "shorter": {"data": DATA[:-1]},
    "empty": {"data": b"", "etag": '"two"'},
}


@pytest.mark.parametrize("is_ranged", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_refused_and_both_are_named(web, http, change, is_ranged):
    uri, resource = web.at("/changed", DATA, is_ranged=is_ranged)
    entry = added(http, uri)
    resource.become(**CHANGES[change])
    with pytest.raises(errors.ReferenceChangedError) as caught:
        read(http, entry)
    assert caught.value.expected == 'ETag "one", 2,048 bytes'
    assert caught.value.actual


@pytest.mark.parametrize("data", [DATA + b"x", DATA[:-1]])
def test_a_length_that_nobody_told_before_is_compared_all_the_same(web, http, data):
    uri, resource = web.at("/unsized", DATA, etag=None)
    entry = added(http, uri)
    resource.become(data=data, is_chunked=True, is_ranged=False)
    with pytest.raises(errors.ReferenceChangedError), http.open(entry) as source:
        # Whoever reads exactly as much as was recorded learns of it too.
        source.read(2048)


def test_what_changes_between_two_parts_is_refused(web, http):
    for is_ranged in (True, False):
        uri, resource = web.at("/between", DATA)
        entry = added(http, uri, checksum=False)
        change = faults.becoming(data=DATA[::-1], etag='"two"', is_ranged=is_ranged)
        with pytest.raises(errors.ReferenceChangedError):
            read_broken(http, entry, resource, [700], change)


def test_what_vanished_is_missing_and_not_changed(web, http):
    uri, _ = web.at("/vanishes", DATA)
    entry = added(http, uri)
    del web.resources["/vanishes"]
    with pytest.raises(errors.ReferenceMissingError):
        http.open(entry)
    assert http.observe(entry).state is ReferenceState.MISSING


@pytest.mark.parametrize("length", [1, 2047, 2049, 5000])
def test_a_length_that_is_not_true_never_gives_wrong_bytes(web, http, length):
    uri, resource = web.at("/lies", DATA)
    entry = added(http, uri)
    resource.faults.extend([faults.declaring(length)] * 9)
    with pytest.raises((errors.ReferenceChangedError, errors.ReferenceUnavailableError)):
        read(http, entry)


def test_a_file_is_read_from_where_it_is_wanted(web, http):
    uri, resource = web.at("/sought", DATA)
    with http.open(added(http, uri)) as source:
        assert source.seekable()
        source.seek(2000)
        assert source.read() == DATA[2000:]
    assert resource.gets()[-1]["Range"] == "bytes=2000-"


def test_a_large_file_is_read_in_little_memory(web, http):
    import tracemalloc

    size = 64 << 20
    uri, _ = web.at("/large", bytes(size))
    entry = added(http, uri)
    with http.open(entry) as source:
        source.read(1)
        tracemalloc.start()
        count = 1
        while block := source.read(1 << 20):
            count += len(block)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == size
    # The server's own copy of what it sends is not ours, and not traced: it was there before.
    assert peak < 16 << 20


FAULTS = {
    "cut": faults.cut_after,
    "reset": lambda count: faults.cut_after(count, is_reset=True),
    "declared": faults.declaring,
    "all of it": lambda _: faults.whole,
    "another part": lambda count: faults.part_is(f"bytes {count}-2047/2048"),
    "another version": lambda count: faults.becoming(data=DATA[count:], etag='"two"'),
    "another version of one length": lambda _: faults.becoming(data=DATA[::-1], etag='"two"'),
    "busy": lambda _: faults.status(503),
    "gone": lambda _: faults.status(404),
    "no HTTP": lambda _: faults.garbage,
}


@given(
    fault=st.sampled_from(sorted(FAULTS)),
    count=st.integers(0, 2048),
    cuts=st.lists(st.integers(1, 1000), max_size=3),
    sizes=st.lists(st.integers(1, 900), min_size=1, max_size=5),
    etag=st.sampled_from(['"one"', 'W/"one"', None]),
    is_content_hashed=st.booleans(),
)
def test_whatever_goes_wrong_where_it_ends_in_the_right_bytes_or_an_error(
    web, fault, count, cuts, sizes, etag, is_content_hashed
):
    http = HttpReferences(HttpLimits(attempts=6, read_timeout_s=5, sleep=lambda _: None))
    uri, resource = web.at("/any", DATA, etag=etag)
    entry = added(http, uri, is_content_hashed=is_content_hashed)
    broken = [faults.Cut(count, is_at_once=CONTENT_DIGEST in entry.extra) for count in cuts]
    resource.faults.extend([*broken, FAULTS[fault](count)])
    got = b""
    try:
        with http.open(entry) as source:
            for cut in broken:
                got += source.read(cut.count)
                cut.arrived.set()
            while block := source.read(sizes[len(got) % len(sizes)]):
                got += block
    except errors.FingerpostError:
        return
    finally:
        for cut in broken:
            cut.arrived.set()
    is_told = etag == '"one"' or is_content_hashed or "version" not in fault
    # Where the server tells nothing of versions, another one of the same length is right too,
    # if it is in one piece.
    assert got == DATA or (not is_told and got == resource.data)


# -- what is there now


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        ({}, {}, ReferenceState.SAME),
        ({}, {"etag": '"two"'}, ReferenceState.CHANGED),
        ({}, {"data": b"x"}, ReferenceState.CHANGED),
        ({}, {"etag": None}, ReferenceState.UNVERIFIABLE),
        ({}, {"etag": 'W/"one"'}, ReferenceState.UNVERIFIABLE),
        ({"etag": 'W/"one"'}, {}, ReferenceState.UNVERIFIABLE),
        ({"etag": 'W/"one"'}, {"etag": 'W/"two"'}, ReferenceState.CHANGED),
        ({"etag": None}, {}, ReferenceState.UNVERIFIABLE),
        ({"etag": None}, {"data": b"x"}, ReferenceState.CHANGED),
    ],
)
def test_what_is_there_now_is_compared_without_reading_it(web, http, before, after, state):
    uri, resource = web.at("/observed", DATA, **before)
    entry = added(http, uri)
    resource.become(**after)
    observed = http.observe(entry)
    assert observed.state is state
    assert (observed.recorded, observed.found) != (None, None)
    assert {asked["Range"] for asked in resource.gets()} <= {"bytes=0-0"}


def test_hashed_content_is_read_where_the_etag_does_not_tell(web, http):
    uri, resource = web.at("/observed-hashed", DATA)
    entry = added(http, uri, is_content_hashed=True)
    resource.etag = '"two"'
    assert http.observe(entry).state is ReferenceState.SAME
    assert read(http, entry) == DATA
    resource.data = DATA[::-1]
    assert http.observe(entry).state is ReferenceState.CHANGED


def test_what_was_not_looked_at_is_unverifiable(web, http):
    uri, _ = web.at("/blind-observed", DATA)
    assert http.observe(added(http, uri, checksum=False)).state is ReferenceState.UNVERIFIABLE


def test_a_server_that_refuses_to_tell_is_an_error(web, http):
    uri, resource = web.at("/secret", DATA)
    entry = added(http, uri)
    resource.become(head=403)
    resource.faults.append(faults.status(403))
    with pytest.raises(errors.ReferenceRefusedError):
        http.observe(entry)


# -- whole artifacts


def test_an_artifact_of_urls_is_downloaded_and_what_is_gone_is_left_out_where_permitted(
    web, tmp_path
):
    for number in range(20):
        web.at(f"/many/{number}", DATA + bytes([number]))
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        artifact = fingerpost.Artifact("remote", "dataset")
        for number in range(20):
            artifact.add_reference(f"{web.url}/many/{number}")
        run.log_artifact(artifact)
        folder = Path(artifact.download(tmp_path / "all"))
        for number in range(20):
            assert (folder / str(number)).read_bytes() == DATA + bytes([number])
        del web.resources["/many/3"]
        with pytest.raises(errors.ReferenceMissingError):
            artifact.download(tmp_path / "strict")
        rest = Path(artifact.download(tmp_path / "rest", allow_missing_references=True))
        assert len(list(rest.iterdir())) == 19
        web.resources["/many/4"].become(data=b"new", etag='"new"')
        with pytest.raises(errors.ReferenceChangedError):
            artifact.download(tmp_path / "changed", allow_missing_references=True)


# -- the thread behind


def test_many_threads_read_at_once(web, http):
    uri, _ = web.at("/shared", DATA)
    entry = added(http, uri)
    got = []
    threads = [threading.Thread(target=lambda: got.append(read(http, entry))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [DATA] * 24


def test_it_starts_again_after_it_was_closed(web, http):
    uri, _ = web.at("/again", DATA)
    entry = added(http, uri)
    shared().close()
    assert read(http, entry) == DATA


def in_a_child(entry, queue):
    queue.put(read(HttpReferences(), entry))


def test_a_forked_child_has_connections_of_its_own(web, http):
    uri, _ = web.at("/forked", DATA)
    entry = added(http, uri)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_a_child, args=(entry, queue))
    child.start()
    assert queue.get(timeout=LIMIT_S) == DATA
    child.join()
    queue.close()
    queue.join_thread()
    assert child.exitcode == 0
    assert read(http, entry) == DATA


SCRIPT = """
import sys
import fingerpost
assert "aiohttp" not in sys.modules
a = fingerpost.Artifact("x", "dataset")
a.add_reference("file://" + __file__)
assert "aiohttp" not in sys.modules
e = a.add_reference(sys.argv[1])[0]
print(e.digest)
"""


def test_aiohttp_is_imported_when_needed_and_the_interpreter_ends_without_a_word(web, tmp_path):
    uri, _ = web.at("/script", DATA)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-W", "error", script, uri],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\n", "")


def test_without_aiohttp_the_extra_is_named(monkeypatch, http):
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(errors.MissingExtraError, match=r"fingerpost\[http\]"):
        added(http, "http://host.invalid/x")


# -- logins and proxies


def test_logins_come_from_netrc_and_are_recorded_nowhere(web, http, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password geheim\n")
    monkeypatch.setenv("NETRC", str(netrc))
    uri, resource = web.at("/login", DATA)
    entry = added(http, uri)
    # RFC 7617: base64 of "me:geheim".
    assert resource.asked[0][1]["Authorization"] == "Basic bWU6Z2VoZWlt"
    assert "geheim" not in json.dumps(entry.to_json())


def test_the_proxy_of_the_environment_is_asked(web, http, monkeypatch):
    monkeypatch.setenv("http_proxy", web.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    uri = "http://host.invalid/proxied"
    web.resources[uri] = faults.Resource(DATA)
    assert read(http, added(http, uri)) == DATA


# -- a real server


@pytest.fixture(scope="module", params=["", "MD5"], ids=["etag-of-times", "etag-of-md5"])
def real(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    options = ["--etag-hash", request.param] if request.param else []
    with webdav.serving(folder, folder.with_name("rclone.log"), *options) as url:
        yield folder, url


def test_a_real_server_is_read_and_a_change_is_noticed(real, http):
    folder, url = real
    data = DATA * 1024
    for name in ("a.bin", "é #%.bin", "empty"):
        (folder / name).write_bytes(b"" if name == "empty" else data)
    for uri, name, size in (
        ("a.bin", "a.bin", len(data)),
        ("%C3%A9%20%23%25.bin", "é #%.bin", len(data)),
        ("empty", "empty", 0),
    ):
        entry = added(http, f"{url}/{uri}")
        assert (entry.path, entry.size_bytes) == (name, size)
        assert entry.extra["etag"].startswith('"')
        assert read(http, entry) == (folder / name).read_bytes()
        assert http.observe(entry).state is ReferenceState.SAME
        with http.open(entry) as source:
            if size:
                source.seek(size - 5)
                assert source.read() == data[-5:]
    entry = added(http, f"{url}/a.bin")
    (folder / "a.bin").write_bytes(data[::-1])
    assert http.observe(entry).state is ReferenceState.CHANGED
    with pytest.raises(errors.ReferenceChangedError):
        read(http, entry)
    (folder / "a.bin").unlink()
    assert http.observe(entry).state is ReferenceState.MISSING
    with pytest.raises(errors.ReferenceMissingError):
        http.open(entry)
