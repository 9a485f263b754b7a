"""Automations against a real receiver that fails, hangs, resets and restarts."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from datetime import datetime

import pytest
from receiver import (
    answering_and_hanging,
    endless,
    garbage,
    hanging_until,
    receiving,
    reset,
    status,
)

import fingerpost
from fingerpost.automations import (
    CollectionScope,
    OnAddArtifactAlias,
    OnAddArtifactTag,
    OnCreateArtifact,
    OnLinkArtifact,
    OnRemoveArtifactAlias,
    OnUnlinkArtifact,
    OrgScope,
    Patience,
    ProjectScope,
    RegistryScope,
    SendNotification,
    SendWebhook,
)
from fingerpost.errors import (
    AlreadyExistsError,
    AutomationNotFoundError,
    InvalidNameError,
    InvalidValueError,
    RoleRequiredError,
    SecretsKeyError,
)
from stores import on_sqlite, open_store
from waiting import LIMIT_S, until

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
QUICK = Patience(first_pause_s=0.01, longest_pause_s=0.02, attempts=3, timeout_s=60)


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)


@pytest.fixture
def api(place):
    with fingerpost.Api(open_store(place), "alice", entity="team", project="p") as api:
        api.create_registry("Golden")
        yield api


@pytest.fixture
def log(api):
    """Log a version that differs from all others; link it if a target is given."""
    number = iter(range(1_000))

    def make(name="data", link=None, aliases=(), **metadata):
        with fingerpost.init(store=api._workspace.opened, entity="team", project="p") as run:
            artifact = fingerpost.Artifact(name, "dataset", metadata=metadata)
            with artifact.new_file("n.txt") as file:
                file.write(str(next(number)))
            logged = run.log_artifact(artifact, aliases=list(aliases))
            if link:
                run.link_artifact(logged, link, aliases=list(aliases))
        return logged

    return make


@pytest.fixture
def deliver(api):
    """Deliver until nothing is pending any more."""

    def until_done(patience=QUICK):
        tally = None

        def is_done():
            nonlocal tally
            tally = api.run_automations(patience)
            return not api.automation_executions("pending")

        until(is_done)
        return tally

    return until_done


def watch(api, receiver, event=None, scope=None, name="tell", **action):
    return api.create_automation(
        name=name,
        scope=scope or OrgScope(),
        event=event or OnCreateArtifact(),
        action=SendWebhook(url=receiver.url, **action),
    )


def states(api):
    return [execution.state.value for execution in api.automation_executions()]


# What is sent


def test_a_webhook_is_a_cloud_event_of_version_1_0(api, receiver, log, deliver):
    watch(api, receiver, OnAddArtifactAlias(alias="best"))
    version = log(aliases=["best"], lr=0.5)
    deliver()
    (request,) = receiver.received
    told = request.json
    # CloudEvents 1.0.2, "Required Attributes" and the JSON format's media type.
    assert request.headers["content-type"].startswith("application/cloudevents+json")
    assert told["specversion"] == "1.0"
    assert told["id"] == request.headers["webhook-id"] == request.headers["idempotency-key"]
    assert told["source"].startswith("urn:uuid:")
    assert told["type"] == "fingerpost.artifact.alias_added"
    assert told["subject"] == "team/p/data:v0"
    assert datetime.fromisoformat(told["time"]).tzinfo is not None
    assert told["datacontenttype"] == "application/json"
    assert all(name.isalnum() and name.islower() for name in told)
    data = told["data"]
    assert (data["event_type"], data["event_author"]) == ("ADD_ARTIFACT_ALIAS", "alice")
    assert (data["alias"], data["previous_version"]) == ("best", None)
    assert data["artifact_version_string"] == "team/p/data:v0"
    assert (data["project_name"], data["entity_name"]) == ("p", "team")
    assert data["artifact_digest"] == version.digest
    assert data["artifact_metadata"]["lr"] == 0.5


def test_wandbs_own_payload_for_github_is_filled_in(api, receiver, log, deliver):
    payload = {
        "event_type": "${event_type}",
        "client_payload": {
            "event_author": "${event_author}",
            "artifact_version": "${artifact_version}",
            "artifact_version_string": "${artifact_version_string}",
            "artifact_collection_name": "${artifact_collection_name}",
            "project_name": "${project_name}",
            "entity_name": "${entity_name}",
            "lr": "${artifact_metadata.lr}",
            "said": "lr is ${artifact_metadata.lr}, $${not this}",
        },
    }
    watch(api, receiver, OnLinkArtifact(), RegistryScope("Golden"), payload=payload)
    log(link="wandb-registry-Golden/Best of", lr=0.5)
    deliver()
    (request,) = receiver.received
    assert request.headers["content-type"].startswith("application/json")
    told = request.json
    assert told["event_type"] == "LINK_ARTIFACT"
    assert told["client_payload"].pop("artifact_version").startswith("fingerpost-artifact://")
    assert told["client_payload"] == {
        "event_author": "alice",
        "artifact_version_string": "default/wandb-registry-Golden/Best of:v0",
        "artifact_collection_name": "Best of",
        "project_name": "wandb-registry-Golden",
        "entity_name": "default",
        "lr": 0.5,
        "said": "lr is 0.5, ${not this}",
    }


def test_a_hostile_name_stays_the_inside_of_a_text(api, receiver, log, deliver):
    hostile = '","admin":true,"x":"${ACCESS_TOKEN}\\'
    payload = {"alias": "${alias}", "said": "it is <${alias}>"}
    watch(api, receiver, OnAddArtifactAlias(alias_pattern="*admin*"), payload=payload)
    hostile = hostile.replace(":", "=").replace("/", "|")
    log(aliases=[hostile])
    deliver()
    assert receiver.received[0].json == {"alias": hostile, "said": f"it is <{hostile}>"}


def test_a_receiver_can_check_the_signature_with_code_of_its_own(api, receiver, log, deliver):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    api.set_secret("HOOK_KEY", secret, "default")
    watch(api, receiver, signing_secret="HOOK_KEY")
    log()
    deliver()
    (request,) = receiver.received
    signed = b".".join(
        [
            request.headers["webhook-id"].encode(),
            request.headers["webhook-timestamp"].encode(),
            request.body,
        ]
    )
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    expected = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    plain = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-wandb-signature"] == plain
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60


def test_tokens_and_secrets_are_sent_where_they_are_named(api, receiver, log, deliver):
    api.set_secret("TOKEN", "t0k3n", "default")
    api.set_secret("API_KEY", 'k"e\\y', "default")
    watch(
        api,
        receiver,
        access_token="TOKEN",
        payload={"again": "${ACCESS_TOKEN}", "key": "${API_KEY}"},
        headers={"X-Key": "is ${TOKEN}"},
    )
    log()
    deliver()
    (request,) = receiver.received
    assert request.headers["authorization"] == "Bearer t0k3n"
    assert request.headers["x-key"] == "is t0k3n"
    assert request.json == {"again": "t0k3n", "key": 'k"e\\y'}


def test_slack_gets_a_message_in_which_names_are_no_markup(api, receiver, log, deliver):
    api.set_secret("CHANNEL", receiver.url, "default")
    api.create_automation(
        name="slack",
        scope=OrgScope(),
        event=OnAddArtifactAlias(alias_pattern="*"),
        action=SendNotification(channel="CHANNEL", title="at ${alias}", message="m", level="warn"),
    )
    log(aliases=["<!channel> & co"])
    deliver()
    told = receiver.received[0].json
    assert told["text"] == ":warning: *at &lt;!channel&gt; &amp; co*\nm"
    assert told["blocks"] == [{"type": "section", "text": {"type": "mrkdwn", "text": told["text"]}}]


# What sets it off


def test_each_event_sets_off_the_automations_that_watch_for_it(api, receiver, log, deliver):
    for event in (
        OnLinkArtifact(),
        OnUnlinkArtifact(),
        OnAddArtifactAlias(),
        OnRemoveArtifactAlias(),
        OnAddArtifactTag(),
        OnCreateArtifact(),
    ):
        watch(api, receiver, event, name=type(event).__name__)
    version = log(link="wandb-registry-Golden/all", aliases=["a"])
    version.tags = [*version.tags, "t"]
    version.save()
    link = api.artifact("wandb-registry-Golden/all:v0")
    link.unlink()
    api.collection("data").remove_alias("a")
    deliver()
    found = [
        (each.json["type"].rpartition(".")[2], each.json["subject"]) for each in receiver.received
    ]
    source, linked = "team/p/data:v0", "default/wandb-registry-Golden/all:v0"
    assert sorted(found) == sorted(
        [
            ("version_logged", source),
            ("alias_added", source),
            ("link", linked),
            ("alias_added", linked),
            ("tag_added", source),
            ("alias_removed", linked),
            ("unlink", linked),
            ("alias_removed", source),
        ]
    )


def test_an_unlinked_version_is_told_with_its_source(api, receiver, log, deliver):
    watch(api, receiver, OnUnlinkArtifact(alias="prod"))
    version = log(link="wandb-registry-Golden/all", aliases=["prod"])
    api.artifact("wandb-registry-Golden/all:v0").unlink()
    deliver()
    (request,) = receiver.received
    assert request.json["data"]["artifact_digest"] == version.digest


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (CollectionScope("data"), ["team/p/data:v0"]),
        (ProjectScope("p"), ["team/p/data:v0", "team/p/other:v0"]),
        (ProjectScope("elsewhere"), []),
        (OrgScope(), ["team/p/data:v0", "team/p/other:v0"]),
        (RegistryScope("Golden"), []),
    ],
    ids=repr,
)
def test_a_scope_is_told_of_what_is_in_it(api, receiver, log, deliver, scope, told):
    log()
    watch(api, receiver, OnAddArtifactAlias(alias="x"), scope)
    api.collection("data").set_alias("x", "v0")
    log("other", aliases=["x"])
    deliver()
    assert [each.json["subject"] for each in receiver.received] == told


def test_personal_projects_are_in_no_organization(api, receiver, deliver):
    watch(api, receiver)
    with fingerpost.init(store=api._workspace.opened) as run:
        run.log_artifact(fingerpost.Artifact("mine", "dataset"))
    watch(api, receiver, scope=ProjectScope("alice/uncategorized"), name="own")
    with fingerpost.init(store=api._workspace.opened) as run:
        run.log_artifact(fingerpost.Artifact("mine2", "dataset"))
    deliver()
    assert [each.json["subject"] for each in receiver.received] == ["alice/uncategorized/mine2:v0"]


def test_latest_is_told_only_to_who_asks_for_it(api, receiver, log, deliver):
    watch(api, receiver, OnAddArtifactAlias(), name="all")
    watch(api, receiver, OnAddArtifactAlias(alias_pattern="*"), name="stars")
    watch(api, receiver, OnAddArtifactAlias(alias="latest"), name="latest")
    log()
    deliver()
    assert [each.json["data"]["automation_name"] for each in receiver.received] == ["latest"]


def test_an_alias_that_moves_is_added_and_not_removed(api, receiver, log, deliver):
    log(aliases=["best"])
    watch(api, receiver, OnAddArtifactAlias(alias="best"), name="added")
    watch(api, receiver, OnRemoveArtifactAlias(), name="removed")
    log(aliases=["best"])
    deliver()
    (request,) = receiver.received
    data = request.json["data"]
    assert (data["artifact_version_label"], data["previous_version"]) == ("v1", "v0")


def test_an_automation_acts_on_nothing_that_was_before_it(api, receiver, log, deliver):
    log()
    watch(api, receiver)
    deliver()
    assert receiver.received == []


def test_disabled_it_does_nothing_and_enabled_not_what_it_missed(api, receiver, log, deliver):
    held = watch(api, receiver)
    log()
    held.enabled = False
    log()
    held.enabled = True
    log()
    deliver()
    assert [each.json["subject"] for each in receiver.received] == ["team/p/data:v2"]
    assert not [each for each in held.executions() if each.state.value == "pending"]


@pytest.mark.parametrize("end", ["disable", "delete"])
def test_what_is_pending_is_given_up_with_its_automation(api, receiver, log, end):
    held = watch(api, receiver)
    log()
    receiver.faults.append(status(503))
    api.run_automations(Patience(first_pause_s=0.3, longest_pause_s=0.3))
    getattr(held, end)()
    time.sleep(0.35)
    assert api.run_automations(QUICK).cancelled == 1
    assert len(receiver.received) == 1
    assert states(api) == ["cancelled"]


# What goes wrong


@pytest.mark.parametrize(
    "fault",
    [status(500), status(503), status(429), status(408), status(425), reset, garbage],
    ids=["500", "503", "429", "408", "425", "reset", "garbage"],
)
def test_what_may_go_through_later_is_tried_again_with_the_same_key(
    api, receiver, log, deliver, fault
):
    watch(api, receiver)
    log()
    receiver.faults.extend([fault, fault])
    deliver()
    assert states(api) == ["delivered"]
    assert len(receiver.received) == 3
    assert len(set(receiver.ids())) == 1
    assert len({each.body for each in receiver.received}) == 1
    (execution,) = api.automation_executions()
    assert [each.number for each in execution.history] == [1, 2, 3]
    assert execution.history[-1].problem is None
    assert all(each.problem for each in execution.history[:2])


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 422, 301, 302, 307])
def test_what_will_not_go_through_is_a_dead_letter_at_once(api, receiver, log, deliver, code):
    watch(api, receiver)
    log()
    elsewhere = f"http://127.0.0.1:{receiver.port}/elsewhere"
    receiver.faults.append(status(code, Location=elsewhere))
    deliver()
    assert states(api) == ["dead"]
    assert [each.path for each in receiver.received] == ["/hook"]
    (letter,) = api.dead_letters()
    assert str(code) in letter.history[-1].problem


def test_after_so_many_attempts_it_is_a_dead_letter_that_can_be_retried(
    api, receiver, log, deliver
):
    watch(api, receiver)
    log()
    receiver.faults.extend([status(500)] * 3)
    assert deliver().dead == 1
    assert len(receiver.received) == 3
    assert api.retry_dead_letters(str(api.dead_letters()[0].delivery.id)) == 1
    deliver()
    assert states(api) == ["delivered"]
    assert len(set(receiver.ids())) == 1
    (execution,) = api.automation_executions()
    assert [each.number for each in execution.history] == [1, 2, 3, 4]


def test_only_admins_of_the_scope_deal_with_dead_letters(api, receiver, log, deliver):
    log()
    watch(api, receiver, scope=ProjectScope("p"))
    log()
    receiver.faults.append(status(400))
    deliver()
    bob = fingerpost.Api(api._workspace.opened, "bob", entity="team", project="p")
    for act in (bob.retry_dead_letters, bob.discard_dead_letters):
        with pytest.raises(RoleRequiredError):
            act()
    assert (states(api), len(api.denied())) == (["dead"], 2)


def test_a_dead_letter_can_be_discarded(api, receiver, log, deliver):
    watch(api, receiver)
    log()
    receiver.faults.append(status(400))
    deliver()
    assert api.discard_dead_letters() == 1
    assert (api.dead_letters(), api.retry_dead_letters()) == ([], 0)
    assert states(api) == ["discarded"]


def test_the_receiver_says_how_long_it_wants_to_be_left_alone(api, receiver, log):
    watch(api, receiver)
    log()
    receiver.faults.append(status(429, Retry_After="3600"))
    before = datetime.now().astimezone()
    api.run_automations(QUICK)
    (execution,) = api.automation_executions()
    assert 3_590 < (execution.next_at - before).total_seconds() < 3_610


def test_a_receiver_that_hangs_is_given_up_after_the_timeout(api, receiver, log):
    watch(api, receiver)
    log()
    is_given_up = threading.Event()
    receiver.faults.append(hanging_until(is_given_up))
    api.run_automations(Patience(timeout_s=0.3))
    is_given_up.set()
    (execution,) = api.automation_executions()
    assert execution.history[-1].problem == "no answer within 0.3 s"
    assert execution.state.value == "pending"


@pytest.mark.parametrize("fault", [endless, answering_and_hanging])
def test_an_answer_without_end_is_an_answer_all_the_same(api, receiver, log, deliver, fault):
    watch(api, receiver)
    log()
    receiver.faults.append(fault)
    deliver()
    assert states(api) == ["delivered"]


def test_a_receiver_that_is_down_gets_it_when_it_is_up_again(api, receiver, log, deliver):
    watch(api, receiver)
    log()
    receiver.stop()
    api.run_automations(QUICK)
    (execution,) = api.automation_executions()
    assert execution.history[-1].problem == "the connection was refused"
    receiver.start()
    deliver()
    assert states(api) == ["delivered"]
    assert len(receiver.received) == 1


def test_a_hanging_receiver_holds_up_no_other_automation(api, receiver, log):
    watch(api, receiver, name="slow")
    api.create_automation(
        name="fast",
        scope=OrgScope(),
        event=OnCreateArtifact(),
        action=SendWebhook(url=receiver.url.replace("/hook", "/fast")),
    )
    is_over = threading.Event()
    receiver.by_path["/hook"] = deque([hanging_until(is_over)])
    log()
    patience = Patience(timeout_s=LIMIT_S)
    thread = threading.Thread(target=api.run_automations, args=(patience,))
    thread.start()
    try:
        until(lambda: any(each.path == "/fast" for each in receiver.received))
    finally:
        is_over.set()
        thread.join()


def test_deliveries_of_an_automation_go_in_the_order_of_the_ledger(api, receiver, log, deliver):
    watch(api, receiver)
    for _ in range(6):
        log()
    receiver.faults.extend([status(500), status(500), status(503)])
    deliver(Patience(first_pause_s=0.01, longest_pause_s=0.02))
    subjects = [each.json["subject"] for each in receiver.received]
    assert subjects == ["team/p/data:v0"] * 3 + [f"team/p/data:v{n}" for n in range(6)]


def test_a_delivery_that_keeps_failing_lets_others_pass(api, receiver, log):
    payload = {"version": "${artifact_version_label}"}
    watch(api, receiver, payload=payload)
    for _ in range(3):
        log()
    receiver.faults.extend([status(500)] * 4)
    patience = Patience(first_pause_s=0.01, longest_pause_s=0.01, yields_after=2)
    for _ in range(4):
        api.run_automations(patience)
        time.sleep(0.02)
    found = [each.json["version"] for each in receiver.received]
    assert found[:2] == ["v0", "v0"]
    assert "v1" in found


def test_two_workers_at_once_deliver_each_event_once(api, receiver, log):
    watch(api, receiver)
    for _ in range(20):
        log()
    threads = [threading.Thread(target=api.run_automations, args=(QUICK,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.received) == 20
    assert len(set(receiver.ids())) == 20
    assert states(api) == ["delivered"] * 20


def test_events_of_a_large_transaction_are_one_step_across_pages(
    api, receiver, log, deliver, monkeypatch
):
    from fingerpost.application.automations import planning as automation_planning

    monkeypatch.setattr(automation_planning, "PAGE", 3)
    watch(api, receiver, OnCreateArtifact(alias="last"))
    log(aliases=[*(f"a{number}" for number in range(10)), "last"])
    log(aliases=["other"])
    deliver()
    assert [each.json["subject"] for each in receiver.received] == ["team/p/data:v0"]


def test_deliveries_outlive_a_rebuild_of_the_read_tables(api, receiver, log, deliver):
    watch(api, receiver)
    log()
    deliver()
    api._workspace.opened.rebuild()
    log()
    deliver()
    assert [each.json["subject"] for each in receiver.received] == [
        "team/p/data:v0",
        "team/p/data:v1",
    ]


@on_sqlite
def test_a_lost_delivery_file_means_delivery_again_with_the_same_keys(
    tmp_path, api, receiver, log, deliver
):
    watch(api, receiver)
    log()
    deliver()
    api._workspace.opened.automations.close()
    for path in (tmp_path / "store").glob("automations.sqlite*"):
        path.unlink()
    deliver()
    assert len(receiver.received) == 2
    assert len(set(receiver.ids())) == 1


# Who may, and what is refused


def test_only_admins_of_the_scope_make_or_change_automations(api, receiver, log):
    held = watch(api, receiver, scope=RegistryScope("Golden"))
    log()
    bob = fingerpost.Api(api._workspace.opened, "bob", entity="team", project="p")
    theirs = bob.automation("tell")
    attempts = [
        lambda: watch(bob, receiver, scope=RegistryScope("Golden"), name="b"),
        lambda: watch(bob, receiver, scope=ProjectScope("p"), name="b"),
        lambda: watch(bob, receiver, scope=CollectionScope("data"), name="b"),
        lambda: watch(bob, receiver, name="b"),
        theirs.disable,
        theirs.enable,
        theirs.delete,
        theirs.test,
        theirs.preview,
        lambda: theirs.update(description="mine"),
        lambda: bob.set_secret("A", "b"),
        lambda: bob.remove_secret("A"),
        bob.rotate_secrets,
    ]
    for number, attempt in enumerate(attempts, start=1):
        with pytest.raises(RoleRequiredError):
            attempt()
        assert len(api.denied()) == number
    assert [each.name for each in api.automations()] == ["tell"]
    assert held.enabled


def test_the_owner_of_a_project_does_not_get_at_the_organizations_secrets(api, receiver, deliver):
    api.set_secret("TOKEN", "the organization's")
    bob = fingerpost.Api(api._workspace.opened, "bob", project="q")
    with fingerpost.init(store=api._workspace.opened, actor="bob", project="q") as run:
        run.log_artifact(fingerpost.Artifact("x", "dataset"))
    bob.create_automation(
        name="steal",
        scope=ProjectScope("bob/q"),
        event=OnCreateArtifact(),
        action=SendWebhook(url=receiver.url, payload={"got": "${TOKEN}"}),
    )
    with fingerpost.init(store=api._workspace.opened, actor="bob", project="q") as run:
        run.log_artifact(fingerpost.Artifact("y", "dataset"))
    api.run_automations(QUICK)
    assert receiver.received == []
    (execution,) = api.automation_executions()
    assert "secret 'TOKEN' of 'bob' has no value" in execution.history[0].problem


def test_a_name_is_unique_in_its_scope_and_free_after_deletion(api, receiver):
    first = watch(api, receiver)
    with pytest.raises(AlreadyExistsError):
        watch(api, receiver)
    watch(api, receiver, scope=RegistryScope("Golden"))
    with pytest.raises(AutomationNotFoundError, match="organization default"):
        api.automation("tell")
    assert api.automation("tell", RegistryScope("Golden")).scope.startswith("registry")
    first.delete()
    assert watch(api, receiver).id != first.id


def test_what_an_automation_does_can_be_changed(api, receiver, log, deliver):
    held = watch(api, receiver)
    held.update(action=SendWebhook(url=receiver.url, payload={"a": 1}), description="new")
    log()
    deliver()
    assert (receiver.received[0].json, held.description) == ({"a": 1}, "new")
    assert held.action.payload == {"a": 1}


@pytest.mark.parametrize(
    "action",
    [
        {"url": "ftp://example.com/"},
        {"url": "https://user:pw@example.com/"},
        {"url": "https://"},
        {"url": "https://example.com/a b"},
        {"url": "https://example.com/#x"},
        {"url": "https://example.com:99999/"},
        {"url": "https://good.example\\@evil.example/"},
        {"url": "javascript:alert(1)"},
        {"url": ""},
        {"url": None},
        {"payload": {"a": "${no_such}"}},
        {"payload": {"${alias}": 1}},
        {"payload": {"a": "${ACCESS_TOKEN}"}},
        {"payload": [1]},
        {"payload": {"a": float("inf")}},
        {"headers": {"Host": "x"}},
        {"headers": {"Webhook-Id": "x"}},
        {"headers": {"A": "b\r\nC: d"}},
        {"headers": {"A b": "c"}},
        {"headers": {"A": "${alias}"}},
        {"access_token": "lower"},
        {"signing_secret": "A-B"},
    ],
    ids=repr,
)
def test_a_webhook_that_cannot_be_right_is_refused_at_once(action):
    with pytest.raises((InvalidValueError, InvalidNameError)) as caught:
        SendWebhook(**{"url": "https://example.com/", **action})
    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: OnAddArtifactAlias(alias="a", alias_pattern="b*"),
        lambda: OnAddArtifactAlias(alias="a/b"),
        lambda: OnAddArtifactAlias(alias_pattern=""),
        lambda: OnAddArtifactTag(tag="a:b"),
        lambda: SendNotification(channel="https://hooks.slack.com/x"),
        lambda: SendNotification(channel="C", message="${TOKEN}"),
        lambda: SendNotification(channel="C", level="loud"),
        lambda: SendNotification(channel="C", title="x" * 3_001),
    ],
)
def test_events_and_messages_that_cannot_be_right_are_refused_at_once(make):
    with pytest.raises(InvalidValueError):
        make()


@pytest.mark.parametrize("field", ["scope", "event", "action"])
def test_what_is_no_part_of_an_automation_is_refused(api, receiver, field):
    parts = {
        "scope": OrgScope(),
        "event": OnCreateArtifact(),
        "action": SendWebhook(url=receiver.url),
    }
    with pytest.raises(InvalidValueError, match=field):
        api.create_automation(name="x", **{**parts, field: "nonsense"})


def test_a_private_target_is_refused_and_a_dead_letter_at_once(
    api, receiver, log, deliver, monkeypatch
):
    monkeypatch.delenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS")
    watch(api, receiver)
    log()
    deliver()
    assert (states(api), receiver.received) == (["dead"], [])
    assert "FINGERPOST_ALLOW_WEBHOOK_HOSTS" in api.dead_letters()[0].history[0].problem


def test_testing_an_automation_sends_an_example_and_keeps_nothing(api, receiver):
    held = watch(api, receiver)
    assert held.test() == "delivered (200)"
    assert receiver.received[0].json["data"]["event_reason"] == "a test of the automation"
    receiver.faults.append(status(404))
    assert "404 Not Found" in held.test()
    assert api.automation_executions() == []


def test_without_a_key_nothing_is_set_and_the_error_says_so(api, monkeypatch):
    for key in ("", "short", "A" * 44 + "====!"):
        monkeypatch.setenv("FINGERPOST_SECRETS_KEY", key)
        with pytest.raises(SecretsKeyError, match="generate-key") as caught:
            api.set_secret("TOKEN", "value")
        assert not key or key not in str(caught.value)
    assert api.secrets() == []


def test_a_secret_of_another_key_is_read_when_that_key_is_there_too(
    api, receiver, log, deliver, monkeypatch
):
    api.set_secret("TOKEN", "t0k3n")
    other = base64.urlsafe_b64encode(b"o" * 32).decode()
    watch(api, receiver, access_token="TOKEN")
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", other)
    log()
    api.run_automations(QUICK)
    (execution,) = api.automation_executions()
    assert "another key" in execution.history[0].problem
    with pytest.raises(SecretsKeyError):
        api.rotate_secrets()
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", f"{other},{KEY}")
    assert api.rotate_secrets() == 1
    assert api.rotate_secrets() == 0
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", other)
    deliver()
    assert receiver.received[0].headers["authorization"] == "Bearer t0k3n"


def test_deliver_what_is_json(api, receiver, log, deliver):
    """Every stored fact is plain JSON, whatever metadata holds."""
    watch(api, receiver)
    log(nested={"a": [1, None, {"b": "é\u2028"}]}, none=None)
    deliver()
    metadata = receiver.received[0].json["data"]["artifact_metadata"]
    assert metadata["nested"] == {"a": [1, None, {"b": "é\u2028"}]}
    assert json.loads(receiver.received[0].body)
