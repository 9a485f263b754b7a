"""Gathers the names that stores, bundles, plug-ins and receivers of events rely on."""

import re
import sqlite3
from contextlib import closing
from uuid import UUID

import attrs

import fingerpost
from fingerpost import errors
from fingerpost.adapters.automations import database as automations_database
from fingerpost.adapters.bundles import bundle
from fingerpost.adapters.codecs import builtin as codecs
from fingerpost.adapters.codecs import plugins as codec_plugins
from fingerpost.adapters.codecs.codec import Codec
from fingerpost.adapters.content import catalog, claim, pack
from fingerpost.adapters.drafts import staging_area as spool
from fingerpost.adapters.event_store import heads, mapper
from fingerpost.adapters.event_store.postgres import address, automations, holds, schema
from fingerpost.adapters.proofs import keys, ledger
from fingerpost.adapters.read_tables import SCHEMA_VERSION, functions
from fingerpost.adapters.references import plugins as reference_plugins
from fingerpost.adapters.store_marker import facts as store_facts
from fingerpost.adapters.store_marker import folder as store_folder
from fingerpost.application.automations import requests as automation_requests
from fingerpost.application.history import cloud_events
from fingerpost.application.ports.deliveries import DeliveryState
from fingerpost.application.transactions import idempotency
from fingerpost.application.transactions.command_subjects import Subject
from fingerpost.bootstrap import plugins as store_plugins
from fingerpost.bootstrap import settings, settings_file
from fingerpost.domain.aggregates import streams
from fingerpost.domain.aggregates.permissions import Action, Role
from fingerpost.domain.automation import scope, trigger
from fingerpost.domain.automation.action import SlackAction, WebhookAction
from fingerpost.domain.automation.facts import METADATA, VARIABLES, EventFacts
from fingerpost.domain.collection.head import CollectionKind
from fingerpost.domain.events import EVENT_CLASSES, Event
from fingerpost.domain.filters import fields, parsing
from fingerpost.domain.ledger import record as ledger_record
from fingerpost.domain.manifest import artifact_reference, manifest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.organization.entity import EntityKind
from fingerpost.domain.organization.membership import MemberKind
from fingerpost.domain.registry import Visibility
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.version import VersionRef

SOME_ID = UUID(int=1)


def gathered(folder):
    """Return all sections, by name.

    Args:
        folder: empty; a store is made in it.
    """
    return {
        "events": _events(),
        "snapshots": _snapshots(),
        "commands": _commands(),
        "identities": _identities(),
        "values": _kinds(),
        "automations": _automations(),
        "errors": _errors(),
        "plug-ins": _plug_ins(),
        "cloud events": _cloud_events(),
        "filters": _filters(),
        "formats": _formats(),
        "files": _files(folder / "store"),
        "postgres": _postgres(),
        "settings": _settings(),
    }


def _values(kind):
    return sorted(member.value for member in kind)


def _names(cls):
    return sorted(field.name for field in attrs.fields(cls))


def _events():
    shared = set(_names(Event))
    kinds = {
        name: {
            "class_version": cls.class_version,
            "fields": sorted(set(_names(cls)) - shared),
        }
        for name, cls in EVENT_CLASSES.items()
    }
    return {
        "shared fields": sorted(shared),
        "fields of an origin": _names(Origin),
        "kinds": kinds,
    }


def _snapshots():
    kinds = {name: _names(cls) for name, cls in heads._SNAPSHOT_KINDS.items()}
    return {"format": heads.SNAPSHOT_FORMAT, "kinds": kinds}


def _commands():
    ref = VersionRef(collection_id=SOME_ID, index=1)
    outcomes = {
        "logged": idempotency.Logged(ref, is_new=True, link=ref),
        "version": ref,
        "identity": SOME_ID,
        "text": "a",
    }
    return {
        "subjects": _values(Subject),
        "outcomes": {name: idempotency._outcome(given) for name, given in outcomes.items()},
    }


def _identities():
    """Identities that follow from names; they are computed again whenever a name is looked up."""
    made = {
        "namespace": streams.NAMESPACE,
        "organization": streams.organization_claim("a"),
        "entity": streams.entity_claim("a"),
        "registry": streams.registry_claim(SOME_ID, "a"),
        "source collection": streams.source_claim(SOME_ID, "p", "a"),
        "registry collection": streams.registry_collection_claim(SOME_ID, "a"),
        "approvals": streams.approvals(SOME_ID, "a", 1),
        "automation": streams.automation_claim("project", SOME_ID, "p", "a"),
        "secret": streams.secret_stream(SOME_ID, "a"),
        "command": streams.command("a", "k", 1),
        "delivery": streams.delivery(SOME_ID, 1),
        "holder": streams.holder(SOME_ID, 1),
    }
    return {name: str(identity) for name, identity in made.items()}


def _kinds():
    """Values of fields that are one of a few."""
    return {
        "actions (capabilities)": sorted(action.phrase for action in Action),
        "collection kinds": _values(CollectionKind),
        "digest algorithms": _values(DigestAlgorithm),
        "digest codes in packs": dict(pack._CODES),
        "digest codes in the catalog": {name: code[0] for name, code in catalog._CODES.items()},
        "entity kinds": _values(EntityKind),
        "member kinds": _values(MemberKind),
        "roles": _values(Role),
        "scheme of artifact references": artifact_reference.SCHEME,
        "visibilities": _values(Visibility),
    }


