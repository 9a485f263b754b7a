"""Who may do what in a registry: one declaration, tried for each role by each path to it.

The table is that of the roles in W&B's registry documents, with what Fingerpost has beyond them. A
role is given in each of the ways there are: in the registry itself, through a team, through the
organization, and to a service account. Each use case is tried through the library and, where it has
a command, through the command line. What is refused changes nothing, and is itself recorded.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from attrs import frozen

import fingerpost
from fingerpost.cli import main
from fingerpost.errors import NotAPersonError, RoleRequiredError

ROLES = ("restricted_viewer", "viewer", "member", "admin")
ZOO = "wandb-registry-Model/zoo"
PLAIN = "wandb-registry-Model/plain"
SOURCE = "vision/p/model"
THEN = datetime(2020, 3, 3, tzinfo=UTC)


@frozen
class UseCase:
    """Something that can be done in a registry.

    Attributes:
        lowest: the lowest role that may.
        do: does it through the library.
        command: does it through the command line; without one there is no such command.
        events: what is promised to be written, in order.
    """

    lowest: str
    do: Callable[[fingerpost.Api], object]
    command: tuple[str, ...] | None = None
    events: tuple[str, ...] = ()


def set_tags(api, path, tags):
    artifact = api.artifact(path)
    artifact.tags = tags
    artifact.save()


def save_aliases(api, path, aliases):
    artifact = api.artifact(path)
    artifact.aliases = aliases
    artifact.save()


MOVED, OFF = "collection.alias_moved", "collection.alias_removed"
LINKED = ("collection.linked", MOVED)
UNLINK = "collection.unlinked", "collection.version_withdrawn"
CREATED = ("name.claimed", "collection.created", "registry.collection_added")

USE_CASES = {
    # -- looking
    "see the registry": UseCase(
        "restricted_viewer", lambda api: api.registry("Model").collections(), ("registry", "list")
    ),
    "search the registry": UseCase(
        "restricted_viewer",
        lambda api: list(api.search("zoo", registry="Model")),
        ("search", "zoo", "--registry", "Model"),
    ),
    "see the members": UseCase(
        "restricted_viewer",
        lambda api: api.registry("Model").members(),
        ("members", "list", "--registry", "Model"),
    ),
    "see a collection": UseCase(
        "restricted_viewer", lambda api: list(api.collection(ZOO).versions()), ("versions", ZOO)
    ),
    "see a version": UseCase("restricted_viewer", lambda api: api.artifact(f"{ZOO}:v0").files()),
    "see an alias": UseCase(
        "restricted_viewer", lambda api: api.collection(ZOO).aliases, ("alias", "list", ZOO)
    ),
    "see the history": UseCase(
        "restricted_viewer", lambda api: api.collection(ZOO).alias_history(), ("history", ZOO)
    ),
    "see what was": UseCase(
        "restricted_viewer",
        lambda api: (
            api.collection(ZOO).aliases_at(THEN),
            api.collection(ZOO).alias_changes_at(THEN),
        ),
        ("history", ZOO, "--at", "2020-03-03"),
    ),
    "draw the history": UseCase(
        "restricted_viewer",
        lambda api: api.collection(ZOO).timeline_svg(),
        ("history", ZOO, "--svg", "-"),
    ),
    "see the lineage": UseCase(
        "restricted_viewer",
        lambda api: api.artifact(f"{ZOO}:v0").lineage(),
        ("lineage", f"{ZOO}:v0"),
    ),
    "list versions": UseCase(
        "restricted_viewer", lambda api: list(api.artifacts("model", ZOO)), None
    ),
    "see approvals": UseCase(
        "restricted_viewer",
        lambda api: api.artifact(f"{ZOO}:v0").approvals(),
        ("approvals", f"{ZOO}:v0"),
    ),
    # -- using
    "download": UseCase(
        "viewer",
        lambda api: api.artifact(f"{ZOO}:v0").download("out"),
        ("download", f"{ZOO}:v0", "--root", "out"),
    ),
    "download one file": UseCase(
        "viewer", lambda api: api.artifact(f"{ZOO}:v0").get_entry("0.txt").download("out")
    ),
    "download the only file": UseCase("viewer", lambda api: api.artifact(f"{ZOO}:v0").file("out")),
    "check out": UseCase("viewer", lambda api: api.artifact(f"{ZOO}:v0").checkout("out")),
    "verify a folder": UseCase("viewer", lambda api: api.artifact(f"{ZOO}:v0").verify(), None),
    "verify references": UseCase(
        "viewer",
        lambda api: api.artifact(f"{ZOO}:v0").verify_references(),
        ("verify", "--references", f"{ZOO}:v0"),
    ),
    "make a draft of it": UseCase("viewer", lambda api: api.artifact(f"{ZOO}:v0").new_draft()),
    "refer to a file of it": UseCase(
        "viewer",
        lambda api: fingerpost.Artifact("mine", "model").add_reference(
            api.artifact(f"{ZOO}:v0").get_entry("0.txt")
        ),
    ),
    # -- publishing
    "create a collection": UseCase(
        "member",
        lambda api: api.registry("Model").create_collection("new"),
        ("collection", "create", "wandb-registry-Model/new"),
        CREATED,
    ),
    "link to a new collection": UseCase(
        "member",
        lambda api: api.artifact(f"{SOURCE}:v0").link("wandb-registry-Model/new"),
        ("link", f"{SOURCE}:v0", "wandb-registry-Model/new"),
        (*CREATED, *LINKED, "collection.version_published"),
    ),
    "link": UseCase(
        "member",
        lambda api: api.artifact(f"{SOURCE}:v2").link(PLAIN),
        ("link", f"{SOURCE}:v2", PLAIN),
        (*LINKED, "collection.version_published"),
    ),
    "link with an alias": UseCase(
        "member",
        lambda api: api.artifact(f"{SOURCE}:v2").link(PLAIN, ["best"]),
        ("link", f"{SOURCE}:v2", PLAIN, "--alias", "best"),
        (*LINKED, MOVED, "collection.version_published"),
    ),
    "link once more, with an alias": UseCase(
        "member",
        lambda api: api.artifact(f"{SOURCE}:v0").link(PLAIN, ["best"]),
        ("link", f"{SOURCE}:v0", PLAIN, "--alias", "best"),
        (MOVED,),
    ),
    "unlink": UseCase(
        "member",
        lambda api: api.artifact(f"{ZOO}:v1").unlink(),
        ("unlink", f"{ZOO}:v1"),
        (OFF, OFF, *UNLINK),
    ),
    "delete a link": UseCase(
        "member",
        lambda api: api.artifact(f"{ZOO}:v1").delete(),
        None,
        (OFF, OFF, *UNLINK),
    ),
    "set an alias": UseCase(
        "member",
        lambda api: api.collection(ZOO).set_alias("best", "v0"),
        ("alias", "set", ZOO, "best", "v0"),
        (MOVED,),
    ),
    "move an alias": UseCase(
        "member",
        lambda api: api.collection(ZOO).set_alias("canary", "v0", expected="v1"),
        ("alias", "set", ZOO, "canary", "v0", "--expected", "v1"),
        (MOVED,),
    ),
    "remove an alias": UseCase(
        "member",
        lambda api: api.collection(ZOO).remove_alias("canary"),
        ("alias", "remove", ZOO, "canary"),
        (OFF,),
    ),
    "move several aliases": UseCase(
        "member",
        lambda api: api.collection(ZOO).move_aliases({"best": "v0", "canary": None}),
        ("alias", "move", ZOO, "--set", "best=v0", "--remove", "canary"),
        (OFF, MOVED),
    ),
    "roll back an alias": UseCase(
        "member",
        lambda api: api.collection(ZOO).rollback("canary"),
        ("alias", "rollback", ZOO, "canary"),
        (MOVED,),
    ),
    "save aliases": UseCase(
        "member",
        lambda api: save_aliases(api, f"{ZOO}:v1", ["latest", "canary", "best"]),
        None,
        (MOVED,),
    ),
    "tag a collection": UseCase(
        "member",
        lambda api: setattr(api.collection(ZOO), "tags", ["animals"]),
        ("collection", "edit", ZOO, "--tag", "animals"),
        ("collection.tagged",),
    ),
    "describe a collection": UseCase(
        "member",
        lambda api: setattr(api.collection(ZOO), "description", "animals"),
        ("collection", "edit", ZOO, "--description", "animals"),
        ("collection.described",),
    ),
    "rename a collection": UseCase(
        "member",
        lambda api: api.collection(PLAIN).rename("other"),
        ("collection", "rename", PLAIN, "other"),
        ("name.claimed", "name.released", "collection.renamed"),
    ),
    "delete a collection": UseCase(
        "member",
        lambda api: api.collection(PLAIN).delete(),
        ("collection", "delete", PLAIN, "--yes"),
        (OFF, *UNLINK, "name.released", "collection.deleted"),
    ),
    "approve": UseCase(
        "member",
        lambda api: api.artifact(f"{ZOO}:v1").approve("production"),
        ("approve", f"{ZOO}:v1", "production"),
        ("approval.given",),
    ),
    # -- what is protected
    "move a protected alias": UseCase(
        "admin",
        lambda api: api.collection(ZOO).set_alias("production", "v1"),
        ("alias", "set", ZOO, "production", "v1"),
        (MOVED,),
    ),
    "move it among several": UseCase(
        "admin",
        lambda api: api.collection(ZOO).move_aliases({"best": "v0", "production": "v1"}),
        ("alias", "move", ZOO, "--set", "best=v0", "--set", "production=v1"),
        (MOVED, MOVED),
    ),
    "place a protected alias": UseCase(
        "admin",
        lambda api: api.collection(PLAIN).set_alias("production", "v0"),
        ("alias", "set", PLAIN, "production", "v0"),
        (MOVED,),
    ),
    "place it in another spelling": UseCase(
        "admin",
        lambda api: api.collection(PLAIN).set_alias("pro\u0301duction", "v0"),
        ("alias", "set", PLAIN, "pro\u0301duction", "v0"),
        (MOVED,),
    ),
    "roll back a protected alias": UseCase(
        "admin",
        lambda api: api.collection(ZOO).rollback("production", expected="v0"),
        ("alias", "rollback", ZOO, "production", "--expected", "v0"),
        (MOVED,),
    ),
    "link with it": UseCase(
        "admin",
        lambda api: api.artifact(f"{SOURCE}:v2").link(ZOO, ["production"]),
        ("link", f"{SOURCE}:v2", ZOO, "--alias", "production"),
        (*LINKED, MOVED, "collection.version_published"),
    ),
    "link once more with it": UseCase(
        "admin",
        lambda api: api.artifact(f"{SOURCE}:v1").link(ZOO, ["production"]),
        ("link", f"{SOURCE}:v1", ZOO, "--alias", "production"),
        (MOVED,),
    ),
    "save with it": UseCase(
        "admin",
        lambda api: save_aliases(api, f"{ZOO}:v1", ["latest", "canary", "production"]),
        None,
        (MOVED,),
    ),
    "save without it": UseCase(
        "admin", lambda api: save_aliases(api, f"{ZOO}:v0", []), None, (OFF,)
    ),
    "remove it": UseCase(
        "admin",
        lambda api: api.collection(ZOO).remove_alias("production"),
        ("alias", "remove", ZOO, "production"),
        (OFF,),
    ),
    "unlink what holds it": UseCase(
        "admin",
        lambda api: api.artifact(f"{ZOO}:v0").unlink(),
        ("unlink", f"{ZOO}:v0"),
        (OFF, *UNLINK),
    ),
    "delete the link that holds it": UseCase(
        "admin", lambda api: api.artifact(f"{ZOO}:v0").delete(), None, (OFF, *UNLINK)
    ),
    "rename what holds it": UseCase(
        "admin",
        lambda api: api.collection(ZOO).rename("other"),
        ("collection", "rename", ZOO, "other"),
        ("name.claimed", "name.released", "collection.renamed"),
    ),
    "delete the collection that holds it": UseCase(
        "admin",
        lambda api: api.collection(ZOO).delete(),
        ("collection", "delete", ZOO, "--yes"),
        (OFF, OFF, *UNLINK, OFF, *UNLINK, "name.released", "collection.deleted"),
    ),
    # -- the registry itself
    "protect": UseCase(
        "admin",
        lambda api: api.registry("Model").add_protected_alias("canary"),
        ("registry", "protect", "Model", "canary"),
        ("registry.protected_alias_added",),
    ),
    "unprotect": UseCase(
        "admin",
        lambda api: api.registry("Model").remove_protected_alias("production"),
        ("registry", "unprotect", "Model", "production"),
        ("registry.protected_alias_removed",),
    ),
    "require approvals": UseCase(
        "admin",
        lambda api: api.registry("Model").require_approvals("production", 2),
        ("registry", "require-approvals", "Model", "production", "2"),
        ("registry.approvals_required",),
    ),
    "require reasons": UseCase(
        "admin",
        lambda api: api.registry("Model").require_reasons(),
        ("registry", "require-reasons", "Model"),
        ("registry.reasons_required",),
    ),
    "see its history": UseCase(
        "restricted_viewer",
        lambda api: api.registry("Model").history(),
        ("history", "--registry", "Model"),
    ),
    "describe the registry": UseCase(
        "admin",
        lambda api: setattr(api.registry("Model"), "description", "x"),
        ("registry", "describe", "Model", "x"),
        ("registry.described",),
    ),
    "change who sees it": UseCase(
        "admin",
        lambda api: setattr(api.registry("Model"), "visibility", "restricted"),
        ("registry", "visibility", "Model", "restricted"),
        ("registry.visibility_changed",),
    ),
    "permit a type": UseCase(
        "admin",
        lambda api: api.registry("Model").permit_artifact_type("dataset"),
        ("registry", "permit", "Model", "dataset"),
        ("registry.artifact_type_permitted",),
    ),
    "withdraw a type": UseCase(
        "admin",
        lambda api: api.registry("Model").withdraw_artifact_type("tabel"),
        ("registry", "withdraw", "Model", "tabel"),
        ("registry.artifact_type_withdrawn",),
    ),
    "add a member": UseCase(
        "admin",
        lambda api: api.registry("Model").add_members("eve", role="admin"),
        ("members", "add", "eve", "--role", "admin", "--registry", "Model"),
        ("member.added",),
    ),
    "change a role": UseCase(
        "admin",
        lambda api: api.registry("Model").update_member("carol", "admin"),
        ("members", "set-role", "carol", "admin", "--registry", "Model"),
        ("member.role_changed",),
    ),
    "remove a member": UseCase(
        "admin",
        lambda api: api.registry("Model").remove_members("carol"),
        ("members", "remove", "carol", "--registry", "Model"),
        ("member.removed",),
    ),
    "delete the registry": UseCase(
        "admin",
        lambda api: api.registry("Model").delete(),
        ("registry", "delete", "Model", "--yes"),
        (
            *(OFF, *UNLINK, "name.released", "collection.deleted"),
            *(OFF, OFF, *UNLINK, OFF, *UNLINK, "name.released", "collection.deleted"),
            *("name.released", "registry.deleted"),
        ),
    ),
}


# -- the scene


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A store in which whoever was given no role may look, and no more."""
    folder = tmp_path_factory.mktemp("template") / "store"
    with fingerpost.open_store(folder, actor="alice") as store:
        api = fingerpost.Api(store, "alice")
        api.organization().default_role = "restricted_viewer"
        with fingerpost.init("vision", "p", store=store, actor="alice") as run:
            versions = [_logged(run, number) for number in range(3)]
        registry = api.registry("Model")
        registry.permit_artifact_type("tabel")
        registry.add_protected_alias("production")
        registry.add_protected_alias("pr\u00f3duction")
        registry.add_members("carol", role="viewer")
        # Moved there, so that both can go back: v0, v1 and v0, and v0 and v1.
        versions[0].link(ZOO, ["production", "canary"])
        versions[1].link(ZOO, ["production", "canary"])
        versions[0].link(ZOO, ["production"])
        versions[0].link(PLAIN)
    return folder


