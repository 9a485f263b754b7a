"""The standalone verifier: keys, notes and proofs, beside published examples."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost import verifier
from fingerpost.verifier import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    Note,
    ProofError,
    VerifierKey,
    read_record,
)

# From the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)

# From C2SP signed-note and tlog-cosignature.
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFS"
    "QU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2"
    "q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_published_note_is_signed_by_the_published_key():
    assert Note.parse(f"{TEXT}\n{SIGNED}").signed_by(VerifierKey.parse(PETER)) == 0
    assert str(VerifierKey.parse(PETER)) == PETER


def test_a_changed_note_is_refused():
    changed = TEXT.replace("problem is", "answer is")
    with pytest.raises(ProofError, match="was changed"):
        Note.parse(f"{changed}\n{SIGNED}").signed_by(VerifierKey.parse(PETER))


def test_signatures_of_unknown_keys_are_passed_over():
    assert Note.parse(QUASIMODO).signed_by(VerifierKey.parse(PETER)) is None
    both = f"{TEXT}\n{QUASIMODO.splitlines()[-1]}\n{SIGNED}"
    assert Note.parse(both).signed_by(VerifierKey.parse(PETER)) == 0


def test_a_text_may_have_empty_lines():
    assert Note.parse(QUASIMODO).text.splitlines()[2:] == ["", "ed è subito sera."]


def test_the_published_checkpoint_is_read():
    checkpoint = Checkpoint.parse(SOFA)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert base64.b64encode(checkpoint.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    # The time of the published cosignature, as the specification spells it out.
    cosigned = checkpoint.note.signatures[1]
    assert int.from_bytes(cosigned.data[:8], "big") == 1679315147


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("Peter", "Pe ter"),
        PETER[:-4],
        PETER.replace("ARpc", "AhpC"),
        PETER + "AAAA",
    ],
)
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ProofError):
        VerifierKey.parse(key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{SIGNED}",
        f"{TEXT}\n{SIGNED.rstrip()}",
        f"{TEXT}\n{SIGNED}\n",
        f"{TEXT}\n{SIGNED.replace('— ', '- ')}",
        f"{TEXT}\n{SIGNED.replace('— ', '—  ')}",
        f"{TEXT}\n— PeterNeumann x08g\n",
        f"{TEXT}\n— PeterNeumann x08go/Z\n",
        f"{TEXT}\t\n{SIGNED}",
        f"{TEXT}\r\n{SIGNED}",
        f"{TEXT}\n{SIGNED * 101}",
        "a" * (1 << 21) + f"\n\n{SIGNED}",
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(ProofError):
        Note.parse(note)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (1, ""),
        (2, "020852163"),
        (2, "-1"),
        (2, "²"),
        (2, "9223372036854775808"),
        (2, "1" * 100),
        (3, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J="),
        (3, "CsUYapGGPo4dkMgIAUqom"),
    ],
)
def test_what_is_no_checkpoint_is_refused(line, wrong):
    lines = SOFA.split("\n")
    lines[line - 1] = wrong
    with pytest.raises(ProofError):
        Checkpoint.parse("\n".join(lines))


def test_a_checkpoint_that_nobody_trusted_signed_is_refused():
    checkpoint = Checkpoint.parse(SOFA)
    for keys in ([], [VerifierKey.parse(PETER)]):
        with pytest.raises(ProofError, match="is not signed by"):
            checkpoint.require_signed(keys)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]\n{}",
        b'["fingerpost/event/v2",1,"00",1,"a"]\n{}',
        b'["fingerpost/event/v1",true,"00",1,"a"]\n{}',
        b'["fingerpost/event/v1",1,"00",1,"a"]',
        b'["fingerpost/event/v1",1,"00",1,"a"]\n[]',
        b"[" * 100_000 + b"\n{}",
        b'["fingerpost/event/v1",1,"00",1,"a"]\n' + b"[" * 100_000,
        b'["fingerpost/event/v1",1,"00",1,"a"]\n\xff',
    ],
)
def test_what_is_no_record_is_refused(record):
    with pytest.raises(ProofError):
        read_record(record)


PARSERS = [Note.parse, Checkpoint.parse, InclusionProof.parse, ConsistencyProof.parse]
PIECES = st.sampled_from(
    [
        *SOFA.splitlines(keepends=True),
        SIGNED,
        TEXT,
        "c2sp.org/tlog-proof@v1\n",
        "extra WyJmIl0KW10=\n",
        "index 0\n",
        "index 00\n",
        "old 1\n",
        "\n",
        "— a AAAA\n",
    ]
)


@pytest.mark.parametrize("parse", PARSERS)
@given(st.lists(PIECES | st.text(max_size=20)).map("".join))
def test_whatever_is_handed_in_is_read_or_refused(parse, text):
    try:
        found = parse(text)
    except ProofError:
        return
    if isinstance(found, InclusionProof):
        with pytest.raises(ProofError):
            found.require()


@given(st.text() | st.text(alphabet="PeterNum+c74f20a3AR/="))
def test_whatever_is_handed_in_as_a_key_is_read_or_refused(text):
    try:
        assert str(VerifierKey.parse(text)) == text.strip()
    except ProofError:
        return


@pytest.mark.parametrize("text", ["o\udcad\n1\nx\n\n— a AAAAAAA=\n", "\ud800"])
def test_half_a_character_is_refused_before_a_signature_is_looked_at(text):
    with pytest.raises(ProofError):
        Note.parse(text)


def test_the_message_about_a_long_text_is_short():
    with pytest.raises(ProofError) as caught:
        VerifierKey.parse("x" * 10_000_000)
    assert len(str(caught.value)) < 400


def test_it_runs_where_nothing_of_fingerpost_can_be_imported(tmp_path):
    copied = tmp_path / "verifier.py"
    copied.write_bytes(Path(verifier.__file__).read_bytes())
    proof = tmp_path / "a.tlog-proof"
    proof.write_text(f"c2sp.org/tlog-proof@v1\nextra W10=\nindex 0\n\n{SOFA}")
    program = (
        "import sys, runpy\n"
        "class Nothing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'fingerpost', 'attrs', 'attr', 'orjson', 'cattrs'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Nothing())\n"
        f"sys.argv = ['verifier.py', {str(proof)!r}, '--key', {PETER!r}]\n"
        f"runpy.run_path({str(copied)!r}, run_name='__main__')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "NOT PROVEN: the record cannot be read\n"
