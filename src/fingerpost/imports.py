"""Bringing what other registries hold into a store, with a recorded origin."""

from fingerpost.adapters.sdk.import_mlflow import import_mlflow
from fingerpost.adapters.sdk.import_report import Imported, ImportedAlias, ImportedVersion
from fingerpost.adapters.sdk.import_wandb import import_wandb_manifest
from fingerpost.domain.origin import Origin

__all__ = [
    "Imported",
    "ImportedAlias",
    "ImportedVersion",
    "Origin",
    "import_mlflow",
    "import_wandb_manifest",
]