def _logged(run, number):
    artifact = fingerpost.Artifact("model", "model")
    with artifact.new_file(f"{number}.txt") as file:
        file.write(str(number))
    return run.log_artifact(artifact)


def in_the_registry(api, role):
    api.registry("Model").add_members("bob", role=role)


def through_a_team(api, role):
    api.create_team("bob", "bob")  # a team may have the name of a user
    api.registry("Model").add_members(fingerpost.Team("bob"), role=role)


def through_the_organization(api, role):
    api.organization().add_members("bob", role=role)


def as_a_service_account(api, role):
    api.organization().add_service_account("bob", "restricted_viewer")
    api.registry("Model").add_members("bob", role=role)


WAYS = (in_the_registry, through_a_team, through_the_organization, as_a_service_account)


@pytest.fixture(scope="module")
def given(template, tmp_path_factory):
    """Stores in which bob has a role in the registry, and may use what the team has."""
    made = {}

    def give(way, role):
        if (way, role) not in made:
            made[way, role] = tmp_path_factory.mktemp("given") / "store"
            shutil.copytree(template, made[way, role])
            with fingerpost.Api(made[way, role], "alice") as api:
                way(api, role)
                api.team("vision").add_members("bob", role="viewer")
        return made[way, role]

    return give


@pytest.fixture
def store(given, tmp_path):
    """A store of its own for each test, in which bob has a role."""

    def copied(way, role):
        shutil.copytree(given(way, role), tmp_path / "store")
        return fingerpost.open_store(tmp_path / "store", create=False)

    return copied


