"""Commands that are given under a key: to make a kept store, and again to a copy of it.

Each function is one command, and its name in :data:`COMMANDS` is its key. Given again, a command
must change nothing and return what it returned the first time. Only the public API is used, since
later versions have to be able to run this.

A command that deletes something is given again to another thing that has its name by then: the key,
and not the lack of a target, has to stop it.
"""

from datetime import timedelta

import fingerpost
from fingerpost.automations import OnAddArtifactAlias, OnLinkArtifact, RegistryScope, SendWebhook

COMMANDS = {}
"""Key → who gives the command, and the function that gives it."""

NOWHERE = "http://127.0.0.1:9/hook"
MODEL = "wandb-registry-Models/classifier"
ANIMALS = "keepers/census/animals"


def command(function=None, *, actor="alice"):
    if function is None:
        return lambda found: command(found, actor=actor)
    COMMANDS[function.__name__.replace("_", " ")] = (actor, function)
    return function


def give(store, key):
    """Give a command under its key; return what it returned, as JSON."""
    actor, function = COMMANDS[key]
    api = fingerpost.Api(store, actor, entity="keepers", project="census")
    with api, fingerpost.once(key):
        return function(api, store)


def run_of(api, store):
    return fingerpost.init("keepers", "census", "keyed", store=store, actor=api.actor)


def text_artifact(name, type, files, **more):
    """Return a draft with small text files."""
    draft = fingerpost.Artifact(name, type, **more)
    for path, text in files.items():
        with draft.new_file(path) as file:
            file.write(text)
    return draft


def named(artifact):
    return [artifact.qualified_name, artifact.digest]


# Organizations, teams and members


@command
def create_organization(api, store):
    made = api.create_organization("aquarium")
    return [made.name, made.entity_name]


@command
def set_default_role(api, store):
    api.organization().default_role = "viewer"


@command
def create_team(api, store):
    return api.create_team("keepers").name


@command
def add_members(api, store):
    api.organization().add_members("bob", "carol", "erin", role="member", reason="the first shift")


@command
def add_service_account(api, store):
    api.organization().add_service_account("ci-bot", reason="nightly builds")


@command
def update_member(api, store):
    api.organization().update_member("carol", "admin", reason="leads the shift")


@command
def remove_members(api, store):
    api.organization().remove_members("erin", reason="moved away")


@command
def set_default_ttl(api, store):
    api.entity("keepers").default_ttl = timedelta(days=36_500)


# Registries


@command
def create_registry(api, store):
    return api.create_registry("Models", description="trained", artifact_types=["model"]).path


@command
def permit_type(api, store):
    api.registry("Models").permit_artifact_type("dataset", "examples belong to models")


@command
def withdraw_type(api, store):
    api.registry("Models").withdraw_artifact_type("modle", "a slip")


@command
def describe_registry(api, store):
    api.registry("Models").description = "what is served"


@command
def restrict_registry(api, store):
    api.registry("Secret").visibility = "restricted"


@command
def protect_alias(api, store):
    api.registry("Models").add_protected_alias("production", "it is served")


@command
def unprotect_alias(api, store):
    api.registry("Models").remove_protected_alias("temporary", "no longer served")


@command
def require_approvals(api, store):
    api.registry("Models").require_approvals("production", 1, "four eyes")


@command
def require_reasons(api, store):
    api.registry("Models").require_reasons(reason="auditors ask")


@command
def delete_registry(api, store):
    api.registry("Gone").delete("never used")


@command
def create_collection(api, store):
    made = api.registry("Models").create_collection(
        "waiting", "model", "for later", ["empty"], reason="agreed on the name"
    )
    return [made.path, made.id]


# Versions and runs


@command(actor="bob")
def log_a_draft(api, store):
    with run_of(api, store) as run:
        draft = text_artifact("animals", "dataset", {"cats.csv": "tom,4\n"})
        return named(run.log_artifact(draft, aliases=["reviewed"], tags=["small"]))


@command(actor="bob")
def log_and_link_a_draft(api, store):
    with run_of(api, store) as run:
        draft = text_artifact("classifier", "model", {"weights.txt": "0.25"})
        return named(run.link_artifact(draft, MODEL, aliases=["candidate"], reason="first try"))


