"""Settings files, metadata and webhooks' templates."""

import json
import os
from collections import defaultdict

from fingerpost.bootstrap.settings import (
    actor_name,
    cache_folder,
    current_settings,
    entity_name,
    organization_name,
    project_name,
    store_location,
)
from fingerpost.bootstrap.settings_file import SETTINGS_VARIABLE
from fingerpost.domain.automation.action import WebhookAction
from fingerpost.domain.automation.template import Template
from fingerpost.domain.metadata.metadata import normalized

from .scratch import scratch
from .target import Target

_FACTS = {"artifact_version": "v1", "artifact_metadata": {"a": {"b": [1]}, "n": 2}, "alias": None}


def read_settings(data: bytes) -> None:
    """Read a settings file, and take from it what a store is opened with."""
    path = scratch() / "fingerpost.toml"
    path.write_bytes(data)
    os.environ[SETTINGS_VARIABLE] = str(path)
    try:
        settings = current_settings()
    finally:
        del os.environ[SETTINGS_VARIABLE]
    store_location(None, settings)
    actor_name(None, settings)
    entity_name(None, settings)
    project_name(None, settings)
    organization_name(None, settings, "acme")
    cache_folder(settings)


def read_metadata(data: bytes) -> None:
    """Take JSON as metadata; what is kept can be written."""
    kept = normalized(_parsed(data))
    assert normalized(kept) == kept
    json.dumps(kept, allow_nan=False).encode()


def read_template(data: bytes) -> None:
    """Make a webhook, and fill it in."""
    said = _parsed(data)
    action = WebhookAction(
        **{
            key: said[key]
            for key in ("url", "payload", "headers", "token_secret", "signing_secret")
            if key in said or key == "url"
        }
        if isinstance(said, dict) and "url" in said
        else {"url": said}
    )
    secrets: defaultdict[str, str] = defaultdict(lambda: '"secret\\')
    for value in (action.payload, *action.headers.values()):
        json.dumps(Template(value).render(_FACTS, secrets))


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return {}


def _settings() -> list[bytes]:
    return [
        b'store = "registry"\nactor = "alice"\nentity = "zoo"\nproject = "census"\n',
        b'content = "s3://bucket/prefix"\ncache = "~/cache"\norganization = "acme"\n',
        b'store = "file:///srv/registry"\nsecrets_key = "x"\n[table]\nx = 1\n',
        b'store = "postgresql://u@h/d"\ncontent = "memory://"\n',
    ]


def _metadata() -> list[bytes]:
    return [b'{"a": {"b": [1, 2.5, null, "x", true]}, "n": -1, "text": "\\u00e9"}', b"{}"]


def _templates() -> list[bytes]:
    said = [
        {"url": "https://ci.example.com/hooks/deploy"},
        {
            "url": "http://localhost:8080/x?y=z",
            "payload": {"a": "${artifact_metadata.a}", "b": ["v ${artifact_version} $${x}", 1]},
            "headers": {"X-Team": "${API_KEY}"},
            "token_secret": "TOKEN",
            "signing_secret": "SIGN",
        },
    ]
    return [json.dumps(each).encode() for each in said]


SETTINGS = Target(read=read_settings, seeds=_settings, is_json=False)
METADATA = Target(read=read_metadata, seeds=_metadata)
TEMPLATES = Target(read=read_template, seeds=_templates)
