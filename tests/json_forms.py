"""An example of every row and object that has a JSON form, under the name of its class.

Rows are made here. What a store is needed for comes from a small one whose clock stands still;
identities that are drawn at random have a placeholder instead.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import fingerpost
from fingerpost import automations, imports
from fingerpost.adapters.bundles.exporting import ExportedBundle
from fingerpost.adapters.downloads.drift import Drift, DriftedReference, DriftReport
from fingerpost.adapters.proofs import LedgerReport
from fingerpost.adapters.proofs.report import LedgerProblem
from fingerpost.application.content.garbage_report import CollectedVersion, GarbageReport
from fingerpost.application.ports.content_sweep import Amount
from fingerpost.application.read_models.governance_rows import MemberRow
from fingerpost.application.read_models.history_rows import PolicyChange
from fingerpost.application.read_models.rows import AliasChange, ExpiredVersion
from fingerpost.application.read_models.search_results import Match, SearchResult
from fingerpost.application.verification.report import VerificationProblem, VerificationReport
from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import EditClash
from fingerpost.domain.lineage import ArtifactNode, RunNode
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.organization.membership import MemberKind
from fingerpost.domain.versions.version import VersionRef

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
DIGESTS = tuple(Digest(f"blake3:{digit * 64}") for digit in "ab")
REF = VersionRef(collection_id=ONE, index=3)
AMOUNT = Amount(contents=2, size_bytes=30, stored_bytes=20)


def rows():
    """Iterate over the rows."""
    yield from _history()
    yield from _content()
    yield from _files()
    yield from _automations()
    yield from _imports()
    yield from _ledger()


def _history():
    yield AliasChange(
        position=7,
        event_version=3,
        alias="production",
        from_version="v1",
        to_version="v2",
        actor="alice",
        at=NOON,
        effective_at=NOON + timedelta(microseconds=1),
        reason="served",
        run_id=ONE,
        policy_version=4,
        approved_by=("bob", "carol"),
        undoes=None,
        command_id=TWO,
        run=f"team/plants/{ONE.hex}",
    )
    yield PolicyChange(
        position=5,
        at=NOON,
        actor="alice",
        reason=None,
        what="registry.protected_alias_added",
        facts={"alias": "production"},
    )
    yield MemberRow(
        kind=MemberKind.SERVICE_ACCOUNT,
        name="robot",
        team_id=None,
        role=Role.RESTRICTED_VIEWER,
        since=NOON,
        added_by="alice",
    )
    yield fingerpost.Approval(alias="production", by="bob", at=NOON, reason="good", counts=True)
    yield Match("metadata.rows", "150")
    yield SearchResult(
        kind="registry",
        path="acme/wandb-registry-Model",
        type="",
        is_exact=True,
        matches=(Match("name", "Model"),),
    )
    yield EditClash("description", "nothing", "'theirs'", "'mine'")
    yield fingerpost.Team("vision")
    yield fingerpost.ServiceAccount("robot")


def _content():
    expired = ExpiredVersion(
        ref=REF,
        path="team/plants/table:v3",
        logged_at=NOON,
        expired_at=NOON + timedelta(days=1),
        size_bytes=30,
    )
    collected = CollectedVersion(
        name="team/plants/table:v2", deleted_at=NOON, deleted_by=None, reason=None, amount=AMOUNT
    )
    yield from (AMOUNT, expired, collected)
    yield GarbageReport(
        is_applied=False,
        grace=timedelta(days=14),
        expired=(expired,),
        versions=(collected,),
        unnamed=AMOUNT,
        copies=Amount(),
        young=Amount(),
        waiting=Amount(),
        recently_deleted=1,
        files=3,
        packs_rewritten=1,
        freed_bytes=20,
    )
    drifted = DriftedReference(
        path="a.csv", uri="s3://b/a.csv", state=Drift.CHANGED, recorded="etag 1", found="etag 2"
    )
    yield from (drifted, DriftReport(artifact="team/plants/table:v3", same=2, drifted=[drifted]))


def _files():
    before, after = (
        Entry(path=EntryPath("a.csv"), digest=digest, size_bytes=size, content=digest)
        for digest, size in zip(DIGESTS, (10, 20), strict=True)
    )
    yield EntryChange(before=before, after=after)
    yield Entry(
        path=EntryPath("b.csv"),
        digest="etag of b",
        size_bytes=10,
        content=DIGESTS[0],
        ref="s3://b/b.csv",
        extra={"versionID": "1"},
    )
    yield ArtifactNode(id=REF, name="team/plants/table:v3", type="dataset", is_link=True)
    yield RunNode(
        id=ONE, path=f"team/plants/{ONE.hex}", name="fit", job_type="train", state="failed"
    )


def _automations():
    attempt = automations.Attempt(
        delivery_id=ONE, number=1, at=NOON, duration_s=0.25, status=500, problem="answered 500"
    )
    facts = {
        "automation_name": "tell",
        "event_type": "LINK_ARTIFACT",
        "artifact_version_string": "team/plants/table:v3",
    }
    delivery = automations.Delivery(
        id=ONE, automation_id=TWO, position=9, facts=facts, attempts=1, tries=1
    )
    yield from (attempt, delivery)
    yield automations.Execution(
        delivery=delivery,
        state=automations.DeliveryState.PENDING,
        planned_at=NOON,
        next_at=NOON + timedelta(seconds=5),
        history=(attempt,),
    )
    yield from (automations.Tally(planned=2, delivered=1, failed=1), automations.Patience())
    yield from _parts_of_automations()


def _parts_of_automations():
    webhook = automations.SendWebhook(
        url="https://ci.example.com/hooks",
        payload={"rows": [1, float("nan")]},
        headers={"X-Team": "ml"},
        access_token="TOKEN",
    )
    message = automations.SendNotification(channel="CHANNEL", title="New", level="warn")
    yield from (webhook, webhook.action(), message, message.action())
    yield automations.CollectionScope("team/plants/table")
    yield automations.ProjectScope("team/plants")
    yield automations.RegistryScope("Model")
    yield automations.OrgScope()
    added = automations.OnAddArtifactAlias(alias="production")
    yield from (added, added.trigger())
    yield automations.OnRemoveArtifactAlias(alias_pattern="release-*")
    yield automations.OnAddArtifactTag(tag="blue")
    yield automations.OnCreateArtifact()
    yield automations.OnLinkArtifact()
    yield automations.OnUnlinkArtifact()


def _imports():
    origin = imports.Origin(
        system="mlflow",
        name="iris",
        version="3",
        created_at=NOON,
        created_by="carol",
        facts={"stage": "Production"},
    )
    version = imports.ImportedVersion(
        collection="iris", version="v2", standing="new", origin=origin
    )
    alias = imports.ImportedAlias(
        collection="iris",
        alias="champion",
        from_version=None,
        to_version="v2",
        peer_version="3",
    )
    yield from (origin, version, alias)
    yield imports.Imported(is_dry_run=True, versions=[version], aliases=[alias])
    yield imports.ImportedBundle(origin="acme", size=20, added=5, versions=2, has_files=True)


def _ledger():
    yield ExportedBundle(
        folder=Path("stick"), origin="acme", first=1, last=20, versions=2, checkpoint="acme\n20\n"
    )
    problem = LedgerProblem(where="event 8", problem="it was changed", position=8)
    yield problem
    yield VerificationProblem("version team/p/data:v0", "its manifest is missing")
    yield VerificationReport(
        target="store",
        checked={"events": 7},
        problems=(VerificationProblem("event 3", "it is missing"),),
    )
    yield LedgerReport(
        origin="acme", size=20, root=bytes(range(32)), checkpoints=(12, 20), problems=(problem,)
    )


def objects(store):
    """Iterate over objects of a small store.

    Args:
        store: an open store whose clock says noon.
    """
    Path("table.csv").write_text("a,b\n", encoding="utf-8")
    for content, metadata in (("a,b\n", {"rows": 1}), ("a,b\nc,d\n", {"rows": 2, "seen": "x"})):
        Path("table.csv").write_text(content, encoding="utf-8")
        run = fingerpost.init("team", "plants", job_type="prepare", name="first", store=store)
        with run:
            draft = fingerpost.Artifact("table", "dataset", "Rides", metadata=metadata)
            draft.add_file("table.csv")
            draft.tags = ["bikes"]
            run.log_artifact(draft, aliases=["checked"])
    api = fingerpost.Api(store, entity="team", project="plants")
    before, after = api.artifact("table:v0"), api.artifact("table:v1")
    yield from (run, api.run(run.path), after, after.manifest, after.get_entry("table.csv"))
    yield from (after.collection, api.artifact_type("dataset"), before.diff(after))
    yield after.lineage()
    yield next(iter(store.events(kinds=["collection.alias_moved"])))
    yield from _of_organizations(api, after)


def _of_organizations(api, artifact):
    registry = api.create_registry("Golden", description="Best", artifact_types=["dataset"])
    registry.add_protected_alias("production")
    registry.require_approvals("production", 1)
    artifact.link("registry/Golden/tables")
    yield from (api.organization(), api.team("team"), registry)
    yield api.create_automation(
        name="tell",
        scope=registry,
        event=automations.OnLinkArtifact(),
        action=automations.SendNotification(channel="CHANNEL"),
        description="Tells",
    )


PLACEHOLDERS = (
    (re.compile(r"\b(?!0{31})[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"\bblake3:(?!a{64}|b{64})[0-9a-f]{64}\b"), "DIGEST"),
)


def plain(form):
    """Return a JSON form with placeholders."""
    if isinstance(form, dict):
        return {key: plain(value) for key, value in form.items()}
    if isinstance(form, list):
        return [plain(each) for each in form]
    if isinstance(form, str):
        for pattern, shown in PLACEHOLDERS:
            form = pattern.sub(shown, form)
    return form
