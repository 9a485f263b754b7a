"""Runs a command line of every kind with ``--json``, in order, and keeps what each prints.

What differs from run to run (times, identities, folders, signatures) has a placeholder instead.
"""

import base64
import io
import json
import re
import shlex
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from receiver import receiving, status

from fingerpost.cli import main

GOLDEN = Path(__file__).parent / "golden"

SCRIPT = """
store create --organization acme
store info
write table.csv a,b
log table table.csv --type dataset --alias checked --tag raw -m rows=1 -m score=0.5 -d First
log table table.csv --type dataset
write table.csv a,b,c
log table table.csv --type dataset --entity team --project plants --job-type prepare --ttl 2w
write notes.txt hello
log table table.csv notes.txt --type dataset --entity team --project plants -m rows=2 --tag blue
use team/plants/table:v1 --job-type train --run-name fit
download team/plants/table:v1 --root copy
versions team/plants/table
versions table
diff team/plants/table:v0 team/plants/table:v1
diff team/plants/table:v0 team/plants/table:v1 --only added --limit 0
link team/plants/table:v1 registry/Dataset/tables --alias staging
alias set table best v0 --expected none --reason looked
alias set table best v0
alias move table --set blue=v0 --remove best --expect checked=v0
alias list table
alias remove table blue --reason old
write table.csv a,b,d
log table table.csv --type dataset --alias checked
alias rollback table checked --reason worse
history table
history table --alias checked
history table --at NOW
history table --at 2100-01-01
history table --svg table.svg
registry create Golden --type dataset -d Best
registry protect Golden production --reason served
registry require-approvals Golden production 1
registry require-reasons Golden
registry require-reasons Golden --lift
registry describe Golden Better
registry permit Golden model
registry withdraw Golden model
registry visibility Golden restricted
registry unprotect Golden production
registry protect Golden production
registry snippet Golden
registry list
link team/plants/table:v1 registry/Golden/tables
approve registry/Golden/tables:v0 production --reason good
approvals registry/Golden/tables:v0
approve registry/Golden/tables:v0 production --withdraw
history --registry Golden
members add bob --role member --registry Golden --reason joins
members add robot --role member --service-account
members set-role bob admin --registry Golden
members list --registry Golden
members list
team create vision --admin bob
team list
members add vision --teams --registry Golden
members list --team vision
members remove bob --registry Golden
organization create reviewco
organization list
organization default-role viewer
history --organization
collection create registry/Golden/empty --tag vision
collection edit table --tag bikes --description rides
collection snippet table
search table
search table --kind version --limit 1
search nothing-of-that
lineage team/plants/table:v1
lineage team/plants/table:v1 --depth 1 --limit 2
automations secret set TOKEN --from-file notes.txt
automations secret list
automations create tell --registry Golden --on alias_added --alias best --webhook RECEIVER \
--header X-Team:ml --token-secret TOKEN --description Tells
automations create talk --collection team/plants/table --on tag_added --tag-pattern b* \
--slack-secret URL
automations create hear --in-project team/plants --on version_logged --slack-secret URL
automations list
automations show tell
automations test tell --dry-run
automations test tell
alias set registry/Golden/tables best v0
automations run --once --attempts 1
automations run --once --attempts 1
automations history
automations history tell --state dead
automations dead-letters
automations dead-letters --retry --all
automations disable talk
automations enable talk
automations delete talk --yes
automations secret rotate
automations secret remove TOKEN
automations secret generate-key
write outside.txt outside
log refs file://WORK/outside.txt --type dataset
log loose file://WORK/outside.txt --type dataset --no-checksum
verify refs --references
write outside.txt changed
verify refs --references
verify loose --references --strict
verify team/plants/table:v1
verify team/plants/table:v1 --root copy
write copy/table.csv x
verify team/plants/table:v1 --root copy
verify
store check
store rebuild
store migrate
ttl set team/plants/table:v0 36h
ttl show team/plants/table:v0
ttl default team 90d
ttl set team/plants/table:v0 1s
sleep
ttl expired
gc --grace 0
ttl expired --delete
gc --grace 0
gc --grace 0 --apply
delete table:v1 --delete-aliases --yes
unlink registry/Dataset/tables:v0
collection rename table bikes
collection delete bikes --yes
registry create Passing
registry delete Passing --yes
cache
cache clean
ledger keygen ledger.key
ledger verify
export stick --key ledger.key
import bundle stick --store copied
import mlflow m/mlflow.sqlite --model legs --moved /srv/mlflow=m --dry-run
import mlflow m/mlflow.sqlite --model legs --moved /srv/mlflow=m
versions legs --limit 1
events --limit 3
events --kind collection.alias_moved --limit 1
events --kind run.started --limit 1
alias set nowhere best v0
demo
help exit-codes
log
"""
"""What is run. ``write`` writes a file; a line that fails keeps its exit code and error."""

