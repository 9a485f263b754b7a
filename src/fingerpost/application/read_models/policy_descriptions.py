"""What happened to a registry or organization, in words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from fingerpost.domain.metadata.metadata import JsonValue

Facts = Mapping[str, JsonValue]


def sentence(what: str, actor: str, facts: Facts) -> str:
    """Return a sentence about an event, such as ``alice protected 'production'``."""
    phrase = _PHRASES.get(what)
    return f"{actor} {phrase(facts)}" if phrase else f"{actor} did what is called {what!r}"


def _quoted(facts: Facts, name: str) -> str:
    return repr(str(facts.get(name)))


def _who(facts: Facts) -> str:
    kind = {"service_account": "the service account ", "team": "the team "}.get(
        str(facts.get("kind")), ""
    )
    return f"{kind}{_quoted(facts, 'member')}"


def _types(facts: Facts) -> str:
    types = facts.get("artifact_types")
    if not isinstance(types, list | tuple) or not types:
        return "every artifact type"
    return f"the artifact types {', '.join(repr(str(kind)) for kind in types)}"


def _created(facts: Facts) -> str:
    seen = "its members alone" if facts.get("visibility") == "restricted" else "everybody"
    return f"created the registry {_quoted(facts, 'name')} for {_types(facts)}, open to {seen}"


def _approvals(facts: Facts) -> str:
    count = facts.get("count")
    noun = "approval" if count == 1 else "approvals"
    return f"required {count} {noun} for {_quoted(facts, 'alias')}"


def _default_role(facts: Facts) -> str:
    def named(name: str) -> str:
        return "none" if facts.get(name) is None else _quoted(facts, name)

    return f"changed the default role from {named('from_role')} to {named('role')}"


_PHRASES: Final[Mapping[str, Callable[[Facts], str]]] = MappingProxyType(
    {
        "organization.created": lambda facts: f"created the organization {_quoted(facts, 'name')}",
        "organization.default_role_changed": _default_role,
        "organization.content_collected": lambda facts: (
            f"removed {facts.get('content_count')} contents that nothing reached"
        ),
        "entity.created": lambda facts: f"created the team {_quoted(facts, 'name')}",
        "registry.created": _created,
        "registry.deleted": lambda facts: f"deleted the registry {_quoted(facts, 'name')}",
        "registry.artifact_type_permitted": lambda facts: (
            f"permitted the artifact type {_quoted(facts, 'type')}"
        ),
        "registry.artifact_type_withdrawn": lambda facts: (
            f"withdrew the artifact type {_quoted(facts, 'type')}"
        ),
        "registry.artifact_type_linked": lambda facts: (
            f"linked the first artifact of type {_quoted(facts, 'type')}, which stays permitted"
        ),
        "registry.protected_alias_added": lambda facts: f"protected {_quoted(facts, 'alias')}",
        "registry.protected_alias_removed": lambda facts: (
            f"took the protection off {_quoted(facts, 'alias')}"
        ),
        "registry.described": lambda facts: (
            "took the description away"
            if facts.get("description") is None
            else f"changed the description to {_quoted(facts, 'description')}"
        ),
        "registry.visibility_changed": lambda facts: (
            f"changed who has access to {_quoted(facts, 'visibility')}"
        ),
        "registry.approvals_required": _approvals,
        "registry.approvals_lifted": lambda facts: (
            f"lifted the approvals for {_quoted(facts, 'alias')}"
        ),
        "registry.reasons_required": lambda _: "required a reason for every move of an alias",
        "registry.reasons_lifted": lambda _: "let aliases move without a reason again",
        "collection.created": lambda facts: f"added the collection {_quoted(facts, 'name')}",
        "collection.renamed": lambda facts: (
            f"renamed the collection {_quoted(facts, 'from_name')} to {_quoted(facts, 'name')}"
        ),
        "collection.deleted": lambda facts: f"deleted the collection {_quoted(facts, 'name')}",
        "member.added": lambda facts: f"added {_who(facts)} as {_quoted(facts, 'role')}",
        "member.role_changed": lambda facts: (
            f"changed the role of {_who(facts)} from {_quoted(facts, 'from_role')} to "
            f"{_quoted(facts, 'role')}"
        ),
        "member.removed": lambda facts: f"removed {_who(facts)}, who had {_quoted(facts, 'role')}",
    }
)
