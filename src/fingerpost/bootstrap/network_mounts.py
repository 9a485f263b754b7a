"""Telling network file systems, on which SQLite's locks and shared memory do not hold.

*Source*: https://sqlite.org/wal.html ("does not work over a network filesystem");
https://sqlite.org/howtocorrupt.html, section 2.1; proc(5) on ``/proc/PID/mountinfo``.
"""

import os
import re
from pathlib import Path
from typing import Final

from fingerpost.domain.errors import InvalidValueError, StoreUnavailableError

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = {
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2", "smb2", "smb3", "smbfs",
    "vboxsf", "wekafs",
}  # fmt: skip
_LOCAL_FUSE: Final = {
    "bindfs", "encfs", "ext2", "ext4", "fuse-overlayfs", "gocryptfs", "lxcfs", "mergerfs", "ntfs",
    "ntfs-3g", "unionfs", "unionfs-fuse", "zfs-fuse",
}  # fmt: skip
"""Other programs of FUSE fetch what they show from elsewhere: sshfs, rclone, s3fs, gcsfuse, …"""

_ESCAPE: Final = re.compile(r"\\([0-7]{3})")
_ANSWERS: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def require_local(folder: Path, override: str | None) -> None:
    """Return if a ledger may be in a folder.

    Args:
        folder: need not be there yet.
        override: the setting that permits network file systems.

    Raises:
        StoreUnavailableError: it is on a network file system.
        InvalidValueError: the setting is neither ``yes`` nor ``no``.
    """
    if _is_permitted(override):
        return
    kind = network_kind(folder)
    if kind is not None:
        raise StoreUnavailableError(
            str(folder),
            f"it is on a network file system ({kind}), where SQLite's locks do not hold and two "
            f"writers can destroy the ledger",
            "Keep the store on a local disk, with content= in the shared folder or an object "
            "store; or share a ledger through PostgreSQL. Who knows that only one machine ever "
            "uses it sets FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS=yes.",
        )


def _is_permitted(override: str | None) -> bool:
    try:
        return _ANSWERS[(override or "no").lower()]
    except KeyError:
        raise InvalidValueError(
            "FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS", override, "it is yes or no", "Correct it."
        ) from None


def network_kind(folder: Path) -> str | None:
    """Return the kind of network file system that a folder is on, or ``None``.

    ``None`` also where nobody can tell: outside of Linux only Windows' shares are known.
    """
    # Normalized, links followed; what is not there yet is where its parent is.
    path = os.path.realpath(folder)
    if path.startswith("\\\\") and not path.startswith("\\\\?\\"):
        return "Windows share"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return kind_in(mounts, path)


def kind_in(mounts: str, path: str) -> str | None:
    """Return the kind of network file system that a path is on, by ``/proc/PID/mountinfo``."""
    kind, deepest = "", -1
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) <= _MOUNT_POINT:
            continue
        point = _unescaped(fields[_MOUNT_POINT])
        # Of several mounts on one point the last one is seen.
        if _is_below(path, point) and len(point) >= deepest:
            kind, deepest = after.split(" ")[0], len(point)
    return kind if _is_network(kind) else None


_MOUNT_POINT: Final = 4


def _is_below(path: str, point: str) -> bool:
    return path == point or path.startswith(point.rstrip("/") + "/")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), text)


def _is_network(kind: str) -> bool:
    program = kind.removeprefix("fuse.")
    return kind in _NETWORK or (program != kind and program not in _LOCAL_FUSE)
