"""The code of the documents that are followed, call for call, with names and data of our own.

Each snippet is run as source text in a folder of its own, with the files that it reads. What came
of it is then looked up through an interface of its own.
"""

import contextvars
import textwrap
from pathlib import Path

import pytest

import fingerpost
from fingerpost.errors import InvalidNameError, PersonalEntityLinkError, TypeNotPermittedError

FILES = {
    "bicycle-data.h5": b"wheels",
    "model.h5": b"root model",
    "checkpoints/model.h5": b"checkpoint",
    "images/cat.png": b"cat",
    "images/dog.png": b"dog",
    "zoo_dataset.pt": b"animals",
    "zoo_labels.pt": b"labels",
}


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    folder = tmp_path / "store"
    monkeypatch.setenv("FINGERPOST_STORE", str(folder))
    for name, content in FILES.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def names():
    """What the snippets defined; given to the next one."""
    return {}


@pytest.fixture
def run_snippet(names):
    def run_snippet(source):
        code = compile(textwrap.dedent(source), "<snippet>", "exec")
        # In a context of its own, so that a run that a snippet leaves open ends with the test.
        names.setdefault("context", contextvars.copy_context()).run(exec, code, names)

    return run_snippet


@pytest.fixture
def started(run_snippet):
    run_snippet("""
        import fingerpost as wandb

        run = wandb.init(job_type='train')
    """)


def api(**kwargs):
    return fingerpost.Api(**kwargs)


def content(artifact, path):
    return Path(artifact.get_entry(path).download("checked")).read_bytes()


LOG_BIKES = """
    artifact = wandb.Artifact('bike-dataset', type='dataset')

    # Add a file to the artifact's contents
    artifact.add_file('bicycle-data.h5')

    # Save the artifact version and mark it as the output of this run
    run.log_artifact(artifact)
"""


# -- the artifact guides -----------------------------------------------------------------------


def test_a_run_is_initialized_with_a_job_type(started, names):
    assert names["run"].job_type == "train"
    assert (names["run"].entity, names["run"].project) == ("alice", "uncategorized")


def test_an_artifact_is_created_and_logged(started, run_snippet, names):
    run_snippet(LOG_BIKES)
    found = api().artifact("bike-dataset:v0")
    assert (found.type, found.name, found.aliases) == ("dataset", "bike-dataset:v0", ["latest"])
    assert content(found, "bicycle-data.h5") == b"wheels"
    assert found.logged_by().id == names["run"].id


def test_logging_again_makes_a_version_when_the_content_changed(started, run_snippet):
    run_snippet(LOG_BIKES)
    run_snippet(LOG_BIKES)
    assert [a.version for a in api().collection("bike-dataset").versions()] == ["v0"]
    Path("bicycle-data.h5").write_bytes(b"three wheels")
    run_snippet(LOG_BIKES)
    assert [a.version for a in api().collection("bike-dataset").versions()] == ["v1", "v0"]
    assert api().artifact("bike-dataset:latest").version == "v1"


def test_an_artifact_is_used_and_downloaded(started, run_snippet, names):
    run_snippet(LOG_BIKES)
    run_snippet("""
        artifact = run.use_artifact('bike-dataset:v0')
        artifact_dir = artifact.download()
    """)
    assert Path(names["artifact_dir"], "bicycle-data.h5").read_bytes() == b"wheels"
    assert Path(names["artifact_dir"]) == Path("artifacts/bike-dataset:v0").absolute()
    used_by = api().artifact("bike-dataset:v0").used_by()
    assert [found.id for found in used_by] == [names["run"].id]


def test_an_artifact_is_used_by_its_latest_alias(started, run_snippet, names):
    run_snippet(LOG_BIKES)
    run_snippet("artifact = run.use_artifact('bike-dataset:latest')")
    assert names["artifact"].version == "v0"


def test_artifacts_of_other_projects_and_entities_are_used(run_snippet, names):
    for entity in (None, "my-entity"):
        with fingerpost.init(entity=entity, project="my-project") as run:
            artifact = fingerpost.Artifact("bike-model", type="model")
            artifact.add_file("model.h5")
            run.log_artifact(artifact)
    run_snippet("""
        import fingerpost as wandb

        run = wandb.init(job_type='train')
        first = run.use_artifact('my-project/bike-model:v0')
        second = run.use_artifact('my-entity/my-project/bike-model:v0')
    """)
    assert names["first"].qualified_name == "alice/my-project/bike-model:v0"
    assert names["second"].qualified_name == "my-entity/my-project/bike-model:v0"


