"""Who may read what: each use case that reads, tried by each role.

The expected values are those of the table of roles and of the guide to them. A role, even the
lowest, shows everything that can be looked at. Using content takes a viewer. Without a role in a
restricted registry an actor gets nothing of it, and no list names it. What is refused is recorded.
"""

import inspect
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from attrs import frozen

import fingerpost
from fingerpost.application.access.lookup import NameScope
from fingerpost.application.automations import secrets
from fingerpost.application.collections import approvals, resolving
from fingerpost.application.collections import reading as collections
from fingerpost.application.history import reading as histories
from fingerpost.application.lineage import trace_for
from fingerpost.application.organizations import reading as organizations
from fingerpost.application.organizations.members import MemberScope as Membership
from fingerpost.application.registries import reading as registries
from fingerpost.application.runs import reading as runs
from fingerpost.application.search import filtering, listings, search
from fingerpost.application.search.search import Search
from fingerpost.application.transactions.transaction import Session
from fingerpost.application.visibility import require_in_collection, seen_run
from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.filters import Kind
from fingerpost.domain.lineage import EdgeKind, Way
from fingerpost.domain.names.names import Actor, EntityName, ProjectName, RegistryName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry
from fingerpost.domain.versions.version import VersionRef
from fingerpost.errors import AliasNotFoundError, RoleRequiredError

ROLES = ("restricted_viewer", "viewer", "member", "admin")
LINK = "wandb-registry-Closed/zoo"
SOURCE = "vision/p/model"


@frozen
class Scene:
    """A store with a restricted registry, whose members have the names of their roles.

    All of them, and the ``stranger``, have the lowest role in the organization, and so in its team,
    where the source of the link is. The ``outsider`` has no role anywhere.
    """

    opened: fingerpost.OpenStore
    place: NameScope
    registry_id: UUID
    organization_id: UUID
    team_id: UUID
    link: VersionRef
    source: VersionRef
    run_id: UUID

    def session(self, actor):
        return Session(store=self.opened.store, actor=Actor(actor))


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    opened = fingerpost.open_store(tmp_path_factory.mktemp("reads") / "store", actor="alice")
    api = fingerpost.Api(opened, "alice")
    api.organization().default_role = None
    api.organization().add_members(*ROLES, "stranger", role="restricted_viewer")
    closed = api.create_registry("Closed", "restricted", artifact_types=["model"])
    for role in ROLES:
        closed.add_members(role, role=role)
    closed.add_protected_alias("production")
    with fingerpost.init("vision", "p", store=opened, actor="alice") as run:
        artifact = fingerpost.Artifact("model", "model")
        with artifact.new_file("a.txt") as file:
            file.write("a")
        run.log({"loss": 1})
        run.log_artifact(artifact).link(LINK, ["production"])
    session = Session(store=opened.store, actor=Actor("alice"))
    place = NameScope(EntityName("alice"), ProjectName("uncategorized"))
    link = resolving.resolve_version(session, f"{LINK}:v0", place).version
    source = resolving.resolve_version(session, f"{SOURCE}:v0", place).version
    yield Scene(
        opened=opened,
        place=place,
        registry_id=registries.find_registry(session, RegistryName("Closed"), None).id,
        organization_id=organizations.find_organization(session, None).id,
        team_id=organizations.find_team(session, EntityName("vision")).id,
        link=link.ref,
        source=source.ref,
        run_id=UUID(run.id),
    )
    opened.close()


