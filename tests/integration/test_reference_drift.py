"""Whether references still point at what was recorded."""

import io
import threading
import tracemalloc
from pathlib import Path

import pytest
from attrs import evolve

import fingerpost
from fingerpost import errors
from fingerpost.application.ports.references import Observation, ReferenceState
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath


class MemoryReferences:
    """Objects of a service that tells sizes as checksums, and may refuse or be away."""

    schemes = frozenset({"mem"})
    is_local = False

    def __init__(self):
        self.objects = {}
        self.raised = {}
        self.looked_at_by = set()

    def handles(self, uri):
        return True

    def resolve(self, reference):
        path = EntryPath(reference.name or reference.uri.partition("://")[2])
        if not reference.checksum:
            yield Entry(path=path, digest="unknown", size_bytes=None, ref=reference.uri)
            return
        if reference.uri not in self.objects:
            raise errors.InvalidReferenceError("reference", reference.uri, "nothing is there", "-.")
        size_bytes = len(self.objects[reference.uri])
        yield Entry(path=path, digest=f"{size_bytes}", size_bytes=size_bytes, ref=reference.uri)

    def open(self, entry):
        if entry.ref not in self.objects:
            raise errors.ReferenceMissingError(entry.ref)
        return io.BytesIO(self.objects[entry.ref])

    def observe(self, entry):
        self.looked_at_by.add(threading.current_thread())
        if entry.ref in self.raised:
            raise self.raised[entry.ref]
        data = self.objects.get(entry.ref)
        if data is None:
            return Observation(state=ReferenceState.MISSING, recorded=entry.digest)
        if entry.digest == "unknown":
            return Observation(state=ReferenceState.UNVERIFIABLE, recorded=entry.digest)
        is_same = entry.digest == f"{len(data)}"
        state = ReferenceState.SAME if is_same else ReferenceState.CHANGED
        return Observation(state=state, recorded=entry.digest, found=f"{len(data)}")


@pytest.fixture
def service():
    return MemoryReferences()


@pytest.fixture
def opened(tmp_path, service):
    with fingerpost.open_store(tmp_path / "store", resolvers=[service]) as opened:
        yield opened


@pytest.fixture
def run(opened):
    with fingerpost.init("team", "p", store=opened) as run:
        yield run


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("a", "b", "c", "d"):
        (folder / name).write_text(f"text {name}")
    return folder


def draft(algorithm="blake3", name="refs"):
    return fingerpost.Artifact(name, "dataset", digest_algorithm=algorithm)


def states(report):
    return {each.path: each.state.value for each in report.drifted}


@pytest.mark.parametrize("algorithm", ["blake3", "sha256", "md5"])
def test_files_are_found_the_same_changed_or_missing(run, data, algorithm):
    artifact = draft(algorithm)
    artifact.add_reference(data.as_uri())
    run.log_artifact(artifact)
    report = artifact.verify_references()
    assert (report.same, report.total, report.is_same) == (4, 4, True)
    (data / "b").write_text("TEXT B")
    (data / "c").write_text("longer than it was")
    (data / "d").unlink()
    report = artifact.verify_references()
    assert report.artifact == "team/p/refs:v0"
    assert report.same == 1
    assert states(report) == {"b": "changed", "c": "changed", "d": "missing"}
    by_path = {each.path: each for each in report.drifted}
    assert (by_path["c"].recorded, by_path["c"].found) == ("6 bytes", "18 bytes")
    assert by_path["b"].recorded == artifact.get_entry("b").digest
    assert by_path["b"].found == "other content of the same size"
    assert by_path["d"].recorded == f"{artifact.get_entry('d').digest}, 6 bytes"
    assert by_path["d"].found is None
    assert by_path["d"].uri == (data / "d").as_uri()
    assert (report.is_damaged, report.is_told, report.is_same) == (True, True, False)
    assert [report.count(state) for state in ("same", "changed", "missing")] == [1, 2, 1]


