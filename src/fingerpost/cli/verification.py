"""Verifying a folder or one version, as reports."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.application.verification.report import VerificationReport
    from fingerpost.bootstrap.store import OpenStore
    from fingerpost.sdk import Artifact

Progress = Callable[[int], None] | None


def check_folder(artifact: "Artifact", root: str) -> "VerificationReport":
    """Compare a folder with a version."""
    from fingerpost.application.verification.report import Findings
    from fingerpost.domain.errors import VerificationError

    found = Findings({"files": artifact.file_count})
    try:
        artifact.verify(root)
    except VerificationError as error:
        kinds = {"missing": error.missing, "different": error.different, "extra": error.extra}
        for kind, paths in kinds.items():
            for path in paths:
                found.add(path, kind)
        return found.report(f"{root} against {artifact.qualified_name}")
    return found.report(f"{root} is {artifact.qualified_name}")


def check_version(
    opened: "OpenStore", artifact: "Artifact", progress: Progress
) -> "VerificationReport":
    """Read every file of a version from the store; nothing is written."""
    from fingerpost.application.verification.files import RecordedFile, verify_files

    files = (
        RecordedFile(path, entry.content, entry.size)
        for path, entry in artifact.manifest.entries.items()
    )
    return verify_files(opened.store.content, artifact.qualified_name, files, progress)
