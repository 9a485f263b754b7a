"""Bad input, one by one: an error of the right class that says what to do, and nothing written."""

import hashlib
import os
import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from attrs import frozen

import fingerpost
from fingerpost import errors

TEAM = "team-awesome"


def events_of(folder):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        # That somebody was denied is written down on purpose, and is the one exception.
        statement = "SELECT * FROM events WHERE topic <> 'access.denied' ORDER BY rowid"
        return connection.execute(statement).fetchall()


def content_of(folder):
    return {
        str(path.relative_to(folder)): (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted((folder / "content").rglob("*"))
        if path.is_file()
    }


@contextmanager
def nothing_written(folder):
    before = events_of(folder), content_of(folder)
    assert all(before)
    yield
    assert (events_of(folder), content_of(folder)) == before


@frozen
class Scene:
    """A store with one team, one member who is no admin, and a few things logged."""

    folder: Path
    run: fingerpost.Run
    api: fingerpost.Api
    member_run: fingerpost.Run
    member: fingerpost.Api

    def draft(self, name="data", type="dataset"):
        """A draft whose content nothing else has."""
        artifact = fingerpost.Artifact(name, type)
        with artifact.new_file("new.txt") as file:
            file.write("content that is nowhere yet")
        return artifact

    def data(self):
        return self.api.artifact(f"{TEAM}/p/data:v0")

    def link(self):
        return self.api.artifact("wandb-registry-Dataset/shared:v0")


def logged(run, name, text, type="dataset"):
    artifact = fingerpost.Artifact(name, type)
    with artifact.new_file("a.txt") as file:
        file.write(text)
    return run.log_artifact(artifact)


@pytest.fixture
def scene(tmp_path):
    folder = tmp_path / "store"
    opened = fingerpost.open_store(folder)
    with fingerpost.init(store=opened, project="p", name="personal") as personal:
        logged(personal, "mine", "mine")
    with (
        fingerpost.init(TEAM, "p", store=opened) as run,
        fingerpost.init(TEAM, "p", store=opened, actor="bob") as member_run,
    ):
        data = logged(run, "data", "data")
        data.aliases.append("best")
        data.save()
        data.link("wandb-registry-Dataset/shared", ["production"])
        api = fingerpost.Api(opened, entity=TEAM, project="p")
        api.registry("Dataset").add_protected_alias("production")
        member = fingerpost.Api(opened, actor="bob", entity=TEAM, project="p")
        yield Scene(folder, run, api, member_run, member)
    opened.close()


@pytest.fixture
def refused(scene):
    def refused(attempt, error, *words):
        with nothing_written(scene.folder), pytest.raises(error) as caught:
            attempt(scene)
        assert isinstance(caught.value, errors.FingerpostError)
        for word in words:
            assert word in str(caught.value)

    return refused


def cases(table):
    return pytest.mark.parametrize(
        ("attempt", "error", "words"), [pytest.param(*row, id=name) for name, row in table.items()]
    )


NAMES = {
    "a space in a name": (
        lambda s: fingerpost.Artifact("bike dataset", "dataset"),
        errors.InvalidNameError,
        ["'bike dataset'", "'bike-dataset'"],
    ),
    "a path as a name": (
        lambda s: s.run.log_artifact("a.txt", "../data", "dataset"),
        errors.InvalidNameError,
        ["'../data'", "For example"],
    ),
    "a reserved type": (
        lambda s: fingerpost.Artifact("x", "wandb-history"),
        errors.InvalidNameError,
        ["reserved", "such as 'dataset'"],
    ),
    "a path without a type": (
        lambda s: s.run.log_artifact("a.txt", "x"),
        errors.InvalidValueError,
        ["Pass type='dataset'"],
    ),
    "an entity with a slash": (
        lambda s: fingerpost.init("a/b", store=s.folder),
        errors.InvalidNameError,
        ["'a/b'", "'a-b'"],
    ),
    "a project like a registry": (
        lambda s: fingerpost.init(TEAM, "wandb-registry-x", store=s.folder),
        errors.InvalidNameError,
        ["run.link_artifact"],
    ),
    "an invisible actor": (
        lambda s: fingerpost.init(TEAM, store=s.folder, actor="b\u200bob"),
        errors.InvalidNameError,
        ["FINGERPOST_ACTOR"],
    ),
    "a registry with a colon": (
        lambda s: s.api.create_registry("a:b"),
        errors.InvalidNameError,
        ["'a:b'", "'a-b'"],
    ),
    "a registry that differs in case alone": (
        lambda s: s.api.create_registry("MODEL"),
        errors.AlreadyExistsError,
        ["'MODEL'", "Choose another name"],
    ),
    "a registry's bad type": (
        lambda s: s.api.create_registry("R", artifact_types=["a b"]),
        errors.InvalidNameError,
        ["'a b'", "'a-b'"],
    ),
    "a lone string for types": (
        lambda s: s.api.create_registry("R", artifact_types="model"),
        errors.InvalidValueError,
        ["Write ['model']"],
    ),
    "a bad tag": (
        lambda s: s.run.log_artifact(s.draft(), tags=["a/b"]),
        errors.InvalidNameError,
        ["'a/b'", "'a-b'"],
    ),
    "a lone string for tags": (
        lambda s: s.run.log_artifact(s.draft(), tags="blue"),
        errors.InvalidValueError,
        ["Write ['blue']"],
    ),
    "metadata that is no JSON": (
        lambda s: fingerpost.Artifact("x", "dataset", metadata={"a": float("inf")}),
        errors.InvalidMetadataError,
        ["metadata['a']", "Convert"],
    ),
    "metadata set in place that is no JSON": (
        lambda s: (a := s.draft(), a.metadata.update(x=object()), s.run.log_artifact(a)),
        errors.InvalidMetadataError,
        ["metadata['x']", "Convert"],
    ),
}


@cases(NAMES)
def test_a_bad_name_or_value_is_refused(refused, attempt, error, words):
    Path("a.txt").write_text("text")
    refused(attempt, error, *words)


BAD_ALIASES = ["a/b", "a:b", "", " a", "a\n", "a\u202eb", "a" * 129, "v1", "V1", "v01", "\uff561"]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s, alias: s.run.log_artifact(s.draft(), aliases=[alias]),
        lambda s, alias: s.run.log_artifact(s.draft("other"), aliases=["fine", alias]),
        lambda s, alias: s.run.use_artifact(s.draft(), aliases=[alias]),
        lambda s, alias: s.run.link_artifact(s.draft(), "wandb-registry-Dataset/x", [alias]),
        lambda s, alias: s.data().link("wandb-registry-Dataset/x", ["fine", alias]),
        lambda s, alias: s.api.collection(f"{TEAM}/p/data").set_alias(alias, "v0"),
        lambda s, alias: (d := s.data(), d.aliases.append(alias), d.save()),
        lambda s, alias: s.api.registry("Dataset").add_protected_alias(alias),
    ],
    ids=["log", "log new", "use", "link draft", "link", "set", "save", "protect"],
)
def test_a_bad_alias_is_refused_wherever_one_is_given(refused, attempt):
    for alias in BAD_ALIASES:
        refused(lambda s, bad=alias: attempt(s, bad), errors.InvalidAliasError, repr(alias))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda s, given: s.run.log_artifact(s.draft(), aliases=given),
        lambda s, given: s.run.use_artifact(s.draft(), aliases=given),
        lambda s, given: s.run.link_artifact(s.draft(), "wandb-registry-Dataset/x", given),
        lambda s, given: s.data().link("wandb-registry-Dataset/x", given),
        lambda s, given: setattr(s.data(), "aliases", given),
    ],
    ids=["log", "use", "link draft", "link", "replace"],
)
def test_a_lone_value_for_a_list_of_aliases_is_refused(refused, attempt):
    for given in ("best", b"best", 7):
        words = f"Write [{given!r}]"
        refused(lambda s, lone=given: attempt(s, lone), errors.InvalidValueError, words)


