"""Reading pages of a listing from the XML that S3 sends.

botocore's own parser is general and makes 15,000 objects a second; this one reads only what is
needed of the two kinds of listings. It runs just before botocore parses, so that signing,
endpoints, redirects and errors stay botocore's.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET  # botocore reads the same text with it

from ..client import ObjectPage, StoredObject

PAGE: Final = "FingerpostPage"
"""Key in botocore's response under which the page is found."""

LISTINGS: Final = {
    "list_objects_v2": "ListObjectsV2",
    "list_object_versions": "ListObjectVersions",
}
"""Methods of botocore's client whose pages are read here, and their names in the protocol."""

page_is_wanted: Final = ContextVar("page_is_wanted", default=False)
"""Whether this task wants pages in this form. Others that use the same client want botocore's."""

_KINDS: Final = {"ListBucketResult": "Contents", "ListVersionsResult": "Version"}
_OK: Final = 200


def unquoted(etag: str) -> str:
    """Return an ETag without its quotes, which some servers leave out in some answers."""
    return etag.removeprefix("W/").strip('"')


def version_of(version_id: str | None) -> str | None:
    """Return a version id; S3 says ``null`` for what was written without versioning."""
    return None if version_id in {None, "", "null"} else version_id


def read_page(response_dict: Any, customized_response_dict: Any, **_: Any) -> None:
    """Handle botocore's ``before-parse``: add an :class:`ObjectPage` to the response."""
    if response_dict["status_code"] != _OK or not page_is_wanted.get():
        return
    try:
        root = ET.fromstring(response_dict["body"])  # noqa: S314  # see above
    except ET.ParseError:
        return  # botocore raises the error
    kind = root.tag.rpartition("}")[2]
    if kind in _KINDS:
        customized_response_dict[PAGE] = _page(root, root.tag[: -len(kind)], kind)
        response_dict["body"] = f"<{kind}/>".encode()


def _page(root: ET.Element, space: str, kind: str) -> ObjectPage:
    is_encoded = root.findtext(f"{space}EncodingType") == "url"
    objects = list(_objects(root, space, _KINDS[kind], is_encoded=is_encoded))
    if root.findtext(f"{space}IsTruncated") != "true":
        return ObjectPage(objects, None)
    if kind == "ListBucketResult":
        token = root.findtext(f"{space}NextContinuationToken") or ""
        return ObjectPage(objects, {"ContinuationToken": token})
    key = root.findtext(f"{space}NextKeyMarker") or ""
    following = {"KeyMarker": unquote_plus(key) if is_encoded else key}
    if marker := root.findtext(f"{space}NextVersionIdMarker"):
        following["VersionIdMarker"] = marker
    return ObjectPage(objects, following)


def _objects(
    root: ET.Element, space: str, kind: str, *, is_encoded: bool
) -> Iterator[StoredObject]:
    tag, key_tag, etag_tag, size_tag, version_tag, latest_tag = (
        f"{space}{name}" for name in (kind, "Key", "ETag", "Size", "VersionId", "IsLatest")
    )
    for element in root:
        if element.tag != tag or element.findtext(latest_tag, "true") != "true":
            continue
        key = element.findtext(key_tag) or ""
        yield StoredObject(
            unquote_plus(key) if is_encoded and ("%" in key or "+" in key) else key,
            int(element.findtext(size_tag) or 0),
            unquoted(element.findtext(etag_tag) or ""),
            version_of(element.findtext(version_tag)),
        )
