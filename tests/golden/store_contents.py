"""What a store that is kept has in it: something of everything."""

import shutil
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

import fingerpost
from fingerpost.automations import (
    OnAddArtifactAlias,
    OnAddArtifactTag,
    OnCreateArtifact,
    OrgScope,
    Patience,
    ProjectScope,
    SendNotification,
    SendWebhook,
)
from fingerpost.errors import FingerpostError
from fingerpost.imports import import_mlflow
from golden.store_commands import ANIMALS, MODEL, give, text_artifact, watch

ELSEWHERE = Path("/tmp/fingerpost-kept-store")
"""Where files that are referred to are while the store is made; they are gone afterwards."""

BLOB = b"a content above the limit of packs\n" * 40_000
BOUNDARY = next(
    name
    for name in (f"page-{number}.txt" for number in range(100_000))
    if zlib.crc32(name.encode()) % 4_096 == 0
)
"""A path after which a page of a manifest ends."""


class Making:
    """A store that is being filled.

    Attributes:
        moments: times between which something happened, for questions about the past.
        given: key → what the command returned.
    """

    def __init__(self, folder, web):
        self.store = fingerpost.open_store(folder, actor="alice", organization="zoo")
        self.web = web
        self.moments = []
        self.given = {}

    def api(self, actor="alice"):
        return fingerpost.Api(self.store, actor, entity="keepers", project="census")

    def give(self, *keys):
        for key in keys:
            self.given[key] = give(self.store, key)

    def run(self, actor="alice", job_type=None, name=None, entity="keepers", project="census"):
        return fingerpost.init(entity, project, job_type, name, store=self.store, actor=actor)

    def moment(self):
        time.sleep(0.02)
        self.moments.append(datetime.now(UTC).isoformat())
        time.sleep(0.02)


def fill(making):
    people(making)
    registries(making)
    making.moment()
    versions(making)
    making.moment()
    aliases(making)
    collections(making)
    making.moment()
    published(making)
    automations(making)
    other_content(making)
    unusual(making)


def people(making):
    making.give("create organization", "set default role", "create team", "add members")
    making.give("add service account", "update member", "remove members", "set default ttl")
    api = making.api()
    api.entity("keepers").add_members("bob", "ci-bot", role="member")
    api.create_team("visitors", organization="aquarium")
    api.organization("aquarium").default_role = None
    api.create_registry("Fish", organization="aquarium")


def registries(making):
    api = making.api()
    making.give("create registry", "permit type")
    models = api.registry("Models")
    models.permit_artifact_type("modle")
    models.add_protected_alias("temporary")
    making.give("withdraw type", "describe registry", "protect alias", "unprotect alias")
    for name in ("Secret", "Gone"):
        api.create_registry(name)
    making.give("restrict registry", "delete registry", "create collection")
    api.create_registry("Gone", description="made once more")
    api.registry("Secret").add_members("bob", fingerpost.Team("keepers"), role="member")
    models.add_members("bob", role="member", reason="trains them")


def versions(making):
    making.give("log a draft", "save a draft", "several in one block", "log metrics")
    with making.run("bob", "prepare", "prepare animals") as run:
        draft = text_artifact("animals", "dataset", {"cats.csv": "tom,4\n", "dogs.csv": "rex,3\n"})
        draft.description = "before"
        draft.metadata = {"rows": 2, "nan": float("nan"), "of": {"unit": ("leg", "é")}}
        run.log({"seen": 1})
        run.log({"seen": 2})
        run.log_artifact(draft, aliases=["reviewed", "short"])
    api = making.api()
    with making.run("bob", "train", "train classifier") as run:
        run.use_artifact(f"{ANIMALS}:reviewed")
        with making.run("ci-bot", "evaluate", "within the training") as inner:
            inner.use_artifact(f"{ANIMALS}:v0")
            inner.log_artifact(text_artifact("scores", "scores", {"scores.json": '{"f1": 0.5}'}))
        for number in range(1, 4):
            draft = text_artifact("classifier", "model", {"weights.txt": f"0.{number}"})
            draft.metadata = {"f1": number / 10}
            run.log({"f1": number / 10, "epoch": number}, step=number)
            run.log_artifact(draft)
        run.finish(3)
    making.run("bob", "left", "never finished").log({"started": True})
    derived = api.artifact(f"{ANIMALS}:v1").new_draft()
    derived.remove("dogs.csv")
    with derived.new_file("birds.csv") as file:
        file.write("tweety,2\n")
    with making.run("carol", "derive") as run:
        run.log_artifact(derived)
    with making.run("alice", entity="alice", project="private") as run:
        run.log_artifact(text_artifact("diary", "dataset", {"today.txt": "rain"}))
    making.give("edit a version", "keep a version")
    artifact = api.artifact(f"{ANIMALS}:v0")
    artifact.description = "the last words"
    artifact.tags = ["small", "checked"]
    artifact.save()
    for text in ("one", "two", "three"):
        with making.run() as run:
            run.log_artifact(text_artifact("doomed", "dataset", {"doomed.txt": text}))
        if text == "two":
            making.give("delete a version")


