"""Domain events to and from the rows of a ledger.

The library's own mapper reads ``vars(event)`` and writes ``__dict__``, which slotted attrs classes
do not have, and imports whatever module a row names. This one goes by an allow-list of wire names,
runs the classes' constructors, and refuses keys that it does not know.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

import attrs
import orjson
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.orjson import make_converter
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from fingerpost.domain.errors import CorruptLedgerError, LimitExceededError, StoreFormatError
from fingerpost.domain.events import EVENT_CLASSES, Event
from fingerpost.domain.events.base import Envelope
from fingerpost.domain.metadata.metadata import DEEPEST, JsonObject
from fingerpost.domain.versions.origin import Origin

Raw = dict[str, Any]
"""A stored event's JSON object, before it has a class."""


MOST_EVENT_BYTES: Final = 32 << 20
"""What is in memory several times over whenever an event is read, on whatever machine."""

_DEEPEST: Final = 2 * DEEPEST
"""Levels of a row: metadata, and what it is in. orjson reads 1,024, which others cannot write."""

_SHARED: Final = frozenset(Envelope.__annotations__)
"""Fields of every event."""


class OrjsonTranscoder(Transcoder):
    """Bytes to and from plain JSON."""

    def encode(self, obj: object) -> bytes:
        """Return compact UTF-8 JSON with sorted keys."""
        return orjson.dumps(obj, option=orjson.OPT_SORT_KEYS)

    def decode(self, data: bytes) -> Raw:
        """Return the object."""
        decoded: Raw = orjson.loads(data)
        return decoded


