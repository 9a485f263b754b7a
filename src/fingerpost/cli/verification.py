"""Checks of folders, versions and stores, as reports."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .verification_report import Report

if TYPE_CHECKING:
    from fingerpost.application.ports.content_store import ContentStore
    from fingerpost.bootstrap.store import OpenStore
    from fingerpost.sdk import Artifact

Progress = Callable[[int], None] | None


def check_folder(artifact: "Artifact", root: str) -> Report:
    """Compare a folder with a version."""
    from fingerpost.domain.errors import VerificationError

    report = Report(f"{root} is {artifact.qualified_name}", {"files": artifact.file_count})
    try:
        artifact.verify(root)
    except VerificationError as error:
        report.target = f"{root} against {artifact.qualified_name}"
        kinds = {"missing": error.missing, "different": error.different, "extra": error.extra}
        for kind, paths in kinds.items():
            for path in paths:
                report.add(path, kind)
    return report


def check_version(opened: "OpenStore", artifact: "Artifact", progress: Progress) -> Report:
    """Read every file of a version from the store; nothing is written."""
    report = Report(artifact.qualified_name, {"files": 0})
    for path, entry in artifact.manifest.entries.items():
        if entry.content is None:
            report.count("references_skipped")
            continue
        report.count("files")
        problem = _problem_of(opened.store.content, entry.content)
        if problem is not None:
            report.add(path, problem)
        if progress is not None:
            progress(entry.size or 0)
    return report


def _problem_of(content: "ContentStore", digest: str) -> str | None:
    from fingerpost.adapters.files.hashing import BLOCK_BYTES
    from fingerpost.domain.errors import ContentNotFoundError, IntegrityError
    from fingerpost.domain.manifest.digest import Digest

    try:
        with content.open(Digest(digest)) as reader:
            while reader.read(BLOCK_BYTES):
                pass
    except ContentNotFoundError:
        return "its content is not in the store"
    except IntegrityError as error:
        return str(error)
    return None


def check_store(opened: "OpenStore", progress: Progress) -> Report:
    """Read every event and every stored byte, and see that no version lacks content."""
    from .ledger_check import check_ledger

    report = Report(opened.location, {"events": 0, "versions": 0, "bytes": 0})
    # Content first: what is found damaged counts as missing for the versions then.
    _check_content(opened, report, progress)
    check_ledger(opened, report)
    return report


def _check_content(opened: "OpenStore", report: Report, progress: Progress) -> None:
    from fingerpost.adapters.content import FsspecContentStore

    content = opened.store.content
    if not isinstance(content, FsspecContentStore):
        return

    def handled(size_bytes: int) -> None:
        report.count("bytes", size_bytes)
        if progress is not None:
            progress(size_bytes)

    for found in content.check(handled):
        report.add(found.location, f"{found.digest or 'pack'}: {found.problem}")