@pytest.mark.parametrize("algorithm", ["blake3", "md5"])
def test_what_was_not_looked_at_is_unverifiable_and_no_damage(run, data, algorithm):
    artifact = draft(algorithm)
    artifact.add_reference((data / "a").as_uri(), checksum=False)
    run.log_artifact(artifact)
    (data / "a").write_text("other!")
    report = artifact.verify_references()
    assert states(report) == {"a": "unverifiable"}
    assert (report.same, report.is_same, report.is_damaged) == (0, False, False)
    (data / "a").unlink()
    assert states(artifact.verify_references()) == {"a": "missing"}


def test_an_artifact_without_references_has_nothing_to_compare(run):
    artifact = draft()
    with artifact.new_file("stored") as file:
        file.write("text")
    report = run.log_artifact(artifact).verify_references()
    assert (report.total, report.is_same, report.drifted) == (0, True, ())


def test_a_draft_has_to_be_logged_first(data):
    artifact = draft()
    artifact.add_reference(data.as_uri())
    with pytest.raises(errors.ArtifactNotLoggedError) as caught:
        artifact.verify_references()
    assert "verify its references" in str(caught.value)


def test_an_entry_of_another_artifact_is_compared_with_the_store(run, opened):
    base = draft(name="base")
    for name in ("kept it", "damaged one", "lost"):
        with base.new_file(name, "wb") as file:
            file.write(name.encode() * (1 << 19))
    run.log_artifact(base)
    artifact = draft()
    for entry in base.manifest.entries.values():
        artifact.add_reference(entry)
    run.log_artifact(artifact)
    assert artifact.verify_references().same == 3
    folder = Path(opened.location, "content")
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size == len("lost") << 19:
            path.unlink()
        elif path.is_file() and path.stat().st_size == len("damaged one") << 19:
            path.chmod(0o644)
            path.write_bytes(bytes(path.stat().st_size))
    assert states(artifact.verify_references()) == {"damaged one": "changed", "lost": "missing"}


def test_a_provider_that_refuses_or_is_away_is_told_apart_from_damage(run, service):
    artifact = draft()
    for name in ("a", "b", "c"):
        service.objects[f"mem://{name}"] = b"data"
        artifact.add_reference(f"mem://{name}")
    run.log_artifact(artifact)
    service.raised = {
        "mem://a": errors.ReferenceRefusedError("mem://a", "403 Forbidden", "Ask for access."),
        "mem://b": errors.ReferenceUnavailableError("mem://b", "timed out", 6),
    }
    report = artifact.verify_references()
    assert report.same == 1
    assert states(report) == {"a": "refused", "b": "unreachable"}
    assert [each.found for each in report.drifted] == ["403 Forbidden", "timed out"]
    assert (report.is_damaged, report.is_told) == (False, False)


def test_a_library_that_is_missing_is_an_error_not_a_state(run, service):
    service.objects["mem://a"] = b"data"
    artifact = draft()
    artifact.add_reference("mem://a")
    run.log_artifact(artifact)
    service.raised["mem://a"] = errors.MissingExtraError("mem:// references", "mem", "No module")
    with pytest.raises(errors.MissingExtraError):
        artifact.verify_references()


def test_a_scheme_that_nothing_knows_any_more_is_unverifiable(run, service, opened):
    service.objects["mem://a"] = b"data"
    artifact = draft()
    artifact.add_reference("mem://a")
    run.log_artifact(artifact)
    with fingerpost.open_store(opened.location) as other:
        api = fingerpost.Api(other, entity="team", project="p")
        [drifted] = api.artifact("refs:v0").verify_references().drifted
    assert drifted.state == "unverifiable"


