"""The rules for protected aliases, required approvals and required reasons."""

from typing import Final

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import InvalidAliasError, InvalidValueError, LimitExceededError, NoSuchThingError
from ..events import (
    ApprovalsLifted,
    ApprovalsRequired,
    Event,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ReasonsLifted,
    ReasonsRequired,
)
from ..names.alias import Alias
from .head import RegistryHead

MOST_PROTECTED: Final = 1_000
"""Protected aliases of one registry; they are part of its head."""

MOST_APPROVALS: Final = 100
"""Approvals that a registry can require of a version; a larger number is a mistake."""


def protect(head: RegistryHead, alias: Alias, authority: Authority) -> list[Event]:
    """See :meth:`.Registry.protect`."""
    authority.require(Action.PROTECT)
    _require_protectable(alias)
    if len(head.protected) >= MOST_PROTECTED:
        raise LimitExceededError(
            f"protected aliases of {head.name!r}",
            MOST_PROTECTED,
            len(head.protected) + 1,
            "Remove one that is no longer used.",
        )
    recording = Recording(head, authority.by)
    if alias not in head.protected:
        recording.add(ProtectedAliasAdded(**recording.envelope(), alias=str(alias)))
    return recording.events


def unprotect(head: RegistryHead, alias: Alias, authority: Authority) -> list[Event]:
    """See :meth:`.Registry.unprotect`."""
    authority.require(Action.PROTECT)
    if alias not in head.protected:
        raise NoSuchThingError("protected alias", str(alias), sorted(head.protected))
    recording = Recording(head, authority.by)
    if alias in head.required_approvals:
        recording.add(ApprovalsLifted(**recording.envelope(), alias=str(alias)))
    recording.add(ProtectedAliasRemoved(**recording.envelope(), alias=str(alias)))
    return recording.events


def require_approvals(
    head: RegistryHead, alias: Alias, count: int, authority: Authority
) -> list[Event]:
    """See :meth:`.Registry.require_approvals`."""
    authority.require(Action.REQUIRE_APPROVALS)
    if alias not in head.protected:
        raise NoSuchThingError(
            "protected alias", str(alias), sorted(head.protected), "Protect it first."
        )
    _require_approval_count(count)
    if count == head.required_approvals.get(alias, 0):
        return []
    recording = Recording(head, authority.by)
    if count:
        recording.add(ApprovalsRequired(**recording.envelope(), alias=str(alias), count=count))
    else:
        recording.add(ApprovalsLifted(**recording.envelope(), alias=str(alias)))
    return recording.events


def require_reasons(head: RegistryHead, authority: Authority, *, required: bool) -> list[Event]:
    """See :meth:`.Registry.require_reasons`."""
    authority.require(Action.REQUIRE_REASONS)
    if not isinstance(required, bool):
        raise InvalidValueError(
            "requirement", required, "it is True or False", "False lifts the requirement."
        )
    recording = Recording(head, authority.by)
    if required and not head.requires_reasons:
        recording.add(ReasonsRequired(**recording.envelope()))
    elif head.requires_reasons and not required:
        recording.add(ReasonsLifted(**recording.envelope()))
    return recording.events


def _require_protectable(alias: Alias) -> None:
    if alias.is_automatic:
        raise InvalidAliasError(
            "protected alias",
            str(alias),
            "'latest' and version numbers move by themselves and cannot be protected",
            "Protect a name of your own, such as 'production'.",
        )


def _require_approval_count(count: int) -> None:
    is_number = isinstance(count, int) and not isinstance(count, bool)
    if not is_number or not 0 <= count <= MOST_APPROVALS:
        raise InvalidValueError(
            "number of approvals",
            count,
            f"it is a whole number from 0 to {MOST_APPROVALS}",
            "0 lifts the requirement.",
        )