def add_to_draft(add, path, scene):
    add(scene.draft(), path)


BAD_PATHS = ["..", "../x", "a/../../x", "/etc/passwd", "C:/x", "a\\b", "a\0b", "a\nb", "\ud800"]


@pytest.mark.parametrize(
    "add",
    [
        lambda a, path: a.add_file("a.txt", name=path),
        lambda a, path: a.add_dir("folder", name=path),
        lambda a, path: a.new_file(path).__enter__(),
        lambda a, path: a.add_reference(Path("a.txt").absolute().as_uri(), name=path),
    ],
    ids=["add_file", "add_dir", "new_file", "add_reference"],
)
def test_a_path_that_leaves_the_artifact_is_refused(refused, add):
    Path("a.txt").write_text("text")
    Path("folder").mkdir()
    Path("folder/b.txt").write_text("text")
    for path in BAD_PATHS:
        attempt = partial(add_to_draft, add, path)
        refused(attempt, errors.InvalidPathError, "Use a relative path")


def test_a_path_that_is_a_file_and_a_folder_is_refused(refused):
    def attempt(scene):
        artifact = scene.draft()
        Path("a.txt").write_text("text")
        artifact.add_file("a.txt", name="x")
        artifact.add_file("a.txt", name="x/y")
        scene.run.log_artifact(artifact)

    refused(attempt, errors.InvalidPathError, "'x/y'", "Give one of them another name")


