"""Settings from a file: ``fingerpost.toml``, or the one that ``FINGERPOST_SETTINGS`` names."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from fingerpost.domain.errors import InvalidValueError

SETTINGS_FILE: Final = "fingerpost.toml"
SETTINGS_VARIABLE: Final = "FINGERPOST_SETTINGS"

_SECRET: Final = {
    "secrets_key": "it is a secret, and files like this one are read by others and committed",
}
_PLACES: Final = ("store", "content", "cache")
"""Relative ones are relative to the file: it stands above the folders in which it is found."""


def settings_in_file(keys: Collection[str]) -> dict[str, str]:
    """Return what the settings file says; nothing where there is none.

    Args:
        keys: what may be in it.

    Raises:
        InvalidValueError: the file cannot be read, or something in it makes no sense; names file,
            key and remedy.
    """
    path = _path()
    if path is None:
        return {}
    return _checked(path, _parsed(path), keys)


def _path() -> Path | None:
    named = os.environ.get(SETTINGS_VARIABLE)
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            expected = "it is the path of a TOML file"
            raise InvalidValueError(SETTINGS_VARIABLE, named, expected, "Check the path.")
        return path.absolute()
    try:
        start = Path.cwd()
    except OSError:
        return None  # whoever needs the folder says so
    candidates = (folder / SETTINGS_FILE for folder in (start, *start.parents))
    found = next((path for path in candidates if _is_file(path)), None)
    if found is not None:
        _require_own(found)
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # in a folder that may not be entered, where nobody put it for this user


def _require_own(path: Path) -> None:
    # In a folder that all may write to, such as /tmp, anybody could send others' data elsewhere.
    if os.name == "nt" or path.stat().st_uid in {os.geteuid(), 0}:
        return
    raise InvalidValueError(
        "settings file",
        str(path),
        "one that was only found belongs to this user, or to root",
        f"If it is to be trusted, set {SETTINGS_VARIABLE} to its path; else work elsewhere.",
    )


def _parsed(path: Path) -> Mapping[str, Any]:
    import tomllib  # most programs have no such file

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        # Both errors of decoding and of TOML are ValueErrors.
        expected = f"it is TOML in UTF-8, and can be read ({error})"
        raise InvalidValueError("settings file", str(path), expected, "Correct it.") from error


def _checked(path: Path, said: Mapping[str, Any], keys: Collection[str]) -> dict[str, str]:
    permitted = sorted(set(keys) - _SECRET.keys())
    for key, value in said.items():
        if key in _SECRET:
            raise InvalidValueError(
                f"in {str(path)!r} the key",
                key,
                _SECRET[key],
                f"Remove it there, and set FINGERPOST_{key.upper()} in the environment.",
            )
        if key not in permitted:
            expected = f"the keys are {', '.join(permitted)}"
            raise InvalidValueError(
                f"in {str(path)!r} the key", key, expected, "Correct it or remove it."
            )
        if not isinstance(value, str):
            expected = f"{key} is text"
            raise InvalidValueError(
                f"in {str(path)!r} the value of {key}", value, expected, "Put it into quotes."
            )
    return {key: _located(path, key, value) for key, value in said.items() if value}


def _located(path: Path, key: str, value: str) -> str:
    if key not in _PLACES or "://" in value or value.startswith("~"):
        return value
    return str(path.parent / value)
