"""Memory and time of a prefix of many objects: adding and logging it, reading and comparing it."""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from fingerpost import Artifact, init, open_store
from fingerpost.application.ports.references import Observation, Reference, ReferenceState
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

COUNTS = (100_000, 1_000_000)


def main() -> None:
    for count in COUNTS:
        # A process of its own each: the largest size that it had does not go down again.
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(count,))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


def measure(count: int) -> None:
    before_mib = peak_mib()
    with (
        tempfile.TemporaryDirectory() as name,
        open_store(Path(name, "store"), actor="bench", resolvers=[Endless(count)]) as store,
        init(entity="team", project="bench", store=store, actor="bench") as run,
    ):
        print(f"{count:,} references; peak memory above the {before_mib:,} MiB of the start")
        steps = Steps(before_mib)
        steps.step("raw listing", lambda: drain(Endless(count).resolve(reference())))
        artifact = Artifact("images", "dataset")
        steps.step("add_reference", lambda: artifact.add_reference("endless://bucket/p/"))
        steps.step("log_artifact", lambda: run.log_artifact(artifact))
        steps.step("files", lambda: drain(artifact.files()))
        steps.step("verify_references", artifact.verify_references)
        steps.step("new_draft", artifact.new_draft)


class Steps:
    """Prints what steps take: each as the first one's multiple."""

    def __init__(self, before_mib: int) -> None:
        self._before_mib = before_mib
        self._first_s: float | None = None

    def step(self, what: str, action: Callable[[], object]) -> None:
        started = time.perf_counter()
        action()
        taken_s = time.perf_counter() - started
        self._first_s = self._first_s or taken_s
        print(
            f"  {what:<20}{taken_s:8.2f} s {taken_s / self._first_s:7.2f} x raw listing"
            f"{peak_mib() - self._before_mib:8,} MiB"
        )


def drain(iterator: Iterator[object]) -> None:
    for _ in iterator:
        pass


def reference() -> Reference:
    return Reference(uri="endless://bucket/p/", name=None, checksum=True, max_objects=10_000_000)


def peak_mib() -> int:
    """Return the largest size of this process so far; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


class Endless:
    """Lists objects that look like a bucket's, and takes no time for it."""

    schemes = frozenset({"endless"})
    is_local = True

    def __init__(self, count: int) -> None:
        self._count = count

    def handles(self, uri: str) -> bool:
        """Whether it knows a URI."""
        return bool(uri)

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over as many objects as it was told."""
        for number in range(self._count):
            key = f"{number // 1_000:06}/image-{number:012}.jpeg"
            etag = f"{number:032x}"
            yield Entry(
                path=EntryPath(key),
                digest=etag,
                size_bytes=number,
                ref=f"{reference.uri}{key}",
                extra={"etag": etag, "versionID": f"{number:024x}"},
            )

    def open(self, entry: Entry) -> BinaryIO:
        """Refuse: there are no bytes."""
        raise NotImplementedError(entry.ref)

    def observe(self, entry: Entry) -> Observation:
        """Find everything the same."""
        return Observation(state=ReferenceState.SAME, recorded=entry.digest, found=entry.digest)
