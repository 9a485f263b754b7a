"""Changes to valid inputs: to their bytes, and to the JSON in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

LONGEST_BYTES: Final = 1 << 20

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**40),
    *(0.0, -0.0, 1.5, 1e308, float("inf"), float("-inf"), float("nan")),
    *(
        "",
        "\0",
        "a" * 300,
        "../x",
        "/etc/passwd",
        "C:\\x",
        "CON",
        "\ud800",
        "\u202e",
        "é",
        "e\u0301",
    ),
    *("v1", "latest", "${x}", "$${", "a\nb", "a\x85b", "2026-02-30", "0001-01-01T00:00:00+14:00"),
    *("file:///etc/passwd", "http://a:b@c/", "http://[", "%00", "blake3:" + "0" * 64),
    *([], {}, [[]], [None], [0], {"": None}, {"$and": []}, {"$regex": "(a+)+$"}, [{}, {}]),
)
BYTES: Final = (
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b"\xc2\x85",
    b"\x80",
    b"{",
    b"[" * 5_000,
    b"9" * 5_000,
)


def mutated(random: Random, data: bytes, *, is_json: bool) -> bytes:
    """Return the data with one to four changes."""
    for _ in range(random.randint(1, 4)):
        changed = _changed_json(random, data) if is_json and random.random() < 0.75 else None
        data = _changed_bytes(random, data) if changed is None else changed
    return data[:LONGEST_BYTES]


def _changed_bytes(random: Random, data: bytes) -> bytes:
    at = random.randint(0, len(data))
    to = min(len(data), at + int(random.paretovariate(0.8)))
    match random.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:to] + data[at:]
        case 3:
            return data[:at] + random.choice(BYTES) + data[at:]
        case 4:
            return data[:at] + random.randbytes(to - at) + data[to:]
        case _:
            return (
                data[:at]
                + bytes(byte ^ 1 << random.randrange(8) for byte in data[at:to])
                + data[to:]
            )


def _changed_json(random: Random, data: bytes) -> bytes | None:
    """Return the data with a change to it as JSON, or to a line of it; ``None`` if it is none."""
    lines = data.split(b"\n")
    number = random.randrange(len(lines))
    for before, part, after in (
        (b"", data, b""),
        (lines[0] + b"\n", b"\n".join(lines[1:]), b""),
        (_ended(lines[:number]), lines[number], b"\n" + b"\n".join(lines[number + 1 :])),
    ):
        try:
            value = json.loads(part)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict | list):
            return before + _text(_changed_value(random, value)) + after
    return None


def _ended(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _text(value: Any) -> bytes:
    try:
        # As the writers of Fingerpost write it, if that is possible.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
    except RecursionError:
        return b"[" * 100_000


def _changed_value(random: Random, value: Any) -> Any:
    steps: list[Callable[[Random, Any], Any]] = [_odd, _nested]
    if isinstance(value, dict) and value:
        steps += [_deeper] * 10 + [_without_key, _other_key, _more_keys]
    elif isinstance(value, list) and value:
        steps += [_deeper] * 8 + [_shorter, _longer]
    elif isinstance(value, str):
        steps += [_other_text] * 3
    elif isinstance(value, int) and not isinstance(value, bool):
        steps += [_near] * 3
    return random.choice(steps)(random, value)


def _odd(random: Random, _: Any) -> Any:
    return random.choice(ODD)


def _nested(random: Random, value: Any) -> Any:
    for _ in range(random.choice((1, 3, 30, 100, 900))):
        value = [value] if random.random() < 0.5 else {random.choice(("a", "$and", "$not")): value}
    return value


def _deeper(random: Random, value: Any) -> Any:
    if isinstance(value, dict):
        key = random.choice(list(value))
        return {**value, key: _changed_value(random, value[key])}
    at = random.randrange(len(value))
    return [*value[:at], _changed_value(random, value[at]), *value[at + 1 :]]


def _without_key(random: Random, value: dict[str, Any]) -> Any:
    gone = random.choice(list(value))
    return {key: each for key, each in value.items() if key != gone}


def _other_key(random: Random, value: dict[str, Any]) -> Any:
    key = random.choice(list(value))
    renamed = _other_text(random, key)
    return {(renamed if each == key else each): value[each] for each in value}


def _more_keys(random: Random, value: dict[str, Any]) -> Any:
    names = [text for text in ODD if isinstance(text, str)]
    return {**value, random.choice(names): random.choice(ODD)}


def _shorter(random: Random, value: list[Any]) -> Any:
    return value[: random.randrange(len(value))]


def _longer(random: Random, value: list[Any]) -> Any:
    return value * random.choice((2, 3, 300)) if len(value) < 300 else value[::-1]


def _other_text(random: Random, value: str) -> str:
    odd = random.choice([text for text in ODD if isinstance(text, str)])
    at = random.randint(0, len(value))
    return random.choice((odd, value[:at] + odd + value[at:], value[:at], value * 2, value.upper()))


def _near(random: Random, value: int) -> int:
    return value + random.choice((-1, 1, 2, 255, 1 << 32, -(1 << 40)))
