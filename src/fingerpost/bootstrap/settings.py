"""Settings from the environment and a file, read when something is opened, never at import."""

import getpass
import os
from pathlib import Path
from typing import Final

from attrs import field, fields_dict, frozen

from fingerpost.adapters.files.uris import local_path
from fingerpost.domain.errors import InvalidNameError, InvalidValueError, StoreUnavailableError
from fingerpost.domain.names.names import Actor, EntityName, OrganizationName, ProjectName

from .settings_file import settings_in_file
from .urls import masked, scheme_of

STORE_FOLDER: Final = ".fingerpost"
DEFAULT_PROJECT: Final = "uncategorized"
MEMORY: Final = "memory://"
_FILE_SCHEME: Final = "file://"
CACHE_SIZE: Final = "10GiB"
"""What the download cache may take, unless somebody says otherwise."""


@frozen(kw_only=True)
class Settings:
    """What environment and settings file say; each is the default of an argument of that name.

    Each is text. In the environment it is called ``FINGERPOST_`` and its name in capitals.

    Attributes:
        store: folder or URL (``FINGERPOST_STORE``).
        content: folder or URL where the store's content is (``FINGERPOST_CONTENT``).
        actor: user or service account (``FINGERPOST_ACTOR``).
        entity: team or personal entity (``FINGERPOST_ENTITY``).
        project: project (``FINGERPOST_PROJECT``).
        organization: name of the default organization of a store that is created now
            (``FINGERPOST_ORGANIZATION``).
        cache: folder of the download cache (``FINGERPOST_CACHE``).
        cache_size: what it may take, such as ``20GB``; ``0`` turns it off
            (``FINGERPOST_CACHE_SIZE``).
        secrets_key: keys that automations' secrets are encrypted with; the first for what is
            written, the others for what was (``FINGERPOST_SECRETS_KEY``).
        allow_webhook_hosts: names, addresses and networks that webhooks may be sent to though they
            are not public (``FINGERPOST_ALLOW_WEBHOOK_HOSTS``).
        allow_network_file_systems: ``yes`` to keep a ledger on a network file system all the same
            (``FINGERPOST_ALLOW_NETWORK_FILE_SYSTEMS``).
    """

    store: str | None = field(default=None, repr=False)  # a URL may have a password in it
    content: str | None = None
    actor: str | None = None
    entity: str | None = None
    project: str | None = None
    organization: str | None = None
    cache: str | None = None
    cache_size: str | None = None
    secrets_key: str | None = field(default=None, repr=False)
    allow_webhook_hosts: str | None = None
    allow_network_file_systems: str | None = None


def current_settings() -> Settings:
    """Read the settings: the environment, and what it leaves open from the settings file.

    Empty variables, and empty texts in the file, count as unset.

    Raises:
        InvalidValueError: there is a settings file that makes no sense.
    """
    # Not with environ-config: importing it imports boto3 where that is installed.
    names = fields_dict(Settings)
    said = {name: os.environ.get(f"FINGERPOST_{name.upper()}") for name in names}
    given = {name: value for name, value in said.items() if value}
    return Settings(**{**settings_in_file(names), **given})


def store_location(given: str | os.PathLike[str] | None, settings: Settings) -> str:
    """Return which store is meant: the argument, the setting, a folder above, or the user's own.

    Returns:
        An absolute path, or a URL with its scheme in small letters.

    Raises:
        StoreUnavailableError: it is no path.
    """
    named = settings.store if given is None else given
    if named is not None and not isinstance(named, str | os.PathLike):
        raise InvalidValueError(
            "store",
            named,
            "it is a folder, a URL or an open store",
            "Pass store='./registry', say.",
        )
    if named is not None:
        return _normal(os.fspath(named))
    above = _folder_above(_working_folder())
    if above is not None:
        return str(above)
    import platformdirs

    return platformdirs.user_data_dir("fingerpost", appauthor=False)


def _normal(named: str) -> str:
    if named.startswith(_FILE_SCHEME):
        return str(local_path(named))
    scheme = scheme_of(named)
    if scheme:
        return f"{scheme}://{named.partition('://')[2]}"
    if not named or "://" in named:
        raise StoreUnavailableError(
            masked(named) if named else named,
            "no store can be opened there",
            f"Give a folder, a file:// URL, a postgresql:// URL, or {MEMORY!r} for one that keeps "
            f"nothing.",
        )
    try:
        path = Path(named).expanduser()
    except RuntimeError as error:
        raise StoreUnavailableError(named, str(error), "Write the path out.") from error
    return str(path if path.is_absolute() else _working_folder() / path)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise StoreUnavailableError(
            ".",
            f"the working directory cannot be used ({error.strerror})",
            "Change to a folder that exists, or name the store by an absolute path.",
        ) from error


def _folder_above(start: Path) -> Path | None:
    candidates = (folder / STORE_FOLDER for folder in (start, *start.parents))
    return next((folder for folder in candidates if folder.is_dir()), None)


def actor_name(given: str | None, settings: Settings) -> Actor:
    """Return on whose behalf commands run: the argument, the setting, or the system's user.

    Raises:
        InvalidNameError: there is none, or it is not valid.
    """
    named = given or settings.actor
    if named is not None:
        return Actor(named)
    try:
        return Actor(getpass.getuser())
    except (OSError, KeyError) as error:
        # A container may run under a user id that has no name.
        raise InvalidNameError(
            "actor",
            None,
            "the operating system has no name for this user",
            "Pass actor=… or set FINGERPOST_ACTOR.",
        ) from error


def entity_name(given: str | None, settings: Settings) -> EntityName | None:
    """Return the entity that was named, or ``None`` for the actor's personal one."""
    named = given or settings.entity
    return None if named is None else EntityName(named)


def project_name(given: str | None, settings: Settings) -> ProjectName:
    """Return the project that was named, or the default one."""
    return ProjectName(given or settings.project or DEFAULT_PROJECT)


def organization_name(given: str | None, settings: Settings, default: str) -> OrganizationName:
    """Return the name of a new store's default organization."""
    return OrganizationName(given or settings.organization or default)


def cache_folder(settings: Settings) -> Path:
    """Return the folder of the download cache: the setting, or one of the user's own.

    Raises:
        InvalidValueError: it is a URL, or names a user that there is not.
    """
    if settings.cache is None:
        import platformdirs

        return Path(platformdirs.user_cache_dir("fingerpost", appauthor=False), "downloads")
    if "://" in settings.cache:
        raise InvalidValueError(
            "FINGERPOST_CACHE", settings.cache, "it is a folder on this machine", "Write its path."
        )
    try:
        return _working_folder() / Path(settings.cache).expanduser()
    except RuntimeError as error:
        raise InvalidValueError(
            "FINGERPOST_CACHE", settings.cache, str(error), "Write the path out."
        ) from error


def secrets_key() -> str | None:
    """Return the keys that encrypt the secrets of automations, as the settings have them now."""
    return current_settings().secrets_key


def allowed_webhook_hosts() -> str | None:
    """Return the hosts that webhooks may be sent to although their addresses are private."""
    return current_settings().allow_webhook_hosts
