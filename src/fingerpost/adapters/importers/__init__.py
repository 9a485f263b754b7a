"""Readers of what other registries keep."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import mlflow_locations, mlflow_models, mlflow_registry, wandb_about, wandb_manifest
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["mlflow_locations", "mlflow_models", "mlflow_registry", "wandb_about", "wandb_manifest"]
