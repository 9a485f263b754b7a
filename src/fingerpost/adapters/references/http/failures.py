"""What goes wrong below HTTP, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

from fingerpost.domain.errors import InvalidReferenceError, ReferenceRefusedError

from ...object_stores.failures import TransientError


@contextmanager
def told(uri: str) -> Iterator[None]:
    """Raise our own errors for the library's.

    Raises:
        InvalidReferenceError: the URL cannot be asked for.
        ReferenceRefusedError: the server's certificate is not trusted.
        TransientError: the network, or a server that does not keep to HTTP.
    """
    import aiohttp

    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as error:
        remedy = "Check its certificate; SSL_CERT_FILE names further authorities."
        raise ReferenceRefusedError(uri, f"no trusted connection ({error})", remedy) from error
    except aiohttp.InvalidURL as error:
        raise InvalidReferenceError("reference", uri, "it is no URL", "Check it.") from error
    except TimeoutError as error:
        raise TransientError("timed out") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransientError(_described(error)) from error


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error) or 'no reason given'}"
