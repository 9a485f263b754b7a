"""What to do when Google Cloud Storage refuses a request."""

from typing import Final

from ..remedies import Remedies

READING: Final = Remedies(
    "Check the reference.",
    {
        401: "Check the credentials (GOOGLE_APPLICATION_CREDENTIALS).",
        403: "Ask for the role Storage Object Viewer, or check the credentials.",
        404: "Check the name of the bucket.",
    },
)

STORING: Final = Remedies(
    "Check credentials, bucket and endpoint.",
    {
        401: (
            "Set GOOGLE_APPLICATION_CREDENTIALS, or sign in with "
            "`gcloud auth application-default login`."
        ),
        403: "Check the credentials; they need the role Storage Object User on the bucket.",
        404: "Create the bucket, or check its name and the endpoint (STORAGE_EMULATOR_HOST).",
    },
)
