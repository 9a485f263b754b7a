"""References to entries of other artifacts."""

from pathlib import Path
from urllib.parse import quote

import pytest

import fingerpost
from fingerpost import errors

ALGORITHMS = ("blake3", "sha256", "md5")


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


@pytest.fixture
def api(opened):
    return fingerpost.Api(opened, entity="team", project="p")


@pytest.fixture
def log(run):
    def log(files, name="base", algorithm="blake3"):
        artifact = fingerpost.Artifact(name, "dataset", digest_algorithm=algorithm)
        for path, text in files.items():
            with artifact.new_file(path) as file:
                file.write(text)
        return run.log_artifact(artifact)

    return log


def derived(algorithm="blake3", name="derived"):
    return fingerpost.Artifact(name, "dataset", digest_algorithm=algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("of_base", ALGORITHMS)
def test_an_entry_of_another_artifact_is_recorded_and_gives_its_bytes(
    run, log, tmp_path, algorithm, of_base
):
    base = log({"d/é %.txt": "text"}, algorithm=of_base)
    entry = base.get_entry("d/é %.txt")
    artifact = derived(algorithm)
    [added] = artifact.add_reference(entry)
    run.log_artifact(artifact)
    found = artifact.get_entry("é %.txt")
    for each in (added, found):
        assert (each.path, each.digest, each.size) == ("é %.txt", entry.digest, 4)
        scheme, _, rest = each.ref().partition("://")
        collection, version, path = rest.split("/", 2)
        assert (scheme, len(collection), version) == ("fingerpost-artifact", 32, "v0")
        assert path == quote("d/é %.txt") == "d/%C3%A9%20%25.txt"
        assert each.is_reference
    assert (artifact.size, artifact.file_count) == (4, 1)
    folder = Path(artifact.download(tmp_path / "download"))
    assert (folder / "é %.txt").read_text() == "text"
    artifact.verify(folder)


def test_it_goes_where_the_name_says(log):
    entry = log({"d/a.txt": "text"}).get_entry("d/a.txt")
    artifact = derived()
    artifact.add_reference(entry, name="./x//y.txt")
    artifact.add_reference(entry, name=Path("z"))
    artifact.add_reference(entry)
    artifact.add_reference(entry)
    assert list(artifact.manifest.entries) == ["a.txt", "x/y.txt", "z"]


def test_it_does_not_take_the_place_of_something_else(log):
    entry = log({"a.txt": "text"}).get_entry("a.txt")
    artifact = derived()
    with artifact.new_file("a.txt") as file:
        file.write("other")
    with pytest.raises(errors.EntryExistsError):
        artifact.add_reference(entry)


def test_its_bytes_outlive_the_other_artifact(run, log, api, tmp_path):
    base = log({"a.txt": "text"})
    artifact = derived()
    artifact.add_reference(base.get_entry("a.txt"))
    run.log_artifact(artifact)
    base.delete(delete_aliases=True)
    fetched = api.artifact("derived:v0")
    assert Path(fetched.get_entry("a.txt").download(tmp_path)).read_text() == "text"
    content = {entry.content for entry in fetched.manifest.entries.values()}
    assert content == {base.get_entry("a.txt").digest}


def test_a_changed_copy_of_it_is_found_by_verify(run, log, tmp_path):
    artifact = derived()
    artifact.add_reference(log({"a.txt": "text"}).get_entry("a.txt"))
    run.log_artifact(artifact)
    folder = Path(artifact.download(tmp_path / "download"))
    (folder / "a.txt").write_text("TEXT")
    with pytest.raises(errors.VerificationError) as caught:
        artifact.verify(folder)
    assert list(caught.value.different) == ["a.txt"]


def test_a_reference_to_a_reference_leads_to_the_first_artifact(run, log):
    base = log({"a.txt": "text"})
    middle = derived(name="middle")
    middle.add_reference(base.get_entry("a.txt"), name="b.txt")
    run.log_artifact(middle)
    last = derived(name="last")
    last.add_reference(middle.get_entry("b.txt"))
    run.log_artifact(last)
    assert list(last.manifest.entries) == ["b.txt"]
    assert last.get_entry("b.txt").ref() == middle.get_entry("b.txt").ref()
    assert last.get_entry("b.txt").ref().endswith("/v0/a.txt")


def test_an_entry_that_lies_elsewhere_is_recorded_with_where_it_lies(run, tmp_path):
    Path("a.txt").write_text("text")
    uri = f"file://{Path.cwd()}/a.txt"
    base = derived(name="base")
    base.add_reference(uri)
    run.log_artifact(base)
    artifact = derived()
    [entry] = artifact.add_reference(base.get_entry("a.txt"), name="b.txt")
    assert (entry.ref(), entry.digest) == (uri, base.get_entry("a.txt").digest)
    run.log_artifact(artifact)
    assert Path(artifact.get_entry("b.txt").download(tmp_path / "x")).read_text() == "text"


def test_an_entry_of_a_link_is_its_sources(run, log, api):
    base = log({"a.txt": "text"})
    api.create_registry("R")
    link = run.link_artifact(base, "wandb-registry-R/linked")
    of_link, of_source = derived(), derived()
    of_link.add_reference(link.get_entry("a.txt"))
    of_source.add_reference(base.get_entry("a.txt"))
    assert of_link.digest == of_source.digest


def test_the_text_form_means_the_same(run, log, tmp_path):
    base = log({"d/é #.txt": "text"})
    by_entry, by_text = derived(), derived()
    [entry] = by_entry.add_reference(base.get_entry("d/é #.txt"))
    by_text.add_reference(entry.ref())
    assert by_text.digest == by_entry.digest
    run.log_artifact(by_text)
    assert Path(by_text.get_entry("é #.txt").download(tmp_path / "x")).read_text() == "text"


def test_the_same_reference_again_is_no_new_version(run, log):
    entry = log({"a.txt": "text"}).get_entry("a.txt")
    logged = []
    for algorithm in ("blake3", "blake3", "md5", "md5"):
        artifact = derived(algorithm)
        artifact.add_reference(entry)
        logged.append(run.log_artifact(artifact).version)
    assert logged == ["v0", "v0", "v1", "v1"]


def test_the_same_content_of_another_version_is_another_reference(run, log):
    first = log({"a.txt": "text"})
    second = log({"a.txt": "text", "b.txt": "more"})
    logged = []
    for base in (first, second):
        artifact = derived("md5")
        artifact.add_reference(base.get_entry("a.txt"))
        logged.append(run.log_artifact(artifact))
    assert [artifact.version for artifact in logged] == ["v0", "v1"]
    assert logged[1].get_entry("a.txt").ref().endswith("/v1/a.txt")


def test_an_entry_of_a_draft_is_refused(run):
    other = derived(name="other")
    with other.new_file("a.txt") as file:
        file.write("text")
    with pytest.raises(errors.ArtifactNotLoggedError) as caught:
        derived().add_reference(other.manifest.entries["a.txt"])
    assert caught.value.name == "other"


def test_an_entry_of_a_deleted_artifact_is_refused(log):
    base = log({"a.txt": "text"})
    entry = base.get_entry("a.txt")
    artifact = derived()
    [added] = artifact.add_reference(entry)
    base.delete(delete_aliases=True)
    for again in (entry, added.ref()):
        with pytest.raises(errors.VersionNotFoundError):
            derived(name="another").add_reference(again)


def test_what_a_finalized_artifact_holds_stays(run, log):
    base = log({"a.txt": "text"})
    with pytest.raises(errors.ArtifactFinalizedError):
        base.add_reference(base.get_entry("a.txt"))


def test_an_entry_of_another_store_is_refused_at_once_or_when_it_is_logged(run, log, tmp_path):
    base = log({"a.txt": "text"})
    run.finish()
    # Made outside of a run, it may be logged anywhere, but for where its reference does not lead.
    homeless = derived()
    homeless.add_reference(base.get_entry("a.txt"))
    with fingerpost.init("team", "p", store=tmp_path / "other") as elsewhere:
        with pytest.raises(errors.ForeignStoreError):
            derived().add_reference(base.get_entry("a.txt"))
        for attempt in (elsewhere.log_artifact, elsewhere.use_artifact):
            with pytest.raises(errors.ForeignStoreError) as caught:
                attempt(homeless)
            assert caught.value.artifact == "team/p/base:v0"
    api = fingerpost.Api(tmp_path / "other", entity="team", project="p")
    with pytest.raises(errors.CollectionNotFoundError):
        api.artifact("derived:v0")
    with fingerpost.init("team", "p", store=tmp_path / "store") as back:
        assert back.log_artifact(homeless).version == "v0"


def test_a_uri_of_the_run_it_was_made_in_is_refused_by_another_store(run, log, tmp_path):
    [entry] = derived().add_reference(log({"a.txt": "text"}).get_entry("a.txt"))
    artifact = derived()
    artifact.add_reference(entry.ref())
    run.finish()
    with (
        fingerpost.init("team", "p", store=tmp_path / "other") as elsewhere,
        pytest.raises(errors.ForeignStoreError),
    ):
        elsewhere.log_artifact(artifact)


def test_a_uri_needs_a_store_to_look_in(run, log):
    [entry] = derived().add_reference(log({"a.txt": "text"}).get_entry("a.txt"))
    run.finish()
    with pytest.raises(errors.InvalidReferenceError, match="inside a run"):
        derived().add_reference(entry.ref())


def test_a_uri_that_leads_nowhere_is_refused(run, log):
    [entry] = derived().add_reference(log({"a.txt": "text"}).get_entry("a.txt"))
    uri = entry.ref()
    wrong = {
        uri.replace("a.txt", "b.txt"): errors.EntryNotFoundError,
        uri.replace("/v0/", "/v1/"): errors.VersionNotFoundError,
        uri.replace("/v0/", "/v01/"): errors.InvalidReferenceError,
        uri.replace("/v0/", "/latest/"): errors.InvalidReferenceError,
        uri.replace("a.txt", "../a.txt"): errors.InvalidReferenceError,
        uri.replace("a.txt", "%ff"): errors.InvalidReferenceError,
        uri.replace("a.txt", ""): errors.InvalidReferenceError,
        "fingerpost-artifact://base/v0/a.txt": errors.InvalidReferenceError,
        "fingerpost-artifact://" + "0" * 32 + "/v0/a.txt": errors.VersionNotFoundError,
    }
    for text, error in wrong.items():
        with pytest.raises(error):
            derived().add_reference(text)


def test_damaged_content_is_healed_by_nothing_but_its_own_bytes(run, log, opened):
    base = log({"a.bin": "x" * 1_100_000})
    entry = base.get_entry("a.bin")
    [path] = Path(opened.location).glob(f"content/blobs/*/{entry.digest.replace(':', '-')}")
    path.chmod(0o644)
    path.write_bytes(b"y" * 1_100_000)
    with pytest.raises(errors.ContentMismatchError):
        entry.download("there")
    artifact = derived()
    artifact.add_reference(entry)
    with pytest.raises(errors.IntegrityError):
        run.log_artifact(artifact)
    log({"a.bin": "x" * 1_100_000})
    assert run.log_artifact(artifact).version == "v0"


def test_a_missing_file_elsewhere_may_be_left_out_and_this_one_is_there(run, log, tmp_path):
    Path("gone.txt").write_text("gone")
    artifact = derived()
    artifact.add_reference(f"file://{Path.cwd()}/gone.txt")
    artifact.add_reference(log({"a.txt": "text"}).get_entry("a.txt"))
    run.log_artifact(artifact)
    Path("gone.txt").unlink()
    with pytest.raises(errors.ReferenceMissingError):
        artifact.download(tmp_path / "all")
    folder = Path(artifact.download(tmp_path / "rest", allow_missing_references=True))
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
