"""What an event says to those who are told of it, without any secret."""

from typing import Final

from attrs import asdict, frozen

from ..metadata.metadata import JsonObject

METADATA: Final = "artifact_metadata."
"""Beginning of the variables that stand for a version's metadata, by top-level key."""

VARIABLES: Final = {
    "event_type": "what happened, such as `ADD_ARTIFACT_ALIAS`",
    "event_author": "on whose behalf",
    "event_time": "when, UTC, ISO 8601",
    "event_reason": "why, where somebody said so",
    "event_position": "place in the ledger: what has the higher one happened later",
    "delivery_id": "the idempotency key: the same for every attempt",
    "automation_name": "the automation",
    "artifact_version": "URI of the logged version, which stays true when things are renamed",
    "artifact_version_string": "`entity/project/name:vN`, or the alias in place of `vN`",
    "artifact_version_label": "`vN`",
    "artifact_collection_name": "the collection",
    "artifact_type": "the artifact type",
    "artifact_digest": "the digest of the version",
    "project_name": "the project, or `wandb-registry-NAME`",
    "entity_name": "the entity, or the organization's identifier for a registry",
    "registry_name": "the registry; empty outside of one",
    "alias": "the alias that was added or removed",
    "tag": "the tag that was added",
    "previous_version": "`vN` that held the alias before; empty when none did",
}
"""Variable → meaning. *Source*: W&B's document on webhook automations, and some more."""


@frozen(kw_only=True)
class EventFacts:
    """What is told of an event. Each attribute is what the variable of its name stands for.

    They are gathered once, when the event is seen, so that every attempt at a delivery says the
    same, whatever is renamed or deleted meanwhile.
    """

    event_type: str
    event_author: str
    event_time: str
    event_reason: str | None
    event_position: int
    delivery_id: str
    automation_name: str
    artifact_version: str
    artifact_version_string: str
    artifact_version_label: str
    artifact_collection_name: str
    artifact_type: str
    artifact_digest: str | None
    artifact_metadata: JsonObject
    project_name: str
    entity_name: str
    registry_name: str | None
    alias: str | None
    tag: str | None
    previous_version: str | None

    def as_json(self) -> JsonObject:
        """Return them as JSON."""
        return asdict(self, recurse=False)