UNSTABLE = {
    "bytes": "BYTES",
    "command": "ID",
    "command_id": "ID",
    "cursor": "CURSOR",
    "duration_s": "SECONDS",
    "freed_bytes": "BYTES",
    "key": "KEY",
    "output": "TEXT",
    "public_key": "KEY",
    "recorded": "DIGEST",
    "stored_bytes": "BYTES",
}
"""By key, what stands for a value that is not the same every time."""

PATTERNS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(Z|\+00:00| UTC)", "TIME"),
    (r"webhook-timestamp: \d+", "webhook-timestamp: SECONDS"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"(?<!\w)(?<!:)[0-9a-f]{64}\b", "HASH"),
    (r"(?<!\w)[0-9a-f]{32}\b", "ID"),
    (r"\brun-[0-9a-f]{8}\b", "run-ID"),
    (r"_[0-9A-Z]{9}\b", "_SUFFIX"),
    (r"http://127\.0\.0\.1:\d+", "RECEIVER"),
)


def variables(folder):
    """Return the environment of the command lines."""
    return {
        "FINGERPOST_ACTOR": "alice",
        "FINGERPOST_ALLOW_WEBHOOK_HOSTS": "127.0.0.0/8",
        "FINGERPOST_CACHE": str(folder / "cache"),
        "FINGERPOST_SECRETS_KEY": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "FINGERPOST_STORE": str(folder / "store"),
    }


def answers(folder):
    """Return for each line of the script the line, its exit code and what it printed.

    Args:
        folder: an empty folder, in which the process is and whose :func:`variables` are set.
    """
    shutil.copytree(GOLDEN / "mlflow-3.17.2", "m")
    with receiving() as receiver:
        receiver.faults.extend([status(200), status(500)])
        lines = SCRIPT.replace("\\\n", "").strip().splitlines()
        found = [_answer(line, folder, receiver.url) for line in lines]
    return [each for each in found if each is not None]


def _answer(line, folder, url):
    given = line.replace("RECEIVER", url).replace("WORK", str(folder))
    word, *arguments = shlex.split(given.replace("NOW", datetime.now(UTC).isoformat()))
    match word:
        case "write":
            name, text = arguments
            Path(name).write_text(text + "\n", encoding="utf-8")
        case "sleep":
            time.sleep(1.1)
        case _:
            answer = {"line": line, **_run([word, *arguments], folder)}
            return _without_digest(answer) if "WORK" in line else answer
    return None


def _without_digest(answer):
    """Leave out a digest that follows from where the folder is."""
    for each in answer["output"]:
        each["artifact"]["digest"] = "DIGEST"
    return answer


def _run(arguments, folder):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["--json", *arguments])
    printed = {"exit_code": code, "output": _read(out.getvalue()), "errors": _read(err.getvalue())}
    return {key: _plain(value, folder) for key, value in printed.items() if value != []}


def _read(text):
    """Return the JSON documents in a text."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


def _plain(value, folder, key=None):
    if UNSTABLE.get(key) and value is not None:
        return UNSTABLE[key]
    if isinstance(value, dict):
        return {name: _plain(each, folder, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, folder) for each in value]
    if isinstance(value, str):
        value = value.replace(str(folder), "FOLDER")
        for pattern, shown in PATTERNS:
            value = re.sub(pattern, shown, value)
    return value
