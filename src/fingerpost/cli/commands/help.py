"""``fingerpost help``: what is not about one command."""

from typing import Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json

TOPICS: Final = {
    "paths": """
An artifact:              [[ENTITY/]PROJECT/]NAME[:ALIAS]
In a registry:            [ORGANIZATION/]registry/REGISTRY/COLLECTION[:ALIAS]
The same, as W&B has it:  [ORGANIZATION/]wandb-registry-REGISTRY/COLLECTION[:ALIAS]

ALIAS is `latest` if it is left out, a version (v0, v1, …), or an alias that somebody set.
ENTITY is a team, or your personal entity; only a team's versions can be linked to a registry.
PROJECT is `uncategorized` if it is left out here, in --project and in FINGERPOST_PROJECT.
""",
    "exit-codes": """
  0  done
  1  something unexpected; please report it (with `diff --exit-code`: there are differences)
  2  the command line or a value in it is not valid (also: a missing input file, a wrong type)
  3  something that was named does not exist: store, artifact, alias, registry
  4  conflict: it does not fit what is there now, such as an alias that was moved meanwhile
  5  permission denied: the actor's role does not allow it
  6  integrity: bytes, or what a reference points at, are not what was recorded, or are lost
  7  storage: a store, file, folder or reference cannot be read or written, or not be reached
130  interrupted with Ctrl-C; what was not complete is not visible
141  whatever read the output stopped reading
""",
    "environment": """
FINGERPOST_STORE         folder or URL of the store (--store); else the nearest .fingerpost/ in
                         this folder or one above; else a folder of the user's own
FINGERPOST_CONTENT       folder or URL where a store that is made now keeps its content (--content),
                         such as s3://bucket/prefix; else the store's own folder
FINGERPOST_ACTOR         on whose behalf (--actor); else the operating system's user
FINGERPOST_ENTITY        team or personal entity (--entity); else the actor's personal entity
FINGERPOST_PROJECT       project (--project); else `uncategorized`
FINGERPOST_ORGANIZATION  name of the organization of a store that is made now
FINGERPOST_CACHE         folder of the download cache; else one of the user's own
FINGERPOST_CACHE_SIZE    what it may take, such as 20GB; else 10GiB; 0 turns it off
FINGERPOST_SECRETS_KEY   key that secrets of automations are encrypted with
FINGERPOST_ALLOW_WEBHOOK_HOSTS  hosts and networks that webhooks may go to though they are private
FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS  yes: keep a ledger on NFS, SMB, … all the same
FINGERPOST_SETTINGS      a TOML file with these, such as store = "./registry"; else the nearest
                         fingerpost.toml in this folder or one above. The environment comes first
AWS_…, GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_…  credentials, as for the providers
NO_COLOR, TERM=dumb      plain output, as when it is piped
""",
    "json": """
Every command but `events` prints one object on standard output; times are ISO 8601 in UTC, sizes
are bytes.

log                {"artifact": VERSION, "is_new": bool, "run": RUN}
use                {"artifact": VERSION, "run": RUN}
download           {"artifact": VERSION, "root": folder}
link               {"artifact": VERSION}
versions           {"collection", "type", "versions": [VERSION]}, newest first
diff               {"before", "after", "is_empty", "counts": {kind: number}, "entries": DELTA,
                    "size_bytes": DELTA, "added": [ENTRY], "removed": [ENTRY],
                    "changed": [CHANGE], "renamed": [CHANGE], "incomparable": [CHANGE],
                    "metadata": [{"kind", "pointer", "before", "after"}],
                    "description": null | {"before", "after"}, "tags": {"added", "removed"}}
search             {"query", "results": [{"kind", "path", "type", "is_exact",
                    "matches": [{"field", "snippet"}]}], "cursor"}, best first
history            {"collection", "alias", "changes": [ALIAS_CHANGE]}, oldest first
events             one CloudEvent a line: {"specversion", "id", "source", "type", "subject", "time",
                    "datacontenttype", "sequence", "streamid", "actor", "data": {"position",
                    "kind", "stream_id", "version", "at", "actor", "reason", "run_id",
                    "command_id", "data"}}
lineage            {"root", "nodes": [{"kind", "id", …}], "edges": [{"kind", "from", "to"}],
                    "left_out": [{"node", "direction", "because_of"}]}
alias set, remove  {"collection", "alias", "is_changed", "from_version", "to_version"}
alias move         {"collection", "is_changed", "changes": [ALIAS_CHANGE]}
alias list         {"collection", "aliases": {alias: version}}
registry list      {"registries": [REGISTRY]}
registry …         {"registry": REGISTRY}
approve, approvals {"artifact", "approvals": [{"alias", "by", "at", "reason", "counts"}]}
members …          {"place", "members": [{"name", "kind", "role", "since", "added_by"}]}
organization list  {"organizations": [ORGANIZATION]}
organization …     {"organization": ORGANIZATION}
team list          {"teams": [TEAM]}
team create        {"team": TEAM}
… snippet          {"path", "code"}
collection create, edit
                   {"collection": {"path", "type", "description", "tags", "aliases", "created_at",
                    "created_by"}}
verify             {"target", "is_ok", "checked": {what: number}, "problems":
                    [{"where", "problem"}]}; with --references "problem" is changed, missing,
                    unverifiable, refused or unreachable, beside "uri", "recorded", "found"
gc                 {"is_applied", "grace_s", "expired": [{"version", "size_bytes", "logged_at",
                    "expired_at"}], "versions": [{"name", "deleted_at", "deleted_by",
                    "reason", AMOUNT}], "unnamed": {AMOUNT}, "copies": {AMOUNT}, "young": {AMOUNT},
                    "waiting": {AMOUNT}, "recently_deleted", "files", "packs_rewritten",
                    "freed_bytes"}
store create, info {"store": {"location", "content", "organization", "versions": {what: {"is",
                    "newest"}}, "counts": {what: number}}}
store check        as verify
store rebuild      {"rebuilt": {"events"}}
store migrate      {"done": [sentence]}
cache              {"cache": {"folder", "limit_bytes", "entries", "size_bytes"}}
cache clean        {"removed": {"entries", "size_bytes"}}
automations create, show  {"automation": AUTOMATION}; list  {"automations": [AUTOMATION]}
automations …      {"automation": name, "is_enabled" | "is_disabled" | "is_deleted"};
                    test {"automation", "result"}
automations run    {"planned", "delivered", "failed", "dead", "cancelled"}
automations history        {"executions": [EXECUTION]}, newest first
automations dead-letters   {"dead_letters": [EXECUTION]}, {"retried"} or {"discarded"}
automations secret {"secret", "is_set" | "is_removed"}, {"secrets"}, {"rotated"}, {"key"}
demo               {"folder", "steps": [{"title", "commands": [{"line", "output"}]}]}
help               {"topics": {topic: text}}

VERSION   {"name", "qualified_name", "version", "type", "digest", "size_bytes", "file_count",
           "aliases", "tags", "description", "metadata", "created_at", "created_by", "source",
           "origin"}
RUN       {"id", "path", "name", "job_type", "actor", "entity", "project", "state",
           "created_at", "finished_at", "exit_code"}
ALIAS_CHANGE  {"position", "alias", "from_version", "to_version", "actor", "at", "effective_at",
               "reason", "run", "policy_version", "approved_by", "undoes", "command"}
REGISTRY  {"name", "organization", "path", "description", "visibility", "artifact_types",
           "protected_aliases", "required_approvals", "requires_reasons", "collections",
           "created_at", "created_by"}
TEAM      {"name", "is_team", "default_ttl_s"}
ORGANIZATION  {"name", "entity_name", "default_role"}
AUTOMATION  {"id", "name", "scope", "event": {"kind", …}, "action": {"kind", …}, "description",
             "is_enabled", "created_at", "created_by"}
EXECUTION   {"id", "automation", "position", "event", "version", "state", "planned_at", "next_at",
             "attempts": [{"number", "at", "duration_s", "status", "problem"}]}
DELTA     {"before", "after", "delta"}
ENTRY     {"path", "digest", "size", "content", "ref", "extra"} as in manifests
CHANGE    {"path", "old_path", "what": ["content" | "size" | "reference" | "checksum"],
           "before": ENTRY, "after": ENTRY}
AMOUNT    "contents", "size_bytes", "stored_bytes"

Standard error has one object a line: {"error": {"code", "type", "message"}}, and
{"warning": {"message"}}. The codes are stable, the messages are for people.
""",
}


@click.command(
    "help",
    cls=TaughtCommand,
    short_help="Explain paths, exit codes, JSON.",
    example="fingerpost help exit-codes",
)
@click.argument("topic", type=click.Choice(list(TOPICS)), required=False)
@pass_invocation
def help_command(invocation: Invocation, topic: str | None) -> None:
    """Explain paths, exit codes, the environment, and what --json prints."""
    wanted = {topic: TOPICS[topic]} if topic else TOPICS
    if invocation.is_json:
        emit_json({"topics": {name: text.strip("\n") for name, text in wanted.items()}})
        return
    titled = [f"{name}\n{'-' * len(name)}{text}" for name, text in wanted.items()]
    click.echo("\n".join(titled if topic is None else [wanted[topic].strip("\n")]))
