"""The table of object-store providers, which references and content both use.

To add a provider, write its client in a folder beside the others, and add it here. What URIs of
references mean is in :mod:`fingerpost.adapters.references`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fingerpost.domain.errors import MissingExtraError

from .client import ObjectClient

if TYPE_CHECKING:
    from .remedies import Remedies


class Driver(NamedTuple):
    """The code for one provider.

    Attributes:
        new_file_system: returns a file system of fsspec for an account; empty for the one in the
            environment. Imports the provider's library.
        client: returns the client that uses a file system.
        reading: remedies for references.
        storing: remedies for content.
    """

    new_file_system: Callable[[str], Any]
    client: Callable[[Any], ObjectClient]
    reading: "Remedies"
    storing: "Remedies"


class Provider(NamedTuple):
    """A provider of object storage.

    Attributes:
        name: for people.
        schemes: of URLs of content, and protocols of its fsspec file systems. The first one is
            recorded: two spellings of a place are one place.
        reference_schemes: of URIs of references.
        url_form: of a place for content, for people.
        extra: what to install: ``fingerpost[extra]``.
        load: imports the code. A store that is in a folder never needs it.
    """

    name: str
    schemes: tuple[str, ...]
    reference_schemes: frozenset[str]
    url_form: str
    extra: str
    load: Callable[[], Driver]

    @property
    def scheme(self) -> str:
        """The scheme that is recorded."""
        return self.schemes[0]

    def open_file_system(self, purpose: str, account: str = "") -> Any:
        """Return a new file system; nothing is connected yet.

        Args:
            purpose: what it is for, for the message.
            account: empty for the one in the environment.

        Raises:
            MissingExtraError: the provider's library is not installed.
            RefusedError: there are no credentials, where that shows at once.
        """
        driver = self.load()
        try:
            return driver.new_file_system(account)
        except ImportError as error:
            raise MissingExtraError(purpose, self.extra, str(error)) from error


def _s3() -> Driver:
    from .s3.client import S3Client
    from .s3.file_system import s3_file_system
    from .s3.remedies import READING, STORING

    return Driver(s3_file_system, S3Client, READING, STORING)


def _gcs() -> Driver:
    from .gcs.client import GCSClient
    from .gcs.file_system import gcs_file_system
    from .gcs.remedies import READING, STORING

    return Driver(gcs_file_system, GCSClient, READING, STORING)


def _azure() -> Driver:
    from .azure.client import AzureClient
    from .azure.file_system import azure_file_system
    from .azure.remedies import READING, STORING

    return Driver(azure_file_system, AzureClient, READING, STORING)


S3: Final = Provider(
    name="S3",
    schemes=("s3", "s3a"),
    reference_schemes=frozenset({"s3"}),
    url_form="s3://bucket/prefix",
    extra="s3",
    load=_s3,
)
GCS: Final = Provider(
    name="Google Cloud Storage",
    schemes=("gs", "gcs"),
    reference_schemes=frozenset({"gs"}),
    url_form="gs://bucket/prefix",
    extra="gcs",
    load=_gcs,
)
AZURE: Final = Provider(
    name="Azure Blob Storage",
    schemes=("az", "abfs", "abfss"),
    # Azure's own URLs are https; a resolver looks at the host.
    reference_schemes=frozenset({"https", "http", "az", "abfs"}),
    url_form="az://container/prefix",
    extra="azure",
    load=_azure,
)

PROVIDERS: Final = (S3, GCS, AZURE)

_BY_SCHEME: Final = {scheme: provider for provider in PROVIDERS for scheme in provider.schemes}


def provider_of(scheme: str) -> Provider | None:
    """Return the provider of a URL of content, by its scheme."""
    return _BY_SCHEME.get(scheme)


def provider_of_file_system(fs: Any) -> Provider | None:
    """Return the provider of an fsspec file system, ``None`` if it is not an object store."""
    protocols = (fs.protocol,) if isinstance(fs.protocol, str) else fs.protocol
    return next((found for each in protocols if (found := provider_of(each))), None)
