"""Reading pages of a listing, as XML that S3 sends.

botocore's own parser is general and makes 15,000 objects a second; this reads what is needed of the
two kinds of pages that are listed. It is hooked in before botocore parses, so that signing,
endpoints, redirects and errors stay botocore's.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET  # botocore reads the same text with it

from attrs import frozen

PAGE: Final = "FingerpostPage"
"""Key in botocore's response under which the page is found."""

_KINDS: Final = {"ListBucketResult": "Contents", "ListVersionsResult": "Version"}
_OK: Final = 200


class Listed(NamedTuple):
    """An object of a listing.

    Attributes:
        key: decoded.
        etag: without quotes.
        size_bytes: length.
        version_id: ``None`` if it has none, or if the listing does not tell.
    """

    key: str
    etag: str
    size_bytes: int
    version_id: str | None = None


@frozen
class Page:
    """A part of a listing.

    Attributes:
        objects: in the order of their keys.
        following: parameters of the request for the next page; empty after the last.
    """

    objects: list[Listed]
    following: dict[str, str]


def unquoted(etag: str) -> str:
    """Return an ETag without its quotes, which some servers leave out in some answers."""
    return etag.removeprefix("W/").strip('"')


def version_of(version_id: str | None) -> str | None:
    """Return a version id; S3 says ``null`` for what was written without versioning."""
    return None if version_id in {None, "", "null"} else version_id


def read_page(response_dict: Any, customized_response_dict: Any, **_: Any) -> None:
    """Handle botocore's ``before-parse``: put a :class:`Page` beside what botocore will parse."""
    if response_dict["status_code"] != _OK:
        return
    try:
        root = ET.fromstring(response_dict["body"])  # noqa: S314  # see above
    except ET.ParseError:
        return  # botocore says what is wrong with it
    kind = root.tag.rpartition("}")[2]
    if kind in _KINDS:
        customized_response_dict[PAGE] = _page(root, root.tag[: -len(kind)], kind)
        response_dict["body"] = f"<{kind}/>".encode()


def _page(root: ET.Element, space: str, kind: str) -> Page:
    is_encoded = root.findtext(f"{space}EncodingType") == "url"
    objects = list(_objects(root, space, _KINDS[kind], is_encoded=is_encoded))
    if root.findtext(f"{space}IsTruncated") != "true":
        return Page(objects, {})
    if kind == "ListBucketResult":
        token = root.findtext(f"{space}NextContinuationToken") or ""
        return Page(objects, {"ContinuationToken": token})
    key = root.findtext(f"{space}NextKeyMarker") or ""
    following = {"KeyMarker": unquote_plus(key) if is_encoded else key}
    if marker := root.findtext(f"{space}NextVersionIdMarker"):
        following["VersionIdMarker"] = marker
    return Page(objects, following)


def _objects(root: ET.Element, space: str, kind: str, *, is_encoded: bool) -> Iterator[Listed]:
    tag, key_tag, etag_tag, size_tag, version_tag, latest_tag = (
        f"{space}{name}" for name in (kind, "Key", "ETag", "Size", "VersionId", "IsLatest")
    )
    for element in root:
        if element.tag != tag or element.findtext(latest_tag, "true") != "true":
            continue
        key = element.findtext(key_tag) or ""
        yield Listed(
            unquote_plus(key) if is_encoded and ("%" in key or "+" in key) else key,
            unquoted(element.findtext(etag_tag) or ""),
            int(element.findtext(size_tag) or 0),
            version_of(element.findtext(version_tag)),
        )
