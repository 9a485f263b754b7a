"""Digests against published values, and files that change while they are read."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from blake3 import blake3

import fingerpost
from fingerpost.adapters.files.hashing import hash_bytes, hash_each, hash_file, new_hasher
from fingerpost.domain.errors import InvalidValueError

# The tests may run elsewhere than a relative PYTHONPATH means.
CHILD_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(fingerpost.__file__).parents[1])}

# Source: test_vectors/test_vectors.json of github.com/BLAKE3-team/BLAKE3 (first 32 bytes of each
# "hash"); the input is the bytes 0, 1, … 250 over and over.
BLAKE3_VECTORS = {
    0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    1023: "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    1024: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    1025: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    31744: "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47",
    102400: "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
}

# Source: RFC 1321, appendix A.5.
MD5_VECTORS = {
    b"": "d41d8cd98f00b204e9800998ecf8427e",
    b"a": "0cc175b9c0f1b6a831c399e269772661",
    b"abc": "900150983cd24fb0d6963f7d28e17f72",
    b"message digest": "f96b697d7cb7938d525a2f31aaf161d0",
}

# Source: NIST, "Examples with Intermediate Values": SHA-256, one and two blocks; the million times
# "a" is in FIPS 180-2, appendix B.3.
SHA256_VECTORS = {
    b"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    b"a" * 1_000_000: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
}


def blake3_input(length):
    return (bytes(range(251)) * (length // 251 + 1))[:length]


CASES = [
    *(("blake3", blake3_input(length), hex_) for length, hex_ in BLAKE3_VECTORS.items()),
    *(("md5", data, hex_) for data, hex_ in MD5_VECTORS.items()),
    *(("sha256", data, hex_) for data, hex_ in SHA256_VECTORS.items()),
]


@pytest.mark.parametrize(("algorithm", "data", "expected"), CASES)
def test_bytes_have_the_published_digest(algorithm, data, expected):
    assert hash_bytes(data, algorithm) == f"{algorithm}:{expected}"
    assert hash_bytes(memoryview(data), algorithm) == f"{algorithm}:{expected}"


@pytest.mark.parametrize(("algorithm", "data", "expected"), CASES)
def test_a_file_has_the_published_digest_and_its_size(tmp_path, algorithm, data, expected):
    path = tmp_path / "file"
    path.write_bytes(data)
    assert hash_file(path, algorithm) == (f"{algorithm}:{expected}", len(data))


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (8 << 20) - 1, 8 << 20, (20 << 20) + 1])
def test_a_file_of_any_size_is_hashed_whole(tmp_path, size):
    # hashlib is the other implementation here.
    data = hashlib.shake_128(b"seed").digest(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    assert hash_file(path, "sha256") == (f"sha256:{hashlib.sha256(data).hexdigest()}", size)


def test_large_files_hashed_on_several_threads_have_the_digest_of_one_thread(tmp_path):
    data = blake3_input(20 << 20)
    path = tmp_path / "file"
    path.write_bytes(data)
    assert hash_file(path)[0] == hash_bytes(data)


def test_progress_adds_up_to_the_size(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(9_000_001))
    seen = []
    hash_file(path, progress=seen.append)
    assert sum(seen) == 9_000_001
    assert len(seen) > 1


def test_a_file_that_shrinks_meanwhile_gives_the_digest_of_what_was_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(16 << 20))

    def shrink(_):
        os.truncate(path, 5)

    digest, size = hash_file(path, "sha256", progress=shrink)
    assert size == 4 << 20
    assert digest == f"sha256:{hashlib.sha256(bytes(4 << 20)).hexdigest()}"


def test_a_named_pipe_is_hashed_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = subprocess.Popen(["sh", "-c", f"printf abc > {path}"])
    assert hash_file(path, "md5") == (f"md5:{MD5_VECTORS[b'abc']}", 3)
    assert writer.wait() == 0


def test_an_unknown_algorithm_is_refused_with_those_that_are_known():
    with pytest.raises(InvalidValueError, match="blake3, sha256, md5") as caught:
        new_hasher("sha1")
    assert caught.value.value == "sha1"


def test_a_forked_child_can_hash_large_files_after_its_parent_did(tmp_path):
    # blake3's shared thread pool does not survive a fork: the child would wait for ever.
    path = tmp_path / "file"
    path.write_bytes(bytes(32 << 20))
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from fingerpost.adapters.files.hashing import hash_file
        expected = hash_file(Path({str(path)!r}))
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            os._exit(0 if hash_file(Path({str(path)!r})) == expected else 1)
        raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", script], check=False, env=CHILD_ENVIRONMENT
        ).returncode
        == 0
    )


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (9 << 20) + 1])
def test_several_digests_are_made_in_one_pass(tmp_path, size):
    data = hashlib.shake_128(b"seed").digest(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    seen = []
    digests, size_bytes = hash_each(path, ["md5", "blake3", "sha256"], seen.append)
    assert digests == (
        f"md5:{hashlib.md5(data).hexdigest()}",
        f"blake3:{blake3(data).hexdigest()}",
        f"sha256:{hashlib.sha256(data).hexdigest()}",
    )
    assert sum(seen) == size_bytes == size
