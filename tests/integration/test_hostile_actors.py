"""What people might try who were not given the role: to move, to read, to pass for somebody."""

import time
from datetime import timedelta

import pytest

import fingerpost
from fingerpost import Api, Artifact, ServiceAccount, errors
from fingerpost.errors import RoleRequiredError

ZOO = "wandb-registry-Model/zoo"


@pytest.fixture
def store(tmp_path):
    """A team's model, linked to an open and to a restricted registry; a diary of strangers."""
    with fingerpost.open_store(tmp_path / "store", actor="root") as opened:
        root = Api(opened, "root")
        root.create_registry("Hidden", visibility="restricted")
        model = log(opened, "root", "model", "vision", "model")
        model.link(ZOO)
        model.link("wandb-registry-Hidden/hush")
        elsewhere = root.create_organization("elsewhere")
        elsewhere.add_members("amy", role="admin")
        root.create_team("amy", organization="elsewhere")
        log(opened, "amy", "diary", "amy", "notes", used="vision/p/model:v0")
        yield opened


def log(store, actor, name, entity, type, used=None):
    with fingerpost.init(entity, "p", store=store, actor=actor) as run:
        if used is not None:
            run.use_artifact(used)
        run.log({"loss": 0.5})
        artifact = Artifact(name, type)
        with artifact.new_file("0.txt") as file:
            file.write(name)
        return run.log_artifact(artifact)


@pytest.fixture
def root(store):
    return Api(store, "root")


@pytest.fixture
def bob(store):
    return Api(store, "bob")


@pytest.fixture
def registry(root):
    """The open registry, where production needs the approval of one other person."""
    registry = root.registry("Model")
    registry.add_protected_alias("production")
    registry.require_approvals("production", 1)
    return registry


def save_alias(api, alias):
    artifact = api.artifact(f"{ZOO}:v0")
    artifact.aliases.append(alias)
    artifact.save()


# -- approvals


def test_what_was_approved_is_saved_with_the_alias(registry, root, bob, store):
    with pytest.raises(errors.ApprovalsMissingError, match="default/wandb-registry-Model/zoo:v0"):
        save_alias(root, "production")
    bob.artifact(f"{ZOO}:v0").approve("production")
    save_alias(root, "production")
    assert root.collection(ZOO).aliases["production"] == "v0"
    *_, last = store.store.events.events(limit=1_000)
    assert (last.event.alias, last.event.approved_by) == ("production", ("bob",))


def test_a_user_does_not_silently_stay_a_person_when_added_as_a_service_account(root):
    root.organization().add_members("robot", role="member")
    with pytest.raises(errors.AlreadyExistsError, match="Remove it"):
        root.organization().add_service_account("robot", "member")
    root.organization().remove_members("robot")
    root.organization().add_service_account("robot", "member")
    root.organization().add_service_account("robot", "member")
    assert {row.name: row.kind for row in root.organization().members()}["robot"] == (
        "service_account"
    )


def test_a_service_account_that_was_removed_is_no_person_for_that(registry, root, store):
    root.organization().add_service_account("robot", "member")
    root.organization().remove_members("robot")
    with pytest.raises(errors.NotAPersonError):
        Api(store, "robot").artifact(f"{ZOO}:v0").approve("production")
    root.organization().add_members("robot", role="member")
    Api(store, "robot").artifact(f"{ZOO}:v0").approve("production")


def test_a_registry_takes_no_service_account_that_the_organization_takes_for_a_person(
    registry, root
):
    with pytest.raises(errors.InvalidValueError, match="add_service_account"):
        registry.add_members(ServiceAccount("robot"), role="member")
    root.organization().add_service_account("robot")
    (row,) = registry.add_members(ServiceAccount("robot"), role="member").members()
    assert (row.name, row.kind) == ("robot", "service_account")
    registry.remove_members(row)
    assert registry.members() == []


# -- reading


