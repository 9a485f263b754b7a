"""Delivering automations: what is owed, the values of secrets, and sending.

Libraries are imported when they are needed: who has no automations needs none of them.
"""

from .state import AutomationsState

__all__ = ["AutomationsState"]
