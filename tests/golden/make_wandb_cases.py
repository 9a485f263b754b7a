"""Make ``wandb_cases.json`` with W&B's own client. See README.md; not run by the tests.

Usage, where wandb is installed: ``python make_wandb_cases.py > wandb_cases.json``
"""

import json
import os
import random
import sys
import tempfile
from importlib import import_module
from pathlib import Path

FILES = {
    "src/hello.txt": "hello",
    "src/empty.bin": "",
    "src/.hidden": "h",
    "src/two.words and.dots.csv": "a,b\r\n1,2\r\n",
    "src/a/one.txt": "one",
    "src/a/b/two.txt": "two",
    "src/a-b/three.txt": "three",
    "src/a.b/four.txt": "four",
    "src/été/naïve.txt": "café",
    "src/e\u0301te\u0301/naïve.txt": "decomposed",
    "src/数据/列.csv": "一,二",
    "src/\U0001d11e.txt": "clef",
    "src/\uffee.txt": "circle",
    "src/100%/50%25.txt": "per cent",
    "src/#1?.txt": "odd",
    "other/hello.txt": "hello",
    "other/changed.txt": "other",
    "other/a/one.txt": "one",
    "newer/hello.txt": "HELLO",
    "newer/a/one.txt": "one",
    "newer/added.txt": "added",
    "large.bin": "0123456789abcdef" * 70_000,
}
LINKS = {"src/link.txt": "hello.txt", "other/linked.txt": "../src/a/one.txt"}
NAMES = [
    "plain.txt", "./x//y/./z.txt", "x/y/z.txt", "a b/ c", "Ünï/cödé.bin", "u\u0308.bin", "ü.bin",
    "B", "a", "_", "~", "...", ".env", "x.tar.gz", "-", "a-b", "a.b", "data:v0", "ñ/\U0001f600",
    "\u200f\u05d0.txt", "\uffee", "\U0001d11e", "a/", "數/據",
]  # fmt: skip


def add_file(path, **options):
    return {"call": "add_file", "with": {"local_path": path, **options}}


def add_dir(path, **options):
    return {"call": "add_dir", "with": {"local_path": path, **options}}


def refer(uri, **options):
    return {"call": "add_reference", "with": {"uri": uri, **options}}


def new_file(name, text, mode="w", **options):
    return {"call": "new_file", "with": {"name": name, "mode": mode, **options}, "text": text}


def remove(item):
    return {"call": "remove", "with": {"item": item}}


CHOSEN = {
    "nothing": [],
    "large-file": [add_file("large.bin")],
    "large-file-immutable": [add_file("large.bin", policy="immutable")],
    "linked-file": [add_file("src/link.txt")],
    "folder": [add_dir("src")],
    "folder-below": [add_dir("src", name="deep/er")],
    "folder-dot": [add_dir("src/a", name=".")],
    "folder-slash": [add_dir("src/a/", name="./p//q/")],
    "folder-immutable": [add_dir("src", policy="immutable")],
    "same-folder-twice": [add_dir("src"), add_dir("src")],
    "two-folders": [add_dir("src/a"), add_dir("other", name="o")],
    "merge": [add_dir("src"), add_dir("newer", merge=True)],
    "merge-below": [add_dir("src", name="d"), add_dir("newer", name="d", merge=True)],
    "merge-over-file": [add_file("src/hello.txt"), add_dir("newer", merge=True)],
    "same-file-twice": [add_file("src/hello.txt"), add_file("other/hello.txt")],
    "conflict": [add_file("src/hello.txt"), add_file("newer/hello.txt")],
    "overwrite": [add_file("src/hello.txt"), add_file("newer/hello.txt", overwrite=True)],
    "temporary-name": [add_file("src/hello.txt", is_tmp=True)],
    "temporary-name-deep": [add_file("src/hello.txt", name="t/x.tar.gz", is_tmp=True)],
    "temporary-name-hidden": [add_file("src/.hidden", is_tmp=True)],
    "temporary-name-bare": [add_file("src/empty.bin", name="bare", is_tmp=True)],
    "new-file": [new_file("t/a.txt", "text\n")],
    "new-file-latin-1": [new_file("a.txt", "café", encoding="latin-1")],
    "new-file-utf-8": [new_file("a.txt", "café 一", encoding="utf-8")],
    "new-file-again": [new_file("a.txt", "one", "x"), new_file("a.txt", "two", "w")],
    "removed": [add_dir("src"), remove("hello.txt"), remove("a")],
    "removed-and-added": [add_dir("src"), remove("a"), add_dir("newer/a", name="a")],
    "all-removed": [add_file("src/hello.txt"), remove("hello.txt")],
    "names": [add_file("src/hello.txt", name=name) for name in NAMES if name != "a/"],
    "reference-file": [refer("file://{cwd}/src/hello.txt")],
    "reference-named": [refer("file://{cwd}/src/hello.txt", name="./n//m.txt")],
    "reference-encoded": [refer("file://{cwd}/src/two.words%20and.dots.csv")],
    "reference-encoded-odd": [refer("file://{cwd}/src/%231%3F.txt")],
    "reference-one-slash": [refer("file:{cwd}/src/hello.txt")],
    "reference-relative": [refer("file:src/hello.txt")],
    "reference-relative-folder": [refer("file:src/a", name="r")],
    "reference-localhost": [refer("file://localhost{cwd}/src/a")],
    "reference-folder": [refer("file://{cwd}/src")],
    "reference-folder-slash": [refer("file://{cwd}/src/")],
    "reference-folder-slashes": [refer("file://{cwd}//src//")],
    "reference-folder-below": [refer("file://{cwd}/src", name="p/q")],
    "reference-folder-encoded": [refer("file://{cwd}/src/100%25")],
    "reference-up": [refer("file://{cwd}/other/../src/a")],
    "reference-link": [refer("file://{cwd}/src/link.txt")],
    "reference-same-content": [
        refer("file://{cwd}/src/hello.txt"),
        refer("file://{cwd}/other/hello.txt"),
    ],
    "reference-conflict": [
        refer("file://{cwd}/src/hello.txt"),
        refer("file://{cwd}/newer/hello.txt"),
    ],
    "reference-then-file": [refer("file://{cwd}/src/hello.txt"), add_file("other/hello.txt")],
    "file-then-reference": [add_file("other/hello.txt"), refer("file://{cwd}/src/hello.txt")],
    "files-and-references": [
        add_dir("src", name="stored"),
        refer("file://{cwd}/other", name="elsewhere"),
        refer("file://{cwd}/large.bin"),
    ],
}  # fmt: skip


