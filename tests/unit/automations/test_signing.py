"""Signatures, against the published vector of Standard Webhooks and against OpenSSL."""

import subprocess

import pytest

from fingerpost.application.automations.webhook_signing import signature_headers, signing_key
from fingerpost.errors import InvalidValueError


def test_the_published_vector_comes_out():
    # From the Standard Webhooks libraries' own tests (test_sign_function).
    headers = signature_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_hexadecimal_signature_is_what_openssl_says(tmp_path):
    body = '{"alias":"é"}'.encode()
    (tmp_path / "body").write_bytes(body)
    said = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "plain secret", tmp_path / "body"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    headers = signature_headers("plain secret", "id", 0, body)
    assert headers["X-Wandb-Signature"] == said.split()[-1]


def test_a_secret_without_prefix_is_its_own_key():
    assert signing_key("plain secret") == b"plain secret"


def test_a_malformed_secret_is_refused_and_not_shown():
    with pytest.raises(InvalidValueError) as caught:
        signing_key("whsec_not!base64")
    assert "not!base64" not in str(caught.value)