def test_using_an_artifact_that_was_not_logged_logs_it_once(started, run_snippet):
    for _ in range(3):
        run_snippet("""
            artifact = wandb.Artifact('bike-model', type='model')
            artifact.add_file('model.h5')
            run.use_artifact(artifact)
        """)
    (found,) = api().collection("bike-model").versions()
    assert (found.version, len(found.used_by())) == ("v0", 1)


def test_aliases_are_applied_while_logging(started, run_snippet):
    run_snippet("""
        artifact = wandb.Artifact('run-3nq3ctyy-bike-model', type='model')
        artifact.add_file('model.h5')
        run.log_artifact(artifact, aliases=['latest','best-ap50'])
    """)
    found = api().artifact("run-3nq3ctyy-bike-model:best-ap50")
    assert found.aliases == ["latest", "best-ap50"]


def test_the_four_ways_to_fill_an_artifact(started, run_snippet):
    run_snippet("""
        artifact = wandb.Artifact('bike-dataset', type='dataset')
        path, name = 'model.h5', 'notes.txt'
        uri = 'file://' + __import__('os').path.abspath('bicycle-data.h5')

        # Add a single file
        artifact.add_file(path, name='optional-name')

        # Recursively add a directory
        artifact.add_dir('images', name='optional-prefix')

        # Return a writeable file-like object, stored as <name> in the artifact
        with artifact.new_file(name) as f:
            f.write('hello')

        # Add a URI reference
        artifact.add_reference(uri, name='optional-reference')
        run.log_artifact(artifact)
    """)
    found = api().artifact("bike-dataset:latest")
    assert list(found.manifest.entries) == [
        "notes.txt",
        "optional-name",
        "optional-prefix/cat.png",
        "optional-prefix/dog.png",
        "optional-reference",
    ]
    assert found.get_entry("optional-reference").ref().endswith("/bicycle-data.h5")


@pytest.mark.parametrize(
    ("call", "paths"),
    [
        ("artifact.add_file('model.h5')", ["model.h5"]),
        ("artifact.add_file('checkpoints/model.h5')", ["model.h5"]),
        ("artifact.add_file('model.h5', name='models/mymodel.h5')", ["models/mymodel.h5"]),
        ("artifact.add_dir('images')", ["cat.png", "dog.png"]),
        ("artifact.add_dir('images', name='images')", ["images/cat.png", "images/dog.png"]),
        ("with artifact.new_file('hello.txt') as f: f.write('hi')", ["hello.txt"]),
    ],
)
def test_the_table_of_calls_and_resulting_contents(started, run_snippet, call, paths):
    run_snippet(f"""
        artifact = wandb.Artifact('a', type='dataset')
        {call}
        run.log_artifact(artifact)
    """)
    assert list(api().artifact("a:latest").manifest.entries) == paths


@pytest.mark.parametrize(
    ("call", "paths"),
    [
        ("artifact.add_reference(f'{base}/model.h5')", ["model.h5"]),
        ("artifact.add_reference(f'{base}/checkpoints/model.h5')", ["model.h5"]),
        ("artifact.add_reference(f'{base}/model.h5', name='m/my.h5')", ["m/my.h5"]),
        ("artifact.add_reference(f'{base}/images')", ["cat.png", "dog.png"]),
        (
            "artifact.add_reference(f'{base}/images', 'images')",
            ["images/cat.png", "images/dog.png"],
        ),
    ],
)
def test_the_table_of_references_holds_for_local_files_too(started, run_snippet, call, paths):
    run_snippet(f"""
        base = {Path.cwd().as_uri()!r}
        artifact = wandb.Artifact('a', type='dataset')
        {call}
        run.log_artifact(artifact)
    """)
    found = api().artifact("a:latest")
    assert list(found.manifest.entries) == paths
    assert all(entry.is_reference for entry in found.manifest.entries.values())


def test_one_file_is_fetched_by_its_path(started, run_snippet, names):
    run_snippet(LOG_BIKES)
    run_snippet("""
        artifact = run.use_artifact('bike-dataset:latest')
        datadir = artifact.download(root=None)
        path = artifact.get_path('bicycle-data.h5')
        file = path.download()
    """)
    assert Path(names["file"]).read_bytes() == b"wheels"
    assert Path(names["file"]).parent == Path(names["datadir"])


def test_an_artifact_is_downloaded_outside_of_a_run(run_snippet):
    with fingerpost.init(entity="entity", project="project") as run:
        run.log_artifact("bicycle-data.h5", "artifact", "dataset", aliases=["alias"])
    run_snippet("""
        import fingerpost as wandb

        api = wandb.Api()
        artifact = api.artifact('entity/project/artifact:alias')
        artifact.download()
    """)
    assert Path("artifacts/artifact:v0/bicycle-data.h5").read_bytes() == b"wheels"


