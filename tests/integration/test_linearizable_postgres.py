"""The races and crashes of a store in a folder, on PostgreSQL."""

import os
from pathlib import Path

import pytest

from fingerpost.testing.linearizability import Linearizable
from soak.crashes import NAMED, Crash, Crashed
from soak.races import PROCESSES, Race, judge, run_races


@pytest.fixture
def url(postgres_server, tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CONTENT", str(tmp_path / "content"))
    monkeypatch.syspath_prepend(Path(__file__).parents[1])
    with postgres_server.lent_url() as url:
        yield url


def test_one_order_explains_all_that_eight_processes_were_told(url, tmp_path):
    race = Race(location=url, journals=str(tmp_path / "journals"), operations=25)
    (history,) = run_races([race])
    assert {operation.process for operation in history.operations} == set(range(PROCESSES))
    wrong = {kind: each for kind, each in judge(history).items() if type(each) is not Linearizable}
    assert wrong == {}, "\n".join(map(str, wrong.values()))


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_a_client_that_is_killed_at_any_step_leaves_a_whole_store(url, tmp_path):
    crashed = Crashed(tmp_path, store=url)
    crashed.run([*(Crash(each) for each in NAMED), Crash("-", 0.2), Crash("-", 0.05)])
    assert crashed.problems == []
    assert set(crashed.kills) == {*NAMED, "-"}
