"""Signatures that tell a receiver who sent a webhook, and that nobody changed it."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from fingerpost.domain.errors import InvalidValueError

PREFIX: Final = "whsec_"


def signing_key(secret: str) -> bytes:
    """Return the key that a secret stands for: base64 after ``whsec_``, else its UTF-8.

    *Source*: Standard Webhooks 1.0, "Signature scheme".

    Raises:
        InvalidValueError: what follows ``whsec_`` is not base64; the value is not shown.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        problem = f"what follows {PREFIX!r} is base64"
        raise InvalidValueError("signing secret", "…", problem, "Set it again.") from None


def signature_headers(
    secret: str, message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Return the header fields that sign a body.

    ``webhook-signature`` is that of Standard Webhooks 1.0 over identity, time and body;
    ``X-Wandb-Signature`` is the hexadecimal HMAC-SHA256 of the body alone, as W&B's receivers
    check it.
    """
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "X-Wandb-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
