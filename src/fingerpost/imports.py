"""Bringing other stores whole, and what other registries hold with a recorded origin."""

from fingerpost.adapters.bundles import ImportedBundle
from fingerpost.bootstrap.bundles import import_bundle
from fingerpost.domain.versions.origin import Origin
from fingerpost.sdk.import_mlflow import import_mlflow
from fingerpost.sdk.import_report import Imported, ImportedAlias, ImportedVersion
from fingerpost.sdk.import_wandb import import_wandb_manifest

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
