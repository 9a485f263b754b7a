"""A worker is killed between any two of its steps; everything is delivered, under its own key."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from receiver import receiving

import fingerpost
from crash.later import opened_later
from fingerpost.automations import OnCreateArtifact, OrgScope, Patience, SendWebhook
from waiting import LIMIT_S, until

EVENTS = 6
QUICK = Patience(first_pause_s=0.01, longest_pause_s=0.02, timeout_s=LIMIT_S)

WORKER = """
import os, signal, sys
import fingerpost
from crash.later import opened_later
from fingerpost.adapters.automations.deliveries import SqliteDeliveryStore
from fingerpost.adapters.automations.sender import AiohttpSender

store, point, when = sys.argv[1:4]
countdown, hours = map(int, sys.argv[4:])
owner = AiohttpSender if point == "send" else SqliteDeliveryStore
true = getattr(owner, point)

def die():
    global countdown
    countdown -= 1
    if countdown <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

def plain(*arguments, **named):
    if when == "before":
        die()
    result = true(*arguments, **named)
    if when == "after" and result is not None:
        die()
    return result

async def sending(*arguments, **named):
    if when == "before":
        die()
    result = await true(*arguments, **named)
    if when == "after":
        die()
    return result

setattr(owner, point, sending if point == "send" else plain)
with opened_later(store, hours) as opened:
    print(fingerpost.Api(opened, "alice").run_automations(), flush=True)
"""


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))


def automated(folder, receiver, events=EVENTS):
    """Make a store with an automation and as many events."""
    with fingerpost.Api(folder, "alice") as api:
        api.create_automation(
            name="tell",
            scope=OrgScope(),
            event=OnCreateArtifact(),
            action=SendWebhook(url=receiver.url),
        )
        for number in range(events):
            with fingerpost.init(store=folder, actor="alice", entity="team", project="p") as run:
                run.log_artifact(fingerpost.Artifact(f"data-{number}", "dataset"))


def finish(folder, hours):
    """Let workers run until nothing is pending, so much later that leases of the dead are over."""
    with opened_later(folder, hours) as opened:
        api = fingerpost.Api(opened, "alice")

        def is_done():
            api.run_automations(QUICK)
            return not api.automation_executions("pending")

        until(is_done)
        return api.automation_executions()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
@pytest.mark.parametrize("countdown", [1, pytest.param(3, marks=pytest.mark.patient)])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", ["plan", "lease", "send", "record"])
def test_nothing_is_lost_wherever_a_worker_is_killed(tmp_path, point, when, countdown):
    if point == "plan":
        countdown = 1  # there is one page
    with receiving() as receiver:
        automated(tmp_path / "store", receiver)
        command = [
            sys.executable,
            "-c",
            WORKER,
            str(tmp_path / "store"),
            point,
            when,
            str(countdown),
            "0",
        ]
        killed = subprocess.run(command, capture_output=True, text=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        executions = finish(tmp_path / "store", hours=1)
    assert [each.state.value for each in executions] == ["delivered"] * EVENTS
    sent = Counter(receiver.ids())
    assert set(sent) == {str(each.delivery.id) for each in executions}
    # What was under way when it was killed may come twice, and nothing else.
    assert sum(sent.values()) <= EVENTS + 1
    bodies = {each.headers["webhook-id"]: set() for each in receiver.received}
    for each in receiver.received:
        bodies[each.headers["webhook-id"]].add(each.body)
    assert all(len(same) == 1 for same in bodies.values())


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_workers_that_are_killed_again_and_again_deliver_all_in_the_end(tmp_path):
    with receiving() as receiver:
        automated(tmp_path / "store", receiver, 12)
        for round_ in range(4):
            # An hour after the round before: what the dead had leased is free again.
            arguments = [str(tmp_path / "store"), "send", "after", str(round_ % 2 + 1), str(round_)]
            workers = [
                subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stderr=subprocess.PIPE)
                for _ in range(2)
            ]
            for worker in workers:
                worker.communicate(timeout=LIMIT_S)
        executions = finish(tmp_path / "store", hours=4)
    assert {each.state.value for each in executions} == {"delivered"}
    assert set(receiver.ids()) == {str(each.delivery.id) for each in executions}
    assert len(executions) == 12