LOCAL = {
    "missing file": (
        lambda s: s.draft().add_file("gone.txt"),
        ["'gone.txt'", "does not exist", "Check the path"],
    ),
    "missing folder": (
        lambda s: s.draft().add_dir("gone"),
        ["'gone'", "does not exist", "Check the path"],
    ),
    "logging a missing path": (
        lambda s: s.run.log_artifact("gone.txt", "x", "dataset"),
        ["'gone.txt'", "Check the path"],
    ),
    "a folder for a file": (lambda s: s.draft().add_file("folder"), ["Use add_dir"]),
    "a file for a folder": (lambda s: s.draft().add_dir("a.txt"), ["Use add_file"]),
    "a pipe": (lambda s: s.draft().add_file("pipe"), ["no regular file", "Pipes and devices"]),
    "a pipe in a folder": (lambda s: s.draft().add_dir("with-pipe"), ["with-pipe/pipe"]),
    "a broken link": (lambda s: s.draft().add_file("broken"), ["a link to nothing", "Check"]),
    "a broken link in a folder": (
        lambda s: s.draft().add_dir("with-broken"),
        ["with-broken/broken", "a link to nothing"],
    ),
    "a path with NUL": (lambda s: s.draft().add_file("a\0b", "x"), ["Check the path"]),
    "a folder with NUL": (lambda s: s.draft().add_dir("a\0b"), ["Check the path"]),
    "a folder whose name is too long": (lambda s: s.draft().add_dir("x" * 300), ["Check the path"]),
    "a path below a file": (lambda s: s.draft().add_file("a.txt/b"), ["Check the path"]),
    "an endless link": (lambda s: s.draft().add_file("loop"), ["Check the path"]),
    "a missing reference": (
        lambda s: s.draft().add_reference(Path("gone.txt").absolute().as_uri()),
        ["does not exist", "Check the path"],
    ),
    "a reference to a pipe": (
        lambda s: s.draft().add_reference(Path("pipe").absolute().as_uri()),
        ["is no regular file"],
    ),
}


