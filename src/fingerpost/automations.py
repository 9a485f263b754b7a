"""What an automation watches for, where, and what it does; names as in ``wandb.automations``."""

from fingerpost.application.automations.retry_policy import Patience, Tally
from fingerpost.application.ports.deliveries import Attempt, Delivery, DeliveryState, Execution
from fingerpost.sdk.automation import Automation
from fingerpost.sdk.automation_parts import (
    CollectionScope,
    OnAddArtifactAlias,
    OnAddArtifactTag,
    OnCreateArtifact,
    OnLinkArtifact,
    OnRemoveArtifactAlias,
    OnUnlinkArtifact,
    OrgScope,
    ProjectScope,
    RegistryScope,
    SendNotification,
    SendWebhook,
)

__all__ = [
    "Attempt",
    "Automation",
    "CollectionScope",
    "Delivery",
    "DeliveryState",
    "Execution",
    "OnAddArtifactAlias",
    "OnAddArtifactTag",
    "OnCreateArtifact",
    "OnLinkArtifact",
    "OnRemoveArtifactAlias",
    "OnUnlinkArtifact",
    "OrgScope",
    "Patience",
    "ProjectScope",
    "RegistryScope",
    "SendNotification",
    "SendWebhook",
    "Tally",
]
