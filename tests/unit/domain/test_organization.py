"""Organizations, entities, names that only one thing may have, and runs."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from attrs import evolve

from fingerpost.domain.aggregates.aggregate import fold
from fingerpost.domain.aggregates.attribution import LONGEST_REASON, Attribution
from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import (
    AlreadyExistsError,
    InvalidValueError,
    LastAdminError,
    MemberNotFoundError,
    RoleRequiredError,
    RunFinishedError,
)
from fingerpost.domain.events import NameReleased
from fingerpost.domain.names.names import Actor, EntityName, OrganizationName, ProjectName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.membership import Member, MemberKind
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.run import Run
from fingerpost.domain.versions.version import VersionRef

REF = VersionRef(collection_id=UUID(int=8), index=3)


@pytest.fixture
def organization(by):
    event = Organization.create(
        UUID(int=1),
        name=OrganizationName("acme"),
        entity_name=EntityName("acme_1"),
        default_role=Role.MEMBER,
        by=by,
    )
    return Organization.begin(event)


def user(name):
    return Member(kind=MemberKind.USER, name=name)


@pytest.fixture
def bob(by):
    return evolve(by, actor=Actor("bob"))


@pytest.fixture
def run(by):
    event = Run.start(
        UUID(int=4),
        entity_id=UUID(int=5),
        project=ProjectName("bikes"),
        name="run-1",
        job_type="train",
        by=by,
    )
    return Run.begin(event)


def test_whoever_creates_an_organization_administers_it_and_others_have_the_default_role(
    organization,
):
    assert organization.role_of("alice") is Role.ADMIN
    assert organization.role_of("bob") is Role.MEMBER
    assert organization.role_of("Alice") is Role.MEMBER


def test_without_a_default_role_others_have_none(organization):
    assert evolve(organization, default_role=None).role_of("bob") is None


def test_only_an_admin_creates_teams_and_the_error_says_who_that_is(organization, by, bob):
    made = Entity.create_team(
        UUID(int=2), name=EntityName("team"), organization=organization, by=by
    )
    assert (made.kind, made.organization_id, made.owner) == ("team", UUID(int=1), None)
    with pytest.raises(RoleRequiredError, match="have 'alice' make 'team'"):
        Entity.create_team(UUID(int=2), name=EntityName("team"), organization=organization, by=bob)


def test_a_personal_entity_has_its_owner_and_takes_no_members(by):
    event = Entity.create_personal(UUID(int=3), name=EntityName("alice"), by=by)
    entity = Entity.begin(event)
    assert (event.kind, event.organization_id, event.owner) == ("personal", None, "alice")
    assert (entity.owner, entity.scope) == ("alice", "entity 'alice'")
    with pytest.raises(InvalidValueError, match="'alice' belongs to 'alice' alone"):
        entity.add_member(user("bob"), Role.VIEWER, entity.authority(by, Role.ADMIN))


def test_whoever_is_added_has_the_role_and_a_second_time_changes_nothing(organization, by):
    admin = organization.authority(by)
    changed = fold(organization, organization.add_member(user("bob"), Role.VIEWER, admin))
    assert changed.role_of("bob") is Role.VIEWER
    assert changed.add_member(user("bob"), Role.VIEWER, admin) == []
    with pytest.raises(AlreadyExistsError, match="has the role 'viewer'"):
        changed.add_member(user("bob"), Role.ADMIN, admin)


def test_a_role_changes_and_goes_and_then_the_default_counts_again(organization, by):
    admin = organization.authority(by)
    changed = fold(organization, organization.add_member(user("bob"), Role.VIEWER, admin))
    changed = fold(changed, changed.change_role(user("bob"), Role.ADMIN, admin))
    assert changed.admins() == ("alice", "bob")
    changed = fold(changed, changed.remove_member(user("bob"), admin))
    assert changed.role_of("bob") is Role.MEMBER
    with pytest.raises(MemberNotFoundError, match="'bob'"):
        changed.remove_member(user("bob"), admin)
    with pytest.raises(MemberNotFoundError, match="'bob'"):
        changed.change_role(user("bob"), Role.VIEWER, admin)


def test_the_last_admin_stays_one(organization, by):
    admin = organization.authority(by)
    with pytest.raises(LastAdminError, match="'acme'"):
        organization.remove_member(user("alice"), admin)
    with pytest.raises(LastAdminError, match="'acme'"):
        organization.change_role(user("alice"), Role.MEMBER, admin)


def test_a_service_account_is_no_person_until_it_is_removed(organization, by):
    admin = organization.authority(by)
    robot = Member(kind=MemberKind.SERVICE_ACCOUNT, name="ci")
    changed = fold(organization, organization.add_member(robot, Role.MEMBER, admin))
    assert not changed.is_person("ci")
    # However it is named later: what it was added as stays.
    (event,) = changed.change_role(user("ci"), Role.ADMIN, admin)
    assert event.kind == "service_account"
    assert not fold(changed, [event]).is_person("ci")


def test_who_is_known_as_a_user_does_not_become_a_service_account_unnoticed(organization, by):
    admin = organization.authority(by)
    changed = fold(organization, organization.add_member(user("ci"), Role.MEMBER, admin))
    robot = Member(kind=MemberKind.SERVICE_ACCOUNT, name="ci")
    with pytest.raises(AlreadyExistsError, match="known as a user"):
        changed.add_member(robot, Role.MEMBER, admin)
    changed = fold(changed, changed.remove_member(user("ci"), admin))
    changed = fold(changed, changed.add_member(robot, Role.MEMBER, admin))
    assert not changed.is_person("ci")


def test_an_organization_takes_no_teams_as_members(organization, by):
    team = Member(kind=MemberKind.TEAM, name="team", team_id=UUID(int=2))
    with pytest.raises(InvalidValueError, match="users and service accounts"):
        organization.add_member(team, Role.MEMBER, organization.authority(by))


def test_the_default_role_changes_once(organization, by):
    admin = organization.authority(by)
    (event,) = organization.change_default_role(None, admin)
    assert (event.role, event.from_role) == (None, "member")
    changed = fold(organization, [event])
    assert changed.role_of("bob") is None
    assert changed.change_default_role(None, admin) == []


def test_a_name_is_taken_once(by):
    claim = NameClaim.unclaimed(UUID(int=7))
    event = claim.claim(UUID(int=9), scope="artifact", name="data", by=by)
    claim = claim.apply(event)
    assert (event.originator_version, claim.holder_id) == (1, UUID(int=9))
    with pytest.raises(AlreadyExistsError, match=r"artifact 'data' exists already\. Choose"):
        claim.claim(UUID(int=10), scope="artifact", name="data", by=by)


def test_a_released_name_can_be_taken_again(by):
    claim = NameClaim.unclaimed(UUID(int=7))
    claim = claim.apply(claim.claim(UUID(int=9), scope="artifact", name="data", by=by))
    released = NameReleased(
        originator_id=UUID(int=7),
        originator_version=2,
        at=by.at,
        actor="alice",
        holder_id=UUID(int=9),
    )
    claim = claim.apply(released)
    again = claim.claim(UUID(int=10), scope="artifact", name="data", by=by)
    assert (again.originator_version, again.holder_id) == (3, UUID(int=10))


def test_a_run_notes_inputs_and_outputs_once(run, by):
    (logged,) = run.log(REF, by, is_logged=False)
    (used,) = run.use(REF, by, is_used=False)
    assert (logged.wire_name, logged.collection_id, logged.index) == (
        "run.artifact_logged",
        REF.collection_id,
        3,
    )
    assert (used.wire_name, used.originator_version) == ("run.artifact_used", 2)
    assert run.log(REF, by, is_logged=True) == []
    assert run.use(REF, by, is_used=True) == []


def test_a_finished_run_takes_nothing_more_and_finishes_once(run, by):
    events = run.finish(1, by)
    assert [event.exit_code for event in events] == [1]
    finished = fold(run, events)
    assert finished.finish(0, by) == []
    with pytest.raises(RunFinishedError, match=r"cannot log an artifact.*'run-1'.*init"):
        finished.log(REF, by, is_logged=False)
    with pytest.raises(RunFinishedError, match="cannot use an artifact"):
        finished.use(REF, by, is_used=True)


def test_a_time_without_zone_is_refused_and_others_become_utc(by):
    noon = datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(hours=2)))
    assert evolve(by, at=noon).at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert evolve(by, at=noon).at.tzinfo is UTC
    with pytest.raises(InvalidValueError, match=r"datetime\.now\(UTC\)"):
        evolve(by, at=noon.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("given", "kept"), [(None, None), ("", None), ("  \n", None), (" why ", "why")]
)
def test_an_empty_reason_is_no_reason(by, given, kept):
    assert Attribution(actor=by.actor, at=by.at, reason=given).reason == kept


def test_a_reason_has_a_longest_length(by):
    assert len(evolve(by, reason="x" * LONGEST_REASON).reason) == 4096
    with pytest.raises(InvalidValueError, match="at most 4,096 characters"):
        evolve(by, reason="x" * 4097)


def collected(organization, by, content_count=2, freed_bytes=30):
    return organization.collect_content(
        organization.authority(by),
        version_count=1,
        content_count=content_count,
        size_bytes=20,
        freed_bytes=freed_bytes,
        grace_s=60,
    )


def test_removing_content_is_recorded_with_what_it_was(organization, by):
    (event,) = collected(organization, by)
    assert event.wire_name == "organization.content_collected"
    told = (event.version_count, event.content_count, event.size_bytes)
    assert (*told, event.freed_bytes, event.grace_s) == (1, 2, 20, 30, 60)
    assert fold(organization, [event]) == evolve(organization, version=2)


def test_removing_nothing_is_not_recorded(organization, by):
    assert collected(organization, by, content_count=0, freed_bytes=0) == []


def test_only_an_admin_removes_content(organization, bob):
    with pytest.raises(RoleRequiredError, match="remove content"):
        collected(organization, bob)
