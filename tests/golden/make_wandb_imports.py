"""Make ``wandb_imports.json`` with W&B's own client. See README.md; not run by the tests.

Usage, where wandb and xxhash are installed: ``python make_wandb_imports.py > wandb_imports.json``

What only W&B's server adds to a manifest (``birthArtifactID``, references to other artifacts) is
put in by hand, and read and written by W&B's client, which gives the digest.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

HELLO = "XUFAKrxLKna5cZ2REBfFkg=="
FROM_SERVER = {
    "version": 1,
    "storagePolicy": "wandb-storage-policy-v1",
    "storagePolicyConfig": {"storageLayout": "V2"},
    "contents": {
        "hello.txt": {"digest": HELLO, "birthArtifactID": "QXJ0aWZhY3Q6MQ==", "size": 5},
        "other/hello.txt": {
            "digest": HELLO,
            "ref": "wandb-artifact://41727469666163743a31/hello.txt",
            "size": 5,
        },
        "far.bin": {
            "digest": "9b2cf535f27731c974343645a3985328",
            "ref": "s3://zoo/far.bin",
            "size": 12,
            "extra": {"etag": "9b2cf535f27731c974343645a3985328", "versionID": "3/L4kqtJ"},
        },
    },
}


def told(manifest):
    return {"digest": manifest.digest(), "manifest_json": manifest.to_manifest_json()}


def main():
    os.environ["WANDB_MODE"], os.environ["WANDB_SILENT"] = "offline", "true"
    wandb = import_module("wandb")
    module = import_module("wandb.sdk.artifacts.artifact_manifests.artifact_manifest_v1")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("hello.txt").write_text("hello")
        artifact = wandb.Artifact("case", type="dataset", digest_algorithm="XXH128")
        artifact.add_file("hello.txt")
        xxh128 = told(artifact.manifest)
        os.chdir("/")
    answer = {
        "wandb_version": wandb.__version__,
        "from_server": told(module.ArtifactManifestV1.from_manifest_json(FROM_SERVER)),
        "xxh128": xxh128,
    }
    json.dump(answer, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
