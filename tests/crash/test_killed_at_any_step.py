"""A client is killed at every named step of a change, and at random; nothing is lost or half done.

One order explains all that the clients and those who looked after them were told: what was
acknowledged is there, and of what was not, all or nothing. `make soak ARGS="crashes"` does more.
"""

import os
import shutil

import pytest

from soak.crashes import NAMED, Crash, Crashed, crashes

ROUNDS = int(os.environ.get("FINGERPOST_CRASH_ROUNDS", "50"))


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_a_client_that_is_killed_anywhere_leaves_a_whole_store(tmp_path):
    crashed = Crashed(tmp_path)
    crashed.run(crashes(ROUNDS, seed=1))
    assert crashed.problems == []
    assert ROUNDS < 50 or set(crashed.kills) == {*NAMED, "-"}


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_what_was_acknowledged_and_is_gone_is_noticed(tmp_path):
    """The ledger as it was before the last client, as if its commits had never reached the disk."""
    crashed = Crashed(tmp_path)
    kept = shutil.copytree(crashed.store, tmp_path / "kept")
    crashed.run([Crash("after_commit", 20)])
    assert crashed.problems == []
    shutil.rmtree(crashed.store)
    kept.rename(crashed.store)
    crashed.look("late reader", "forgotten")
    crashed.judge()
    assert any("not linearizable" in problem for problem in crashed.problems)
