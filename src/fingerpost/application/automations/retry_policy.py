"""How long and how often receivers are tried, and what came of it."""

import random
from typing import Final

from attrs import define, frozen

from ..json_form import JsonForm

_LONGEST_ASKED_S: Final = 24 * 3600.0


@frozen(kw_only=True)
class Patience(JsonForm):
    """How long and how often a receiver is tried.

    With these values a receiver may be down for eight hours at least, and seventeen at most.

    Attributes:
        attempts: how often at most before a delivery is a dead letter.
        timeout_s: seconds for one attempt, from name look-up to the end of the answer.
        first_pause_s: seconds before the second attempt; each pause is twice the one before.
        longest_pause_s: the most that a pause grows to.
        yields_after: attempts after which later deliveries of the same automation go first.
        concurrency: deliveries at once, each of another automation.
        margin_s: seconds by which a lease is longer than an attempt, so that a worker that is held
            up still records what it did before another begins.
        history_s: seconds after which what is delivered, cancelled or discarded is forgotten.
        grace_s: seconds that attempts under way have to end when the worker is stopped.
    """

    attempts: int = 15
    timeout_s: float = 30.0
    first_pause_s: float = 5.0
    longest_pause_s: float = 6 * 3600.0
    yields_after: int = 4
    concurrency: int = 8
    margin_s: float = 30.0
    history_s: float = 90 * 24 * 3600.0
    grace_s: float = 10.0

    @property
    def guard_s(self) -> float:
        """After how long an attempt is ended that does not keep to its own timeout."""
        return self.timeout_s + self.margin_s / 2

    @property
    def lease_s(self) -> float:
        """For how long a delivery belongs to a worker: longer than an attempt can take."""
        return self.timeout_s + self.margin_s

    def pause_s(self, tries: int, asked_s: float | None) -> float:
        """Return how long to wait after this many tries, and at least as long as was asked for."""
        longest = min(self.longest_pause_s, self.first_pause_s * 2 ** min(tries - 1, 40))
        # Half of it at random: those that failed together should not come back together.
        own = random.uniform(longest / 2, longest)  # noqa: S311
        return max(own, min(asked_s or 0.0, _LONGEST_ASKED_S))


@define
class Tally(JsonForm):
    """What a worker has done so far."""

    planned: int = 0
    delivered: int = 0
    failed: int = 0
    dead: int = 0
    cancelled: int = 0
