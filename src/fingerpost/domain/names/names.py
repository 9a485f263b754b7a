"""Names as validated values: a wrong string cannot get past their constructors.

They are ``str`` subclasses, so they compare, hash and serialize as their text.
"""

import re
import unicodedata
from typing import ClassVar, Final, Self

from ..errors import InvalidNameError
from .text import LONGEST_NAME, is_label, plain, visible

_SLUG: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_NOT_SLUG: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_PATH_PUNCTUATION: Final = r"/\#?%:"
_REGISTRY_PROJECT: Final = "wandb-registry-"


class Slug(str):
    """Letters, digits, ``_ - .``: 1 to 128 of them. Base of artifact names and types.

    Raises:
        InvalidNameError: names the value and offers one that would do.
    """

    __slots__ = ()
    what: ClassVar[str] = "name"

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        name = plain(text) or ""
        if not _SLUG.fullmatch(name) or name in {".", ".."}:
            raise InvalidNameError(
                cls.what,
                text,
                f"use 1 to {LONGEST_NAME} letters, digits, '_', '-' and '.'",
                f"For example {cls.suggestion(plain(text) or '')!r}.",
            )
        return super().__new__(cls, name)

    @classmethod
    def suggestion(cls, text: str) -> str:
        """Return a name like the text that would do."""
        ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        return _NOT_SLUG.sub("-", ascii_text or text).strip("-.")[:LONGEST_NAME] or "my-dataset"


class ArtifactName(Slug):
    """Name of an artifact and its source collection. *Source*: W&B's class reference, ``name``."""

    __slots__ = ()
    what = "artifact name"


class ArtifactTypeName(Slug):
    """Type of an artifact, such as ``dataset``. *Source*: W&B's class reference, ``type``."""

    __slots__ = ()
    what = "artifact type"

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        self = super().__new__(cls, text)
        if self == "job" or self.startswith("wandb-"):
            raise InvalidNameError(
                cls.what,
                text,
                "'job' and types that start with 'wandb-' are reserved",
                "Choose another, such as 'dataset' or 'model'.",
            )
        return self


class Title(str):
    r"""A name that may hold spaces and letters of any script; not ``/ \ # ? % :``.

    Normalized to NFC, 1 to 128 characters, nothing invisible, no leading or trailing space.

    Raises:
        InvalidNameError: names the value and offers one that would do.
    """

    __slots__ = ()
    what: ClassVar[str] = "name"

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        normal = unicodedata.normalize("NFC", plain(text) or "")
        if not is_label(normal, _PATH_PUNCTUATION) or normal in {".", ".."}:
            raise InvalidNameError(
                cls.what,
                text,
                rf"use 1 to {LONGEST_NAME} visible characters, none of / \ # ? % :, "
                "and no space at either end",
                f"For example {visible(plain(text) or '', _PATH_PUNCTUATION)!r}.",
            )
        return super().__new__(cls, normal)


class EntityName(Title):
    """Name of a team or personal entity: the first part of ``entity/project/name:alias``."""

    __slots__ = ()
    what = "entity name"

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        self = super().__new__(cls, text)
        if self.casefold() == "registry":
            # `registry/NAME/COLLECTION` is a target path.
            raise InvalidNameError(cls.what, text, "it is reserved", "Choose another name.")
        return self


class OrganizationName(Title):
    """Name of an organization."""

    __slots__ = ()
    what = "organization name"


class ProjectName(Title):
    """Name of a project inside an entity."""

    __slots__ = ()
    what = "project name"

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        self = super().__new__(cls, text)
        if self.casefold().startswith(_REGISTRY_PROJECT):
            raise InvalidNameError(
                cls.what,
                text,
                f"names that start with {_REGISTRY_PROJECT!r} stand for registries",
                "To publish in a registry use run.link_artifact(artifact, target_path).",
            )
        return self


class RegistryName(Title):
    """Name of a registry; unique in its organization whatever the letter case."""

    __slots__ = ()
    what = "registry name"

    @property
    def key(self) -> str:
        """The form in which names are compared: without letter case."""
        return self.key_of(self)

    @staticmethod
    def key_of(text: str) -> str:
        """Return the form in which text is compared with names, be it a name or not."""
        return unicodedata.normalize("NFC", text.casefold())


class RegistryCollectionName(Title):
    """Name of a collection in a registry."""

    __slots__ = ()
    what = "registry collection name"


class Actor(str):
    """The user or service account on whose behalf a command runs; 1 to 256 characters.

    Wider than an entity name, so that identifiers of other systems
    (``system:serviceaccount:ml:trainer``, ``alice@example.org``) fit as they are.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        normal = unicodedata.normalize("NFC", plain(text) or "")
        if not is_label(normal, "", longest=256):
            raise InvalidNameError(
                "actor",
                text,
                "use 1 to 256 visible characters without space at either end",
                "Pass actor=… or set FINGERPOST_ACTOR.",
            )
        return super().__new__(cls, normal)


class Tag(str):
    """A label that many versions and collections can share; 1 to 128 characters."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        normal = unicodedata.normalize("NFC", plain(text) or "")
        if not is_label(normal, "/:"):
            raise InvalidNameError(
                "tag",
                text,
                f"use 1 to {LONGEST_NAME} visible characters without '/', ':' or outer space",
                f"For example {visible(plain(text) or '', '/:')!r}.",
            )
        return super().__new__(cls, normal)