def test_progress_adds_up_and_several_are_asked_at_once(run, service):
    artifact = draft()
    for number in range(40):
        service.objects[f"mem://{number}"] = b"data"
        artifact.add_reference(f"mem://{number}")
    run.log_artifact(artifact)
    told = []
    assert artifact.verify_references(progress=told.append).same == 40
    assert sum(told) == 40
    assert threading.current_thread() not in service.looked_at_by


@pytest.mark.patient
def test_memory_does_not_grow_with_what_is_the_same(run, service):
    def peak(count):
        service.looked_at_by.clear()
        artifact = draft(name=f"refs{count}")
        service.objects["mem://x"] = b"data"
        [entry] = service.resolve(_reference("mem://x"))
        for number in range(count):
            artifact._draft.put(evolve(entry, path=EntryPath(f"{number}")), overwrite=False)
        run.log_artifact(artifact)
        fetched = fingerpost.Api(run.store, entity="team", project="p").artifact(f"refs{count}:v0")
        del artifact
        tracemalloc.start()
        try:
            assert fetched.verify_references().same == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # 4 pages of some 4,096 entries are held whatever there is; beyond that nothing is.
    assert peak(60_000) < 1.3 * peak(40_000)


def _reference(uri):
    from fingerpost.application.ports.references import Reference

    return Reference(uri=uri, name=None, checksum=True, max_objects=1)


# Digests of the content


def test_the_content_of_a_service_whose_checksum_proves_nothing_is_hashed_and_compared(
    run, service, tmp_path
):
    service.objects["mem://a"] = b"abc"
    artifact = draft()
    [entry] = artifact.add_reference("mem://a", checksum="content")
    assert (entry.digest, entry.size) == ("3", 3)
    # BLAKE3 of "abc": the reference implementation's b3sum.
    digest = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"
    assert entry.extra == {"contentDigest": f"blake3:{digest}"}
    run.log_artifact(artifact)
    assert artifact.verify_references().is_same
    assert Path(artifact.download(tmp_path / "out"), "a").read_bytes() == b"abc"
    service.objects["mem://a"] = b"ABC"
    assert states(artifact.verify_references()) == {"a": "changed"}
    with pytest.raises(errors.ReferenceChangedError) as caught:
        artifact.download(tmp_path / "again", skip_cache=True)
    assert caught.value.expected == f"blake3:{digest}"


def test_without_it_the_same_change_is_not_seen(run, service):
    service.objects["mem://a"] = b"abc"
    artifact = draft()
    artifact.add_reference("mem://a")
    run.log_artifact(artifact)
    service.objects["mem://a"] = b"ABC"
    assert artifact.verify_references().is_same


@pytest.mark.parametrize(
    ("algorithm", "name"), [("blake3", "blake3"), ("sha256", "sha256"), ("md5", "blake3")]
)
def test_it_is_made_with_what_the_artifacts_bytes_are_stored_under(service, run, algorithm, name):
    service.objects["mem://a"] = b"abc"
    [entry] = draft(algorithm).add_reference("mem://a", checksum="content")
    assert entry.extra["contentDigest"].partition(":")[0] == name


def test_a_file_is_recorded_by_its_content_anyway(run, data):
    plain, hashed = draft(), draft()
    plain.add_reference(data.as_uri())
    hashed.add_reference(data.as_uri(), checksum="content")
    assert hashed.digest == plain.digest


def test_bytes_that_are_not_as_many_as_the_service_says_are_refused(run, service):
    class Lying(MemoryReferences):
        schemes = frozenset({"lying"})

        def open(self, entry):
            return io.BytesIO(b"short")

    lying = Lying()
    lying.objects["lying://a"] = b"longer"
    opened = fingerpost.open_store("memory://", resolvers=[lying])
    with opened, fingerpost.init("team", "p", store=opened):
        artifact = draft()
        with pytest.raises(errors.ReferenceChangedError) as caught:
            artifact.add_reference("lying://a", checksum="content")
        assert (caught.value.expected, caught.value.actual) == ("6 bytes", "5 bytes")
        assert artifact.file_count == 0


