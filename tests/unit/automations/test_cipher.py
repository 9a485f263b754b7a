"""Encryption of secrets: decrypted with another implementation, and refused where it must be."""

import base64
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fingerpost.adapters.automations.cipher import SecretCipher, generate_key
from fingerpost.errors import SecretsKeyError

OWNER = UUID(int=7)


def key(byte):
    return base64.urlsafe_b64encode(bytes([byte]) * 32).decode()


def test_what_is_sealed_is_aes_256_gcm_with_place_as_associated_data():
    sealed = SecretCipher(key(1)).seal(OWNER, "TOKEN", "välue")
    nonce, ciphertext, tag = sealed[:12], sealed[12:-16], sealed[-16:]
    # The low-level interface, put together by hand.
    decryptor = Cipher(algorithms.AES(b"\1" * 32), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(b"fingerpost secret 1\0" + OWNER.bytes + b"TOKEN")
    assert (decryptor.update(ciphertext) + decryptor.finalize()).decode() == "välue"


def test_the_same_value_is_never_sealed_the_same():
    cipher = SecretCipher(key(1))
    assert cipher.seal(OWNER, "A", "x") != cipher.seal(OWNER, "A", "x")


@pytest.mark.parametrize(("owner", "name"), [(UUID(int=8), "TOKEN"), (OWNER, "OTHER")])
def test_a_value_that_was_moved_elsewhere_does_not_open(owner, name):
    cipher = SecretCipher(key(1))
    with pytest.raises(SecretsKeyError, match="changed or damaged"):
        cipher.unseal(owner, name, cipher.current, cipher.seal(OWNER, "TOKEN", "value"))


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:5], lambda b: b"\0" + b[1:]])
def test_a_damaged_value_does_not_open(damage):
    cipher = SecretCipher(key(1))
    sealed = damage(cipher.seal(OWNER, "TOKEN", "value"))
    with pytest.raises(SecretsKeyError):
        cipher.unseal(OWNER, "TOKEN", cipher.current, sealed)


def test_an_older_key_still_opens_and_the_first_one_seals():
    old, both = SecretCipher(key(1)), SecretCipher(f" {key(2)} , {key(1)} ")
    sealed = old.seal(OWNER, "A", "x")
    assert both.unseal(OWNER, "A", old.current, sealed) == "x"
    assert both.current == SecretCipher(key(2)).current


@pytest.mark.parametrize("keys", [None, "", " , ", "x", key(1)[:-5], "é" * 43, key(1) + key(2)])
def test_without_a_proper_key_there_is_no_cipher(keys):
    with pytest.raises(SecretsKeyError) as caught:
        SecretCipher(keys)
    assert not (keys or "").strip(" ,") or keys not in str(caught.value) or keys == "x"


def test_generated_keys_differ_and_work():
    first, second = generate_key(), generate_key()
    assert first != second
    assert len(base64.urlsafe_b64decode(first)) == 32
    assert first not in repr(SecretCipher(first))
