"""Garbage collection: what goes, what stays, why, and what is said of it."""

import json
import os
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import fingerpost
from fingerpost.domain.events import AccessDenied, ContentCollected
from fingerpost.domain.manifest.digest import Digest
from fingerpost.errors import (
    ContentNotFoundError,
    InvalidValueError,
    RoleRequiredError,
    SourceFileError,
    StoreUnavailableError,
    UnreadableManifestError,
)
from waiting import LIMIT_S

NOW = timedelta(0)
LARGE = 3 << 20


@pytest.fixture(params=["memory", "folder"])
def store(request, tmp_path):
    where = "memory://" if request.param == "memory" else tmp_path / "store"
    with fingerpost.open_store(where, actor="alice") as opened:
        yield opened


@pytest.fixture
def on_disk(tmp_path):
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        yield opened


@pytest.fixture
def folder(on_disk):
    return Path(on_disk.location) / "content"


def log(store, name="data", actor="alice", **files):
    """Log files by name; a number makes one of that many bytes, text is written as it is."""
    with fingerpost.init("team", "p", store=store, actor=actor) as run:
        artifact = fingerpost.Artifact(name, "dataset")
        for path, text in files.items():
            data = bytes(str(path), "ascii") * text if isinstance(text, int) else text.encode()
            with artifact.new_file(path, "wb") as file:
                file.write(data)
        return run.log_artifact(artifact)


def collect(store, grace=NOW, *, dry_run=False, actor="alice"):
    return fingerpost.Api(store, actor).gc(grace, dry_run=dry_run)


def stored(store):
    return set(store.store.content.digests())


def collections(store):
    events = store.store.events.events(limit=10_000)
    return [each.event for each in events if isinstance(each.event, ContentCollected)]


