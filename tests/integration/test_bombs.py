"""Small inputs that stand for much: each is refused in a sentence, within bounded memory.

The bound is set by the operating system: an allocation beyond it fails.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from waiting import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS does not bind elsewhere")

BEGIN = """
import io, json, resource, struct, sys, hashlib
from pathlib import Path
import zstandard
from blake3 import blake3
import fingerpost
from fingerpost.errors import FingerpostError
from fuzz.limits import limit_memory, time_limit

def nested(depth, key=None):
    value = 1
    for _ in range(depth):
        value = {key: value} if key else [value]
    return value

def zeros(gibibytes):
    # Not made at once: this process, too, has no more memory than it needs.
    compressor = zstandard.ZstdCompressor(level=1)
    out = io.BytesIO()
    with compressor.stream_writer(out, closefd=False) as writer:
        block = bytes(1 << 20)
        for _ in range(gibibytes << 10):
            writer.write(block)
    return out.getvalue()

def refused(call):
    limit_memory(MIB)
    with time_limit(30):
        try:
            call()
        except FingerpostError as error:
            said = str(error)
            assert 0 < len(said) < 20_000, len(said)
            print(type(error).__name__, said)
            raise SystemExit(0)
    raise SystemExit("it was accepted")
"""


def outcome(code, tmp_path, mib=256):
    """Run code in a process of little memory; return what it said."""
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", BEGIN.replace("MIB", str(mib)) + code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


VALUES = {
    "metadata of a million keys": (
        "from fingerpost.domain.metadata.metadata import normalized\n"
        "given = {str(n): n for n in range(1_000_000)}\nrefused(lambda: normalized(given))",
        "1,000,000 exceeds the limit of 100",
    ),
    "metadata of a million keys in one": (
        "from fingerpost.domain.metadata.metadata import normalized\n"
        "given = {'a': {str(n): n for n in range(1_000_001)}}\nrefused(lambda: normalized(given))",
        "exceeds the limit of 1,000,000",
    ),
    "metadata of ten to the thirty values": (
        "from fingerpost.domain.metadata.metadata import normalized\n"
        "given = [1]\nfor _ in range(30): given = [given] * 10\n"
        "refused(lambda: normalized({'a': given}))",
        "exceeds the limit of 1,000,000",
    ),
    "metadata of a hundred thousand levels": (
        "from fingerpost.domain.metadata.metadata import normalized\n"
        "given = {'a': nested(100_000)}\nrefused(lambda: normalized(given))",
        "values nest at most 64 levels",
    ),
    "a metadata file of a hundred thousand levels": (
        "refused(lambda: fingerpost.Artifact('a', 'b', metadata=nested(100_000, 'a')))",
        "values nest at most 64 levels",
    ),
    "a text of 33 MB in metadata": (
        "run = fingerpost.init(project='p', store='store')\n"
        "made = fingerpost.Artifact('a', 'b', metadata={'a': 'x' * (33 << 20)})\n"
        "refused(lambda: run.log_artifact(made))",
        "exceeds the limit of 33,554,432",
    ),
    "a million aliases": (
        "run = fingerpost.init(project='p', store='store')\n"
        "made = fingerpost.Artifact('a', 'b')\n"
        "refused(lambda: run.log_artifact(made, aliases=[f'a{n}' for n in range(1_000_000)]))",
        "aliases: 100,001 exceeds the limit of 100,000",
    ),
    "fifty thousand aliases": (
        "run = fingerpost.init(project='p', store='store')\n"
        "made = fingerpost.Artifact('a', 'b')\n"
        "refused(lambda: run.log_artifact(made, aliases=[f'a{n}' for n in range(50_000)]))",
        "50,000 exceeds the limit of 10,000",
    ),
    "tags without end": (
        "import itertools\nrun = fingerpost.init(project='p', store='store')\n"
        "made = fingerpost.Artifact('a', 'b')\n"
        "refused(lambda: run.log_artifact(made, tags=map(str, itertools.count())))",
        "tags: 100,001 exceeds the limit of 100,000",
    ),
    "a name of 10 MB": (
        "refused(lambda: fingerpost.Artifact('x' * 10_000_000, 'dataset'))",
        "use 1 to 128",
    ),
    "an alias of 10 MB of combining marks": (
        "from fingerpost.domain.names.alias import Alias\n"
        "refused(lambda: Alias('\\u0301' * 5_000_000))",
        "use 1 to 128",
    ),
    "a name that is a deep list": (
        "from fingerpost.domain.names.names import Tag\nrefused(lambda: Tag(nested(100_000)))",
        "nested too deeply to be shown",
    ),
    "a path of ten million parts": (
        "from fingerpost.domain.names.paths import parse_target_path\n"
        "refused(lambda: parse_target_path('/' * 10_000_000))",
        "a target path is",
    ),
    "an entry path of a million folders": (
        "made = fingerpost.Artifact('a', 'b')\n"
        "refused(lambda: made.new_file('a/' * 1_000_000).__enter__())",
        "longer than 4,096 bytes",
    ),
    "a filter of ten thousand levels": (
        "from fingerpost.domain.filters import Kind, parse_filter\ngiven = {'name': 'x'}\n"
        "for _ in range(10_000): given = {'$or': [given]}\n"
        "refused(lambda: parse_filter(Kind.VERSION, given))",
        "levels of a filter: 21 exceeds the limit of 20",
    ),
    "a filter's value of ten thousand levels": (
        "from fingerpost.domain.filters import Kind, parse_filter\n"
        "refused(lambda: parse_filter(Kind.VERSION, {'type': nested(10_000)}))",
        "filter at type",
    ),
    "a filter that is no dictionary but deep": (
        "from fingerpost.domain.filters import Kind, parse_filter\n"
        "refused(lambda: parse_filter(Kind.VERSION, nested(100_000)))",
        "is no filter",
    ),
    "a filter of a million values": (
        "from fingerpost.domain.filters import Kind, parse_filter\n"
        "given = {'tag': {'$in': ['a'] * 1_000_000}}\n"
        "refused(lambda: parse_filter(Kind.VERSION, given))",
        "exceeds the limit of 10,000",
    ),
    "a filter of a field of 10 MB": (
        "from fingerpost.domain.filters import Kind, parse_filter\n"
        "refused(lambda: parse_filter(Kind.VERSION, {'x' * 10_000_000: 1}))",
        "there is no field",
    ),
}

ENTRY = """
from fingerpost.adapters.content.pack import PackEntry, Encoding, decode, read_index
from fingerpost.domain.manifest.digest import Digest
data = zeros(1)
digest = Digest.of('blake3', bytes(32))
def entry(size_bytes):
    return PackEntry(digest, 16, len(data), size_bytes, Encoding.ZSTD)
