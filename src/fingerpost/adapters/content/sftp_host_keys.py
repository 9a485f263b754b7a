"""Which SFTP servers are trusted: those in the files of known hosts, as ``ssh`` has it.

fsspec trusts every server that answers, unless it is told otherwise. Who sits in between could
then have the password, and the content.
"""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fsspec.config import conf
from paramiko import HostKeys, MissingHostKeyPolicy, SSHClient, SSHException
from paramiko.pkey import PKey

_OPTION: Final = "host_key_policy"
_FILES: Final = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))


def connected(kind: Any, options: Mapping[str, Any]) -> Any:
    """Return a file system that trusts known hosts only.

    Args:
        kind: fsspec's class for SFTP.
        options: what its constructor takes.
    """
    fs = kind(**_with_known_hosts(options), skip_instance_cache=True)
    # Else small requests wait for acknowledgements that the other side delays, 40 ms each.
    fs.client.get_transport().sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return fs


def _with_known_hosts(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of fsspec's driver that trust known hosts only.

    A ``host_key_policy`` in fsspec's configuration of ``sftp`` is left as it is.
    """
    if _OPTION in {*conf.get("sftp", {}), *conf.get("ssh", {})}:
        return dict(options)
    return {**options, _OPTION: KnownHosts()}


class KnownHosts(MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko ships no types
    """Accepts the keys that are in ``~/.ssh/known_hosts`` and ``/etc/ssh/ssh_known_hosts``."""

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:
        """Return if a host has this key.

        Raises:
            SSHException: it is not known, or is known with another key.
        """
        del client
        if not any(_known(file).check(hostname, key) for file in _FILES):
            fingerprint = key.fingerprint
            raise SSHException(
                f"the host key of {hostname} ({key.get_name()} {fingerprint}) is not in "
                f"~/.ssh/known_hosts; compare it, and add it with ssh or ssh-keyscan"
            )


def _known(file: Path) -> HostKeys:
    keys, path = HostKeys(), file.expanduser()
    if path.is_file():
        keys.load(str(path))
    return keys