@pytest.mark.parametrize(
    ("attempt", "words"), [pytest.param(*row, id=name) for name, row in LOCAL.items()]
)
def test_a_local_path_that_is_not_what_was_meant_is_refused(refused, attempt, words):
    for folder in ("folder", "with-pipe", "with-broken"):
        Path(folder).mkdir()
        Path(folder, "fine.txt").write_text("fine")
    Path("a.txt").write_text("text")
    Path("loop").symlink_to("loop")
    for pipe in ("pipe", "with-pipe/pipe"):
        os.mkfifo(pipe)
    for link in ("broken", "with-broken/broken"):
        Path(link).symlink_to("nowhere")
    refused(attempt, errors.SourceFileError, *words)


def test_a_folder_that_is_added_only_in_part_is_not_added_at_all(scene):
    Path("folder").mkdir()
    Path("folder/a.txt").write_text("fine")
    Path("folder/z").symlink_to("nowhere")
    artifact = fingerpost.Artifact("x", "dataset")
    with pytest.raises(errors.SourceFileError):
        artifact.add_dir("folder")
    assert list(artifact.manifest.entries) == []


REFERENCES = {
    "unknown scheme": ("ftp://example.org/x", errors.InvalidReferenceError, ["name=", "file:///…"]),
    "no scheme": ("data/x.csv", errors.InvalidReferenceError, ["use add_file"]),
    "another host": ("file://host/x", errors.InvalidReferenceError, ["three slashes"]),
    "a relative file": ("file:x", errors.InvalidReferenceError, ["file:///"]),
    "an empty folder": ("file://{cwd}/empty", errors.InvalidReferenceError, ["holds no files"]),
}


@pytest.mark.parametrize(("uri", "error", "words"), REFERENCES.values(), ids=REFERENCES)
def test_a_reference_that_cannot_be_tracked_is_refused(refused, uri, error, words):
    Path("empty").mkdir()
    uri = uri.format(cwd=Path.cwd())
    refused(lambda s: s.draft().add_reference(uri), error, repr(uri), *words)


DATASET = "wandb-registry-Dataset/shared"
MISSING = {
    "unknown alias": (
        lambda s: s.run.use_artifact("data:bets"),
        errors.AliasNotFoundError,
        ["data:bets", "'best'", "fingerpost versions"],
    ),
    "unknown version": (
        lambda s: s.api.artifact("data:v9"),
        errors.VersionNotFoundError,
        ["data:v9", "never logged"],
    ),
    "unknown artifact": (
        lambda s: s.run.use_artifact("dat:latest"),
        errors.CollectionNotFoundError,
        ["'data'", "check entity, project and name"],
    ),
    "unknown entity": (
        lambda s: s.api.artifact("nobody/p/data"),
        errors.CollectionNotFoundError,
        ["nobody/p/data"],
    ),
    "unknown registry": (
        lambda s: s.data().link("wandb-registry-Dataste/x"),
        errors.RegistryNotFoundError,
        ["'Dataset'", "create_registry('Dataste')"],
    ),
    "unknown registry for a draft": (
        lambda s: s.run.link_artifact(s.draft(), "wandb-registry-Dataste/x"),
        errors.RegistryNotFoundError,
        ["'Dataset'", "fingerpost registry create"],
    ),
    "unknown organization": (
        lambda s: s.run.link_artifact(s.draft(), "acme/wandb-registry-Dataset/x"),
        errors.OrganizationNotFoundError,
        ["'acme'", "'default'", "Leave it out"],
    ),
    "unknown entry": (
        lambda s: s.data().get_entry("b.txt"),
        errors.EntryNotFoundError,
        ["'b.txt'", "data:v0"],
    ),
    "setting an alias to nothing": (
        lambda s: s.api.collection("data").set_alias("x", "v7"),
        errors.VersionNotFoundError,
        ["data:v7"],
    ),
    "setting an alias to an unknown one": (
        lambda s: s.api.collection("data").set_alias("x", "nothing"),
        errors.AliasNotFoundError,
        ["data:nothing'", "'best', 'latest'"],
    ),
    "removing an unknown alias": (
        lambda s: s.api.collection("data").remove_alias("bets"),
        errors.AliasNotFoundError,
        ["'bets'", "'best'"],
    ),
    "unprotecting what is not protected": (
        lambda s: s.api.registry("Dataset").remove_protected_alias("x"),
        errors.NoSuchThingError,
        ["'x'", "'production'"],
    ),
    "a target path of another form": (
        lambda s: s.run.link_artifact(s.draft(), "Dataset/x"),
        errors.InvalidArtifactPathError,
        ["'Dataset/x'", "wandb-registry-REGISTRY/COLLECTION"],
    ),
    "nothing to use": (
        lambda s: s.run.use_artifact(),
        errors.InvalidValueError,
        ["Pass 'NAME:ALIAS'"],
    ),
    "a lost race": (
        lambda s: s.api.collection("data").set_alias("best", "v0", expected="v3"),
        errors.AliasExpectationError,
        ["at v0", "now expecting 'v0'"],
    ),
}


