"""Content on object storage: when requests fail, when it is large, when things are in the way."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import fsspec
import pytest

import fingerpost
from fingerpost.adapters.content import FsspecContentStore
from fingerpost.adapters.content.file_systems import file_system
from fingerpost.adapters.content.objects import uploads
from fingerpost.adapters.content.volume import StagedFile
from fingerpost.adapters.object_stores.retrying import RetryPolicy
from fingerpost.adapters.object_stores.s3 import file_system as s3_settings
from fingerpost.cli import main
from fingerpost.errors import (
    ContentMismatchError,
    MissingExtraError,
    StoreUnavailableError,
)
from servers.faults import answering, breaking_off, faulty, resetting, when
from servers.places import azure_place, gcs_place, s3_place
from waiting import LIMIT_S

MIB = 1 << 20
SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>"


def content(size_bytes, seed=""):
    return hashlib.shake_128(f"{seed}{size_bytes}".encode()).digest(size_bytes)


FILE_SYSTEMS = {}


def shared_file_system(location):
    """A client of S3 takes a quarter of a second to make: one for each server and secret."""
    names = ("AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_CONNECTION_STRING")
    scheme, _, root = location.partition("://")
    key = (scheme, s3_settings._READ_S, *(os.environ.get(name) for name in names))
    if key not in FILE_SYSTEMS:
        FILE_SYSTEMS[key], _ = file_system(location)
    return FILE_SYSTEMS[key], root


@contextmanager
def opened(location, tmp_path, name="catalog"):
    fs, root = shared_file_system(location)
    store = FsspecContentStore(fs, root, tmp_path / f"{name}.sqlite")
    try:
        yield store
    finally:
        store.close()


def add(store, *blobs):
    with store.writer() as writer:
        digests = [writer.add_stream(io.BytesIO(data))[0] for data in blobs]
        writer.commit()
    return digests


@pytest.fixture
def s3(moto_s3, monkeypatch):
    return s3_place(moto_s3, monkeypatch)


@pytest.fixture
def unfinished(moto_s3, s3):
    """Ask S3 which uploads have parts that nobody will ever finish."""
    bucket = s3.location.split("/")[2]
    return lambda: moto_s3.client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])


@pytest.fixture(scope="module")
def faulty_moto(moto_s3):
    with faulty(moto_s3.url) as made:
        yield made


@pytest.fixture
def faults(faulty_moto, s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", faulty_moto.url)
    faulty_moto.reset()
    return faulty_moto


def always(fault):
    def again(handler):
        handler.faults.planned.insert(0, again)
        return fault(handler)

    return again


# -- uploads -----------------------------------------------------------------------------------


@pytest.fixture(params=["moto", "rclone", "azurite", "google"])
def anywhere(request, monkeypatch):
    if request.param in {"moto", "rclone"}:
        return s3_place(request.getfixturevalue(f"{request.param}_s3"), monkeypatch)
    if request.param == "azurite":
        return azure_place(request.getfixturevalue("azure_container"))
    return gcs_place(request.getfixturevalue("gcs_bucket"))


def test_a_blob_of_many_parts_is_put_together_right(anywhere, tmp_path, monkeypatch):
    # S3's smallest part is 5 MiB. *Source*: Amazon S3 multipart upload limits.
    monkeypatch.setattr(uploads, "PART_BYTES", 5 * MIB)
    monkeypatch.setattr(uploads.Uploads.__init__, "__defaults__", (5 * MIB,))
    data = content(22 * MIB + 7)
    with opened(anywhere.location, tmp_path) as store:
        (digest,) = add(store, data)
        with store.open(digest) as reader:
            assert hashlib.sha256(reader.read()).digest() == hashlib.sha256(data).digest()
    assert len(anywhere.names()) == 1
    assert hashlib.sha256(anywhere.get(anywhere.names()[0])).digest() == (
        hashlib.sha256(data).digest()
    )


def test_no_parts_are_left_when_one_is_refused(faults, unfinished, s3, tmp_path):
    denied = answering(403, b"<Error><Code>AccessDenied</Code></Error>")
    faults.planned = [when(lambda method, path: "partNumber=3" in path, denied)]
    with opened(s3.location, tmp_path) as store:
        with pytest.raises(StoreUnavailableError, match=r"AccessDenied.*s3:PutObject"):
            add(store, content(60 * MIB))
        assert unfinished() == []
        assert s3.names() == []


def test_no_parts_are_left_by_a_ctrl_c(faults, unfinished, s3, tmp_path):
    def interrupting(handler):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)  # what is under way when it comes
        return False

    faults.planned = [when(lambda method, path: "partNumber=2" in path, interrupting)]
    with opened(s3.location, tmp_path) as store:
        with pytest.raises(KeyboardInterrupt):
            add(store, content(60 * MIB))
        assert unfinished() == []
        assert s3.names() == []
        # And the store goes on.
        (digest,) = add(store, content(60 * MIB))
        assert store.size_bytes(digest) == 60 * MIB
    assert unfinished() == []


def test_when_completing_was_done_but_not_heard_of_it_counts(faults, unfinished, s3, tmp_path):
    def unheard(handler):
        handler.asked()
        return resetting(handler)

    completes = when(lambda method, path: method == "POST" and "uploadId=" in path, unheard)
    faults.planned = [completes]
    data = content(20 * MIB)
    with opened(s3.location, tmp_path) as store:
        (digest,) = add(store, data)
        with store.open(digest) as reader:
            assert reader.read() == data
    assert unfinished() == []


def test_objects_are_encrypted_and_stored_as_the_user_configured(
    moto_s3, s3, tmp_path, monkeypatch
):
    wanted = {"ServerSideEncryption": "AES256", "StorageClass": "STANDARD_IA"}
    monkeypatch.setitem(fsspec.config.conf, "s3", {"s3_additional_kwargs": wanted})
    fs, root = file_system(s3.location)
    with closing(FsspecContentStore(fs, root, tmp_path / "c.sqlite")) as store:
        add(store, b"small", content(12 * MIB))
    bucket = s3.location.split("/")[2]
    for name in s3.names():
        head = moto_s3.client().head_object(Bucket=bucket, Key=f"p/{name}")
        assert {key: head[key] for key in wanted} == wanted


def test_what_is_there_is_not_sent_again(faults, s3, tmp_path):
    with opened(s3.location, tmp_path) as store:
        digests = add(store, b"small", content(2 * MIB))
    faults.seen.clear()
    with opened(s3.location, tmp_path, "another") as store:
        assert store.missing(digests) == set()
        add(store, b"small", content(2 * MIB))
    assert {method for method, _ in faults.seen} <= {"GET", "HEAD"}


def test_what_is_not_what_its_name_says_is_never_uploaded(s3, tmp_path):
    with opened(s3.location, tmp_path) as store:
        (digest,) = add(store, content(2 * MIB))
        path = tmp_path / "prepared"
        path.write_bytes(content(2 * MIB, "another"))
        name = f"blobs/{digest.hex[:2]}/blake3-{digest.hex}"
        with pytest.raises(ContentMismatchError, match="prepared for"):
            store._volume.publish([StagedFile(path, name)])
        assert store.read(digest) == content(2 * MIB)


def test_many_blobs_are_under_way_at_once_and_never_more_than_six(faults, s3, tmp_path):
    with opened(s3.location, tmp_path) as store:
        digests = add(store, *(content(MIB, str(number)) for number in range(24)))
        assert store.missing(digests) == set()
    assert 2 <= faults.most["PUT"] <= 6


# -- what goes wrong on the way --------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        answering(500),
        answering(503, SLOW_DOWN),
        answering(429, b"", Retry_After="0"),
        resetting,
        breaking_off,
    ],
    ids=["500", "slow down", "429", "reset", "broken off"],
)
def test_every_request_is_tried_again_when_that_may_help(faults, s3, tmp_path, fault):
    data = content(20 * MIB)
    seen = []

    def each_once(handler):
        """Fail the first request of each kind."""
        kind = (handler.command, handler.path.partition("?")[2].partition("=")[0])
        with faults.lock:
            faults.planned.insert(0, each_once)
            is_first = kind not in seen
            seen.append(kind)
        return fault(handler) if is_first else False

    faults.planned = [each_once]
    with opened(s3.location, tmp_path) as store:
        digests = add(store, b"small", data)
        assert store.missing(digests) == set()
        assert store.read(digests[0]) == b"small"
        with store.open(digests[1]) as reader:
            assert reader.read() == data
    assert {"PUT", "POST", "GET", "HEAD"} <= {method for method, _ in seen}


def test_a_request_that_is_not_answered_in_time_is_tried_again(faults, s3, tmp_path, monkeypatch):
    monkeypatch.setattr(s3_settings, "_READ_S", 2)

    def too_slow(handler):
        # Until the client has given up, however long that takes it.
        with suppress(OSError):
            while handler.connection.recv(1 << 16):
                pass
        return resetting(handler)

    faults.planned = [when(lambda method, path: method == "PUT", too_slow)]
    with opened(s3.location, tmp_path) as store:
        (digest,) = add(store, b"small")
        faults.planned = [when(lambda method, path: method == "GET", too_slow)]
        assert store.read(digest) == b"small"
    assert faults.planned == []


def test_a_server_that_keeps_failing_is_an_error_with_the_place_and_what_to_do(
    faults, s3, tmp_path, monkeypatch
):
    monkeypatch.setattr(RetryPolicy, "pause_s", lambda *_: 0)
    faults.planned = [answering(503, SLOW_DOWN)] * 100
    with opened(s3.location, tmp_path) as store, pytest.raises(StoreUnavailableError) as caught:
        add(store, b"small")
    assert s3.location in str(caught.value)
    assert "SlowDown" in str(caught.value)
    assert "try again" in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_a_server_that_is_not_there_is_an_error(s3, tmp_path, monkeypatch):
    monkeypatch.setattr(RetryPolicy, "pause_s", lambda *_: 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with (
        opened(s3.location, tmp_path) as store,
        pytest.raises(StoreUnavailableError, match="cannot be reached"),
    ):
        add(store, b"small")


CHANGES = [("moto", change) for change in ("shorter", "longer", "swapped", "empty")]
CHANGES += [(where, "swapped") for where in ("azurite", "google")]


@pytest.mark.parametrize(("anywhere", "change"), CHANGES, indirect=["anywhere"])
@pytest.mark.parametrize("size_bytes", [1000, 6 * MIB])
def test_an_object_that_is_another_one_is_an_error_and_never_data(
    anywhere, tmp_path, change, size_bytes
):
    with opened(anywhere.location, tmp_path) as store:
        (digest,) = add(store, content(size_bytes))
        add(store, content(size_bytes, "other"))
        first, second = anywhere.names()
        stored = {name: anywhere.get(name) for name in (first, second)}
        for name, data in stored.items():
            other = stored[second if name == first else first]
            changed = {
                "shorter": data[:-700],
                "longer": b"x" + data,
                "swapped": other,
                "empty": b"",
            }
            anywhere.put(name, changed[change])
        with pytest.raises(ContentMismatchError):
            store.read(digest)
        assert store.missing([digest]) == {digest}


def test_others_who_use_the_same_file_system_list_as_before(s3, tmp_path):
    fs, root = file_system(s3.location)
    store = FsspecContentStore(fs, root, tmp_path / "catalog.sqlite")
    with closing(store):
        add(store, content(2 * MIB))
        assert len(list(store.digests())) == 1
    assert fs.find(root) == [f"{root}/{name}" for name in s3.names()]


# -- what is in the way ------------------------------------------------------------------------


def problem(location, tmp_path):
    with opened(location, tmp_path) as store, pytest.raises(StoreUnavailableError) as caught:
        store.missing(add(store, b"small"))
    said = str(caught.value)
    assert location in said
    for secret in ("wJalrXUtnFEMI", "hunter2", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6"):
        assert secret not in said
    return said


def test_a_missing_bucket_is_said_to_be_missing(s3, tmp_path):
    said = problem("s3://no-such-bucket-here/p", tmp_path)
    assert "NoSuchBucket" in said
    assert "Create the bucket" in said


def test_a_missing_container_is_said_to_be_missing(azure_container, tmp_path):
    assert "Create the container" in problem("az://no-such-container/p", tmp_path)


def test_a_missing_bucket_of_google_is_said_to_be_missing(gcs_bucket, tmp_path):
    assert "Create the bucket" in problem("gs://no-such-bucket-here/p", tmp_path)


def test_wrong_credentials_are_told_with_what_they_have_to_permit(rclone_s3, tmp_path, monkeypatch):
    place = s3_place(rclone_s3, monkeypatch)
    rclone_s3.use(monkeypatch, secret="hunter2")
    assert "s3:PutObject" in problem(place.location, tmp_path)


def test_no_credentials_are_told_with_where_they_come_from(s3, tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    said = problem(s3.location, tmp_path)
    assert "AWS_ACCESS_KEY_ID" in said
    assert "AWS_PROFILE" in said


def test_no_credentials_for_azure_are_told_with_where_they_come_from(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    with pytest.raises(StoreUnavailableError, match="AZURE_STORAGE_CONNECTION_STRING"):
        file_system("az://container/p")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "IllegalLocationConstraintException"),
        (400, "AuthorizationHeaderMalformed"),
    ],
)
def test_a_wrong_region_is_told_with_where_to_set_it(faults, s3, tmp_path, status, code):
    body = f"<Error><Code>{code}</Code><Message>wrong region</Message></Error>".encode()
    faults.planned = [always(answering(status, body))]
    assert "AWS_DEFAULT_REGION" in problem(s3.location, tmp_path)


@pytest.mark.parametrize(
    ("location", "module", "extra"),
    [("s3://b/p", "s3fs", "s3"), ("gs://b/p", "gcsfs.core", "gcs"), ("az://b/p", "adlfs", "azure")],
)
def test_a_missing_library_is_named_by_its_extra(location, module, extra, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"fingerpost\[{extra}\]"):
        fingerpost.open_store(tmp_path / "s", content=location)


def test_a_store_that_could_not_be_made_for_want_of_its_bucket_can_be_made_later(
    s3, moto_s3, tmp_path
):
    with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):
        fingerpost.open_store(tmp_path / "s", content="s3://made-later/p")
    moto_s3.client().create_bucket(Bucket="made-later")
    fingerpost.open_store(tmp_path / "s", content="s3://made-later/p").close()
    fingerpost.open_store(tmp_path / "s", create=False).close()


# -- stores with content there -----------------------------------------------------------------


def log(store, files):
    with fingerpost.init(entity="team", project="p", store=store) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        for name, data in files.items():
            with artifact.new_file(name, mode="wb") as file:
                file.write(data)
        return run.log_artifact(artifact)


def test_verify_finds_what_was_changed_there(s3, tmp_path, capsys):
    with fingerpost.open_store(tmp_path / "s", content=s3.location) as store:
        log(store, {"small": b"small", "large": content(2 * MIB)})
    assert main(["--store", str(tmp_path / "s"), "store", "check"]) == 0
    name = next(name for name in s3.names() if name.startswith("blobs/"))
    data = bytearray(s3.get(name))
    data[1000] ^= 1
    s3.put(name, bytes(data))
    capsys.readouterr()
    assert main(["--store", str(tmp_path / "s"), "verify"]) == 6
    assert name.rpartition("-")[2] in "".join(capsys.readouterr().out.split())


def test_a_forked_child_goes_on_with_connections_of_its_own(s3, tmp_path):
    script = f"""
        import os, fingerpost
        store = fingerpost.open_store({str(tmp_path / "s")!r}, content={s3.location!r})
        def log(text):
            with fingerpost.init(entity="team", project="p", store=store) as run:
                artifact = fingerpost.Artifact("data", "dataset")
                with artifact.new_file("a.txt") as file:
                    file.write(text)
                run.log_artifact(artifact)
        log("before")
        child = os.fork()
        if not child:
            log("child")
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        log("parent")
        print(len(list(fingerpost.Api(store).collection("team/p/data").versions())))
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "3"), done.stderr