def grow_old(folder, days):
    """Make the files of a store as old as if they had been written some days ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    for path in folder.glob("[pb]*/*/*"):
        os.utime(path, (then, then))


# -- what goes and what stays


def test_what_only_a_deleted_version_named_goes_and_the_rest_stays(store, tmp_path):
    first = log(store, only="1", shared="2", large=LARGE)
    second = log(store, shared="2", other="3")
    first.delete(delete_aliases=True)
    report = collect(store)
    assert [version.name for version in report.versions] == ["team/p/data:v0"]
    # "only", "large", and the manifest: one page and the root.
    assert report.versions[0].amount.contents == 4
    assert report.unnamed.contents == 0
    assert len(stored(store)) == 4
    assert Path(second.download(tmp_path / "out"), "shared").read_text() == "2"
    assert store.verify().problems == ()


def test_a_plan_says_the_same_as_what_is_done_and_changes_nothing(store):
    log(store, one="1", large=LARGE).delete(delete_aliases=True)
    before = stored(store)
    plan = collect(store, dry_run=True)
    assert stored(store) == before
    assert collections(store) == []
    done = collect(store)
    assert (plan.is_applied, done.is_applied) == (False, True)
    assert plan.versions == done.versions
    assert (plan.files, plan.freed_bytes) == (done.files, done.freed_bytes)
    assert stored(store) == set()


def test_a_plan_is_what_one_gets_if_one_does_not_say_otherwise(store):
    log(store, one="1").delete(delete_aliases=True)
    report = fingerpost.Api(store, "alice").gc()
    assert not report.is_applied
    assert report.grace == timedelta(days=14)
    assert (report.is_empty, report.recently_deleted) == (True, 1)


def test_nothing_goes_where_every_version_is_there_and_nothing_is_recorded(store):
    log(store, one="1")
    log(store, two="2")
    report = collect(store)
    assert report.is_empty
    assert (report.versions, report.freed_bytes, report.unnamed.contents) == ((), 0, 0)
    assert collections(store) == []


def test_a_second_collection_finds_nothing(store):
    log(store, one="1", large=LARGE).delete(delete_aliases=True)
    assert not collect(store).is_empty
    again = collect(store)
    assert again.is_empty
    assert again.versions == ()
    assert len(collections(store)) == 1


def test_an_empty_store_has_nothing_to_remove(store):
    assert collect(store).is_empty


def test_content_of_several_deleted_versions_counts_for_the_one_deleted_last(store):
    first, second = log(store, both="same"), log(store, "other", both="same", more="1")
    second.delete(delete_aliases=True)
    first.delete(delete_aliases=True)
    report = collect(store)
    # v0 of data went last: the file and its own page and root; then the other's remaining three.
    amounts = [(version.name, version.amount.contents) for version in report.versions]
    assert amounts == [("team/p/data:v0", 3), ("team/p/other:v0", 3)]


def test_the_same_content_logged_again_later_keeps_it(store, tmp_path):
    first = log(store, text="a")
    log(store, text="b")
    third = log(store, text="a")
    first.delete()
    assert collect(store).is_empty
    third.verify(third.download(tmp_path / "out"))


def test_a_version_that_is_linked_somewhere_is_reached(store, tmp_path):
    artifact = log(store, text="a")
    link = artifact.link("registry/Dataset/golden")
    log(store, text="b").delete(delete_aliases=True)
    assert not collect(store).is_empty
    link.verify(link.download(tmp_path / "out"))


def test_what_an_interrupted_log_left_goes_and_is_said_to_be_nobodys(store):
    log(store, one="1")
    with store.store.content.writer() as writer:
        writer.add_bytes(b"nobody names me")
        writer.commit()
    report = collect(store)
    assert report.versions == ()
    assert (report.unnamed.contents, report.unnamed.size_bytes) == (1, 15)


# -- the grace period


def test_what_was_deleted_within_the_grace_period_stays(on_disk, folder):
    log(on_disk, one="1").delete(delete_aliases=True)
    grow_old(folder, days=30)
    report = collect(on_disk, timedelta(hours=1))
    assert (report.is_empty, report.recently_deleted) == (True, 1)
    assert len(stored(on_disk)) == 3


def test_what_was_stored_within_the_grace_period_stays(on_disk, folder):
    with on_disk.store.content.writer() as writer:
        writer.add_bytes(b"x" * LARGE)
        writer.add_bytes(b"small")
        writer.commit()
    grow_old(folder, days=13)
    report = collect(on_disk, timedelta(days=14))
    assert report.is_empty
    assert (report.young.contents, report.young.size_bytes) == (2, LARGE + 5)
    grow_old(folder, days=15)
    assert collect(on_disk, timedelta(days=14)).unnamed.contents == 2
    assert stored(on_disk) == set()


def test_what_is_from_the_future_is_young(on_disk, folder):
    with on_disk.store.content.writer() as writer:
        writer.add_bytes(b"small")
        writer.commit()
    grow_old(folder, days=-2)
    assert collect(on_disk).young.contents == 1
    assert len(stored(on_disk)) == 1


def test_a_file_that_was_old_when_it_was_handed_over_is_young_in_the_store(on_disk, tmp_path):
    path = tmp_path / "mine"
    path.write_bytes(b"x" * LARGE)
    os.utime(path, (1, 1))
    digest = on_disk.store.hash_bytes(b"x" * LARGE)
    with on_disk.store.content.writer() as writer:
        writer.adopt(path, digest, LARGE)
        writer.commit()
    assert collect(on_disk, timedelta(days=1)).young.contents == 1


@pytest.mark.parametrize("grace", [timedelta(seconds=-1), timedelta(days=40_000)])
def test_a_grace_period_that_makes_no_sense_is_refused(store, grace):
    with pytest.raises(InvalidValueError, match="grace"):
        collect(store, grace)


# -- packs


def numbered(count, start=0):
    return {f"f{number}": f"{number} " + "x" * 500 for number in range(start, start + count)}


def test_a_pack_most_of_which_is_garbage_is_rewritten_and_what_is_in_use_stays(
    on_disk, folder, tmp_path
):
    first = log(on_disk, **numbered(20))
    second = log(on_disk, **numbered(3))
    before = {path.name: path.stat().st_size for path in folder.glob("packs/*/*.pack")}
    first.delete(delete_aliases=True)
    plan = collect(on_disk, dry_run=True)
    done = collect(on_disk)
    assert (plan.packs_rewritten, done.packs_rewritten) == (1, 1)
    after = {path.name: path.stat().st_size for path in folder.glob("packs/*/*.pack")}
    assert len(after) == 2
    assert len(before.keys() & after.keys()) == 1
    assert done.freed_bytes == plan.freed_bytes == sum(before.values()) - sum(after.values())
    # 17 files, a page and the root; each costs 58 bytes in the index of a pack.
    assert done.versions[0].amount.contents == 19
    assert done.freed_bytes == done.versions[0].amount.stored_bytes + 19 * 58
    second.verify(second.download(tmp_path / "out"))
    assert len(stored(on_disk)) == 5
    assert on_disk.verify().problems == ()
    assert collect(on_disk).is_empty


def test_a_pack_most_of_which_is_in_use_stays_as_it_is(on_disk, folder):
    first = log(on_disk, **numbered(20))
    log(on_disk, **numbered(18))
    before = sorted(folder.glob("packs/*/*.pack"))
    first.delete(delete_aliases=True)
    report = collect(on_disk)
    assert report.is_empty
    # Two files, a page and the root.
    assert report.waiting.contents == 4
    assert sorted(folder.glob("packs/*/*.pack")) == before


def test_the_rests_of_several_packs_go_into_one(on_disk, folder):
    versions = [log(on_disk, f"n{n}", **numbered(10, start=10 * n)) for n in range(4)]
    kept = {f"f{10 * n}": f"{10 * n} " + "x" * 500 for n in range(4)}
    log(on_disk, "kept", **kept)
    for version in versions:
        version.delete(delete_aliases=True)
    report = collect(on_disk)
    assert (report.files, report.packs_rewritten) == (4, 4)
    assert len(list(folder.glob("packs/*/*.pack"))) == 2
    assert on_disk.verify().problems == ()


def test_a_second_copy_of_what_is_in_use_goes(on_disk, folder, tmp_path):
    kept = log(on_disk, **numbered(5))
    (pack,) = folder.glob("packs/*/*.pack")
    # Two who log at once store the same twice; here the second has more in its pack.
    hidden = tmp_path / "hidden"
    pack.rename(hidden)
    with on_disk.store.content.writer() as writer:
        for text in numbered(5).values():
            writer.add_bytes(text.encode())
        writer.add_bytes(b"one more")
        writer.commit()
    hidden.rename(pack)
    report = collect(on_disk)
    # Which of the two is rewritten depends on their names.
    assert report.copies.contents == 5
    assert report.unnamed.contents + report.waiting.contents == 1
    assert collect(on_disk).copies.contents == 0
    kept.verify(kept.download(tmp_path / "out"))
    assert on_disk.verify().problems == ()


@pytest.fixture
def twice(on_disk, folder, tmp_path):
    """Store the same five contents in two packs, each with some garbage."""
    contents = [text.encode() for text in numbered(5).values()]
    for garbage in (b"one", b"another"):
        with on_disk.store.content.writer() as writer:
            digests = [writer.add_bytes(data) for data in contents]
            writer.add_bytes(garbage)
            writer.commit()
        for path in folder.glob("packs/*/*.pack"):
            path.rename(tmp_path / path.name)
    for path in tmp_path.glob("*.pack"):
        path.rename(folder / "packs" / path.name[:2] / path.name)
    assert on_disk.store.content.missing(digests) == set()
    return dict(zip(digests, contents, strict=True))


def sweep(store, kept, late=()):
    with store.store.content.sweep(dry_run=False) as begun:
        begun.keep(kept)
        begun.assess(datetime.now(UTC))
        begun.remove(lambda: begun.keep(late))
        return begun.tally()


def test_of_two_good_copies_one_stays(on_disk, folder, twice):
    assert sweep(on_disk, twice).copies.contents == 5
    assert len(list(folder.glob("packs/*/*.pack"))) == 1
    assert [on_disk.store.content.read(digest) for digest in twice] == list(twice.values())


@pytest.mark.parametrize("what", ["content", "index"])
def test_a_copy_stays_when_the_one_that_would_be_preferred_is_damaged(on_disk, folder, twice, what):
    preferred = min(folder.glob("packs/*/*.pack"), key=lambda path: path.name)
    for data in twice.values():
        flip(preferred, at=preferred.read_bytes().index(data) if what == "content" else -60)
        if what == "index":
            break
    sweep(on_disk, twice)
    # What an index does not say is lost with the catalog.
    (folder.parent / "content-catalog.sqlite").unlink()
    with fingerpost.open_store(on_disk.location, create=False) as again:
        assert [again.store.content.read(digest) for digest in twice] == list(twice.values())


def packed(store, numbers):
    with store.store.content.writer() as writer:
        digests = [writer.add_bytes(text.encode()) for text in numbered(numbers).values()]
        writer.commit()
    return digests


def test_a_pack_is_rewritten_although_others_log_something_else_meanwhile(on_disk, folder):
    live, *_ = packed(on_disk, 10)
    late = Digest("blake3:" + "0" * 64)
    assert sweep(on_disk, [live], [late]).packs_rewritten == 1
    assert stored(on_disk) == {live}


def test_a_pack_of_which_somebody_names_more_meanwhile_stays(on_disk, folder):
    live, late, *_ = digests = packed(on_disk, 10)
    tally = sweep(on_disk, [live], [late])
    assert (tally.packs_rewritten, tally.files) == (0, 0)
    assert stored(on_disk) == set(digests)


def flip(path, at):
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_pack_with_damage_in_what_is_in_use_is_left_alone(on_disk, folder, caplog):
    first = log(on_disk, **numbered(20))
    log(on_disk, **numbered(1))
    (pack, _) = sorted(folder.glob("packs/*/*.pack"), key=lambda p: -p.stat().st_size)
    first.delete(delete_aliases=True)
    flip(pack, at=pack.read_bytes().index(b"0 xxx"))
    assert collect(on_disk).packs_rewritten == 0
    assert pack.exists()
    assert "is not rewritten and stays" in caplog.text


def test_a_pack_whose_index_cannot_be_read_stays(on_disk, folder, caplog):
    log(on_disk, **numbered(2)).delete(delete_aliases=True)
    (pack,) = folder.glob("packs/*/*.pack")
    flip(pack, at=-60)
    (folder.parent / "content-catalog.sqlite").unlink()
    assert collect(on_disk).is_empty
    assert pack.exists()
    assert "nobody can tell what is in it" in caplog.text


def test_a_store_that_was_open_before_reads_from_the_rewritten_pack(on_disk, tmp_path):
    first = log(on_disk, **numbered(20))
    log(on_disk, **numbered(3))
    with fingerpost.open_store(on_disk.location, create=False) as other:
        artifact = fingerpost.Api(other).artifact("team/p/data:v1")
        first.delete(delete_aliases=True)
        with closing(other.store.content.open(Digest(artifact.get_entry("f0").digest))) as reader:
            assert collect(on_disk).packs_rewritten == 1
            assert reader.read().startswith(b"0 ")
        artifact.verify(artifact.download(tmp_path / "out"))


def test_who_reads_a_large_file_while_it_is_removed_reads_on(on_disk):
    artifact = log(on_disk, large=LARGE)
    digest = Digest(artifact.get_entry("large").digest)
    with on_disk.store.content.open(digest) as reader:
        start = reader.read(1000)
        artifact.delete(delete_aliases=True)
        collect(on_disk)
        assert on_disk.store.content.missing([digest]) == {digest}
        assert start + reader.read() == b"large" * LARGE


# -- never on partial knowledge


def manifest_of(store, index):
    rows = store.store.queries.manifests(deleted_after=datetime.now(UTC))
    return next(Digest(row.manifest) for row in rows if row.ref.index == index)


@pytest.mark.parametrize("what", ["root", "page"])
def test_a_manifest_that_cannot_be_read_stops_it_and_is_named(on_disk, folder, what):
    log(on_disk, gone="1").delete(delete_aliases=True)
    log(on_disk, here="2")
    root = manifest_of(on_disk, 1)
    page = Digest(json.loads(on_disk.store.content.read(root))["pages"][0]["digest"])
    lost = {"root": root, "page": page}[what]
    (pack,) = [
        path
        for path in folder.glob("packs/*/*.pack")
        if bytes.fromhex(lost.hex) in path.read_bytes()
    ]
    pack.rename(pack.with_suffix(".hidden"))
    before = {path: path.stat().st_size for path in folder.glob("packs/*/*")}
    for dry_run in (True, False):
        with pytest.raises(UnreadableManifestError, match="'team/p/data:v1'"):
            collect(on_disk, dry_run=dry_run)
    assert {path: path.stat().st_size for path in folder.glob("packs/*/*")} == before
    assert collections(on_disk) == []
    log(on_disk, here="2")
    assert [each.name for each in collect(on_disk).versions] == ["team/p/data:v0"]


def test_a_deleted_version_whose_manifest_is_gone_does_not_stop_it(on_disk, folder):
    log(on_disk, **numbered(2)).delete(delete_aliases=True)
    (pack,) = folder.glob("packs/*/*.pack")
    pack.unlink()
    assert collect(on_disk).is_empty


# -- beside others


def test_content_that_another_artifacts_reference_names_stays(store, tmp_path):
    first = log(store, a="1", b="2")
    referring = fingerpost.Artifact("referring", "dataset")
    referring.add_reference(first.get_entry("a"))
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        run.log_artifact(referring)
    first.delete(delete_aliases=True)
    collect(store)
    assert Path(referring.download(tmp_path / "out"), "a").read_text() == "1"


def test_a_longer_grace_period_after_a_shorter_one_finds_what_is_gone_and_goes_on(store):
    log(store, a="1").delete(delete_aliases=True)
    log(store, name="other", b="2")
    collect(store)
    assert collect(store, timedelta(days=14)).is_empty


def test_the_content_of_a_deleted_collection_goes_and_the_report_says_who(store):
    log(store, a="1")
    log(store, a="2")
    kept = log(store, name="other", b="2")
    api = fingerpost.Api(store, "alice")
    api.collection("team/p/data").rename("renamed")
    api.collection("team/p/renamed").delete(reason="not needed")
    report = collect(store)
    assert [(each.name, each.deleted_by, each.reason) for each in report.versions] == [
        ("team/p/renamed:v1", "alice", "not needed"),
        ("team/p/renamed:v0", "alice", "not needed"),
    ]
    kept.verify()


def test_what_is_being_logged_waits_for_nobody_and_is_not_removed(store):
    """Unlucky without the hold: found to be there, then collected, then named."""
    content = store.store.content
    artifact = log(store, text="a", large=LARGE)
    digests = stored(store)
    artifact.delete(delete_aliases=True)
    collecting = threading.Thread(target=collect, args=(store,))
    with content.hold():
        assert content.missing(digests) == set()
        collecting.start()
        collecting.join(timeout=0.3)
        assert content.missing(digests) == set()
    collecting.join()
    assert content.missing(digests) == digests


def test_what_was_logged_after_the_marking_stays(store, monkeypatch):
    """A version that is logged between marking and removing, from content that was to go."""
    log(store, text="a", large=LARGE).delete(delete_aliases=True)
    content = store.store.content
    swept = type(content.sweep(dry_run=True).__enter__())
    remove = swept.remove

    def log_first(self, catch_up):
        log(store, text="a", large=LARGE)
        remove(self, catch_up)

    monkeypatch.setattr(swept, "remove", log_first)
    report = collect(store)
    assert report.is_empty
    assert (report.versions, collections(store)) == ((), [])
    assert store.verify().problems == ()


def test_it_gives_up_when_somebody_logs_all_the_while(tmp_path, store):
    log(store, text="a").delete(delete_aliases=True)
    content = store.store.content
    content._holds._timeout_s = 0.2
    with content.hold(), pytest.raises(StoreUnavailableError, match="been logging to it"):
        collect(store)
    assert len(stored(store)) == 3
    assert not collect(store).is_empty


def test_who_logs_gives_up_when_a_removal_does_not_end(store):
    content = store.store.content
    content._holds._timeout_s = 0.2
    kept_out = pytest.raises(StoreUnavailableError, match="garbage collection has kept it")
    with content._holds.exclusive(), kept_out:
        log(store, text="a")
    assert log(store, text="a").version == "v0"


def test_writers_whose_holds_overlap_do_not_keep_it_waiting_for_ever(store):
    content = store.store.content
    content._holds._timeout_s = LIMIT_S
    done = threading.Event()

    def hold_again_and_again():
        while not done.is_set():
            with content.hold():
                done.wait(0.05)

    holders = [threading.Thread(target=hold_again_and_again) for _ in range(8)]
    for number, holder in enumerate(holders):
        holder.start()
        holder.join(timeout=0.005 * number)
    try:
        with content._holds.exclusive():
            pass
    finally:
        done.set()
        for holder in holders:
            holder.join()


def test_an_error_within_lets_go(store):
    content = store.store.content
    content._holds._timeout_s = 0.2
    with pytest.raises(KeyboardInterrupt), content.hold():
        raise KeyboardInterrupt
    with content._holds.exclusive():
        pass
    with content.hold():
        pass


def test_a_forked_child_that_leaves_does_not_release_its_parents_hold(on_disk):
    content = on_disk.store.content
    content._holds._timeout_s = 0.2
    with content.hold():
        child = os.fork()
        if child:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            with pytest.raises(StoreUnavailableError), content._holds.exclusive():
                pass
    if not child:
        os._exit(0)
    with content._holds.exclusive():
        pass


def test_a_forked_child_that_lives_on_does_not_prolong_its_parents_hold(on_disk):
    content = on_disk.store.content
    content._holds._timeout_s = 0.2
    told, tell = os.pipe()
    with content.hold():
        child = os.fork()
        if not child:
            os.close(tell)
            os.read(told, 1)  # until the parent is done
            os._exit(0)
    with content._holds.exclusive():
        pass
    os.close(tell)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(told)


# -- drafts of what is there already


def draft_of(store, path):
    run = fingerpost.init("team", "p", store=store, actor="alice")
    artifact = fingerpost.Artifact("data", "dataset")
    artifact.add_file(str(path), "file")
    return run, artifact


@pytest.fixture
def collected_draft(on_disk, tmp_path, monkeypatch):
    """Return a draft whose file was not copied, and whose content was collected since."""
    # Files that were touched within two seconds are copied all the same.
    monkeypatch.setattr("fingerpost.adapters.files.stat_cache.GRANULARITY_NS", 0)
    path = tmp_path / "file"
    path.write_bytes(b"x" * LARGE)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    run, artifact = draft_of(on_disk, path)
    with run:
        logged = run.log_artifact(artifact)
    run, artifact = draft_of(on_disk, path)
    logged.delete(delete_aliases=True)
    assert not collect(on_disk).is_empty
    return path, run, artifact


def test_a_file_whose_content_was_collected_after_it_was_added_is_read_again(
    collected_draft, tmp_path
):
    path, run, artifact = collected_draft
    with run:
        run.log_artifact(artifact)
    assert Path(artifact.download(tmp_path / "out"), "file").read_bytes() == path.read_bytes()


def test_if_it_is_gone_the_error_says_so(collected_draft):
    path, run, artifact = collected_draft
    path.unlink()
    with run, pytest.raises(SourceFileError, match="removed since as garbage"):
        run.log_artifact(artifact)


def test_if_it_changed_the_error_says_so(collected_draft):
    path, run, artifact = collected_draft
    path.write_bytes(b"y" * LARGE)
    with run, pytest.raises(fingerpost.errors.ContentMismatchError, match="add it again"):
        run.log_artifact(artifact)


def test_logging_again_stores_again_what_was_collected(store, tmp_path):
    artifact = log(store, text="a", large=LARGE)
    artifact.delete(delete_aliases=True)
    collect(store)
    with pytest.raises(ContentNotFoundError):
        artifact.download(tmp_path / "gone")
    again = log(store, text="a", large=LARGE)
    assert (again.version, again.digest) == ("v1", artifact.digest)
    again.verify(again.download(tmp_path / "out"))


# -- who may, and what is recorded


def test_a_member_may_look_and_not_remove_and_the_attempt_is_recorded(store):
    log(store, text="a").delete(delete_aliases=True)
    assert not collect(store, dry_run=True, actor="bob").is_empty
    before = stored(store)
    with pytest.raises(RoleRequiredError, match="remove content that nothing reaches"):
        collect(store, actor="bob")
    assert stored(store) == before
    last = store.store.events.events(limit=10_000)[-1].event
    assert isinstance(last, AccessDenied)
    assert (last.actor, last.required) == ("bob", "admin")


def test_what_was_removed_is_recorded(store):
    artifact = log(store, text="a", large=LARGE)
    artifact.delete(delete_aliases=True)
    report = collect(store, NOW)
    (event,) = collections(store)
    assert event.actor == "alice"
    assert (event.version_count, event.content_count, event.grace_s) == (1, 4, 0)
    assert event.size_bytes == report.versions[0].amount.size_bytes
    assert event.freed_bytes == report.freed_bytes
    assert store.store.events.differing_tables() == []


def test_the_report_says_who_deleted_a_version_and_when(store):
    log(store, text="a")
    artifact = fingerpost.Api(store, "bob").artifact("team/p/data:v0")
    before = datetime.now(UTC)
    artifact.delete(delete_aliases=True)
    (version,) = collect(store).versions
    assert version.deleted_by == "bob"
    assert before <= version.deleted_at <= datetime.now(UTC)