@cases(MISSING)
def test_what_is_not_there_is_answered_with_what_is(refused, attempt, error, words):
    refused(attempt, error, *words)


RULES = {
    "another type under the same name": (
        lambda s: s.run.log_artifact(s.draft("data", "model")),
        errors.TypeMismatchError,
        ["Use type='dataset', or another name"],
    ),
    "another type than expected": (
        lambda s: s.run.use_artifact("data:v0", type="model"),
        errors.TypeMismatchError,
        ["'dataset'", "'model'"],
    ),
    "a type that is not permitted": (
        lambda s: s.data().link("wandb-registry-Model/x"),
        errors.TypeNotPermittedError,
        ["permits 'model'", "fingerpost registry permit"],
    ),
    "a draft of a type that is not permitted": (
        lambda s: s.run.link_artifact(s.draft(), "wandb-registry-Model/x"),
        errors.TypeNotPermittedError,
        ["permits 'model'", "fingerpost registry permit"],
    ),
    "a personal artifact": (
        lambda s: s.api.artifact("alice/p/mine").link("wandb-registry-Dataset/x"),
        errors.PersonalEntityLinkError,
        [repr(TEAM), "Log it again"],
    ),
    "deleting a version with aliases": (
        lambda s: s.api.artifact("alice/p/mine").delete(),
        errors.VersionHasAliasesError,
        ["'latest'", "delete_aliases=True"],
    ),
    "deleting the source of a protected link": (
        lambda s: s.data().delete(delete_aliases=True),
        errors.ProtectedVersionError,
        ["'production' in registry 'Dataset'.", "remove or move the alias first"],
    ),
    "unlinking a source": (
        lambda s: s.data().unlink(),
        errors.NotALinkError,
        ["'data:v0'", "by its registry path"],
    ),
    "protecting latest": (
        lambda s: s.api.registry("Dataset").add_protected_alias("latest"),
        errors.InvalidAliasError,
        ["such as 'production'"],
    ),
    "moving latest by hand": (
        lambda s: s.api.collection("data").set_alias("latest", "v0"),
        errors.InvalidAliasError,
        ["set by logging and linking alone"],
    ),
    "adding to a logged artifact": (
        lambda s: s.data().add_file("a.txt"),
        errors.ArtifactFinalizedError,
        ["Build a new Artifact"],
    ),
    "an unknown policy": (
        lambda s: s.draft().add_file("a.txt", policy="maybe"),
        errors.InvalidValueError,
        ["'mutable' or 'immutable'"],
    ),
    "an unknown mode": (
        lambda s: s.draft().new_file("b", mode="a").__enter__(),
        errors.InvalidValueError,
        ["Use 'x'"],
    ),
}


@cases(RULES)
def test_what_breaks_a_rule_is_refused(refused, attempt, error, words):
    Path("a.txt").write_text("text")
    refused(attempt, error, *words)