IN_THE_REGISTRY = {
    "resolve a version": lambda s, at: resolving.resolve_version(s, f"{LINK}:production", at.place),
    "resolve it as of a moment": lambda s, at: resolving.resolve_version(
        s, f"{LINK}:production", at.place, datetime.now(UTC)
    ),
    "resolve what is not there": lambda s, at: expecting(
        AliasNotFoundError, resolving.resolve_version, s, f"{LINK}:nothing", at.place
    ),
    "resolve a collection": lambda s, at: resolving.resolve_collection(s, LINK, at.place),
    "a version": lambda s, at: resolving.version_of(s, at.link),
    "a collection": lambda s, at: collections.collection_of(s, at.link.collection_id),
    "aliases": lambda s, at: collections.aliases(s, at.link.collection_id),
    "aliases of a version": lambda s, at: collections.aliases_of(s, at.link),
    "versions": lambda s, at: list(collections.versions(s, at.link.collection_id)),
    "a page of versions": lambda s, at: collections.page_of_versions(
        s, at.link.collection_id, None, 9
    ),
    "number of versions": lambda s, at: collections.version_count(s, at.link.collection_id),
    "the source of a link": lambda s, at: collections.source_of_link(s, at.link),
    "alias history": lambda s, at: histories.alias_history(s, at.link.collection_id),
    "aliases at a moment": lambda s, at: histories.alias_changes_at(
        s, at.link.collection_id, datetime.now(UTC)
    ),
    "approvals": lambda s, at: approvals.counted(s, resolving.version_of(s, at.link).version),
    "lineage": lambda s, at: trace_for(s, at.link, tuple(Way), depth=None, most_nodes=9),
    "who logged it": lambda s, at: runs.logged_by(s, at.link),
    "who used it": lambda s, at: runs.runs_that_used(s, at.link),
    "step of its run": lambda s, at: runs.history_step(s, at.link),
    "the registry by name": lambda s, _: registries.find_registry(s, RegistryName("Closed"), None),
    "the registry": lambda s, at: registries.registry_of(s, at.registry_id),
    "protected aliases": lambda s, at: registries.protected_aliases(s, at.registry_id),
    "required approvals": lambda s, at: registries.required_approvals(s, at.registry_id),
    "whether reasons are required": lambda s, at: registries.requires_reasons(s, at.registry_id),
    "history of the registry": lambda s, at: registries.history(s, at.registry_id),
    "members of the registry": lambda s, at: organizations.members(
        s, Membership(Registry, at.registry_id)
    ),
    "types in it": lambda s, at: listings.types_in(s, home_of(at)),
    "collections of a type": lambda s, at: listings.page_of_type(s, home_of(at), "model", 0, 9),
    "number of those": lambda s, at: listings.count_of_type(s, home_of(at), "model"),
    "a project by path": lambda s, at: listings.home_at(s, "wandb-registry-Closed", at.place),
}
IN_THE_TEAM = {
    "resolve a version": lambda s, at: resolving.resolve_version(s, f"{SOURCE}:latest", at.place),
    "a version": lambda s, at: resolving.version_of(s, at.source),
    "aliases": lambda s, at: collections.aliases(s, at.source.collection_id),
    "links of a version": lambda s, at: collections.links_of(s, at.source, 9),
    "alias history": lambda s, at: histories.alias_history(s, at.source.collection_id),
    "lineage": lambda s, at: trace_for(s, at.source, tuple(Way), depth=None, most_nodes=9),
    "a run": lambda s, at: runs.run_of(s, at.run_id),
    "a run by path": lambda s, at: listings.run_at(s, f"vision/p/{at.run_id.hex}", at.place),
    "what a run logged": lambda s, at: runs.page_of_artifacts(s, at.run_id, EdgeKind.LOGGED, 0, 9),
    "how much a run logged": lambda s, at: runs.artifact_count(s, at.run_id, EdgeKind.LOGGED),
    "metrics of a run": lambda s, at: runs.page_of_metrics(
        s, at.run_id, from_step=0, below_step=None, limit=9
    ),
    "runs": lambda s, at: listings.page_of_runs(s, project_of(at), None, 9),
    "number of runs": lambda s, at: listings.run_count(s, project_of(at)),
    "the team": lambda s, _: organizations.find_entity(s, EntityName("vision")),
    "the team as one": lambda s, _: organizations.find_team(s, EntityName("vision")),
    "members of the team": lambda s, at: organizations.members(s, Membership(Entity, at.team_id)),
    "secrets of the team": lambda s, _: secrets.names(s, secrets.owner_named(s, "vision")),
}
IN_THE_ORGANIZATION = {
    "teams": lambda s, at: organizations.teams(s, at.organization_id),
    "history": lambda s, at: organizations.history(s, at.organization_id),
    "members": lambda s, at: organizations.members(s, Membership(Organization, at.organization_id)),
    "secrets": lambda s, _: secrets.names(s, secrets.owner_named(s, None)),
}
FOR_ALL = {
    "organizations": lambda s, _: organizations.organizations(s),
    "the organization": lambda s, _: organizations.find_organization(s, None),
    "its default role": lambda s, at: organizations.default_role(s, at.organization_id),
    "denials": lambda s, _: organizations.denied_attempts(s),
}
READERS = {"registry": ROLES, "team": (*ROLES, "stranger"), "organization": (*ROLES, "stranger")}
ACTORS = (*ROLES, "stranger", "outsider")


