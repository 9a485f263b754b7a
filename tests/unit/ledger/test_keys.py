"""Signing keys, beside the published example; Ed25519 is deterministic."""

import os
import stat

import pytest

from fingerpost.adapters.proofs import SigningKey
from fingerpost.domain.errors import AlreadyExistsError, InvalidValueError, StoreUnavailableError
from fingerpost.verifier import Note, VerifierKey

from .test_verifier import PETER, SIGNED, TEXT

SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def test_the_published_key_makes_the_published_signature():
    key = SigningKey.parse(SECRET)
    assert key.sign(TEXT) == SIGNED
    assert key.public == PETER
    assert key.secret == SECRET


def test_a_key_does_not_show_itself():
    key = SigningKey.parse(SECRET)
    assert "AYEKFALV" not in repr(key) + str(key)
    with pytest.raises(InvalidValueError) as caught:
        SigningKey.parse(SECRET[:-3])
    assert "AYEKFALV" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+", PETER, SECRET[8:], SECRET.replace("c7", "c8"), SECRET + "AA=="]
)
def test_what_is_no_private_key_is_refused(text):
    with pytest.raises(InvalidValueError, match="signing key"):
        SigningKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u2003b", None])
def test_a_name_that_would_break_the_format_is_refused(name):
    with pytest.raises(InvalidValueError, match="name of a key"):
        SigningKey.generate(name)


def test_a_written_key_is_its_owners_alone_and_is_not_overwritten(tmp_path):
    path = tmp_path / "ledger.key"
    key = SigningKey.generate("example.com/ledger")
    key.write(path)
    assert SigningKey.read(path) == key
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(AlreadyExistsError, match="left alone"):
        SigningKey.generate("example.com/ledger").write(path)
    assert path.read_bytes() == before


def test_a_key_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(StoreUnavailableError, match="keygen"):
        SigningKey.read(tmp_path / "none.key")


def test_a_witness_signs_the_time_too():
    key = SigningKey.generate("witness.example/w1", "witness")
    note = Note.parse(f"{TEXT}\n{key.sign(TEXT, 1679315147)}")
    assert note.signed_by(VerifierKey.parse(key.public)) == 1679315147