def test_memory_stays_bounded_whatever_the_size(rclone_s3, monkeypatch, tmp_path):
    """A blob of 160 MB goes there and comes back with a fraction of that in memory."""
    s3 = s3_place(rclone_s3, monkeypatch)
    script = f"""
        import resource, sys
        from pathlib import Path
        from fingerpost.adapters.content import FsspecContentStore
        from fingerpost.adapters.content.file_systems import file_system

        fs, root = file_system({s3.location!r})
        store = FsspecContentStore(fs, root, Path({str(tmp_path / "c.sqlite")!r}))

        class Source:
            left = {160 * MIB}
            def read(self, size):
                size = min(size, self.left)
                self.left -= size
                return bytes([self.left >> 20 & 255]) * size

        def most():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

        with store.writer() as writer:
            writer.add_bytes(b"warm")
            writer.commit()
        before = most()
        with store.writer() as writer:
            digest, size_bytes = writer.add_stream(Source())
            writer.commit()
        with store.open(digest) as reader:
            while reader.read(1 << 20):
                size_bytes -= 1 << 20
        print(size_bytes, most() - before)
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    left, both = map(int, done.stdout.split())
    assert left <= 0
    # Six parts of 8 MiB, and what the client of S3 makes of them.
    assert both < 110, done.stdout


def test_a_packed_file_is_read_without_its_pack(faults, s3, tmp_path):
    sent = []

    def counting(handler):
        faults.planned.insert(0, counting)
        status, headers, body = handler.asked()
        sent.append(len(body))
        handler.answered(status, headers, body, body)
        return True

    blobs = [content(500_000, str(number)) for number in range(30)]
    with opened(s3.location, tmp_path) as store:
        digests = add(store, *blobs)
        assert len(s3.names()) == 1
        faults.planned = [counting]
        assert store.read(digests[17]) == blobs[17]
    assert sum(sent) < 600_000


def test_threads_share_a_store(s3, tmp_path):
    with opened(s3.location, tmp_path) as store:
        blobs = [content(3 * MIB, str(number)) for number in range(6)]
        digests = add(store, *blobs)
        read = {}

        def work(number):
            with store.open(digests[number]) as reader:
                read[number] = reader.read()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [read[number] for number in range(6)] == blobs


def test_what_waits_to_be_uploaded_is_gone_afterwards(s3, tmp_path):
    with fingerpost.open_store(tmp_path / "s", content=s3.location) as store:
        log(store, {"large": content(20 * MIB)})
        assert not list(Path(store.location, "staging").glob("*"))


@pytest.mark.parametrize("moment", ["partNumber=2", "uploadId="], ids=["a part", "completing"])
def test_a_kill_in_the_middle_of_an_upload_leaves_nothing_that_is_seen(
    faults, s3, tmp_path, capsys, moment
):
    store = tmp_path / "s"
    fingerpost.open_store(store, content=s3.location).close()
    source = tmp_path / "large.bin"
    source.write_bytes(content(20 * MIB))
    words = ["--store", str(store), "log", "data", str(source), "--type", "dataset"]
    program = f"from fingerpost.cli import main; main({words!r})"
    child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program])

    def killing(handler):
        child.kill()
        child.wait()
        return resetting(handler)

    wanted = "PUT" if moment.startswith("part") else "POST"
    faults.planned = [when(lambda method, path: method == wanted and moment in path, killing)]
    assert child.wait(timeout=LIMIT_S) == -signal.SIGKILL
    assert not [name for name in s3.names() if name.startswith("blobs/")]
    assert main(["--store", str(store), "verify"]) == 0
    assert main(words) == 0
    capsys.readouterr()
    assert main(["--store", str(store), "verify", "data"]) == 0
