"""What to do when Azure refuses a request."""

from typing import Final

from ..remedies import Remedies

_CREDENTIALS: Final = (
    "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME with "
    "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in for DefaultAzureCredential"
)
_TO_STORE: Final = f"{_CREDENTIALS}; they need the role Storage Blob Data Contributor."

READING: Final = Remedies(f"{_CREDENTIALS}.", {404: "Check account and container."})

STORING: Final = Remedies(
    "Check account and container, and try again.",
    {
        401: _TO_STORE,
        403: _TO_STORE,
        404: "Create the container, or check its name and the account.",
    },
)