"""

MANIFEST = """
from fingerpost.domain.manifest.manifest import decode_page, decode_root
def root(count, pages):
    return json.dumps({'format': 'fingerpost-manifest-1', 'count': count, 'size': 0, 'pages': [
        {'first': f'a{n}', 'count': each, 'digest': 'blake3:' + '0' * 64}
        for n, each in enumerate(pages)]}).encode()
"""

ROW = """
from uuid import UUID
from eventsourcing.persistence import StoredEvent
from fingerpost.adapters.event_store.mapper import CattrsMapper
def read(changed):
    state = ('{"actor":"a","at":"2026-03-03T09:30:00+00:00","index":1,"removed":[],"changed":%s}'
             % changed).encode()
    row = StoredEvent(UUID(int=1), 7, 'collection.metadata_changed', state)
    refused(lambda: CattrsMapper().to_domain_event(row))
"""

BUNDLE = """
from fingerpost.adapters.bundles import bundle
def read(data):
    Path('ledger').mkdir()
    name = 'ledger/0000000001-0000000003.jsonl.zst'
    Path(name).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    page = bundle.PageFile(name=name, first=1, last=3, sha256=sha256)
    refused(lambda: list(bundle.read_page(Path(), page)))
"""

STORED = {
    "a blob that says it is small": (
        f"{ENTRY}refused(lambda: decode(data, entry(1_000), 'p'))",
        "does not state the size in the index",
    ),
    "a blob that says it is as large as a pack permits": (
        f"{ENTRY}refused(lambda: decode(data, entry(64 << 20), 'p'))",
        "does not state the size in the index",
    ),
    "a root that claims ten million entries in two pages": (
        f"{MANIFEST}refused(lambda: decode_root(root(10_000_000, [5_000_000] * 2), 'm'))",
        "a page has 1 to 16,384 entries, not 5000000",
    ),
    "a root whose pages do not add up": (
        f"{MANIFEST}refused(lambda: decode_root(root(10_000_000, [1, 1]), 'm'))",
        "says that it has 10000000 entries",
    ),
    "a page of two million entries in a few kilobytes": (
        f'{MANIFEST}page = b\'{{"digest":"x","path":"a","ref":"s"}}\\n\' * 2_000_000\n'
        "refused(lambda: decode_page(page, 'm'))",
        "is not a manifest page (2,000,000 entries)",
    ),
    "a page of a hundred thousand levels": (
        f"{MANIFEST}refused(lambda: decode_page(b'[' * 100_000, 'm'))",
        "is not a manifest page",
    ),
    "a root of a hundred thousand levels": (
        f"{MANIFEST}refused(lambda: decode_root(b'[' * 100_000, 'm'))",
        "is not a manifest root",
    ),
    "a row of a hundred thousand levels": (
        f"{ROW}read('[' * 100_000 + ']' * 100_000)",
        "cannot be read",
    ),
    "a row of a thousand levels": (
        f"{ROW}read('{{\"a\":' * 1_000 + '1' + '}}' * 1_000)",
        "it nests deeper than 128 levels",
    ),
    "a bundle's event of a gigabyte": (
        f"{BUNDLE}read(zeros(1))",
        "an event of more than 67,108,864 bytes",
    ),
    "a bundle's header of a hundred thousand levels": (
        f"{BUNDLE}Path('bundle.json').write_bytes(b'[' * 100_000)\n"
        "refused(lambda: bundle.read_header(Path()))",
        "is damaged",
    ),
    "W&B's manifest whose version is deep": (
        "from fingerpost.adapters.importers.wandb_manifest import read_wandb_manifest\n"
        "Path('m.json').write_bytes(b'{\"version\":' + b'[' * 1_000 + b']' * 1_000 + b'}')\n"
        "refused(lambda: read_wandb_manifest(Path('m.json')))",
        "is no manifest of version 1",
    ),
    "a settings file of a hundred thousand levels": (
        "Path('fingerpost.toml').write_text('store = ' + '[' * 100_000)\n"
        "refused(lambda: fingerpost.init(project='p'))",
        "it is TOML in UTF-8",
    ),
}


@pytest.mark.parametrize("what", VALUES)
def test_what_is_given_is_refused(what, tmp_path):
    code, words = VALUES[what]
    # orjson ends the process when it gets no memory, and not with an error.
    assert words in outcome(code, tmp_path, mib=1_024 if "33 MB" in what else 256)


@pytest.mark.parametrize("what", STORED)
def test_what_is_stored_is_refused(what, tmp_path):
    code, words = STORED[what]
    assert words in outcome(code, tmp_path)