def written(opened):
    found = opened.store.events.events(limit=1_000_000)
    return [(each.event.wire_name, each.event.actor) for each in found]


def is_allowed(case, role):
    return ROLES.index(role) >= ROLES.index(case.lowest)


def on_both_sides(lowest):
    """Return the lowest role that may, and the one below it, if there is one."""
    index = ROLES.index(lowest)
    return ROLES[max(index - 1, 0) : index + 1]


TRIED = [
    pytest.param(case, role, way, id=f"{name}-{role}-{way.__name__}")
    for name, case in USE_CASES.items()
    for way in WAYS
    for role in (ROLES if way is in_the_registry else on_both_sides(case.lowest))
]


@pytest.mark.parametrize(("case", "role", "way"), TRIED)
def test_in_code_a_role_may_do_what_the_table_says_and_nothing_else(store, case, role, way):
    opened = store(way, role)
    before = written(opened)
    is_robot = way is as_a_service_account and case is USE_CASES["approve"]
    if is_allowed(case, role) and not is_robot:
        case.do(fingerpost.Api(opened, "bob"))
        assert [name for name, _ in written(opened)[len(before) :]] == list(case.events)
    else:
        with pytest.raises((RoleRequiredError, NotAPersonError)):
            case.do(fingerpost.Api(opened, "bob"))
        assert written(opened)[len(before) :] == [("access.denied", "bob")]


