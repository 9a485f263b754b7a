"""Filters in the style of MongoDB: their fields, their operators, and what they mean."""

from .expression import (
    And,
    Compares,
    Condition,
    Contains,
    Equals,
    Exists,
    Expression,
    HasSize,
    IsIn,
    Matches,
    Not,
    Or,
    Test,
)
from .fields import FIELDS, Field, FieldType, Kind
from .parsing import parse_filter

__all__ = [
    "FIELDS",
    "And",
    "Compares",
    "Condition",
    "Contains",
    "Equals",
    "Exists",
    "Expression",
    "Field",
    "FieldType",
    "HasSize",
    "IsIn",
    "Kind",
    "Matches",
    "Not",
    "Or",
    "Test",
    "parse_filter",
]
