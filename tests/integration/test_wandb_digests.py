"""W&B's own digests and manifests, compared with what wandb 0.31.0 gave for the same calls."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.manifest.wandb_manifest import manifest_digest, manifest_json

GOLDEN = Path(__file__).parent.parent / "golden"
VECTORS = json.loads((GOLDEN / "wandb_manifest_digests.json").read_text())
CASES = json.loads((GOLDEN / "wandb_cases.json").read_text())
FIXTURES = {path: base64.b64decode(data) for path, data in VECTORS["fixtures_b64"].items()}
FILES = {path: text.encode() for path, text in CASES["files"].items()} | {
    path: text.encode() * times for path, (text, times) in CASES["repeated_files"].items()
}
ODD_NAMES = ["b", "a/b", "a.b", "a-b", "B", "é", "e\u0301", "\U0001d11e", "\uffee"]


def write(files, links=()):
    for path, data in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)
    for path, target in dict(links).items():
        Path(path).symlink_to(target)


def draft():
    return fingerpost.Artifact("case", "dataset", digest_algorithm="md5")


@pytest.fixture
def run(tmp_path):
    with fingerpost.init("team", "p", store=tmp_path / "store") as run:
        yield run


def facts(artifact):
    return (artifact.digest, artifact.size, artifact.manifest.to_manifest_json())


def expected(vector):
    manifest = json.loads(json.dumps(vector["manifest_json"]).replace("{cwd}", str(Path.cwd())))
    return (vector["digest"], vector["size"], manifest)


# -- the vectors whose calls are described in words


def add_odd_names(artifact):
    for name in ODD_NAMES:
        artifact.add_file("hello.txt", name=name)


CALLS = {
    "empty-artifact": lambda _: None,
    "add-file-basename": lambda artifact: artifact.add_file("hello.txt"),
    "add-file-name-normalised": lambda artifact: artifact.add_file(
        "hello.txt", name="./x//y/./z.txt"
    ),
    "add-empty-file": lambda artifact: artifact.add_file("empty.bin"),
    "add-dir-root": lambda artifact: artifact.add_dir("."),
    "ordering-unicode": add_odd_names,
    "ref-file-dir": lambda artifact: artifact.add_reference("file://_work/vecref"),
}
REMOTE = {"ref-http/etag", "ref-s3-clean-prefix", "ref-gs-object", "ref-azure-object"}
BY_ID = {vector["id"]: vector for vector in VECTORS["vectors"]}


def test_every_vector_is_tried():
    assert CALLS.keys() | REMOTE == BY_ID.keys()
    assert not CALLS.keys() & REMOTE


@pytest.mark.parametrize("name", CALLS)
def test_calls_give_the_digest_and_the_manifest_that_wandb_gives(run, name):
    write(FIXTURES)
    if name == "ref-file-dir":
        one = FIXTURES["a/one.bin"]
        write({"_work/vecref/hello.txt": b"hello", "_work/vecref/d/one.bin": one})
    artifact = draft()
    CALLS[name](artifact)
    assert facts(artifact) == expected(BY_ID[name])
    assert list(artifact.manifest.entries) == [entry["path"] for entry in BY_ID[name]["entries"]]
    run.log_artifact(artifact)
    assert facts(artifact) == expected(BY_ID[name])


@pytest.mark.parametrize("name", BY_ID)
def test_entries_give_the_digest_and_the_manifest_that_wandb_gives(name):
    vector = BY_ID[name]
    entries = [
        Entry(
            path=EntryPath(entry["path"]),
            digest=entry["digest"],
            size_bytes=entry.get("size"),
            ref=entry.get("ref"),
            extra=entry["extra"],
        )
        for entry in vector["entries"]
    ]
    assert manifest_digest(entries) == vector["digest"]
    assert hashlib.md5(vector["hashed_bytes_utf8"].encode()).hexdigest() == vector["digest"]
    assert manifest_json(entries) == vector["manifest_json"]


# -- the cases whose calls are data


def perform(artifact, call):
    options = dict(call["with"])
    if "uri" in options:
        options["uri"] = options["uri"].replace("{cwd}", str(Path.cwd()))
    if call["call"] == "new_file":
        with artifact.new_file(**options) as file:
            file.write(call["text"])
    else:
        getattr(artifact, call["call"])(**options)


def perform_all(artifact, calls):
    for call in calls:
        if call.get("is_refused"):
            with pytest.raises(errors.EntryExistsError):
                perform(artifact, call)
        else:
            perform(artifact, call)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_the_same_calls_give_what_wandb_gave(run, tmp_path, case):
    write(FILES, CASES["links"])
    artifact = draft()
    perform_all(artifact, case["calls"])
    assert facts(artifact) == expected(case)
    run.log_artifact(artifact)
    fetched = fingerpost.Api(tmp_path / "store", entity="team", project="p").artifact("case:v0")
    assert facts(fetched) == expected(case)
    folder = Path(fetched.download(tmp_path / "download"))
    entries = case["manifest_json"]["contents"]
    assert {
        path.relative_to(folder).as_posix(): base64.b64encode(
            hashlib.md5(path.read_bytes()).digest()
        ).decode()
        for path in folder.rglob("*")
        if path.is_file()
    } == {path: entry["digest"] for path, entry in entries.items()}
    fetched.verify(folder)


# -- what W&B records when it is not to look: as the source of wandb 0.31.0 has it


def md5_of_uri(path):
    uri = Path(path).resolve().as_uri()
    return base64.b64encode(hashlib.md5(uri.encode()).digest()).decode()


def test_without_a_checksum_a_files_digest_is_that_of_its_resolved_uri(run, tmp_path):
    write({"d/a b.txt": b"one", "d/e/é.txt": b"three"}, {"d/link.txt": "a b.txt"})
    artifact = draft()
    uri = f"file://{Path.cwd()}/d"
    artifact.add_reference(uri, checksum=False)
    contents = artifact.manifest.to_manifest_json()["contents"]
    assert contents == {
        "a b.txt": {"digest": md5_of_uri("d/a b.txt"), "ref": f"{uri}/a b.txt", "size": 3},
        "e/é.txt": {"digest": md5_of_uri("d/e/é.txt"), "ref": f"{uri}/e/é.txt", "size": 5},
        "link.txt": {"digest": md5_of_uri("d/a b.txt"), "ref": f"{uri}/link.txt", "size": 3},
    }
    run.log_artifact(artifact)
    # Nothing was looked at, so a change is nothing that could be noticed.
    Path("d/a b.txt").write_bytes(b"changed")
    folder = Path(artifact.download(tmp_path / "download"))
    assert (folder / "a b.txt").read_bytes() == (folder / "link.txt").read_bytes() == b"changed"


# -- the store below


def test_the_bytes_are_stored_and_found_damaged_under_blake3(run):
    write({"a.txt": b"hello"})
    artifact = draft()
    entry = artifact.add_file("a.txt")
    assert entry.digest == "XUFAKrxLKna5cZ2REBfFkg=="
    # b3sum of "hello".
    assert entry.content == (
        "blake3:ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f"
    )
    run.log_artifact(artifact)
    assert artifact.digest_algorithm == "md5"
    assert next(iter(artifact.manifest.entries.values())).content == entry.content


def test_a_reference_that_moved_is_a_new_version_with_wandbs_same_digest(run):
    write({"one/a.txt": b"hello", "two/a.txt": b"hello"})
    logged = []
    for folder in ("one", "two", "two"):
        artifact = draft()
        artifact.add_reference(f"file://{Path.cwd()}/{folder}/a.txt")
        logged.append(run.log_artifact(artifact))
    assert [artifact.version for artifact in logged] == ["v0", "v1", "v1"]
    assert len({artifact.digest for artifact in logged}) == 1
    assert logged[1].get_entry("a.txt").ref() == f"file://{Path.cwd()}/two/a.txt"


@pytest.mark.parametrize("literal", [b"1", b"the other"])
def test_names_that_look_encoded_lead_to_their_own_files(run, tmp_path, literal):
    write({"d/a b": b"0", "d/a%20b": literal})
    artifact = draft()
    artifact.add_reference(f"file://{Path.cwd()}/d")
    run.log_artifact(artifact)
    folder = Path(artifact.download(tmp_path / "download"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "a b": b"0",
        "a%20b": literal,
    }


def test_a_changed_or_missing_file_behind_a_reference_is_noticed(run, tmp_path):
    write({"d/a.txt": b"one", "d/b c.txt": b"two"})
    artifact = draft()
    artifact.add_reference("file:d")
    run.log_artifact(artifact)
    Path("d/a.txt").write_bytes(b"six")
    with pytest.raises(errors.ReferenceChangedError):
        artifact.get_entry("a.txt").download(tmp_path / "download")
    Path("d/b c.txt").unlink()
    with pytest.raises(errors.ReferenceMissingError):
        artifact.get_entry("b c.txt").download(tmp_path / "download")
    assert artifact.download(tmp_path / "rest", allow_missing_references=True, path_prefix="b")


def test_a_relative_reference_is_recorded_so_that_it_is_true_from_everywhere(run, monkeypatch):
    write({"d/a b.txt": b"one"})
    artifact = fingerpost.Artifact("relative", "dataset")
    artifact.add_reference("file:d")
    artifact.add_reference("file://d/a b.txt", name="again.txt")
    artifact.add_reference("file://d", name="blind", checksum=False)
    base = f"file://{Path.cwd()}/d"
    assert [entry.ref() for entry in artifact.manifest.entries.values()] == [
        f"{base}/a%20b.txt",
        f"{base}/a%20b.txt",
        base,
    ]
    run.log_artifact(artifact)
    monkeypatch.chdir("/")
    assert Path(artifact.get_entry("again.txt").download(run.store.folder)).read_bytes() == b"one"


def test_a_host_is_no_folder_that_is_not_there():
    artifact = draft()
    for uri in ("file://host/share/a.txt", "file://", "file:", "file://nowhere", "file:nowhere"):
        with pytest.raises(errors.InvalidReferenceError) as caught:
            artifact.add_reference(uri)
        assert caught.value.value == uri


# The first two contents of one md5 that were published (Wang, Feng, Lai, Yu, 2004).
COLLIDING = [
    bytes.fromhex(
        "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89"
        "55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b"
        "d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
        "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70"
    ),
    bytes.fromhex(
        "d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f89"
        "55ad340609f4b30283e4888325f1415a085125e8f7cdc99fd91dbd7280373c5b"
        "d8823e3156348f5bae6dacd436c919c6dd53e23487da03fd02396306d248cda0"
        "e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70"
    ),
]


def test_contents_that_were_forged_to_have_one_md5_are_told_apart(run, tmp_path):
    write(dict(zip(("one", "other"), COLLIDING, strict=True)))
    logged = []
    for path, content in zip(("one", "other"), COLLIDING, strict=True):
        artifact = draft()
        artifact.add_file(path, name="file")
        logged.append(run.log_artifact(artifact))
        found = Path(artifact.get_entry("file").download(tmp_path / path))
        assert found.read_bytes() == content
    assert [artifact.version for artifact in logged] == ["v0", "v1"]
    assert logged[0].digest == logged[1].digest
    with pytest.raises(errors.VerificationError):
        logged[0].verify(tmp_path / "other")


def test_a_forged_file_does_not_take_the_place_of_the_one_before_it():
    write(dict(zip(("one", "other"), COLLIDING, strict=True)))
    artifact = draft()
    artifact.add_file("one", name="file")
    with pytest.raises(errors.EntryExistsError):
        artifact.add_file("other", name="file")
