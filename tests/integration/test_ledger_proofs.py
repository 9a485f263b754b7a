"""Checkpoints and proofs of real stores, checked by the verifier and by another implementation."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fingerpost
from fingerpost.adapters.proofs import SigningKey, Witness
from fingerpost.adapters.proofs.witness import add_signatures
from fingerpost.domain.errors import (
    InvalidValueError,
    LedgerChangedError,
    StoreUnavailableError,
    UnprovenError,
)
from fingerpost.domain.ledger import merkle
from fingerpost.verifier import (
    Checkpoint,
    ProofError,
    VerifierKey,
    check_consistency,
    prove_offline,
)
from stores import open_store


@pytest.fixture
def key():
    return SigningKey.generate("example.com/ledger")


@pytest.fixture
def store(place):
    with open_store(place) as store:
        log(store, "one")
        yield store


def log(store, text, aliases=("best",)):
    with fingerpost.init(entity="team", project="p", store=store) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        return run.log_artifact(artifact, aliases=list(aliases))


def collection(store):
    return fingerpost.Api(store).collection("team/p/data")


class TestProofs:
    def test_a_move_is_proven_offline(self, store, key):
        collection(store).set_alias("production", "v0", reason="passed")
        checkpoint = store.ledger.checkpoint(key)
        (move,) = collection(store).alias_history("production")
        proof = store.ledger.prove(move.position, checkpoint)
        proven = prove_offline(proof, [key.public], kept=checkpoint)
        assert proven.event["position"] == move.position
        assert proven.event["kind"] == "collection.alias_moved"
        assert proven.event["event"]["alias"] == "production"
        assert proven.event["event"]["reason"] == "passed"
        assert proven.event["event"]["to_version"] == 0

    def test_every_event_of_a_store_is_proven_under_every_checkpoint(self, store, key):
        checkpoints = [store.ledger.checkpoint(key)]
        log(store, "two")
        checkpoints.append(store.ledger.checkpoint(key))
        for checkpoint in checkpoints:
            size = Checkpoint.parse(checkpoint).size
            for event in store.events(limit=size):
                proof = store.ledger.prove(event.position, checkpoint)
                proven = prove_offline(proof, [key.public])
                assert proven.event["kind"] == event.kind
                assert proven.event["stream"] == event.stream_id.hex

    def test_an_old_proof_fits_a_new_checkpoint_through_a_consistency_proof(self, store, key):
        old = store.ledger.checkpoint(key)
        proof = store.ledger.prove(3, old)
        log(store, "two")
        new = store.ledger.checkpoint(key, previous=old)
        step = store.ledger.prove_consistency(old, new)
        assert prove_offline(proof, [key.public], kept=new, consistency=step).event["position"] == 3
        newer = store.ledger.prove(3, new)
        assert prove_offline(newer, [key.public], kept=old, consistency=step).event["position"] == 3
        with pytest.raises(ProofError, match="add --consistency"):
            prove_offline(newer, [key.public], kept=old)

    def test_a_changed_proof_proves_nothing(self, store, key):
        checkpoint = store.ledger.checkpoint(key)
        proof = store.ledger.prove(5, checkpoint)
        for number, line in enumerate(proof.splitlines()):
            if not line:
                continue
            for at in {0, len(line) // 2, len(line) - 2}:
                changed = proof.splitlines(keepends=True)
                letter = "A" if line[at] != "A" else "B"
                changed[number] = line[:at] + letter + line[at + 1 :] + "\n"
                with pytest.raises(ProofError):
                    prove_offline("".join(changed), [key.public])

    def test_another_key_proves_nothing(self, store, key):
        proof = store.ledger.prove(1, store.ledger.checkpoint(key))
        other = SigningKey.generate("example.com/ledger")
        with pytest.raises(ProofError, match="is not signed by"):
            prove_offline(proof, [other.public])
        assert prove_offline(proof, [other.public, key.public])

    @pytest.mark.parametrize("position", [0, -1, 10**6])
    def test_what_the_checkpoint_does_not_have_cannot_be_proven(self, store, key, position):
        checkpoint = store.ledger.checkpoint(key)
        with pytest.raises(InvalidValueError, match="the checkpoint has the positions 1 to"):
            store.ledger.prove(position, checkpoint)

    def test_a_checkpoint_of_another_store_is_refused(self, store, key, tmp_path):
        with fingerpost.open_store(tmp_path / "other") as other:
            checkpoint = other.ledger.checkpoint(key)
        with pytest.raises(LedgerChangedError, match="is of another ledger"):
            store.ledger.prove(1, checkpoint)
        assert not store.ledger.verify([checkpoint]).is_ok

    def test_what_is_no_checkpoint_is_refused(self, store):
        with pytest.raises(UnprovenError, match="as a checkpoint"):
            store.ledger.verify(["today\n"])
        with pytest.raises(UnprovenError, match="as a public key"):
            store.ledger.verify([], keys=["today"])

    def test_a_check_of_the_signatures_needs_the_key_that_signed(self, store, key):
        checkpoint = store.ledger.checkpoint(key)
        assert store.ledger.verify([checkpoint], keys=[key.public]).is_ok
        other = SigningKey.generate("example.com/ledger")
        with pytest.raises(UnprovenError, match="is not signed by"):
            store.ledger.verify([checkpoint], keys=[other.public])

    def test_the_root_is_that_of_another_implementation(self, store):
        log(store, "two")
        records = store.store.events.records(limit=10_000)
        tree = pymerkle.InmemoryTree(algorithm="sha256")
        for record in records:
            tree.append_entry(record.as_bytes())
        for size in range(1, len(records) + 1):
            assert store.ledger.root(size) == tree.get_root(size)


@settings(max_examples=25)
@given(st.integers(1, 130), st.data())
def test_proofs_are_made_of_the_hashes_that_another_implementation_names(size, data):
    leaves = [bytes([number]) for number in range(size)]
    tree, stored = pymerkle.InmemoryTree(algorithm="sha256"), []
    for index, leaf in enumerate(leaves):
        tree.append_entry(leaf)
        siblings = [stored[at] for at in merkle.completed_siblings(index)]
        stored += merkle.new_hashes(merkle.leaf_hash(leaf), siblings)

    def read(indexes):
        return [stored[at] for at in indexes]

    index = data.draw(st.integers(0, size - 1))
    shown = tree.prove_inclusion(index + 1, size).serialize()["path"]  # they count from 1
    ours = merkle.inclusion_proof(index, size, read)
    # Theirs has the leaf itself, too.
    assert {*ours, merkle.leaf_hash(leaves[index])} == {bytes.fromhex(each) for each in shown}
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(old, size, read)
    check_consistency(old, size, proof, tree.get_root(old), tree.get_root(size))


class TestWitnesses:
    @pytest.fixture
    def witness_key(self):
        return SigningKey.generate("witness.example/w1", "witness")

    @pytest.fixture
    def witness(self, witness_key, tmp_path):
        return Witness(witness_key, tmp_path / "seen", clock=lambda: 1_679_315_147.9)

    def test_a_cosigned_checkpoint_says_who_saw_it_and_when(self, store, key, witness, witness_key):
        checkpoint = store.ledger.checkpoint(key)
        cosigned = add_signatures(checkpoint, witness.cosign(checkpoint, [key.public]))
        assert cosigned.startswith(checkpoint)
        proof = store.ledger.prove(2, cosigned)
        proven = prove_offline(proof, [key.public], [witness_key.public])
        assert proven.witnesses == {"witness.example/w1": 1_679_315_147}
        with pytest.raises(ProofError, match="0 of the witnesses signed, and 1 have to"):
            prove_offline(store.ledger.prove(2, checkpoint), [key.public], [witness_key.public])

    def test_it_signs_only_what_goes_on_from_what_it_signed(self, store, key, witness):
        first = store.ledger.checkpoint(key)
        witness.cosign(first, [key.public])
        log(store, "two")
        second = store.ledger.checkpoint(key)
        with pytest.raises(UnprovenError, match="this witness signed"):
            witness.cosign(second, [key.public])
        witness.cosign(store.ledger.prove_consistency(first, second), [key.public])
        # The newest may be signed again; an older one not.
        again = store.ledger.prove_consistency(second, second)
        assert witness.cosign(again, [key.public]).startswith("— witness.example/w1 ")
        with pytest.raises(UnprovenError):
            witness.cosign(store.ledger.prove_consistency(first, second), [key.public])
        assert Checkpoint.parse(witness.newest(store.ledger.origin)).size == store.ledger.size

    def test_it_signs_nothing_of_ledgers_that_it_does_not_know(self, store, key, witness):
        checkpoint = store.ledger.checkpoint(key)
        for known in ([], [SigningKey.generate("example.com/ledger").public]):
            with pytest.raises(UnprovenError, match="is not signed by"):
                witness.cosign(checkpoint, known)
        assert witness.newest(store.ledger.origin) is None

    def test_of_two_requests_at_once_one_is_signed(self, store, key, witness):
        first = store.ledger.checkpoint(key)
        witness.cosign(first, [key.public])
        requests = []
        for number in range(6):
            log(store, f"{number + 2}")
            newer = store.ledger.checkpoint(key)
            requests.append(store.ledger.prove_consistency(first, newer))

        def cosign(request):
            try:
                return witness.cosign(request, [key.public])
            except UnprovenError:
                return None

        with ThreadPoolExecutor(6) as pool:
            signed = list(pool.map(cosign, requests))
        assert sum(each is not None for each in signed) == 1

    def test_what_cannot_be_remembered_is_not_signed(self, store, key, witness_key, tmp_path):
        (tmp_path / "file").write_text("")
        witness = Witness(witness_key, tmp_path / "file" / "seen")
        with pytest.raises(StoreUnavailableError, match="cannot be remembered"):
            witness.cosign(store.ledger.checkpoint(key), [key.public])

    def test_each_key_has_its_use(self, store, key, witness_key, tmp_path):
        with pytest.raises(InvalidValueError, match="key of a witness"):
            store.ledger.checkpoint(witness_key)
        with pytest.raises(InvalidValueError, match="not the key of a witness"):
            Witness(key, tmp_path)

    def test_a_signature_is_not_added_twice(self, store, key, witness):
        checkpoint = store.ledger.checkpoint(key)
        line = witness.cosign(checkpoint, [key.public])
        once = add_signatures(checkpoint, line)
        assert add_signatures(once, line) == once
        with pytest.raises(UnprovenError, match="as signatures"):
            add_signatures(checkpoint, "nonsense\n")

    def test_a_cosignature_of_something_else_is_refused(self, store, key, witness, witness_key):
        first = store.ledger.checkpoint(key)
        line = witness.cosign(first, [key.public])
        log(store, "two")
        moved = add_signatures(store.ledger.checkpoint(key), line)
        with pytest.raises(ProofError, match="was changed"):
            Checkpoint.parse(moved).require_signed(
                [VerifierKey.parse(key.public)], [VerifierKey.parse(witness_key.public)]
            )


class TestStores:
    def test_a_store_from_before_there_were_trees_gets_one(self, tmp_path, key):
        folder = tmp_path / "store"
        with fingerpost.open_store(folder) as store:
            log(store, "one")
            root, size = store.ledger.root(), store.ledger.size
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
            database.execute("DROP TABLE ledger_tree")
            database.execute("PRAGMA user_version=4")
        with fingerpost.open_store(folder) as store:
            assert (store.ledger.size, store.ledger.root()) == (size, root)
            log(store, "two")
            assert store.ledger.verify().is_ok

    def test_a_ledger_that_lost_its_end_takes_nothing_more(self, tmp_path):
        folder = tmp_path / "store"
        with fingerpost.open_store(folder) as store:
            log(store, "one")
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
            database.execute("DELETE FROM ledger_tree WHERE id > 5")
        with fingerpost.open_store(folder) as store:
            size = len(list(store.events()))
            with pytest.raises(fingerpost.errors.CorruptLedgerError, match="ledger verify"):
                collection(store).set_alias("x", "v0")
            assert len(list(store.events())) == size

    def test_a_forged_snapshot_is_found(self, tmp_path):
        folder = tmp_path / "store"
        with fingerpost.open_store(folder) as store:
            log(store, "one")
            for number in range(120):
                collection(store).set_alias(f"a{number}", "v0")
            assert list(store.store.events.forged_snapshots()) == []
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
            ((stream, state),) = database.execute(
                "SELECT originator_id, state FROM snapshots WHERE topic='snapshot.collection'"
            )
            head = json.loads(state)
            head["head"]["next_index"] += 1
            database.execute(
                "UPDATE snapshots SET state=? WHERE originator_id=?",
                (json.dumps(head).encode(), stream),
            )
        with fingerpost.open_store(folder) as store:
            (forged,) = store.store.events.forged_snapshots()
            assert forged.hex == stream
            store.rebuild()
            assert list(store.store.events.forged_snapshots()) == []
