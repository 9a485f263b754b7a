"""Hypothesis strategies for the values and events that Fingerpost knows.

Each ``invalid_…`` strategy gives text that the value's constructor has to refuse. What is valid is
put together from the rules' text, not filtered through the constructors, so that a rule that got
too strict is found too.
"""

import string
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin
from uuid import UUID

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fingerpost.domain.events import EVENT_CLASSES, Event
from fingerpost.domain.manifest.digest import DIGEST_SIZES_BYTES, Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.metadata.metadata import JsonObject, JsonValue
from fingerpost.domain.versions.origin import Origin

_SLUG_CHARACTERS: Final = string.ascii_letters + string.digits + "_-."
_INVISIBLE: Final = ("\n", "\0", "\x7f", "\u200b", "\u202e", "\u2066", "\ufeff", "\u2028", "\ud800")
_SPACES: Final = (" ", "\t", "\n", "\u00a0", "\u3000", "\u2009")
_PATH_PUNCTUATION: Final = "/\\#?%:"

_LETTERS: Final = st.characters(categories=("L", "N"), codec="utf-8").filter(
    lambda char: unicodedata.is_normalized("NFKC", char)
)


def texts(max_size: int = 40) -> SearchStrategy[str]:
    """Give any text that UTF-8 can hold, line breaks and NUL included."""
    return st.text(st.characters(codec="utf-8"), max_size=max_size)


def _labels(inner: str) -> SearchStrategy[str]:
    """Give visible text with some punctuation and spaces inside, but not at the ends."""
    middle = st.text(_LETTERS | st.sampled_from(inner), max_size=20)
    return st.builds(lambda a, b, c: unicodedata.normalize("NFC", a + b + c), *_around(middle))


def _around(
    middle: SearchStrategy[str],
) -> tuple[SearchStrategy[str], SearchStrategy[str], SearchStrategy[str]]:
    return _LETTERS, middle, _LETTERS


# -- names


def artifact_names() -> SearchStrategy[str]:
    """Give valid names of artifacts."""
    texts = st.text(_SLUG_CHARACTERS, min_size=1, max_size=128)
    return texts.filter(lambda text: text not in {".", ".."})


def invalid_artifact_names() -> SearchStrategy[str]:
    """Give text that is no name of an artifact."""
    foreign = st.characters(codec="utf-8").filter(lambda char: char not in _SLUG_CHARACTERS)
    return st.one_of(
        st.sampled_from(["", ".", "..", "bike dataset", "name\n", "\uff4eame", "a/b", "a:v1"]),
        st.builds(_inserted, artifact_names(), foreign, st.integers(0, 128)),
        st.text(_SLUG_CHARACTERS, min_size=129, max_size=140),
    )


def titles() -> SearchStrategy[str]:
    """Give valid names of registries and their collections: any script, spaces inside."""
    return _labels(" .-_+()&!'") | artifact_names()


def invalid_titles() -> SearchStrategy[str]:
    """Give text that names neither a registry nor a collection in one."""
    return _broken(titles(), _PATH_PUNCTUATION)


def aliases() -> SearchStrategy[str]:
    """Give aliases that people may set."""
    return (_labels(" .-_+#?%\\") | artifact_names()).filter(
        lambda text: not _looks_automatic(text)
    )


def automatic_aliases() -> SearchStrategy[str]:
    """Give ``latest`` and version numbers, in any spelling."""
    digits = st.lists(st.integers(0, 9), min_size=1, max_size=6)
    zeros = st.sampled_from("0\uff10\u0660\u06f0\u0966\U0001d7ce")
    numbers = st.builds(_spelled, st.sampled_from("vV\uff56\uff36"), digits, zeros)
    return numbers | st.sampled_from(
        ["latest", "LATEST", "Latest", "\uff4c\uff41\uff54\uff45\uff53\uff54", "late\u017ft"]
    )


def _spelled(letter: str, digits: list[int], zero: str) -> str:
    return letter + "".join(chr(ord(zero) + digit) for digit in digits)