MEMBER = {
    "create a registry": lambda s: s.member.create_registry("R"),
    "permit a type": lambda s: s.member.registry("Model").permit_artifact_type("dataset"),
    "protect": lambda s: s.member.registry("Dataset").add_protected_alias("x"),
    "unprotect": lambda s: s.member.registry("Dataset").remove_protected_alias("production"),
    "describe a registry": lambda s: setattr(s.member.registry("Model"), "description", "x"),
    "move a protected alias": lambda s: s.member.collection(DATASET).set_alias("production", "v0"),
    "remove a protected alias": lambda s: s.member.collection(DATASET).remove_alias("production"),
    "save without it": lambda s: (
        link := s.member.artifact(f"{DATASET}:v0"),
        link.aliases.remove("production"),
        link.save(),
    ),
    "link with it": lambda s: s.member.artifact("data:v0").link(DATASET, ["production"]),
    "link a draft with it": lambda s: s.member_run.link_artifact(
        s.draft(), DATASET, ["production"]
    ),
    "unlink it": lambda s: s.member.artifact(f"{DATASET}:v0").unlink(),
    "delete the link": lambda s: s.member.artifact(f"{DATASET}:v0").delete(),
    "make a team": lambda s: fingerpost.init("new-team", store=s.folder, actor="bob"),
}


@pytest.mark.parametrize("attempt", MEMBER.values(), ids=MEMBER)
def test_a_member_does_nothing_that_is_for_admins(scene, refused, attempt):
    before = len(scene.api.denied())
    refused(attempt, errors.RoleRequiredError, "'bob' may not", "needs 'admin'")
    assert len(scene.api.denied()) == before + 1
    assert "bob" in scene.api.denied()[-1]


def test_nobody_else_writes_to_a_personal_entity(refused):
    words = ["'bob' may not log artifacts in entity 'alice'", "the role 'viewer'", "Ask an admin"]
    refused(
        lambda s: fingerpost.init("alice", store=s.folder, actor="bob"),
        errors.RoleRequiredError,
        *words,
    )


def test_a_finished_run_takes_nothing_more(scene):
    scene.run.finish()
    attempts = [
        lambda: scene.run.log_artifact(scene.draft()),
        lambda: scene.run.use_artifact("data:v0"),
        lambda: scene.run.link_artifact(scene.data(), DATASET),
    ]
    for attempt in attempts:
        with (
            nothing_written(scene.folder),
            pytest.raises(errors.RunFinishedError, match=r"Start one with init"),
        ):
            attempt()


DRAFT = {
    "download": lambda a: a.download(),
    "verify": lambda a: a.verify(),
    "get_entry": lambda a: a.get_entry("new.txt"),
    "get_path": lambda a: a.get_path("new.txt"),
    "link": lambda a: a.link(DATASET),
    "unlink": lambda a: a.unlink(),
    "delete": lambda a: a.delete(),
    "logged_by": lambda a: a.logged_by(),
    "used_by": lambda a: a.used_by(),
    "wait": lambda a: a.wait(),
    "source_artifact": lambda a: a.source_artifact,
    "linked_artifacts": lambda a: a.linked_artifacts,
    "qualified_name": lambda a: a.qualified_name,
    "version": lambda a: a.version,
    "entity": lambda a: a.entity,
    "created_at": lambda a: a.created_at,
}


@pytest.mark.parametrize("attempt", DRAFT.values(), ids=DRAFT)
def test_a_draft_is_not_used_where_a_logged_artifact_is_needed(refused, attempt):
    words = ["'data'", "run.log_artifact(artifact) or artifact.save()"]
    refused(lambda s: attempt(s.draft()), errors.ArtifactNotLoggedError, *words)


