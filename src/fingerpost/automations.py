"""What an automation watches for, where, and what it does; names as in ``wandb.automations``."""

from fingerpost.adapters.sdk.automation import Automation
from fingerpost.adapters.sdk.automation_parts import (
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
from fingerpost.application.automation_patience import Patience, Tally
from fingerpost.application.ports.deliveries import Attempt, Delivery, DeliveryState, Execution

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