@command(actor="bob")
def save_a_draft(api, store):
    with run_of(api, store):
        draft = text_artifact("notes", "dataset", {"notes.txt": "written down"})
        draft.save()
        return named(draft)


@command(actor="bob")
def several_in_one_block(api, store):
    """Three commands under one key, told apart by their order."""
    with run_of(api, store) as run:
        draft = text_artifact("steps", "dataset", {"step.txt": "one"})
        logged = run.log_artifact(draft)
        run.log({"loss": 0.5})
    api.collection("keepers/census/steps").set_alias("done", "v0", reason="all three")
    return named(logged)


@command(actor="bob")
def log_metrics(api, store):
    with run_of(api, store) as run:
        run.log({"accuracy": 0.75, "note": "good"}, step=3)


@command
def edit_a_version(api, store):
    artifact = api.artifact(f"{ANIMALS}:v0")
    artifact.description = "the first words"
    artifact.metadata["rows"] = 1
    artifact.tags = ["small", "edited"]
    artifact.save(reason="described")


@command
def keep_a_version(api, store):
    artifact = api.artifact(f"{ANIMALS}:v1")
    artifact.ttl = timedelta(days=3_650)
    artifact.save()


@command
def delete_a_version(api, store):
    api.artifact("keepers/census/doomed:latest").delete(delete_aliases=True, reason="a mistake")


# Collections and aliases


@command
def edit_a_collection(api, store):
    api.collection(ANIMALS).edit(description="legs by animal", add_tags=["legs"], reason="told")


@command
def rename_a_collection(api, store):
    api.collection("keepers/census/plants").rename("plants", reason="a better name")


@command
def delete_a_collection(api, store):
    api.collection("keepers/census/scratch").delete(reason="tidied up")


@command
def set_an_alias(api, store):
    api.collection(ANIMALS).set_alias("blue", "v0", expected=None, reason="begins here")


@command
def swap_aliases(api, store):
    api.collection(ANIMALS).move_aliases({"blue": "green", "green": "blue"}, reason="swap")


@command
def remove_an_alias(api, store):
    api.collection(ANIMALS).remove_alias("short", reason="was short")


@command
def roll_back(api, store):
    return api.collection(ANIMALS).rollback("reviewed", reason="the older was right")


# Links and approvals


@command(actor="bob")
def link_a_version(api, store):
    source = api.artifact("keepers/census/classifier:v1")
    return named(source.link(MODEL, ["challenger"], reason="second try"))


@command(actor="carol")
def unlink_a_version(api, store):
    api.artifact("wandb-registry-Models/retired:latest").unlink(reason="not good enough")


@command(actor="carol")
def approve_a_version(api, store):
    api.artifact(f"{MODEL}:v1").approve("production", "measured it")


@command(actor="carol")
def withdraw_an_approval(api, store):
    api.artifact(f"{MODEL}:v0").withdraw_approval("production", "it was the wrong one")


# Automations


@command
def create_an_automation(api, store):
    made = api.create_automation(
        name="deploy",
        scope=RegistryScope("Models"),
        event=OnAddArtifactAlias(alias="production"),
        action=SendWebhook(url=NOWHERE, access_token="DEPLOY_TOKEN", headers={"X-From": "zoo"}),
        description="tells the servers",
    )
    return [made.id, made.name]


@command
def change_an_automation(api, store):
    changed = SendWebhook(url=NOWHERE, payload={"alias": "${alias}", "fixed": [1, None]})
    api.automation("changed").update(action=changed, description="in another form")


@command
def disable_an_automation(api, store):
    api.automation("quiet").disable("too loud")


@command
def enable_an_automation(api, store):
    api.automation("again").enable("quieter now")


@command
def delete_an_automation(api, store):
    api.automation("twice").delete("not needed")


@command
def set_a_secret(api, store):
    api.set_secret("DEPLOY_TOKEN", "a token")


@command
def remove_a_secret(api, store):
    api.remove_secret("OLD_TOKEN")


@command
def rotate_secrets(api, store):
    api.rotate_secrets()


def watch(api, name, event=None, url=NOWHERE):
    """Make one more automation; without a key."""
    return api.create_automation(
        name=name,
        scope=RegistryScope("Models"),
        event=event or OnLinkArtifact(alias="never"),
        action=SendWebhook(url=url),
    )