def test_description_metadata_and_aliases_are_updated(started, run_snippet):
    run_snippet(LOG_BIKES)
    run_snippet("""
        api = wandb.Api()
        artifact = api.artifact('bike-dataset:latest')
        artifact.metadata = {"oldKey": "old value", "kept": 1}
        artifact.save()

        # Update the description
        artifact.description = "My new description"

        # Selectively update metadata keys
        artifact.metadata["oldKey"] = "new value"

        # Add an alias
        artifact.aliases.append('best')

        # Remove an alias
        artifact.aliases.remove('latest')

        # Persist all artifact modifications
        artifact.save()
    """)
    found = api().artifact("bike-dataset:best")
    assert found.description == "My new description"
    assert found.metadata == {"oldKey": "new value", "kept": 1}
    assert found.aliases == ["best"]


def test_metadata_and_aliases_are_replaced(started, run_snippet):
    run_snippet(LOG_BIKES)
    run_snippet("""
        api = wandb.Api()
        artifact = api.artifact('bike-dataset:latest')
        artifact.metadata["oldKey"] = "new value"
        artifact.metadata = {"newKey": "new value"}
        artifact.aliases.append('best')
        artifact.aliases.remove('latest')
        artifact.aliases = ['replaced']
        artifact.save()
    """)
    found = api().artifact("bike-dataset:v0")
    assert (found.metadata, found.aliases) == ({"newKey": "new value"}, ["replaced"])


# -- the oldest guide: keyword arguments, and names with spaces --------------------------------


@pytest.mark.parametrize(
    ("call", "offered"),
    [
        ("wandb.Artifact(type='dataset', name='bike dataset')", "bike-dataset"),
        ("wandb.Artifact(type='model', name='bike model')", "bike-model"),
        ("wandb.Artifact('reference model', type='model')", "reference-model"),
        ("run.use_artifact(type='dataset', name='bike dataset:latest')", "bike-dataset"),
    ],
)
def test_a_name_with_a_space_is_refused_and_one_without_is_offered(
    started, run_snippet, call, offered
):
    with pytest.raises(InvalidNameError) as caught:
        run_snippet(f"artifact = {call}")
    assert f"For example '{offered}'." in str(caught.value)


def test_the_oldest_guide_works_with_the_names_that_are_offered(started, run_snippet, names):
    run_snippet("""
        artifact = wandb.Artifact(type='dataset', name='bike-dataset')
        artifact.add_file('bicycle-data.h5')
        run.log_artifact(artifact)
        artifact = run.use_artifact(type='dataset', name='bike-dataset:latest')
        artifact_dir = artifact.download()
        model = wandb.Artifact(type='model', name='bike-model')
        model.add_file('model.h5')
        run.log_artifact(model, aliases=['production'])
    """)
    assert Path(names["artifact_dir"], "bicycle-data.h5").read_bytes() == b"wheels"
    assert api().artifact("bike-model:production", type="model").version == "v0"


# -- the alias document ------------------------------------------------------------------------


def test_a_draft_is_linked_with_aliases(run_snippet):
    run_snippet("""
        import fingerpost as wandb

        with wandb.init(entity = "team-awesome", project = "bikes") as run:
            artifact = wandb.Artifact(name = "bike-model", type = "model")
            artifact.add_file(local_path = "model.h5")
            REGISTRY_NAME = "Model"
            COLLECTION_NAME = "Bikes"
            target_path=f"wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"
            run.link_artifact(
                artifact = artifact,
                target_path = target_path,
                aliases = ["<alias_1>", "<alias_2>"]
                )
    """)
    link = api().artifact("wandb-registry-Model/Bikes:<alias_1>")
    assert link.aliases == ["latest", "<alias_1>", "<alias_2>"]
    assert link.source_qualified_name == "team-awesome/bikes/bike-model:v0"


ZOO = """
    import fingerpost as wandb

    # Initialize a run
    with wandb.init(entity = "smle-reg-team-2", project = "zoo_experiment") as run:

        artifact = wandb.Artifact(name = "zoo_dataset", type = "dataset")
        artifact.add_file(local_path="zoo_dataset.pt", name="zoo_dataset")
        artifact.add_file(local_path="zoo_labels.pt", name="zoo_labels")

        REGISTRY_NAME = "Model"
        COLLECTION_NAME = "Zoo_Classifier_Models"
        target_path=f"wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"

        run.link_artifact(
            artifact = artifact,
            target_path = target_path,
            aliases = ["production-us", "production-eu"]
            )
"""


