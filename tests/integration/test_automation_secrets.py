"""A secret's value is nowhere: not in the store, not in logs, errors, output or history."""

import base64
import json
import logging
import subprocess
import sys
import urllib.parse

import pytest
from receiver import receiving, reset, status

import fingerpost
from fingerpost.automations import (
    OnCreateArtifact,
    OrgScope,
    Patience,
    SendNotification,
    SendWebhook,
)
from fingerpost.cli import main
from fingerpost.errors import FingerpostError, MissingExtraError

TOKEN = "tok3n-Zq8/+x"
API_KEY = 'k3y "quoted" \\ Wv7'
SIGNING = "whsec_" + base64.b64encode(b"signing-Pm4-signing-Pm4-").decode()
KEY = base64.urlsafe_b64encode(b"K" * 32).decode()
VALUES = {"TOKEN": TOKEN, "API_KEY": API_KEY, "SIGNING": SIGNING}


def forms(value):
    """The ways in which a value may be written."""
    raw = value.encode()
    yield from (
        value,
        json.dumps(value)[1:-1],
        urllib.parse.quote(value),
        urllib.parse.quote(value, safe=""),
        base64.b64encode(raw).decode().rstrip("="),
        raw.hex(),
        repr(value)[1:-1],
    )


def found_in(data):
    secrets = [*VALUES.values(), KEY, "T000/B000/slackSecretPart"]
    return [form for value in secrets for form in forms(value) if form.encode() in data]


