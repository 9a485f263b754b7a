"""What is imported from other registries: W&B's manifests, and databases of MLflow."""

import json

from attrs import evolve

from fingerpost.adapters.importers.mlflow_registry import read_mlflow_registry
from fingerpost.adapters.importers.wandb_about import WandbAbout
from fingerpost.adapters.importers.wandb_manifest import read_json_object, read_wandb_manifest
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest import decode_page
from fingerpost.domain.manifest.manifest_line import line_of
from fingerpost.domain.manifest.wandb_manifest import manifest_digest
from fingerpost.errors import CorruptLedgerError

from .scratch import scratch
from .target import GOLDEN, Target


def read_wandb(data: bytes) -> None:
    """Read a manifest; what is kept of it can be stored and read again."""
    path = scratch() / "wandb_manifest.json"
    path.write_bytes(data)
    found = read_wandb_manifest(path)
    manifest_digest(found.entries)
    lines = b"".join(line_of(_stored(entry)).body for entry in found.entries)
    try:
        assert len(decode_page(lines, "page")) == len(found.entries)
    except CorruptLedgerError as error:
        raise AssertionError from error


def _stored(entry: Entry) -> Entry:
    # Files become content, which is what an import does once it has them.
    return entry if entry.ref else evolve(entry, content=Digest.of_base64_md5(entry.digest))


def read_about(data: bytes) -> None:
    """Read what is said beside a manifest."""
    path = scratch() / "artifact.json"
    path.write_bytes(data)
    WandbAbout.of(read_json_object(path)).origin("0" * 32)


def read_mlflow(data: bytes) -> None:
    """Read a database."""
    path = scratch() / "mlflow.sqlite"
    path.write_bytes(data)
    read_mlflow_registry(path)


def _manifests() -> list[bytes]:
    golden = json.loads((GOLDEN / "wandb_cases.json").read_text(encoding="utf-8"))
    found = [case["manifest_json"] for case in golden["cases"]]
    entry = {"digest": "XUFAKrxLKna5cZ2REBfFkg==", "size": 5, "extra": {"etag": "x"}}
    contents = {"a": entry, "b/c": {**entry, "ref": "s3://bucket/key", "birthArtifactID": "x"}}
    own = {"version": 1, "storagePolicy": "x", "contents": contents}
    return [
        each.encode() if isinstance(each, str) else json.dumps(each).encode()
        for each in [own, *found[:20]]
    ]


def _abouts() -> list[bytes]:
    said = {
        "qualified_name": "zoo/census/animals:v3",
        "type": "dataset",
        "description": "all of them",
        "metadata": {"n": 1, "of": [1.5, None, {"a": "b"}]},
        "aliases": ["latest", "v3", "best"],
        "tags": ["one", "two"],
        "digest": "0" * 32,
        "created_at": "2024-03-03T12:00:00Z",
        "created_by": "alice",
    }
    return [json.dumps(said).encode()]


def _databases() -> list[bytes]:
    return [path.read_bytes() for path in sorted(GOLDEN.glob("mlflow-*/mlflow.sqlite"))]


WANDB = Target(read=read_wandb, seeds=_manifests)
ABOUT = Target(read=read_about, seeds=_abouts)
MLFLOW = Target(read=read_mlflow, seeds=_databases, is_json=False)
