"""Bringing other stores whole, and what other registries hold with a recorded origin."""

from fingerpost.adapters.carry import ImportedBundle, import_bundle
from fingerpost.adapters.sdk.import_mlflow import import_mlflow
from fingerpost.adapters.sdk.import_report import Imported, ImportedAlias, ImportedVersion
from fingerpost.adapters.sdk.import_wandb import import_wandb_manifest
from fingerpost.domain.origin import Origin

__all__ = [
    "Imported",
    "ImportedAlias",
    "ImportedBundle",
    "ImportedVersion",
    "Origin",
    "import_bundle",
    "import_mlflow",
    "import_wandb_manifest",
]
