"""References to entries of other artifacts: ``fingerpost-artifact://COLLECTION/vN/PATH``.

The collection is named by its identity, so that the URI stays true when the collection is renamed.
The path is percent-encoded. The entry also names the content, so that the bytes stay reachable,
and can be had, whatever becomes of the other artifact.
"""

from typing import Final
from urllib.parse import quote, unquote
from uuid import UUID

from attrs import evolve

from ..errors import InvalidReferenceError
from ..names.alias import version_index, version_label
from ..versions.version import VersionRef
from .entry import Entry
from .entry_path import EntryPath

SCHEME: Final = "fingerpost-artifact"


def artifact_uri(version: VersionRef, path: EntryPath) -> str:
    """Return the URI of an entry of a logged version."""
    return f"{SCHEME}://{version.collection_id.hex}/{version_label(version.index)}/{quote(path)}"


def parse_artifact_uri(uri: str) -> tuple[VersionRef, EntryPath]:
    """Return the version and the path that such a URI names.

    Raises:
        InvalidReferenceError: it does not have the form.
    """
    host, _, rest = uri.partition("://")[2].partition("/")
    label, _, path = rest.partition("/")
    index = version_index(label)
    try:
        collection_id = UUID(hex=host)
        if index is not None and path and host == collection_id.hex:
            version = VersionRef(collection_id=collection_id, index=index)
            return version, EntryPath(unquote(path, errors="strict"))
    except ValueError:
        pass
    raise InvalidReferenceError(
        "reference",
        uri,
        f"it is '{SCHEME}://', a collection's 32 hex digits, '/vN/' and the path of an entry",
        "Pass the entry itself: add_reference(artifact.get_entry(PATH)).",
    )


def referring_to(entry: Entry, version: VersionRef, path: EntryPath | None) -> Entry:
    """Return an entry that stands for an entry of another artifact.

    What is a reference itself is recorded as that: it says where the bytes are.

    Args:
        entry: the other artifact's.
        version: the other artifact; never a link.
        path: where it goes; by default the last part of the other's path.
    """
    path = path or EntryPath(entry.path.rpartition("/")[2])
    if entry.ref is not None:
        return evolve(entry, path=path)
    return evolve(entry, path=path, ref=artifact_uri(version, entry.path))