def aliases(making):
    animals = making.api("bob").collection(ANIMALS)
    making.give("set an alias")
    animals.set_alias("green", "v1", reason="the other one")
    making.give("swap aliases", "remove an alias")
    animals.set_alias("reviewed", "v2", expected="v1", reason="read it")
    making.moment()
    making.give("roll back")
    making.moment()
    # More events than lie between two snapshots of a stream.
    for step in range(12):
        moves = {f"slot-{number}": f"v{(number + step) % 3}" for number in range(10)}
        animals.move_aliases(moves, reason=f"round {step}")


def collections(making):
    api = making.api()
    making.give("edit a collection")
    for name in ("flowers", "scratch"):
        with making.run() as run:
            run.log_artifact(text_artifact(name, "dataset", {"a.txt": name}))
    # Renamed away and back, so that the key can be given again to what has the name.
    flowers = api.collection("keepers/census/flowers")
    flowers.rename("plants")
    making.give("rename a collection", "delete a collection")
    flowers.rename("trees")
    flowers.rename("plants", reason="back again")
    flowers.tags = ["green", "old"]
    flowers.tags = ["green"]
    # With the same content: 0.1.0 cannot export a store when the content of a deleted collection
    # was collected.
    with making.run() as run:
        run.log_artifact(text_artifact("scratch", "dataset", {"a.txt": "scratch"}))


def published(making):
    making.give("log and link a draft", "link a version")
    api, bob, carol = making.api(), making.api("bob"), making.api("carol")
    for number in (0, 2, 3):
        source = bob.artifact(f"keepers/census/classifier:v{number}")
        source.link("wandb-registry-Models/retired")
        if number == 2:
            making.give("unlink a version")
    making.give("require approvals")
    denied(lambda: bob.collection(MODEL).set_alias("production", "v1", reason="now"))
    making.give("approve a version")
    carol.artifact(f"{MODEL}:v0").approve("production")
    making.give("withdraw an approval")
    api.collection(MODEL).set_alias("production", "v1", reason="approved")
    making.give("require reasons")
    denied(lambda: making.api("dave").collection(MODEL).set_alias("mine", "v0", reason="try"))
    denied(lambda: making.api("ci-bot").artifact(f"{MODEL}:v0").approve("production"))
    api.registry("Gone").require_reasons()
    api.registry("Gone").require_reasons(required=False)
    api.registry("Gone").add_protected_alias("production")
    api.registry("Gone").require_approvals("production", 2)
    api.registry("Gone").require_approvals("production", 0)
    with making.run() as run:
        run.use_artifact(f"{MODEL}:production")
    bob.artifact(f"{ANIMALS}:v0").link("wandb-registry-Secret/hidden")


def denied(attempt):
    try:
        attempt()
    except FingerpostError:
        return
    raise AssertionError("it was permitted")


def automations(making):
    api = making.api()
    making.give("set a secret")
    api.set_secret("OLD_TOKEN", "another token")
    api.set_secret("SLACK", "https://hooks.example.com/zoo")
    making.give("remove a secret", "rotate secrets", "create an automation")
    for name in ("changed", "quiet", "again", "twice"):
        watch(api, name)
    api.automation("again").disable()
    making.give("change an automation", "disable an automation", "enable an automation")
    making.give("delete an automation")
    watch(api, "twice")
    api.create_automation(
        name="new versions",
        scope=ProjectScope("keepers/census"),
        event=OnCreateArtifact(alias="urgent"),
        action=SendWebhook(url=making.web),
    )
    api.create_automation(
        name="post",
        scope=OrgScope(),
        event=OnAddArtifactTag(tag_pattern="post-*"),
        action=SendNotification(channel="SLACK", title="${tag}", message="look", level="warn"),
    )
    broken = {"scope": api.collection(ANIMALS), "action": SendWebhook(url=NOBODY)}
    for alias in ("pending", "dead", "discarded", "cancelled"):
        event = OnAddArtifactAlias(alias=f"tell-{alias}")
        api.create_automation(name=alias, event=event, **broken)
    deliver(making, api)


