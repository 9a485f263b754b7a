"""Filters in SQL."""

from .sql import Sql
from .where import where

__all__ = ["Sql", "where"]