def home_of(at):
    return listings.CollectionHome(at.registry_id, "default", "wandb-registry-Closed", "")


def project_of(at):
    return listings.CollectionHome(at.team_id, "vision", "p", "p")


def expecting(error, read, *arguments):
    with pytest.raises(error):
        read(*arguments)


TRIED = [
    pytest.param(read, actor, actor in READERS[home], id=f"{home}-{name}-{actor}")
    for home, cases in (
        ("registry", IN_THE_REGISTRY),
        ("team", IN_THE_TEAM),
        ("organization", IN_THE_ORGANIZATION),
    )
    for name, read in cases.items()
    for actor in ACTORS
]


@pytest.mark.parametrize(("read", "actor", "may"), TRIED)
def test_a_role_reads_what_the_table_says_and_nothing_else(scene, read, actor, may):
    session = scene.session(actor)
    before = len(organizations.denied_attempts(session))
    if may:
        read(session, scene)
    else:
        with pytest.raises(RoleRequiredError):
            read(session, scene)
    assert len(organizations.denied_attempts(session)) == before + (not may)


@pytest.mark.parametrize("read", FOR_ALL.values(), ids=FOR_ALL)
@pytest.mark.parametrize("actor", ACTORS)
def test_what_names_an_organization_takes_no_role(scene, read, actor):
    read(scene.session(actor), scene)


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        ("restricted_viewer", False),
        ("viewer", True),
        ("member", True),
        ("admin", True),
        ("stranger", False),
        ("outsider", False),
    ],
)
def test_using_content_takes_a_viewer(scene, actor, may):
    session, collection_id = scene.session(actor), scene.link.collection_id
    if may:
        require_in_collection(session, collection_id, Action.USE)
    else:
        with pytest.raises(RoleRequiredError):
            require_in_collection(session, collection_id, Action.USE)


OPEN = {"Dataset", "Model"}
LISTED = [(role, OPEN | {"Closed"}) for role in ROLES] + [("stranger", OPEN), ("outsider", set())]


@pytest.mark.parametrize(("actor", "names"), LISTED)
def test_a_list_has_the_registries_that_the_actor_may_see(scene, actor, names):
    session = scene.session(actor)
    asked = filtering.asked_in_organization(session, None)
    assert {row.name for _, row in filtering.registries(session, asked, None, 9)} == names
    assert filtering.count(session, Kind.REGISTRY, asked) == len(names)
    there = ["zoo"] if "Closed" in names else []
    assert [row.name for _, row in filtering.collections(session, asked, None, 9)] == there
    assert len(filtering.versions(session, asked, None, 9)) == len(there)


@pytest.mark.parametrize("actor", ACTORS)
def test_a_search_finds_what_the_actor_may_see(scene, actor):
    session, asked = scene.session(actor), Search.of("zoo", (), None, None)
    found = [result.path for _, result in search.search(session, asked, None, 9)]
    paths = ["default/wandb-registry-Closed/zoo"] if actor in ROLES else []
    assert found == paths
    assert search.count(session, asked) == len(paths)


