"""What a ledger keeps of commands that were given under a key: their subjects."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

import fingerpost
from contestants import logged, team_store
from fingerpost.automations import OnCreateArtifact, OrgScope, SendWebhook
from fingerpost.domain.events import CommandCarriedOut

REGISTRY = "wandb-registry-Model"


class Setting:
    """A store with what the commands below need."""

    def __init__(self, monkeypatch):
        monkeypatch.setenv("FINGERPOST_SECRETS_KEY", urlsafe_b64encode(bytes(32)).decode())
        self.opened = team_store("memory://", trials=1)
        self.api = fingerpost.Api(self.opened, "alice", entity="team", project="project")
        self.run = fingerpost.init("team", "project", store=self.opened, actor="alice")
        self.version = logged(self.run, "data", "A")
        self.registry = self.api.registry("Model")
        self.registry.add_members("bob", role="admin")
        self.collection = self.api.collection(f"{REGISTRY}/0")
        self.collection.set_alias("best", "v0")
        self.collection.set_alias("best", "v1")
        self.link = self.api.artifact(f"{REGISTRY}/0:v0")
        for alias in ("guarded", "approved"):
            self.registry.add_protected_alias(alias)
        self.link.approve("approved")
        self.automation = self.automate("kept")
        self.api.set_secret("KEPT", "secret")

    def automate(self, name):
        return self.api.create_automation(
            name=name,
            scope=OrgScope(),
            event=OnCreateArtifact(),
            action=SendWebhook(url="https://ci.example.com/hook"),
        )

    def edit(self):
        self.version.description = "the first"
        self.version.save()

    def subjects(self):
        found = (each.event for each in self.opened.store.events.events(limit=100_000))
        return [each.subject for each in found if isinstance(each, CommandCarriedOut)]


# As version 0.1.0 stored them; a ledger keeps them for good.
STORED = {
    "aliases": [
        lambda it: it.collection.set_alias("fresh", "v1"),
        lambda it: it.collection.move_aliases({"best": "v0"}),
        lambda it: it.collection.remove_alias("best"),
    ],
    "approvals": [
        lambda it: it.link.approve("guarded"),
        lambda it: it.link.withdraw_approval("approved"),
    ],
    "automation_secrets": [
        lambda it: it.api.set_secret("TOKEN", "value"),
        lambda it: it.api.remove_secret("KEPT"),
        lambda it: it.api.rotate_secrets(),
    ],
    "automations": [
        lambda it: it.automate("made"),
        lambda it: it.automation.disable(),
        lambda it: it.automation.delete(),
    ],
    "collection_edits": [lambda it: setattr(it.collection, "description", "the best")],
    "collection_names": [
        lambda it: it.collection.rename("renamed"),
        lambda it: it.collection.delete(),
    ],
    "edits": [lambda it: it.edit()],
    "empty_collections": [lambda it: it.registry.create_collection("made")],
    "expiry": [lambda it: setattr(it.api.entity("team"), "default_ttl", timedelta(days=7))],
    "links": [
        lambda it: it.version.link(f"{REGISTRY}/new"),
        lambda it: it.link.unlink(),
    ],
    "members": [
        lambda it: it.registry.add_members("carol"),
        lambda it: it.registry.remove_members("bob"),
    ],
    "organizations": [
        lambda it: it.api.create_organization("other"),
        lambda it: setattr(it.api.organization(), "default_role", "viewer"),
    ],
    "registries": [
        lambda it: it.api.create_registry("Papers"),
        lambda it: it.registry.add_protected_alias("best"),
        lambda it: it.registry.delete(),
    ],
    "rollbacks": [lambda it: it.collection.rollback("best")],
    "runs": [lambda it: it.run.log({"loss": 0.5})],
    "teams": [lambda it: it.api.create_team("another")],
    "versions": [
        lambda it: logged(it.run, "data", "B"),
        lambda it: it.version.delete(delete_aliases=True),
    ],
}

COMMANDS = [(subject, command) for subject, commands in STORED.items() for command in commands]


@pytest.mark.parametrize(("subject", "command"), COMMANDS)
def test_a_command_that_has_a_key_is_stored_with_its_subject(monkeypatch, subject, command):
    setting = Setting(monkeypatch)
    with fingerpost.once("a key"):
        command(setting)
    setting.run.finish()
    assert setting.subjects() == [subject]