def shuffled(seed):
    """Some calls after each other, chosen by a seed."""
    chance = random.Random(seed)
    calls = []
    for _ in range(chance.randint(2, 7)):
        path = chance.choice([path for path in FILES if path != "large.bin"])
        # A folder each, so that no file is where another name wants a folder.
        place = f"{chance.choice('pqr')}{len(calls)}"
        name = f"{place}/{chance.choice(NAMES)}".rstrip("/")
        calls += chance.choice([
            [add_file(path, name=name)],
            [add_file(path, name=name), add_file(path, name=name)],
            [add_file(path, name=name), add_file("large.bin", name=name, overwrite=True)],
            [add_file(path, name=name, is_tmp=True)],
            [add_dir(chance.choice(["src", "other", "src/a"]), name=place)],
            [add_dir("src", name=place), add_dir("newer", name=place, merge=True)],
            [add_dir("src/a", name=place), remove(f"{place}/b")],
            [new_file(name, chance.choice(NAMES), encoding="utf-8")],
            [refer("file://{cwd}/other", name=place)],
            [refer("file://{cwd}/large.bin", name=name)],
        ])  # fmt: skip
    return calls


def perform(artifact, call, cwd):
    options = dict(call["with"])
    if "uri" in options:
        options["uri"] = options["uri"].replace("{cwd}", cwd)
    if call["call"] == "new_file":
        with artifact.new_file(**options) as file:
            file.write(call["text"])
    else:
        getattr(artifact, call["call"])(**options)


def made(wandb, name, calls, cwd):
    artifact = wandb.Artifact("case", type="dataset")
    noted = []
    for call in calls:
        try:
            perform(artifact, call, cwd)
            noted.append(call)
        except ValueError:
            noted.append({**call, "is_refused": True})
    manifest = artifact.manifest.to_manifest_json()
    manifest["contents"] = dict(sorted(manifest["contents"].items()))
    for entry in manifest["contents"].values():
        if "ref" in entry:
            entry["ref"] = entry["ref"].replace(cwd, "{cwd}")
    return {
        "id": name,
        "calls": noted,
        "digest": artifact.digest,
        "size": artifact.size,
        "manifest_json": manifest,
    }


def main():
    os.environ["WANDB_MODE"], os.environ["WANDB_SILENT"] = "offline", "true"
    wandb = import_module("wandb")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for path, text in FILES.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(text.encode())
        for path, target in LINKS.items():
            Path(path).symlink_to(target)
        cases = CHOSEN | {f"shuffled-{seed}": shuffled(seed) for seed in range(20)}
        found = [made(wandb, name, calls, str(Path.cwd())) for name, calls in cases.items()]
    small = {path: text for path, text in FILES.items() if path != "large.bin"}
    answer = {
        "wandb_version": wandb.__version__,
        "files": small,
        "repeated_files": {"large.bin": ["0123456789abcdef", 70_000]},
        "links": LINKS,
        "cases": found,
    }
    json.dump(answer, sys.stdout, ensure_ascii=True, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