def _looks_automatic(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain == "latest" or (plain[:1] == "v" and plain[1:].isdecimal())


def invalid_aliases() -> SearchStrategy[str]:
    """Give text that is no alias at all."""
    return _broken(aliases(), "/:")


def _broken(valid: SearchStrategy[str], forbidden: str) -> SearchStrategy[str]:
    culprits = st.sampled_from([*forbidden, *_INVISIBLE])
    spaces = st.sampled_from(_SPACES)
    return st.one_of(
        st.just(""),
        st.builds(_inserted, valid, culprits, st.integers(0, 20)),
        st.builds(lambda text, space: text + space, valid, spaces),
        st.builds(lambda text, space: space + text, valid, spaces),
        st.text(_SLUG_CHARACTERS, min_size=129, max_size=140),
    )


def _inserted(text: str, culprit: str, at: int) -> str:
    return text[:at] + culprit + text[at:]


# -- content


def digests() -> SearchStrategy[Digest]:
    """Give digests of every algorithm."""

    def of(algorithm: str) -> SearchStrategy[Digest]:
        size = DIGEST_SIZES_BYTES[algorithm]
        return st.binary(min_size=size, max_size=size).map(partial(Digest.of, algorithm))

    return st.sampled_from(sorted(DIGEST_SIZES_BYTES)).flatmap(of)


def invalid_digests() -> SearchStrategy[str]:
    """Give text that looks like a digest and is none."""
    changes: list[Callable[[str], str]] = [
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.upper(),
        lambda text: text.replace(":", "-"),
        lambda text: text[:-1] + "g",
        lambda text: text[:-1] + "\uff11",
        lambda text: text.partition(":")[2],
        lambda text: "crc32:" + text.partition(":")[2],
    ]
    return st.builds(lambda change, text: change(str(text)), st.sampled_from(changes), digests())


def _segments() -> SearchStrategy[str]:
    characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
    ordinary = characters.filter(lambda char: char not in "/\\:")
    return st.text(ordinary, min_size=1, max_size=12).filter(lambda part: part not in {".", ".."})


def entry_paths() -> SearchStrategy[str]:
    """Give paths inside an artifact."""
    return st.lists(_segments(), min_size=1, max_size=4).map("/".join)


def invalid_entry_paths() -> SearchStrategy[str]:
    """Give paths that are absolute, escape, or forge: all of them have to be refused."""
    controls = st.characters(categories=("Cc", "Cs"))
    parts = st.sampled_from(["..", ".", ""])
    return st.one_of(
        st.sampled_from(["", "/", ".", "..", "C:", "c:/x", "a//b", "a/", "/a", "a\\b", "a\nb:c"]),
        st.builds(_inserted, entry_paths(), controls, st.integers(0, 20)),
        st.builds(_inserted, entry_paths(), st.just("\\"), st.integers(0, 20)),
        st.builds("{}/{}/{}".format, entry_paths(), parts, entry_paths()),
        st.builds("{}/{}".format, parts, entry_paths()),
        st.builds("{}/{}".format, entry_paths(), parts),
        st.builds("{}:{}".format, st.sampled_from(string.ascii_letters), entry_paths()),
        st.just("a" * 256),
        st.just("/".join(["é" * 120] * 20)),
    )


def entries(paths: SearchStrategy[str] | None = None) -> SearchStrategy[Entry]:
    """Give entries of a manifest: stored content, references, and those to stored content."""
    # The sizes of a hundred entries add up to what a manifest can hold, and are no exact floats.
    sizes = st.integers(0, 2**56)
    where = (entry_paths() if paths is None else paths).map(EntryPath)
    stored = st.builds(
        lambda path, digest, size: Entry(
            path=path, digest=str(digest), size_bytes=size, content=digest
        ),
        where,
        digests(),
        sizes,
    )
    references = st.builds(
        Entry,
        path=where,
        digest=texts().filter(bool),
        size_bytes=st.none() | sizes,
        ref=texts().map("s3://bucket/{}".format),
        extra=st.dictionaries(texts(8), json_values(2), max_size=3),
    )
    # With W&B's digests, and of another artifact, content and digest are two things.
    named = st.builds(
        Entry,
        path=where,
        digest=digests().map(str) | digests().map(lambda digest: digest.base64),
        size_bytes=sizes,
        content=digests(),
        ref=st.none() | st.uuids().map(lambda home: f"fingerpost-artifact://{home.hex}/v0/a"),
    )
    return stored | references | named


# -- metadata


def json_values(depth: int = 3) -> SearchStrategy[JsonValue]:
    """Give JSON values as Python has them, nested up to ``depth`` levels."""
    leaves: SearchStrategy[Any] = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        texts(12),
    )
    for _ in range(depth - 1):
        inner = leaves
        leaves = st.one_of(
            inner, st.lists(inner, max_size=3), st.dictionaries(texts(8), inner, max_size=3)
        )
    return leaves


