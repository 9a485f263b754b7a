"""What an admin may do with a version that others approved, and what nobody learns by trying."""

import pytest

import fingerpost
from fingerpost import Api, Artifact
from fingerpost.domain.errors import (
    AlreadyExistsError,
    ApprovalsMissingError,
    RoleRequiredError,
)

PROD = "wandb-registry-Model/prod"


@pytest.fixture
def store():
    with fingerpost.open_store("memory://", actor="alice") as opened:
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            artifact = Artifact("alpha", "model")
            with artifact.new_file("data.txt") as file:
                file.write("weights")
            run.log_artifact(artifact)
        api = Api(opened, "alice", entity="team", project="p")
        registry = api.registry("Model")
        registry.add_protected_alias("production")
        registry.require_approvals("production", 1)
        api.artifact("alpha:v0").link(PROD)
        yield opened


def add_production(store):
    link = Api(store, "alice").artifact(f"{PROD}:v0")
    link.aliases.append("production")
    link.save()


def test_saving_a_link_moves_an_alias_to_what_enough_others_approved(store):
    Api(store, "bob").artifact(f"{PROD}:v0").approve("production")
    add_production(store)
    assert Api(store, "alice").collection(PROD).aliases["production"] == "v0"


def test_saving_a_link_does_not_move_an_alias_to_what_nobody_else_approved(store):
    Api(store, "alice").artifact(f"{PROD}:v0").approve("production")
    with pytest.raises(ApprovalsMissingError):
        add_production(store)


def test_who_may_not_create_registries_does_not_learn_which_there_are(store):
    Api(store, "alice").create_registry("Secret", "restricted")
    for name in ("Secret", "Unheard of"):
        with pytest.raises(RoleRequiredError):
            Api(store, "bob").create_registry(name)
    assert len(Api(store, "alice").denied()) == 2
    with pytest.raises(AlreadyExistsError):
        Api(store, "alice").create_registry("Secret")