@pytest.mark.parametrize(
    "ask",
    [
        lambda api: api.collection("wandb-registry-Hidden/hash"),
        lambda api: api.artifact("wandb-registry-Hidden/hash:v0"),
        lambda api: api.artifact_type("modle", "wandb-registry-Hidden"),
        lambda api: api.artifact("amy/p/dairy:v0"),
        lambda api: api.artifact("amy/p/diary:bset"),
        lambda api: api.artifact_collection("model", "amy/p/diary"),
        lambda api: api.artifact_collection("notes", "amy/p/dairy"),
        lambda api: api.artifact_types("amy/q"),
        lambda api: api.runs("amy/q"),
    ],
)
def test_a_slip_does_not_tell_what_there_is_where_one_may_not_look(bob, ask):
    with pytest.raises(RoleRequiredError) as refused:
        ask(bob)
    assert refused.value.__context__ is None
    assert not {"hush", "diary", "'p'", "notes"} & set(str(refused.value).split())
    assert len(bob.denied()) == 1


def test_restricted_registries_are_not_among_the_suggestions(bob):
    with pytest.raises(errors.RegistryNotFoundError) as missing:
        bob.registry("Hiden")
    assert "'Hidden'" not in str(missing.value)
    assert "'Model'" in str(missing.value)


def test_runs_in_places_that_one_may_not_see_are_not_among_those_that_used_it(bob, store):
    (run,) = Api(store, "amy").artifact("vision/p/model:v0").used_by()
    assert run.summary["loss"] == 0.5
    assert bob.artifact("vision/p/model:v0").used_by() == []
    assert bob.artifact(f"{ZOO}:v0").used_by() == []
    assert bob.artifact("vision/p/model:v0").logged_by() is not None
    with pytest.raises(errors.RunNotFoundError) as missing:
        bob.run(f"vision/p/{run.id}")
    assert "amy" not in str(missing.value)


def test_links_that_one_may_not_see_are_counted_and_not_named(bob):
    with pytest.raises(errors.CollectionLinkedError) as refused:
        bob.collection("vision/p/model").delete()
    assert f"default/{ZOO}:v0" in str(refused.value)
    assert "(no access)" in str(refused.value)
    assert "Hidden" not in str(refused.value)
    artifact = bob.artifact("vision/p/model:v0")
    artifact.ttl = timedelta(days=1)
    with pytest.raises(errors.LinkedVersionError) as kept:
        artifact.save()
    assert "Hidden" not in str(kept.value)


def test_what_a_link_holds_is_not_told_to_whoever_may_not_unlink(root, bob):
    root.registry("Hidden").add_protected_alias("launch")
    root.collection("wandb-registry-Hidden/hush").set_alias("launch", "v0")
    with pytest.raises(RoleRequiredError) as refused:
        bob.collection("vision/p/model").delete(delete_links=True)
    assert "launch" not in str(refused.value)
    with pytest.raises(errors.ProtectedVersionError, match="launch"):
        root.collection("vision/p/model").delete(delete_links=True)


def test_what_expires_or_was_collected_is_named_to_those_who_may_see_it(root, bob, store):
    amy = Api(store, "amy")
    diary = amy.artifact("amy/p/diary:v0")
    diary.delete(delete_aliases=True)
    log(store, "amy", "letter", "amy", "notes")
    letter = amy.artifact("amy/p/letter:v0")
    letter.ttl = timedelta(seconds=1)
    letter.save()
    time.sleep(1.1)
    assert [row.path for row in amy.expired()] == ["amy/p/letter:v0"]
    assert [row.path for row in root.expired()] == ["amy/p/letter:v0"]
    assert bob.expired() == []
    assert [each.name for each in root.gc(timedelta()).versions] == ["amy/p/diary:v0"]
    (told,) = bob.gc(timedelta()).versions
    assert (told.name, told.deleted_by, told.reason) == ("(no access)", None, None)


def test_whoever_may_not_expire_is_told_so_though_nothing_has_expired(bob):
    with pytest.raises(RoleRequiredError):
        bob.expire()


def test_refused_attempts_are_told_to_admins_and_to_who_made_them(root, bob, store):
    with pytest.raises(RoleRequiredError):
        bob.registry("Hidden")
    with pytest.raises(RoleRequiredError):
        Api(store, "carl").entity("amy")
    assert len(root.denied()) == 2
    assert bob.denied() == ["bob may not view anything in registry 'Hidden'"]


def test_to_use_is_more_than_to_see_in_teams_too(root, store):
    root.organization().add_members("viv", role="restricted_viewer")
    with fingerpost.init(project="q", store=store, actor="viv") as run:
        with pytest.raises(RoleRequiredError, match="use or download"):
            run.use_artifact("vision/p/model:v0")
        with pytest.raises(RoleRequiredError, match="use or download"):
            run.use_artifact(Api(store, "amy").artifact("amy/p/diary:v0"))
    assert list(Api(store, "viv").runs("viv/q")[0].used_artifacts()) == []