class _WhenAsked(dict[type[Event], Callable[..., Any]]):
    """Functions that are made when they are needed: for all classes that takes a tenth of a second.

    Args:
        make: makes the function of a class.
    """

    def __init__(self, make: Callable[[type[Event]], Callable[..., Any]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, kind: type[Event]) -> Callable[..., Any]:
        made = self[kind] = self._make(kind)
        return made


class CattrsMapper(Mapper[UUID]):
    """Maps the events of :data:`EVENT_CLASSES`; compressor and cipher work as in the library."""

    def __init__(
        self,
        classes: Mapping[str, type[Event]] = EVENT_CLASSES,
        **steps: Any,
    ) -> None:
        super().__init__(OrjsonTranscoder(), **steps)
        self._classes = classes
        converter = event_converter()
        self._unstructure = _WhenAsked(lambda cls: _unstructurer(cls, converter))
        self._structure = _WhenAsked(lambda cls: _structurer(cls, converter))

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the row of an event.

        Raises:
            LimitExceededError: it has more than 32 MiB.
        """
        cls = type(domain_event)
        raw = self._unstructure[cls](domain_event)
        if cls.class_version > 1:
            raw["class_version"] = cls.class_version
        data = self.transcoder.encode(raw)
        if len(data) > MOST_EVENT_BYTES:
            raise LimitExceededError(
                f"bytes of the event {cls.wire_name!r}",
                MOST_EVENT_BYTES,
                len(data),
                "Log large metadata and descriptions as files of the artifact.",
            )
        if self.compressor:
            data = self.compressor.compress(data)
        if self.cipher:
            data = self.cipher.encrypt(data)
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, cls.wire_name, data
        )

    def own_fields(self, event: Event) -> JsonObject:
        """Return as plain JSON the fields that are this kind of event's own."""
        raw = self._unstructure[type(event)](event)
        return {key: value for key, value in raw.items() if key not in _SHARED}

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the event of a row.

        Raises:
            CorruptLedgerError: bytes, keys or values are not what the class stores; names the row.
            StoreFormatError: the row was written by a newer Fingerpost.
        """
        row = row_name(stored_event)
        cls = self._class_of(stored_event, row)
        try:
            raw = self._decode(stored_event.state)
            self._upcast(cls, raw, row)
            raw["originator_id"] = stored_event.originator_id
            raw["originator_version"] = stored_event.originator_version
            return self._structure[cls](raw, cls)
        except StoreFormatError:
            raise
        except Exception as error:
            # Whatever hostile bytes make a decoder raise, the operator needs to know the row.
            raise CorruptLedgerError(row, f"cannot be read ({error!r})") from error

    def _class_of(self, stored: StoredEvent, row: str) -> type[Event]:
        try:
            return self._classes[stored.topic]
        except KeyError:
            known = "an event that this version of Fingerpost knows"
            raise CorruptLedgerError(row, f"{stored.topic!r} is not {known}") from None

    def _decode(self, data: bytes) -> Raw:
        if self.cipher:
            data = self.cipher.decrypt(data)
        if self.compressor:
            data = self.compressor.decompress(data)
        raw = self.transcoder.decode(data)
        if not isinstance(raw, dict):
            msg = f"a JSON object was expected, not {type(raw).__name__}"
            raise TypeError(msg)
        if "originator_id" in raw or "originator_version" in raw:
            msg = "where a row belongs is in its columns alone"
            raise ValueError(msg)
        _require_shallow(raw, data)
        return raw

    @staticmethod
    def _upcast(kind: type[Event], raw: Raw, row: str) -> None:
        version = raw.pop("class_version", 1)
        if type(version) is not int:
            msg = f"{version!r} is no class version"
            raise TypeError(msg)
        if version > kind.class_version:
            raise StoreFormatError(
                row,
                f"has version {version} of {kind.wire_name!r}, and {kind.class_version} is known",
                "Upgrade Fingerpost.",
            )
        for older in range(version, kind.class_version):
            getattr(kind, f"upcast_v{older}_v{older + 1}")(raw)


@lru_cache(maxsize=1)
def event_mapper() -> CattrsMapper:
    """Return the mapper that all stores of this process share."""
    return CattrsMapper()


def row_name(stored: StoredEvent) -> str:
    """Return how messages name a row."""
    return f"event {stored.originator_version} ({stored.topic!r}) of stream {stored.originator_id}"


def event_converter() -> Converter:
    """Return a converter for the types that events and heads are made of."""
    converter = make_converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(UUID, lambda value: value.hex)
    converter.register_structure_hook(UUID, _uuid)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, _aware_datetime)
    # Only exact types: cattrs would turn 1 into "1" and "7" into 7 in silence.
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    # cattrs knows no recursive unions, and takes any iterable, text too, for a tuple.
    converter.register_structure_hook_func(lambda kind: kind == JsonObject, _exactly(dict))
    converter.register_structure_hook_func(lambda kind: kind == tuple[str, ...], _texts)
    # Only what it says: a field that it gets later leaves the bytes of older ones as they are.
    converter.register_unstructure_hook_func(
        lambda kind: kind is Origin,
        make_dict_unstructure_fn(Origin, converter, _cattrs_omit_if_default=True),
    )
    return converter


def _require_shallow(raw: Raw, data: bytes) -> None:
    if data.count(b"{") + data.count(b"[") <= _DEEPEST:
        return
    level: list[object] = [raw]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else cast("list[Any]", outer))
            if isinstance(inner, dict | list)
        ]
    if level:
        msg = f"it nests deeper than {_DEEPEST} levels"
        raise ValueError(msg)


def _uuid(value: object, _: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _aware_datetime(value: object, _: object) -> datetime:
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        msg = f"{value!r} has no time zone"
        raise ValueError(msg)
    return at


def _texts(value: object, _: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        msg = f"{value!r} is no list of text"
        raise TypeError(msg)
    return tuple(value)


def _exactly(kind: type) -> Callable[[object, object], object]:
    def structure(value: object, _: object) -> object:
        if type(value) is not kind:
            msg = f"{value!r} is not {kind.__name__}"
            raise TypeError(msg)
        return value

    return structure


def _unstructurer(cls: type[Event], converter: Converter) -> Callable[[Event], Raw]:
    kept_out, if_given = override(omit=True), override(omit_if_default=True)
    added = [field.name for field in attrs.fields(cls) if field.metadata.get("is_added")]
    optional: dict[str, Any] = dict.fromkeys(["reason", "run_id", *added], if_given)
    return make_dict_unstructure_fn(
        cls,
        converter,
        _cattrs_omit_if_default=False,
        originator_id=kept_out,
        originator_version=kept_out,
        **optional,
    )


def _structurer(cls: type[Event], converter: Converter) -> Callable[[Raw, type[Event]], Event]:
    given = override(struct_hook=lambda value, _: value)
    return make_dict_structure_fn(
        cls,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=False,
        originator_id=given,
        originator_version=given,
    )