@pytest.mark.parametrize("checksum", ["Content", "sha256", 1, None, ""])
def test_another_kind_of_checksum_is_refused(data, checksum):
    with pytest.raises(errors.InvalidValueError) as caught:
        draft().add_reference(data.as_uri(), checksum=checksum)
    assert "True, False or 'content'" in str(caught.value)


# Adding


def test_finding_objects_is_told(data):
    told = []
    draft().add_reference(data.as_uri(), progress=told.append)
    assert sum(told) == 4


def test_too_many_objects_are_an_error_that_says_how_many_were_found(data):
    artifact = draft()
    with pytest.raises(errors.LimitExceededError) as caught:
        artifact.add_reference(data.as_uri(), max_objects=3)
    assert (caught.value.limit, caught.value.found) == (3, 4)
    assert repr(data.as_uri()) in str(caught.value)
    assert artifact.file_count == 0


# Downloading


def test_only_what_is_missing_is_skipped_and_what_changed_is_not(run, data, tmp_path):
    artifact = draft()
    artifact.add_reference(data.as_uri())
    run.log_artifact(artifact)
    (data / "a").unlink()
    with pytest.raises(errors.ReferenceMissingError) as caught:
        artifact.download(tmp_path / "out")
    assert caught.value.recorded == f"{artifact.get_entry('a').digest}, 6 bytes"
    assert caught.value.recorded in str(caught.value)
    folder = Path(artifact.download(tmp_path / "out", allow_missing_references=True))
    assert sorted(path.name for path in folder.iterdir()) == ["b", "c", "d"]
    (data / "b").write_text("changed!")
    with pytest.raises(errors.ReferenceChangedError) as changed:
        artifact.download(tmp_path / "new", allow_missing_references=True)
    assert "recorded 6 bytes, now 8 bytes" in str(changed.value)


# Resolvers of a program's own


def test_resolvers_that_are_handed_in_come_first_and_stay_with_the_store(tmp_path):
    class Ours(MemoryReferences):
        schemes = frozenset({"file"})

    ours = Ours()
    ours.objects["file://nowhere"] = b"data"
    with fingerpost.open_store(tmp_path / "one", resolvers=[ours]) as one:
        with fingerpost.init("team", "p", store=one) as run:
            artifact = draft()
            artifact.add_reference("file://nowhere")
            run.log_artifact(artifact)
        fetched = fingerpost.Api(one, entity="team", project="p").artifact("refs")
        assert fetched.verify_references().same == 1
    with (
        fingerpost.init("team", "p", store=tmp_path / "two"),
        pytest.raises(errors.InvalidInputError),
    ):
        draft().add_reference("file://nowhere")


@pytest.mark.parametrize(
    ("resolver", "problem"),
    [
        (MemoryReferences, "not its class"),
        (object(), "handles, resolve, open, observe"),
        ("mem", "handles, resolve, open, observe"),
    ],
)
def test_what_is_no_resolver_is_refused_before_a_store_is_made(tmp_path, resolver, problem):
    with pytest.raises(errors.InvalidValueError) as caught:
        fingerpost.open_store(tmp_path / "new", resolvers=[resolver])
    assert problem in str(caught.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("schemes", [["mem"], frozenset(), frozenset({"MEM"}), {"mem://"}, {1}])
def test_schemes_that_could_never_match_are_refused(schemes):
    resolver = MemoryReferences()
    resolver.schemes = schemes
    with pytest.raises(errors.InvalidValueError) as caught:
        fingerpost.open_store("memory://", resolvers=[resolver])
    assert "schemes" in str(caught.value)


def test_resolvers_are_not_given_to_a_store_that_is_open_already(opened, service):
    with pytest.raises(errors.InvalidValueError) as caught:
        fingerpost.open_store(opened, resolvers=[service])
    assert "open already" in str(caught.value)