NOBODY = "http://127.0.0.1:9/nobody"


def deliver(making, api):
    """Leave deliveries in each of the states that they can be in."""
    with making.run("bob") as run:
        run.log_artifact(text_artifact("news", "dataset", {"n.txt": "1"}), aliases=["urgent"])
    animals = api.collection(ANIMALS)
    hopeless = Patience(attempts=1, timeout_s=5)
    for alias in ("dead", "discarded"):
        animals.set_alias(f"tell-{alias}", "v0")
    api.run_automations(hopeless)
    (discarded,) = api.automation("discarded").executions("dead")
    api.discard_dead_letters(discarded.delivery.id.hex)
    for alias in ("pending", "cancelled"):
        animals.set_alias(f"tell-{alias}", "v1")
    api.run_automations(Patience(attempts=3, timeout_s=5, first_pause_s=3_600))
    api.automation("cancelled").disable("given up")
    api.run_automations(hopeless)


def other_content(making):
    shutil.rmtree(ELSEWHERE, ignore_errors=True)
    (ELSEWHERE / "deep").mkdir(parents=True)
    (ELSEWHERE / "one.txt").write_text("one")
    (ELSEWHERE / "deep" / "two.txt").write_text("two")
    with making.run("bob") as run:
        large = text_artifact("large", "dataset", {"small.txt": "small"})
        with large.new_file("large.bin", "wb") as file:
            file.write(BLOB)
        run.log_artifact(large)
        paged = {name: name for name in (BOUNDARY, "a.txt", "z.txt", "é/ü ß.txt")}
        run.log_artifact(text_artifact("paged", "dataset", paged))
        for algorithm in ("md5", "sha256"):
            run.log_artifact(
                text_artifact(
                    algorithm, "dataset", {"x.txt": algorithm}, digest_algorithm=algorithm
                )
            )
        run.log_artifact(fingerpost.Artifact("nothing", "dataset"))
        referring = fingerpost.Artifact("referring", "dataset")
        referring.add_reference(ELSEWHERE.as_uri(), "folder")
        referring.add_reference((ELSEWHERE / "one.txt").as_uri(), "whole.txt", "content")
        referring.add_reference((ELSEWHERE / "one.txt").as_uri(), "unchecked.txt", checksum=False)
        run.log_artifact(referring)
        remote = fingerpost.Artifact("remote", "dataset")
        remote.add_reference(making.web, "checked.bin")
        remote.add_reference("https://example.com/data.bin", "unchecked.bin", checksum=False)
        remote.add_reference("dvc://somewhere/else?x=1", "other.bin")
        run.log_artifact(remote)
        inner = fingerpost.Artifact("inner", "dataset")
        inner.add_reference(run.use_artifact(f"{ANIMALS}:v1").get_entry("cats.csv"), "cats.csv")
        run.log_artifact(inner)
        objects = fingerpost.Artifact("objects", "dataset")
        objects.add(fingerpost.Html("<p>hello</p>"), "page")
        objects.add(np.arange(6, dtype="<i4").reshape(2, 3), "counts")
        run.log_artifact(objects)
    shutil.rmtree(ELSEWHERE)


def unusual(making):
    registry = Path(__file__).parent / "mlflow-2.2.2"
    import_mlflow(
        registry / "mlflow.sqlite",
        models="legs",
        moved={"/srv/mlflow": str(registry)},
        store=making.store,
        actor="alice",
        entity="keepers",
        project="imported",
    )
    making.api().gc(timedelta(0), dry_run=False)
    with making.run() as run:
        short = text_artifact("short-lived", "dataset", {"a.txt": "soon over"})
        short.ttl = timedelta(seconds=1)
        run.log_artifact(short)
    time.sleep(1.1)  # Expired when it is first asked for, and ever after.
