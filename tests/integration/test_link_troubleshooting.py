"""What W&B's linking document lists under Troubleshooting, on every path that leads to a link."""

import json
import re

import pytest

import fingerpost
from fingerpost import Api, Artifact
from fingerpost.application.organizations.organizations import create_organization
from fingerpost.application.transactions.transaction import Session
from fingerpost.cli import main
from fingerpost.domain.names.names import Actor, OrganizationName
from fingerpost.errors import FingerpostError


@pytest.fixture
def store(tmp_path):
    """A store with a team and an organization that are both called ``reviewco``."""
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        for entity in ("reviewco", "vision", None):
            with fingerpost.init(entity, "p", store=opened, actor="alice") as run:
                for kind in ("dataset", "model"):
                    run.log_artifact(Artifact(kind, kind))
        session = Session(store=opened.store, actor=Actor("alice"))
        create_organization(session, OrganizationName("reviewco"))
        yield opened


@pytest.fixture
def identifier(store):
    """The organization's identifier: its name with a suffix."""
    (found,) = [
        row.entity_name for row in store.store.queries.organizations() if row.name == "reviewco"
    ]
    return found


def link_a_draft_in_a_run(store, entity, kind, target):
    with fingerpost.init(entity, "p", store=store, actor="alice") as run:
        return run.link_artifact(Artifact(f"{kind}-draft", kind), target)


def link_what_a_run_logged(store, entity, kind, target):
    with fingerpost.init(entity, "p", store=store, actor="alice") as run:
        return run.link_artifact(run.use_artifact(f"{kind}:v0"), target)


def link_what_was_fetched(store, entity, kind, target):
    return Api(store, "alice").artifact(f"{entity or 'alice'}/p/{kind}:v0").link(target)


PATHS = [link_a_draft_in_a_run, link_what_a_run_logged, link_what_was_fetched]


class Refusal:
    """What a link was refused with: the code and the message."""

    def __init__(self, code, message):
        self.code, self.message = code, message


@pytest.fixture(params=[*PATHS, "command line"], ids=lambda path: getattr(path, "__name__", path))
def refused(request, store, capsys):
    """Try to link, expect that it is refused and that nothing was changed; return the refusal."""

    def attempt(entity, kind, target):
        before = (store.store.queries.registries(), collections(store))
        if request.param == "command line":
            name = f"{entity or 'alice'}/p/{kind}:v0"
            options = ("--store", store.location, "--actor", "alice", "--json")
            assert main(["link", name, target, *options]) in (2, 3)
            told = json.loads(capsys.readouterr().err.splitlines()[-1])["error"]
            refusal = Refusal(told["code"], told["message"])
        else:
            with pytest.raises(FingerpostError) as caught:
                request.param(store, entity, kind, target)
            refusal = Refusal(caught.value.code, str(caught.value))
        assert (store.store.queries.registries(), collections(store)) == before
        return refusal

    return attempt


def collections(store):
    queries = store.store.queries
    return [queries.collections(row.id) for row in queries.registries()] + [
        row.name for row in queries.collections(queries.entity("vision").id)
    ]


# -- "Logging artifacts from a personal account"


def test_what_is_personal_is_refused_and_the_error_names_the_teams_of_that_organization(refused):
    refusal = refused(None, "dataset", "wandb-registry-Dataset/c")
    assert refusal.code == "personal_entity_link"
    assert "belongs to the personal entity 'alice'" in refusal.message
    assert "one of the team entities 'reviewco', 'vision'" in refusal.message


def test_where_there_is_no_team_yet_the_error_says_how_one_is_made(refused, identifier):
    refusal = refused(None, "dataset", f"{identifier}/wandb-registry-Dataset/c")
    assert refusal.code == "personal_entity_link"
    assert "init(entity='my-team', …), which makes the team" in refusal.message


def test_what_another_organizations_team_logged_is_refused(refused, identifier):
    refusal = refused("vision", "dataset", f"{identifier}/wandb-registry-Dataset/c")
    assert refusal.code == "foreign_team"
    assert "'vision', which is no team of the organization" in refusal.message
    assert "of which there is none yet" in refusal.message


# -- "Organization names with team name collisions"


def test_the_identifier_has_a_suffix_like_the_documents(identifier):
    assert re.fullmatch(r"reviewco_[A-Z0-9]{9}", identifier)  # reviewco_XYZ123456


@pytest.mark.parametrize("form", ["wandb-registry-Dataset/c", "registry/Dataset/c"])
def test_the_plain_name_is_ambiguous_and_the_error_gives_the_identifier(refused, identifier, form):
    refusal = refused("vision", "dataset", f"reviewco/{form}")
    assert refusal.code == "ambiguous_organization"
    assert f"Write the organization's identifier '{identifier}'" in refusal.message


def test_a_team_in_the_place_of_the_organization_is_told_its_organization(refused):
    refusal = refused("vision", "dataset", "vision/wandb-registry-Dataset/c")
    assert refusal.code == "organization_not_found"
    assert "It is a team of the organization 'default': write that instead" in refusal.message


def test_a_person_in_the_place_of_the_organization_is_told_to_leave_it_out(refused):
    refusal = refused("vision", "dataset", "alice/wandb-registry-Dataset/c")
    assert refusal.code == "organization_not_found"
    assert "a team of" not in refusal.message
    assert "Leave it out of the path" in refusal.message


# -- "ensure that the registry that the collection belongs to already exists"


def test_a_registry_that_is_not_there_is_named_with_its_neighbours_and_how_to_make_it(refused):
    refusal = refused("vision", "dataset", "wandb-registry-Datasets/c")
    assert refusal.code == "registry_not_found"
    assert "there is no registry 'Datasets'. There is: 'Dataset'." in refusal.message
    assert "fingerpost registry create 'Datasets'" in refusal.message


def test_in_another_organization_the_remedy_names_that(refused, identifier):
    refusal = refused("vision", "dataset", f"{identifier}/wandb-registry-Papers/c")
    assert refusal.code == "registry_not_found"
    assert f"Api().create_registry('Papers', organization='{identifier}')" in refusal.message


# -- "Each registry controls the types of artifacts that can be linked to that registry"


def test_a_type_that_the_registry_does_not_permit_is_refused_and_those_that_are_named(refused):
    refusal = refused("vision", "dataset", "wandb-registry-Model/c")
    assert refusal.code == "type_not_permitted"
    assert "does not permit artifacts of type 'dataset'; it permits 'model'" in refusal.message


def test_a_collection_of_another_type_is_refused_where_the_registry_permits_both(refused, store):
    api = Api(store, "alice")
    api.create_registry("Mixed").create_collection("c", "model")
    refusal = refused("vision", "dataset", "wandb-registry-Mixed/c")
    assert refusal.code == "type_mismatch"
    assert "holds artifacts of type 'model', not 'dataset'" in refusal.message


# -- "Confirm the path of a registry"


@pytest.mark.parametrize(
    "target",
    ["Dataset/c", "wandb-registry-Dataset", "c", "", "default/Dataset/c", "a/b/registry/Dataset/c"],
)
def test_a_path_that_is_none_is_refused_with_the_form(refused, target):
    refusal = refused("vision", "dataset", target)
    assert refusal.code == "invalid_artifact_path"
    assert "[ORGANIZATION/]wandb-registry-REGISTRY/COLLECTION" in refusal.message
