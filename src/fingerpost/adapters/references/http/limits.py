"""For how long a server is waited for, and how often it is asked."""

import time
from collections.abc import Callable
from typing import Final

from attrs import frozen

from ...object_stores.retrying import ATTEMPTS, RetryPolicy

MOST_REDIRECTS: Final = 10
"""As many as browsers and curl are content with, and then some."""


@frozen(kw_only=True)
class HttpLimits:
    """Patience with a server.

    Attributes:
        attempts: how often at most what may go through later is tried.
        connect_timeout_s: seconds until there is a connection.
        read_timeout_s: seconds without a single byte. The whole may take as long as it takes.
        sleep: waits for a number of seconds between attempts.
    """

    attempts: int = ATTEMPTS
    connect_timeout_s: float = 30.0
    read_timeout_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    @property
    def retry(self) -> RetryPolicy:
        """How requests are retried."""
        return RetryPolicy(attempts=self.attempts, sleep=self.sleep)
