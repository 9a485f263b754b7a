"""The registry aggregate."""

from .head import POLICY_EVENTS
from .protection import MOST_APPROVALS, MOST_PROTECTED
from .registry import Registry
from .visibility import Visibility

__all__ = ["MOST_APPROVALS", "MOST_PROTECTED", "POLICY_EVENTS", "Registry", "Visibility"]