def metadata() -> SearchStrategy[JsonObject]:
    """Give metadata that is plain JSON already."""
    return st.dictionaries(texts(12), json_values(), max_size=5)


def python_metadata() -> SearchStrategy[dict[Any, Any]]:
    """Give metadata as programs have it: tuples, sets, bytes, NaN, integer keys."""
    odd: SearchStrategy[Any] = st.one_of(
        json_values(2),
        st.just(float("nan")),
        texts(8).map(str.encode),
        st.lists(json_values(1), max_size=3).map(tuple),
        st.sets(st.integers(-5, 5) | texts(4), max_size=3),
    )
    return st.dictionaries(texts(8).map("k{}".format) | st.integers(), odd, max_size=5)


def invalid_metadata() -> SearchStrategy[object]:
    """Give what is not JSON, or too much of it."""
    culprits: SearchStrategy[object] = st.sampled_from(
        [float("inf"), float("-inf"), object(), 2**63, "\ud800", b"\xff", 1 + 2j, len]
    )
    nested = culprits.map(lambda value: {"a": [{"b": value}]})
    return st.one_of(
        culprits.map(lambda value: {"key": value}),
        nested,
        st.sampled_from([{1.5: 1}, {None: 1}, {True: 1}, {1: "a", "1": "b"}, {"\ud800": 1}]),
        st.just({str(number): number for number in range(101)}),
        st.sampled_from([[], "text", 3]),
    )


# -- events


def moments() -> SearchStrategy[datetime]:
    """Give moments in UTC, to the microsecond."""
    return st.datetimes(timezones=st.just(UTC))


def events(kind: type[Event] | None = None) -> SearchStrategy[Event]:
    """Give events of one class, or of every class in ``EVENT_CLASSES``.

    They have the fields' types and no more sense than that: what a mapper has to keep.
    """
    if kind is None:
        return st.one_of([events(each) for each in EVENT_CLASSES.values()])
    fields = {field.name: _of_type(field.type) for field in attrs.fields(kind)}
    fields["originator_version"] = st.integers(1, 2**62)
    return st.builds(kind, **fields)


def _of_type(hint: Any) -> SearchStrategy[Any]:  # noqa: ANN401 - an annotation
    if hint == JsonObject:
        return metadata()
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of([_of_type(option) for option in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(_of_type(get_args(hint)[0]), max_size=4).map(tuple)
    return _OF_TYPE[hint]


_OF_TYPE: Final[dict[Any, SearchStrategy[Any]]] = {
    str: texts(),
    bool: st.booleans(),
    int: st.integers(0, 2**62),
    UUID: st.uuids(),
    datetime: moments(),
    type(None): st.none(),
    Origin: st.builds(
        Origin,
        system=st.sampled_from(("mlflow", "wandb")),
        name=st.none() | texts(12),
        version=st.none() | texts(12),
        created_at=st.none() | moments(),
        facts=metadata(),
    ),
}
