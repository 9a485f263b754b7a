"""How tests wait for what happens in other threads and processes.

A test waits for a condition, never for an amount of time. The limit only ends a test that would
hang: it is far beyond what any of this takes on a loaded machine.
"""

import time

LIMIT_S = 900
PAUSE_S = 0.01


def until(condition, limit_s=LIMIT_S):
    """Wait until a condition holds, and return what it gave."""
    end = time.monotonic() + limit_s
    while not (found := condition()):
        assert time.monotonic() < end, f"still not so after {limit_s} s"
        time.sleep(PAUSE_S)
    return found
