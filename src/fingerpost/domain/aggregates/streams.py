"""Identities of streams that follow from what they stand for.

A deterministic identity is how a name is unique: ``(stream, version 1)`` is a primary key, and two
writers who claim the same name insert the same row.
"""

from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5b8a4a0e-7d0c-5b0e-9f5f-0d6f1e2c3a4b")
"""Namespace of all deterministic identities of Fingerpost."""


def _identity(*parts: str) -> UUID:
    # No name holds a NUL, so parts cannot run into each other.
    return uuid5(NAMESPACE, "\0".join(parts))


def organization_claim(name: str) -> UUID:
    """Return the stream that claims an organization's name."""
    return _identity("organization", name)


def entity_claim(name: str) -> UUID:
    """Return the stream that claims an entity's name; entities of all kinds share one scope."""
    return _identity("entity", name)


def registry_claim(organization_id: UUID, key: str) -> UUID:
    """Return the stream that claims a registry's name, given without letter case."""
    return _identity("registry", organization_id.hex, key)


def source_claim(entity_id: UUID, project: str, name: str) -> UUID:
    """Return the stream that claims the name of a source collection."""
    return _identity("source", entity_id.hex, project, name)


def registry_collection_claim(registry_id: UUID, name: str) -> UUID:
    """Return the stream that claims the name of a registry collection."""
    return _identity("collection", registry_id.hex, name)


def approvals(collection_id: UUID, alias: str, index: int) -> UUID:
    """Return the stream of the approvals of one link for one alias."""
    return _identity("approvals", collection_id.hex, str(index), alias)


def automation_claim(scope_kind: str, scope_id: UUID, project: str, name: str) -> UUID:
    """Return the stream that claims the name of an automation in its scope."""
    return _identity("automation", scope_kind, scope_id.hex, project, name)


def secret_stream(owner_id: UUID, name: str) -> UUID:
    """Return the stream of a secret of an organization or entity."""
    return _identity("secret", owner_id.hex, name)


def command(actor: str, key: str, number: int) -> UUID:
    """Return the identity of the command that an actor gave under a key of their own.

    Args:
        actor: on whose behalf; everybody has keys of their own.
        key: the key.
        number: the place among the commands under the key, from 0.
    """
    return _identity("command", actor, str(number), key)


def delivery(automation_id: UUID, position: int) -> UUID:
    """Return the identity of what an automation delivers for the event at a position.

    It is the idempotency key of all attempts, whoever makes them.
    """
    return uuid5(automation_id, f"delivery {position}")


def holder(claim_id: UUID, claim_version: int) -> UUID:
    """Return the identity of what takes a name with the claim's event of this version."""
    return uuid5(claim_id, str(claim_version))