@pytest.mark.parametrize(
    "fault",
    [None, status(500), status(403), reset],
    ids=["delivered", "500", "403", "reset"],
)
def test_no_value_is_written_or_said_anywhere(tmp_path, monkeypatch, caplog, capsys, fault):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    monkeypatch.setenv("FINGERPOST_ALLOW_WEBHOOK_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    said = []
    with receiving() as receiver, fingerpost.Api(entity="team", project="p") as api:
        slack = receiver.url.replace("/hook", "/services/T000/B000/slackSecretPart")
        for name, value in {**VALUES, "CHANNEL": slack}.items():
            api.set_secret(name, value)
        webhook = SendWebhook(
            url=receiver.url,
            payload={"a": "${API_KEY}", "b": "${ACCESS_TOKEN}"},
            access_token="TOKEN",
            signing_secret="SIGNING",
        )
        for name, action in {
            "hook": webhook,
            "slack": SendNotification(channel="CHANNEL"),
        }.items():
            held = api.create_automation(
                name=name, scope=OrgScope(), event=OnCreateArtifact(), action=action
            )
            said += [repr(held), repr(held.action), held.preview()]
        with fingerpost.init(entity="team", project="p") as run:
            run.log_artifact(fingerpost.Artifact("data", "dataset"))
        if fault:
            receiver.faults.extend([fault] * 2)
        api.run_automations(Patience(first_pause_s=60))
        assert len(receiver.received) == 2
        assert found_in(receiver.received[0].body + receiver.received[1].body)
        said += [repr(api.automation_executions()), held.test()]
        receiver.stop()
        said += [held.test(), api.automation("hook").test()]
        api._workspace.opened.rebuild()
        for row in api._workspace.opened.store.events.events(limit=1_000):
            said.append(repr(row))
    for arguments in (
        ["automations", "list", "--json"],
        ["automations", "show", "hook"],
        ["automations", "show", "slack", "--json"],
        ["automations", "history", "--json"],
        ["automations", "dead-letters"],
        ["automations", "secret", "list"],
        ["automations", "test", "slack"],
        ["verify"],
    ):
        main(arguments)
    output = capsys.readouterr()
    logs = "\n".join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    assert found_in("\n".join([*said, output.out, output.err, logs]).encode()) == []
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert any(path.name == "automations.sqlite" for path in files)
    assert {
        path.name: found_in(path.read_bytes()) for path in files if found_in(path.read_bytes())
    } == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNING", "whsec_this-is-no-base64!Xy"),
        ("TOKEN", "line\nbreak-Xy"),
        ("CHANNEL", "ftp://hooks.slack.com/services/Xy"),
        ("CHANNEL", "https://user:Xy@hooks.slack.com/"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_shown(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    with fingerpost.Api(tmp_path / "store") as api:
        api.set_secret(name, value)
        action = (
            SendNotification(channel=name)
            if name == "CHANNEL"
            else SendWebhook(url="https://example.com/", signing_secret="SIGNING")
            if name == "SIGNING"
            else SendWebhook(url="https://example.com/", access_token="TOKEN")
        )
        held = api.create_automation(
            name="x", scope=OrgScope(), event=OnCreateArtifact(), action=action
        )
        said = held.test()
    assert "Set it again" in said
    assert "Xy" not in said


@pytest.mark.parametrize("value", ["", "x" * 20_000, None, 7])
def test_a_value_that_is_none_is_refused_without_being_shown(tmp_path, monkeypatch, value):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    with fingerpost.Api(tmp_path / "store") as api:
        with pytest.raises(FingerpostError) as caught:
            api.set_secret("TOKEN", value)
        assert "xxx" not in str(caught.value)
        assert api.secrets() == []


def test_a_secret_that_was_removed_is_gone_and_can_be_set_again(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    with fingerpost.Api(tmp_path / "store") as api:
        for value in ("one", "two"):
            api.set_secret("TOKEN", value)
            api.remove_secret("TOKEN")
            with pytest.raises(FingerpostError, match="no secret 'TOKEN'"):
                api.remove_secret("TOKEN")
        assert api.secrets() == []
        vault = api._workspace.opened.automations.vault
        assert vault.get(api._workspace.opened.identity, "TOKEN") is None


@pytest.fixture
def api(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    with fingerpost.Api(tmp_path / "store") as api:
        yield api


def value_of_token(api):
    opened = api._workspace.opened
    return opened.automations.vault.get(opened.identity, "TOKEN")


def test_a_repeated_removal_keeps_the_value_that_was_set_since(api):
    api.set_secret("TOKEN", "one")
    with fingerpost.once("clean up"):
        api.remove_secret("TOKEN")
    api.set_secret("TOKEN", "two")
    with fingerpost.once("clean up"):
        api.remove_secret("TOKEN")
    assert value_of_token(api) == "two"


def test_a_repeated_setting_keeps_the_value_that_was_set_since(api):
    with fingerpost.once("rotate"):
        api.set_secret("TOKEN", "one")
    api.set_secret("TOKEN", "two")
    with fingerpost.once("rotate"):
        api.set_secret("TOKEN", "one")
    assert value_of_token(api) == "two"


def test_a_repeated_setting_does_not_bring_a_removed_value_back(api):
    with fingerpost.once("rotate"):
        api.set_secret("TOKEN", "one")
    api.remove_secret("TOKEN")
    with fingerpost.once("rotate"):
        api.set_secret("TOKEN", "one")
    assert value_of_token(api) is None
    assert api.secrets() == []


def test_a_repeated_setting_stores_the_value_that_a_killed_process_did_not(api, monkeypatch):
    vault = api._workspace.opened.automations.vault
    with monkeypatch.context() as patch, fingerpost.once("rotate"):
        patch.setattr(vault, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            api.set_secret("TOKEN", "one")
    assert value_of_token(api) is None
    with fingerpost.once("rotate"):
        api.set_secret("TOKEN", "one")
    assert value_of_token(api) == "one"


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("module", "use"),
    [
        (
            "cryptography.hazmat.primitives.ciphers.aead",
            lambda api: api.set_secret("TOKEN", "value"),
        ),
        ("aiohttp", lambda api: api.run_automations()),
    ],
)
def test_a_library_that_is_missing_is_named_with_its_extra(tmp_path, monkeypatch, module, use):
    monkeypatch.setenv("FINGERPOST_SECRETS_KEY", KEY)
    monkeypatch.setitem(sys.modules, module, None)
    with (
        fingerpost.Api(tmp_path / "store") as api,
        pytest.raises(MissingExtraError, match=r"pip install 'fingerpost\[automations\]'"),
    ):
        use(api)
    with fingerpost.Api(tmp_path / "store") as api:
        assert api.secrets() == []


def test_importing_fingerpost_brings_no_library_of_automations():
    code = "import sys, fingerpost; print({'aiohttp', 'asyncio', 'cryptography'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout == "set()\n"
