"""Make a store that has something of everything, and note what this version answers about it.

Run in the root of the repository, by the version whose store is to be kept:

    PYTHONPATH=tests python -m golden.make_store tests/golden/stores/NAME

Nothing but the public API and the command line is used. See ``stores/README.md``.
"""

import base64
import http.server
import json
import os
import shutil
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

import fingerpost
from golden import store_questions as questions
from golden.store_commands import ANIMALS, COMMANDS, MODEL, give
from golden.store_contents import Making, fill

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


class Web(http.server.BaseHTTPRequestHandler):
    """Serves one file, and takes webhooks."""

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def answer(self):
        body = b"remote"
        self.send_response(200)
        self.send_header("ETag", '"kept-1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def questions_to(making):
    """Return who asks which command line; all that is asked here changes nothing."""
    collections = [ANIMALS, "keepers/census/classifier", "keepers/census/plants", MODEL]
    asked = [("alice", ["verify"]), ("alice", ["ledger", "verify"])]
    for path in collections:
        asked += [("bob", [name, path]) for name in ("history", "versions")]
        asked += [("bob", ["alias", "list", path])]
        asked += [("bob", ["history", path, "--at", moment]) for moment in making.moments]
    asked += [("alice", ["history", "--registry", name]) for name in ("Models", "Secret", "Gone")]
    asked += [("alice", ["history", "--organization"])]
    asked += [(actor, ["registry", "list"]) for actor in ("alice", "bob", "dave")]
    asked += [("alice", ["organization", "list"]), ("alice", ["team", "list"])]
    places = [[], ["--team", "keepers"], ["--registry", "Models"], ["--registry", "Secret"]]
    asked += [("alice", ["members", "list", *place]) for place in places]
    words = ["animal", "classif", "served", "legs", "urgent", "secret", "hidden", "0.25", "é"]
    asked += [(actor, ["search", word]) for actor in ("alice", "dave") for word in words]
    asked += [("alice", ["search", "checked", "--kind", "version", "--filter", FILTER])]
    for path in (f"{ANIMALS}:v0", f"{MODEL}:production", "keepers/census/scores:v0"):
        asked += [("alice", ["lineage", path])]
    asked += [("alice", ["lineage", f"{ANIMALS}:v1", "--depth", "1", "--direction", "downstream"])]
    asked += [
        ("alice", ["approvals", f"{MODEL}:v0"]),
        ("alice", ["approvals", f"{MODEL}:v1"]),
        ("alice", ["diff", f"{ANIMALS}:v0", f"{ANIMALS}:v1"]),
        ("alice", ["diff", f"{ANIMALS}:v1", f"{ANIMALS}:v2"]),
        ("alice", ["diff", "keepers/census/referring:v0", "keepers/census/remote:v0"]),
        ("alice", ["ttl", "expired"]),
        ("alice", ["ttl", "show", f"{ANIMALS}:v1"]),
        ("alice", ["ttl", "show", f"{ANIMALS}:v2"]),
        ("alice", ["ttl", "default", "keepers"]),
        ("alice", ["automations", "list"]),
        ("alice", ["automations", "secret", "list"]),
        ("alice", ["verify", "keepers/census/referring:v0", "--references"]),
        ("alice", ["verify", "keepers/census/large:v0"]),
        ("alice", ["versions", "keepers/imported/legs"]),
        ("alice", ["versions", "keepers/census/nowhere"]),
        ("alice", ["history", "keepers/census/doomed"]),
    ]
    return asked


FILTER = '{"metadata.rows": {"$gte": 1}}'

OF_THE_FOLDER = [
    ("alice", ["automations", "history"]),
    ("alice", ["automations", "history", "--state", "pending"]),
    ("alice", ["automations", "dead-letters"]),
]
"""About what lies beside the ledger: it stays where it is when a bundle is carried elsewhere."""

REFUSED = [
    ("bob", ["alias", "set", MODEL, "production", "v0", "--reason", "now"]),
    ("carol", ["alias", "set", MODEL, "production", "v0", "--reason", "now"]),
    ("bob", ["alias", "set", MODEL, "candidate", "v1"]),
    ("dave", ["alias", "set", MODEL, "mine", "v0", "--reason", "mine"]),
    ("dave", ["link", f"{ANIMALS}:v0", "wandb-registry-Secret/hidden"]),
    ("dave", ["download", "wandb-registry-Secret/hidden:v0"]),
    ("dave", ["versions", "wandb-registry-Secret/hidden"]),
    ("bob", ["link", "keepers/census/scores:v0", "wandb-registry-Models/scores"]),
    ("alice", ["link", "alice/private/diary:v0", "wandb-registry-Gone/diary"]),
    ("bob", ["registry", "create", "Mine"]),
    ("bob", ["members", "add", "frank"]),
    ("ci-bot", ["approve", f"{MODEL}:v0", "production"]),
    ("bob", ["events"]),
    ("alice", ["alias", "set", ANIMALS, "blue", "v1", "--expected", "v2"]),
    ("alice", ["delete", f"{ANIMALS}:v1", "--yes"]),
    ("alice", ["registry", "create", "models"]),
]
"""What the rules forbid; the attempts that are denied are recorded, so these come last."""

CONTENTS = [
    f"{ANIMALS}:v0", f"{ANIMALS}:v1", f"{ANIMALS}:v2", "keepers/census/classifier:v1",
    f"{MODEL}:production", "keepers/census/large:v0", "keepers/census/paged:v0",
    "keepers/census/md5:v0", "keepers/census/sha256:v0", "keepers/census/nothing:v0",
    "keepers/census/referring:v0", "keepers/census/inner:v0", "keepers/census/objects:v0",
    "alice/private/diary:v0", "keepers/imported/legs:v0",
]  # fmt: skip


def asked(location, lines, ask):
    return [{"actor": actor, "line": line, **ask(location, actor, line)} for actor, line in lines]


def answers_of(making, folder):
    """Return what the store answers; only the last questions, and replays, add to a copy of it."""
    size = making.store.ledger.size
    answers = {
        "ledger": questions.ledger(making.store),
        "questions": asked(folder, questions_to(making), questions.answer),
        "of_the_folder": asked(folder, OF_THE_FOLDER, questions.answer),
        "objects": questions.objects(making.store),
        "contents": {path: questions.content(making.store, path) for path in CONTENTS},
        "runs": questions.runs(making.store),
        "commands": making.given,
    }
    if making.store.ledger.size != size:
        added = [each.as_json() for each in making.store.events(size)]
        raise AssertionError(f"asking added events: {added}")
    return answers


def replayed(copy, keys):
    """Return which events each command adds when it is given again: at most those of a run."""
    added = {}
    with fingerpost.open_store(copy, actor="alice", create=False) as store:
        for key in keys:
            before = store.ledger.size
            give(store, key)
            added[key] = [event.kind for event in store.events(before)]
    return added


def pack(target, work):
    with tarfile.open(target / "store.tar.xz", "w:xz", preset=9) as archive:
        for name in ("store", "bundle", "events.jsonl"):
            archive.add(work / name, name, filter=plain)


def plain(member):
    """Return a member of an archive without who made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def make(target, work, web):
    making = Making(work / "store", web)
    fill(making)
    unused = set(COMMANDS) - set(making.given)
    if unused:
        raise AssertionError(f"commands that were not given: {unused}")
    answers = answers_of(making, work / "store")
    making.store.export(work / "bundle")
    lines = [json.dumps(event) + "\n" for event in questions.events(making.store)]
    (work / "events.jsonl").write_text("".join(lines))
    making.store.close()
    left = [path.name for path in (work / "store").glob("*-wal")]
    if left:
        raise AssertionError(f"still open: {left}")
    shutil.copytree(work / "store", work / "copy")
    answers["replays_add"] = replayed(work / "copy", making.given)
    answers["refused"] = asked(work / "copy", REFUSED, questions.refusal)
    target.mkdir(parents=True)
    pack(target, work)
    text = json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True)
    (target / "answers.json").write_text(text + "\n", encoding="utf-8")


def main(target):
    os.environ["FINGERPOST_SECRETS_KEY"] = KEY
    os.environ["FINGERPOST_ALLOW_WEBHOOK_HOSTS"] = "127.0.0.0/8"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as work:
        os.environ["HOME"] = os.environ["XDG_CACHE_HOME"] = work
        make(Path(target), Path(work), f"http://127.0.0.1:{server.server_port}/remote.bin")
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