def test_a_finalized_draft_takes_nothing_more(refused):
    Path("folder").mkdir()
    Path("folder/a.txt").write_text("text")

    def attempt_with(add):
        def attempt(scene):
            artifact = scene.draft()
            artifact.finalize()
            add(artifact)

        return attempt

    for add in (
        lambda a: a.add_file("folder/a.txt"),
        lambda a: a.add_dir("folder"),
        lambda a: a.new_file("x").__enter__(),
        lambda a: a.add_reference("file:///etc/hostname"),
    ):
        refused(attempt_with(add), errors.ArtifactFinalizedError, "Build a new Artifact")


FREE_TEXT = {
    "artifact description": lambda s, bad: s.run.log_artifact(
        fingerpost.Artifact("x", "dataset", bad)
    ),
    "saved description": lambda s, bad: (d := s.data(), setattr(d, "description", bad), d.save()),
    "collection description": lambda s, bad: setattr(s.api.collection("data"), "description", bad),
    "registry description": lambda s, bad: setattr(s.api.registry("Model"), "description", bad),
    "new registry description": lambda s, bad: s.api.create_registry("R", description=bad),
    "reason": lambda s, bad: s.api.collection("data").set_alias("x", "v0", reason=bad),
    "run name": lambda s, bad: fingerpost.init(TEAM, "p", store=s.folder, name=bad),
    "job type": lambda s, bad: fingerpost.init(TEAM, "p", store=s.folder, job_type=bad),
}


@pytest.mark.parametrize("attempt", FREE_TEXT.values(), ids=FREE_TEXT)
def test_free_text_that_is_no_text_never_gets_into_the_ledger(refused, attempt):
    # What was written has to be readable for ever: a single bad row would stop all that follows.
    for bad in (b"x", "\ud800", ["a"], 5):
        refused(lambda s, value=bad: attempt(s, value), errors.InvalidInputError, repr(bad))


def test_an_exit_code_that_is_no_number_never_gets_into_the_ledger(refused):
    for bad in ("1", b"x", 1.5):
        refused(lambda s, value=bad: s.run.finish(value), errors.InvalidInputError, repr(bad))


def log_deep(scene):
    artifact = fingerpost.Artifact("deep", "dataset")
    with artifact.new_file("sub/a.txt") as file:
        file.write("from the artifact")
    return scene.run.log_artifact(artifact)


def test_a_link_in_the_download_folder_does_not_lead_out_of_it(scene, refused, tmp_path):
    artifact = log_deep(scene)
    (tmp_path / "outside").mkdir()
    Path("root").mkdir()
    Path("root/sub").symlink_to(tmp_path / "outside")
    for attempt in (
        lambda _: artifact.download("root"),
        lambda _: artifact.get_entry("sub/a.txt").download("root"),
    ):
        refused(attempt, errors.InvalidPathError, "root/sub", "Remove the link")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_link_in_place_of_a_file_is_replaced_and_not_written_through(scene, tmp_path):
    artifact = log_deep(scene)
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    Path("root/sub").mkdir(parents=True)
    Path("root/sub/a.txt").symlink_to(outside)
    artifact.download("root")
    assert outside.read_text() == "precious"
    assert not Path("root/sub/a.txt").is_symlink()
    assert Path("root/sub/a.txt").read_text() == "from the artifact"


@pytest.mark.parametrize("root", ["a\0b", "x" * 300])
def test_a_folder_that_cannot_be_made_is_named(scene, refused, root):
    artifact = log_deep(scene)
    refused(lambda _: artifact.download(root), errors.DestinationError, "download to another")


@pytest.mark.parametrize("in_the_way", ["root", "root/sub"])
def test_a_file_where_a_folder_is_to_be_downloaded_is_named(scene, refused, in_the_way):
    artifact = log_deep(scene)
    path = Path(in_the_way)
    path.parent.mkdir(exist_ok=True)
    path.write_text("precious")
    refused(
        lambda _: artifact.download("root"), errors.DestinationError, "root", "download to another"
    )
    assert path.read_text() == "precious"
