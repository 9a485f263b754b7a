"""Who may do what: the table of roles, written out row by row."""

import pytest

from fingerpost.domain.aggregates.permissions import Action, Role
from fingerpost.domain.errors import InvalidValueError, PermissionDeniedError, RoleRequiredError

NOBODY_BELOW_VIEWER = {"viewer", "member", "admin"}
MEMBERS = {"member", "admin"}
ADMINS = {"admin"}

EVERYBODY = {"restricted_viewer", "viewer", "member", "admin"}

# Who may, by row of the table.
TABLE = {
    Action.VIEW: EVERYBODY,
    Action.USE: NOBODY_BELOW_VIEWER,
    Action.LOG: MEMBERS,
    Action.DELETE_VERSION: MEMBERS,
    Action.CREATE_COLLECTION: MEMBERS,
    Action.LINK: MEMBERS,
    Action.UNLINK: MEMBERS,
    Action.SET_ALIAS: MEMBERS,
    Action.DESCRIBE: MEMBERS,
    Action.RENAME_COLLECTION: MEMBERS,
    Action.DELETE_COLLECTION: MEMBERS,
    Action.APPROVE: MEMBERS,
    Action.SET_PROTECTED_ALIAS: ADMINS,
    Action.UNLINK_PROTECTED: ADMINS,
    Action.RENAME_PROTECTED: ADMINS,
    Action.DELETE_PROTECTED: ADMINS,
    Action.PROTECT: ADMINS,
    Action.CONFIGURE_REGISTRY: ADMINS,
    Action.CREATE_REGISTRY: ADMINS,
    Action.CREATE_TEAM: ADMINS,
    Action.REQUIRE_APPROVALS: ADMINS,
    Action.REQUIRE_REASONS: ADMINS,
    Action.MANAGE_REGISTRY: ADMINS,
    Action.DELETE_REGISTRY: ADMINS,
    Action.MANAGE_TEAM: ADMINS,
    Action.CONFIGURE_ORGANIZATION: ADMINS,
    Action.CREATE_ORGANIZATION: ADMINS,
    Action.EXPIRE: ADMINS,
    Action.CONFIGURE_ENTITY: ADMINS,
    Action.COLLECT_GARBAGE: ADMINS,
    Action.AUTOMATE: ADMINS,
    Action.READ_LEDGER: ADMINS,
}


def test_every_action_is_in_the_table():
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("role", ["restricted_viewer", "viewer", "member", "admin"])
@pytest.mark.parametrize("action", TABLE)
def test_a_role_may_do_what_the_table_says_and_nothing_else(authority, action, role):
    acting = authority(Role.parse(role))
    if role in TABLE[action]:
        acting.require(action)
    else:
        with pytest.raises(RoleRequiredError):
            acting.require(action)


@pytest.mark.parametrize("action", TABLE)
def test_who_has_no_role_may_do_nothing(authority, action):
    with pytest.raises(RoleRequiredError, match="has no role"):
        authority(None).require(action)


def test_a_refusal_says_who_what_where_and_which_role_would_do(authority):
    with pytest.raises(PermissionDeniedError) as caught:
        authority(Role.VIEWER).require(Action.LINK)
    error = caught.value
    assert (error.actor, error.role, error.required) == ("alice", "viewer", "member")
    assert str(error) == (
        "'alice' may not link artifacts in registry 'Model': needs 'member' and has the role "
        "'viewer'. Ask an admin of registry 'Model' to do it."
    )


@pytest.mark.parametrize(
    ("role", "alias", "is_allowed"),
    [
        ("admin", "production", True),
        ("admin", "other", True),
        ("member", "other", True),
        ("member", "production", False),
        ("member", "Production", True),
        ("viewer", "other", False),
        ("viewer", "production", False),
        ("restricted_viewer", "other", False),
    ],
)
def test_a_protected_alias_is_for_admins_and_others_are_for_members(
    authority, role, alias, is_allowed
):
    acting = authority(Role.parse(role), protected={"production"})
    if is_allowed:
        acting.require_alias(alias)
    else:
        with pytest.raises(RoleRequiredError):
            acting.require_alias(alias)


@pytest.mark.parametrize(
    ("roles", "highest"),
    [
        (["viewer", "member"], "member"),
        (["admin", None, "viewer"], "admin"),
        (["restricted_viewer", "viewer"], "viewer"),
        ([None, "restricted_viewer"], "restricted_viewer"),
        ([None, None], None),
        ([], None),
    ],
)
def test_the_effective_role_is_the_highest_one(roles, highest):
    found = Role.highest(*(Role.parse(role) if role else None for role in roles))
    assert (found.value if found else None) == highest


@pytest.mark.parametrize("text", ["Admin", "owner", "", " member", "member\n"])
def test_an_unknown_role_is_refused_and_the_roles_are_named(text):
    with pytest.raises(InvalidValueError) as caught:
        Role.parse(text)
    for role in ("restricted_viewer", "viewer", "member", "admin"):
        assert repr(role) in str(caught.value)