# -- what is deleted, and what has its name


def test_a_registry_that_was_deleted_does_not_speak_for_the_next_of_its_name(root):
    old = root.registry("Model")
    old.delete()
    root.create_registry("model", visibility="restricted", description="another")
    for read in ("visibility", "description", "protected_aliases", "required_approvals"):
        with pytest.raises(errors.RegistryNotFoundError):
            getattr(old, read)


# -- long streams


@pytest.fixture
def reopened(tmp_path):
    """Opens a store as another process does: what it knows comes from the disk."""

    def reopen(actor):
        opened = fingerpost.open_store(tmp_path / "store", actor=actor)
        request.append(opened)
        return Api(opened, actor)

    request = []
    yield reopen
    for opened in request:
        opened.close()


def test_a_restricted_registry_with_a_long_history_stays_restricted(root, reopened):
    hidden = root.registry("Hidden")
    hidden.add_members("hal", role="member")
    for number in range(120):
        hidden.description = f"change {number}"
    target = "wandb-registry-Hidden/hush"
    with pytest.raises(RoleRequiredError, match="has no role"):
        reopened("bob").artifact("vision/p/model:v0").link(target, ["best"])
    reopened("hal").artifact("vision/p/model:v0").link(target, ["best"])
    assert root.collection(target).aliases["best"] == "v0"


def test_roles_in_an_organization_and_a_team_survive_a_long_history(root, reopened):
    team = root.team("vision")
    team.add_members("tia", role="admin")
    root.organization().default_role = "viewer"
    names = [f"user-{number}" for number in range(120)]
    root.organization().add_members(*names, role="viewer")
    team.add_members(*names, role="viewer")
    reopened("tia").team("vision").add_members("root", role="viewer")
    with pytest.raises(RoleRequiredError, match="the role 'viewer'"):
        reopened("user-7").team("vision").add_members("user-8", role="admin")
    with pytest.raises(RoleRequiredError, match="the role 'viewer'"):
        reopened("zoe").team("vision").add_members("zoe", role="admin")
    reopened("root").organization().default_role = "member"


@pytest.mark.parametrize("slip", [["amy", "bob"], None, 7])
def test_what_is_no_member_is_told_how_members_are_named(root, slip):
    with pytest.raises(errors.InvalidValueError, match="side by side"):
        root.organization().add_members(slip)


def test_all_members_of_a_call_go_by_the_role_that_the_caller_had_before_it(root, store):
    root.organization().add_members("ann", "ada", role="admin")
    Api(store, "ann").organization().remove_members("ann", "ada")
    assert [row.name for row in root.organization().members()] == ["root"]


def test_who_is_of_another_organization_is_told_where_to_be_added(root):
    root.create_organization("reviewco")
    with pytest.raises(errors.OutsideOrganizationError, match="--organization 'reviewco'"):
        root.registry("Model", "reviewco").add_members("bob")


def test_source_versions_have_no_approvals_to_show(root):
    with pytest.raises(errors.NotARegistryVersionError):
        root.artifact("vision/p/model:v0").approvals()
    assert root.artifact(f"{ZOO}:v0").approvals() == []


@pytest.mark.parametrize("actor", ["system:serviceaccount:ml:trainer", "a/b", "x" * 256])
def test_whose_name_cannot_name_an_entity_reads_by_paths_that_name_one(store, actor):
    api = Api(store, actor)
    assert api.artifact(f"{ZOO}:v0").version == "v0"
    assert api.artifact("vision/p/model:v0").version == "v0"
    assert api.collection(ZOO).type == "model"
    (run,) = api.runs("vision/p")
    assert api.run(run.path) == run
    with pytest.raises(errors.EntityNotFoundError, match="pass entity="):
        api.artifact("model:v0")


def test_who_may_make_no_teams_does_not_learn_which_there_are(bob, root):
    for name in ("vision", "no-such-team"):
        with pytest.raises(RoleRequiredError, match=f"have 'root' make '{name}'"):
            bob.create_team(name)
    assert len(root.denied()) == 2
