"""Locks that go away with the process that holds them."""

import errno

try:
    import fcntl
except ImportError:  # Windows
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True


def is_locked_now(descriptor: int) -> bool | None:
    """Lock an open file if nobody else has; the lock goes away when the file is closed.

    Args:
        descriptor: of a file that is open for writing, as network file systems want it.

    Returns:
        Whether it is locked by this caller now; ``None`` where files cannot be locked.
    """
    if not _HAS_LOCKS:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in {errno.EWOULDBLOCK, errno.EACCES} else None
    return True
