"""What a store is asked, through the command line and the public API.

Later versions have to answer the same, so nothing here may depend on how Fingerpost is made inside.
"""

import contextlib
import hashlib
import io
import json
import runpy
import sys
import tempfile
from pathlib import Path

import fingerpost


def run(location, actor, arguments):
    """Run ``python -m fingerpost``, in this process; return exit code, answer and errors."""
    out, err = io.StringIO(), io.StringIO()
    line = ["fingerpost", "--store", str(location), "--actor", actor, "--json", *arguments]
    before, code = sys.argv, 0
    sys.argv = line
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            runpy.run_module("fingerpost", run_name="__main__", alter_sys=False)
    except SystemExit as stop:
        code = stop.code or 0
    finally:
        sys.argv = before
    return code, out.getvalue(), err.getvalue()


def answer(location, actor, arguments):
    """Return exit code and answer of a command line, without what may differ between stores."""
    code, out, _ = run(location, actor, arguments)
    found = json.loads(out) if out.strip() else {}
    if found.get("target") == str(location):
        # How many bytes are stored depends on how contents were packed.
        del found["target"], found["checked"]["bytes"]
    for change in found.get("changes", ()):
        # Words for people, which may be put better; the facts stay.
        change.pop("sentence", None)
    return {"exit": code, "answer": found}


def refusal(location, actor, arguments):
    """Return exit code and the code of the error; its message may be put in other words."""
    code, _, err = run(location, actor, arguments)
    errors = [json.loads(line) for line in err.splitlines() if line.startswith('{"error"')]
    return {"exit": code, "error": errors[0]["error"]["code"] if errors else None}


def events(store):
    """Return all events as CloudEvents."""
    return [event.as_cloudevent() for event in store.events()]


def ledger(store):
    """Return what proofs rest on."""
    sizes = [1, store.ledger.size // 2, store.ledger.size]
    return {
        "origin": store.ledger.origin,
        "size": store.ledger.size,
        "roots": {str(size): store.ledger.root(size).hex() for size in sizes},
    }


def runs(store, actor="alice"):
    """Return what is recorded of runs, in the order of their beginning."""
    with fingerpost.Api(store, actor) as api:
        found = [each for path in RUN_PLACES for each in api.runs(path)]
        return [
            {
                "path": each.path,
                "name": each.name,
                "job_type": each.job_type,
                "actor": each.actor,
                "state": each.state,
                "exit_code": each.exit_code,
                "created_at": each.created_at.isoformat(),
                "finished_at": each.finished_at and each.finished_at.isoformat(),
                "history": each.history(),
                "summary": each.summary,
                "logged": [artifact.qualified_name for artifact in each.logged_artifacts()],
                "used": [artifact.qualified_name for artifact in each.used_artifacts()],
            }
            for each in found
        ]


RUN_PLACES = ("keepers/census", "alice/private")


def content(store, path, actor="alice"):
    """Return what a version holds: its entries, and the digest of each file that is downloaded."""
    with fingerpost.Api(store, actor) as api, tempfile.TemporaryDirectory() as folder:
        artifact = api.artifact(path)
        root = Path(artifact.download(folder, allow_missing_references=True, skip_cache=True))
        return {
            "digest": artifact.digest,
            "algorithm": artifact.digest_algorithm,
            "size": artifact.size,
            "state": artifact.state,
            "base": artifact.base_artifact and artifact.base_artifact.qualified_name,
            "step": artifact.history_step,
            "entries": [
                [each.path, each.digest, each.size, each.is_reference and each.ref(), each.extra]
                for each in artifact.manifest.entries.values()
            ],
            "files": {
                file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
                for file in sorted(root.rglob("*"))
                if file.is_file()
            },
        }


def objects(store, actor="alice"):
    """Return what objects are read back as."""
    with fingerpost.Api(store, actor) as api:
        artifact = api.artifact("keepers/census/objects:v0")
        return {"counts": artifact.get("counts").tolist(), "page": artifact.get("page").html}