def _automations():
    return {
        "fields of actions": {
            action.as_json()["kind"]: sorted(action.as_json())
            for action in (SlackAction(url_secret="A"), WebhookAction(url="https://example.com"))
        },
        "delivery states": _values(DeliveryState),
        "facts": _names(EventFacts),
        "scope kinds": _values(scope.ScopeKind),
        "trigger kinds": {kind.value: kind.wandb_name for kind in trigger.TriggerKind},
        "variables": [*sorted(VARIABLES), METADATA],
    }


def _errors():
    found = (getattr(errors, name) for name in errors.__all__)
    return {
        cls.__name__: cls.code
        for cls in found
        if isinstance(cls, type) and issubclass(cls, errors.FingerpostError)
    }


def _plug_ins():
    return {
        reference_plugins.GROUP: sorted([*reference_plugins._METHODS, "is_local", "schemes"]),
        codec_plugins.GROUP: sorted(name for name in vars(Codec) if not name.startswith("_")),
        **{group: sorted(members) for group, members in store_plugins.MEMBERS.items()},
        "names of codecs": sorted({codec.name for codec in codecs.BUILT_IN}),
    }


def _cloud_events():
    event = cloud_events.cloud_event(
        {}, id="1", source_id=SOME_ID, kind="k", subject="s", time="t", position=1
    )
    artifact = [f"{automation_requests._ARTIFACT}{kind.value}" for kind in trigger.TriggerKind]
    return {
        "attributes": sorted(event),
        "types": sorted(
            f"{cloud_events.TYPE_PREFIX}{kind}" for kind in (*EVENT_CLASSES, *artifact)
        ),
    }


def _filters():
    return {
        "operators": sorted({*parsing._COMBINING, *parsing._OPERATORS}),
        "fields": {
            kind.value: {spelling: field.name for spelling, field in known.items()}
            for kind, known in fields.FIELDS.items()
        },
    }


def _formats():
    return {
        "bundle": bundle.FORMAT,
        "bundle files": [bundle.HEADER, bundle.CHECKPOINT, bundle.CONTENT, bundle._NAME.pattern],
        "content layout": claim.LAYOUT,
        "ledger record": ledger_record.RECORD_FORMAT,
        "ledger name": ledger.ORIGIN,
        "manifest": manifest.FORMAT,
        "most event bytes": mapper.MOST_EVENT_BYTES,
        "pack": pack.VERSION,
        "pack magic": [pack._MAGIC.hex(), pack._END_MAGIC.hex()],
        "read tables": SCHEMA_VERSION,
        "signing keys": {"prefix": keys._PREFIX, **keys._KINDS},
        "store": [store_facts.OLDEST_FORMAT, store_facts.STORE_FORMAT],
        "facts of a store": sorted(attrs.asdict(store_facts.StoreFacts())),
        "automations database": automations_database.VERSION,
    }


def _files(folder):
    """What a store's folder holds, with the tables of its databases."""
    with closing(fingerpost.open_store(folder, actor="alice")) as opened:
        fingerpost.Api(opened, "alice").dead_letters()  # makes the database of automations
        with fingerpost.init("team", "project", store=opened, actor="alice") as run:
            artifact = fingerpost.Artifact("data", "dataset")
            for name, size_bytes in (("small", 1), ("large", 2 << 20)):
                with artifact.new_file(name, "wb") as file:
                    file.write(b"x" * size_bytes)
            run.log_artifact(artifact)
    return {
        "markers": [store_folder.MARKER, claim.CLAIM],
        "paths": sorted({_unnumbered(path, folder) for path in folder.rglob("*")}),
        "tables": {path.name: _tables(path) for path in sorted(folder.glob("*.sqlite"))},
        "prefix of temporary files": spool._PREFIX,
        "functions": [functions.MATCHES, functions.MATCHES_JSON, functions.VERSION_ID],
    }


def _unnumbered(path, folder):
    """Return a path in a store without the digests in it."""
    relative = path.relative_to(folder).as_posix()
    return re.sub(r"\b[0-9a-f]{2}(?=/|$)|[0-9a-f]{64}", "…", relative)


def _tables(path):
    with closing(sqlite3.connect(path)) as database:
        names = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
            # SQLite's own; which ones there are depends on its version.
            if not row[0].startswith(("sqlite_", "search_grams"))
        ]
        return {
            name: sorted(row[1] for row in database.execute(f"PRAGMA table_info({name})"))
            for name in sorted(names)
        }


def _postgres():
    statements = (*schema._LEDGER, *automations.AUTOMATION_TABLES)
    tables = (re.match(r"CREATE TABLE (\w+)", statement) for statement in statements)
    return {
        "schema": address.DEFAULT_SCHEMA,
        "ledger version": schema.LEDGER_VERSION,
        "tables": sorted(match[1] for match in tables if match),
        "locks": [holds.HOLD, holds.SWEEP],
    }


def _settings():
    return {
        "file": settings_file.SETTINGS_FILE,
        "variables": [
            settings_file.SETTINGS_VARIABLE,
            *(f"FINGERPOST_{name.upper()}" for name in _names(settings.Settings)),
        ],
        "folder": settings.STORE_FOLDER,
    }