@pytest.mark.parametrize(
    ("case", "role"),
    [
        pytest.param(case, role, id=f"{name}-{role}")
        for name, case in USE_CASES.items()
        if case.command
        for role in on_both_sides(case.lowest)
    ],
)
def test_on_the_command_line_too(store, case, role, tmp_path, capsys):
    opened = store(in_the_registry, role)
    before = written(opened)
    code = main(["--store", str(tmp_path / "store"), "--actor", "bob", *case.command])
    said = capsys.readouterr().err
    names = [name for name, _ in written(opened)[len(before) :]]
    if is_allowed(case, role):
        assert (code, names) == (0, list(case.events)), said
    else:
        assert (code, names) == (5, ["access.denied"]), said
        assert "'bob' may not" in said


@pytest.mark.parametrize("name", USE_CASES)
def test_who_is_none_of_the_organization_may_do_nothing_whatever_they_were_given(store, name):
    opened = store(in_the_registry, "admin")
    fingerpost.Api(opened, "alice").organization().default_role = None
    before = written(opened)
    with pytest.raises(RoleRequiredError):
        USE_CASES[name].do(fingerpost.Api(opened, "bob"))
    assert written(opened)[len(before) :] == [("access.denied", "bob")]


@pytest.mark.parametrize("name", USE_CASES)
def test_in_a_restricted_registry_the_role_in_the_organization_does_not_count(store, name):
    opened = store(through_the_organization, "member")
    fingerpost.Api(opened, "alice").registry("Model").visibility = "restricted"
    assert [held.name for held in fingerpost.Api(opened, "bob").registries()] == ["Dataset"]
    before = written(opened)
    with pytest.raises(RoleRequiredError, match="has no role"):
        USE_CASES[name].do(fingerpost.Api(opened, "bob"))
    assert written(opened)[len(before) :] == [("access.denied", "bob")]


def test_every_command_of_registries_and_collections_is_in_the_table():
    commands = {name for case in USE_CASES.values() for name in case.do.__code__.co_names}
    writes_nothing = {
        "artifacts",
        "code_snippet",
        "team_members",
        "to_dict",
        "user_members",
    }
    of_what_is_set = {"save", "edit", "permit_artifact_type", "withdraw_artifact_type"}
    never_allowed = {"change_type"}
    for cls in (fingerpost.Registry, fingerpost.Collection):
        public = {name for name in dir(cls) if callable(getattr(cls, name)) and name[0] != "_"}
        told = writes_nothing | of_what_is_set | never_allowed
        assert public <= commands | told | {"is_sequence", "is_portfolio"}