def test_the_zoo_is_refused_by_a_registry_of_models_with_a_remedy(run_snippet):
    with pytest.raises(TypeNotPermittedError) as caught:
        run_snippet(ZOO)
    assert "permits 'model'" in str(caught.value)
    assert "fingerpost registry permit 'Model' dataset" in str(caught.value)
    assert not api().artifact_exists("smle-reg-team-2/zoo_experiment/zoo_dataset:latest")


def test_the_zoo_is_linked_as_it_is_once_the_type_is_permitted(run_snippet):
    api().registry("Model").permit_artifact_type("dataset")
    run_snippet(ZOO)
    link = api().artifact("wandb-registry-Model/Zoo_Classifier_Models:production-eu")
    assert link.aliases == ["latest", "production-eu", "production-us"]
    assert list(link.manifest.entries) == ["zoo_dataset", "zoo_labels"]
    assert content(link, "zoo_labels") == b"labels"


# -- the linking document ----------------------------------------------------------------------


def test_a_link_names_the_organization(run_snippet, names):
    run_snippet("""
        import fingerpost as wandb

        TEAM_ENTITY_NAME = "team-awesome"
        ORG_ENTITY_NAME = "default"

        REGISTRY_NAME = "Dataset"
        COLLECTION_NAME = "raw_images"

        run = wandb.init(
                entity=TEAM_ENTITY_NAME, project="bikes")

        artifact = wandb.Artifact(name="images", type="dataset")
        artifact.add_file(local_path="images/cat.png")

        target_path=f"{ORG_ENTITY_NAME}/wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"
        run.link_artifact(artifact = artifact, target_path = target_path)
    """)
    link = api().artifact("default/wandb-registry-Dataset/raw_images:latest")
    assert (link.is_link, link.version, link.source_name) == (True, "v0", "images:v0")


def test_a_path_is_logged_and_the_result_is_linked(run_snippet):
    run_snippet("""
        import fingerpost as wandb

        TEAM_ENTITY_NAME = "team-awesome"
        ORG_ENTITY_NAME = "default"

        REGISTRY_NAME = "model"
        COLLECTION_NAME = "Example ML Task"

        COLLECTION_TYPE = "model"


        with wandb.init(entity=TEAM_ENTITY_NAME, project="link_quickstart") as run:
          with open("my_model.txt", "w") as f:
            f.write("simulated model file")

          logged_artifact = run.log_artifact("./my_model.txt", "the-model", type=COLLECTION_TYPE)
          run.link_artifact(
            artifact=logged_artifact,
            target_path=f"{ORG_ENTITY_NAME}/wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"
          )
    """)
    link = api().artifact("wandb-registry-model/Example ML Task:v0")
    assert content(link, "my_model.txt") == b"simulated model file"
    assert link.source_qualified_name == "team-awesome/link_quickstart/the-model:v0"


def test_what_was_logged_personally_is_logged_again_under_a_team(run_snippet, names):
    run_snippet("""
        import fingerpost as wandb

        run = wandb.init(project='bikes')
        artifact = wandb.Artifact(name="images", type="dataset")
        run.log_artifact(artifact)
    """)
    with pytest.raises(PersonalEntityLinkError) as caught:
        names["run"].link_artifact(names["artifact"], "wandb-registry-Dataset/images")
    assert "init(entity='my-team', …)" in str(caught.value)
    run_snippet("""
        run = wandb.init(
            entity='team-awesome',
            project='bikes'
            )
        artifact = wandb.Artifact(name="images", type="dataset")
        run.log_artifact(artifact)
        run.link_artifact(artifact, "wandb-registry-Dataset/images")
    """)
    assert api().artifact("wandb-registry-Dataset/images:latest").source_entity == "team-awesome"


def test_a_registry_with_a_space_in_its_name_is_linked_to(run_snippet):
    api().create_registry("Golden Datasets", artifact_types=["dataset"])
    run_snippet("""
        import fingerpost as wandb

        ORG_ENTITY_NAME = "default"
        REGISTRY_NAME = "Golden Datasets"
        COLLECTION_NAME = "raw_images"
        target_path = f"{ORG_ENTITY_NAME}/wandb-registry-{REGISTRY_NAME}/{COLLECTION_NAME}"
        with wandb.init(entity="team-awesome", project="bikes") as run:
            artifact = wandb.Artifact(name="images", type="dataset")
            artifact.add_dir("images")
            run.link_artifact(artifact, target_path)
    """)
    found = api().artifact("registry/golden datasets/raw_images")
    assert found.qualified_name == "default/wandb-registry-Golden Datasets/raw_images:v0"