@pytest.mark.parametrize("actor", [*ROLES, "stranger"])
def test_a_list_that_crosses_registries_leaves_out_what_the_actor_may_not_see(scene, actor):
    session = scene.session(actor)
    links = [row.ref for _, row in collections.links_of(session, scene.source, 9)]
    assert links == ([scene.link] if actor in ROLES else [])
    lineage = trace_for(session, scene.source, tuple(Way), depth=None, most_nodes=9)
    shown = "default/wandb-registry-Closed/zoo:v0" if actor in ROLES else "(no access)"
    assert lineage.nodes[scene.link].name == shown


@pytest.mark.parametrize("actor", ACTORS)
def test_a_run_that_something_names_is_shown_to_those_who_may_see_it(scene, actor):
    found = seen_run(scene.session(actor), scene.run_id)
    assert (found is not None) is (actor in READERS["team"])


def test_a_history_names_a_run_only_to_those_who_may_see_the_run(tmp_path):
    with fingerpost.open_store(tmp_path / "store", actor="alice") as store:
        api = fingerpost.Api(store, "alice")
        api.organization().default_role = None
        api.organization().add_members("bob", role="viewer")
        api.create_registry("Zoo", "organization", artifact_types=["model"])
        api.create_organization("elsewhere")
        api.create_team("there", organization="elsewhere")
        with fingerpost.init("vision", "p", store=store, actor="alice") as run:
            artifact = fingerpost.Artifact("model", "model")
            with artifact.new_file("a.txt") as file:
                file.write("a")
            artifact = run.log_artifact(artifact)
        with fingerpost.init("there", "p", store=store, actor="alice") as run:
            run.link_artifact(artifact, "wandb-registry-Zoo/zoo", ["best"])
        for actor, shown in (("alice", f"there/p/{run.id}"), ("bob", None)):
            zoo = fingerpost.Api(store, actor).collection("wandb-registry-Zoo/zoo")
            assert {each.run for each in zoo.alias_history()} == {shown}
            assert {each.run for each in zoo.alias_changes_at(datetime.now(UTC))} == {shown}


def test_everyone_sees_their_own_refusals_and_an_admin_those_of_all(scene):
    with pytest.raises(RoleRequiredError):
        organizations.teams(scene.session("outsider"), scene.organization_id)
    with pytest.raises(RoleRequiredError):
        registries.registry_of(scene.session("stranger"), scene.registry_id)
    own = organizations.denied_attempts(scene.session("stranger"))
    assert {text.split()[0] for text in own} == {"stranger"}
    everyone = organizations.denied_attempts(scene.session("alice"))
    assert {"outsider", "stranger"} <= {text.split()[0] for text in everyone}


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("resolving", resolving),
        ("collections", collections),
        ("histories", histories),
        ("runs", runs),
        ("registries", registries),
        ("organizations", organizations),
    ],
)
def test_each_use_case_that_reads_is_tried_here(name, module):
    told = Path(__file__).read_text(encoding="utf-8")
    there = {
        each
        for each, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not each.startswith("_")
        and "session" in inspect.signature(function).parameters
    }
    assert there
    assert {each for each in there if f"{name}.{each}(" not in told} == set()


def test_a_role_that_is_taken_away_shows_nothing_more(scene):
    api = fingerpost.Api(scene.opened, "alice")
    api.organization().add_members("leaver", role="restricted_viewer")
    api.registry("Closed").add_members("leaver", role="admin")
    collection = fingerpost.Api(scene.opened, "leaver").collection(LINK)
    assert collection.aliases == {"latest": "v0", "production": "v0"}
    api.registry("Closed").remove_members("leaver")
    for read in (
        lambda: collection.aliases,
        lambda: list(collection.versions()),
        lambda: list(collection.artifacts()),
        collection.alias_history,
        lambda: collection.description,
    ):
        with pytest.raises(RoleRequiredError):
            read()
