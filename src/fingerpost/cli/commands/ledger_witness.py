"""``fingerpost ledger witness|attach|check|verifier``: for those who have no store."""

from pathlib import Path
from typing import Final

import click

from ..terminal.output import line
from ..terminal.texts import read_keys, read_text, write_text
from .ledger import CHECKPOINT, OUTPUT, SIGNING_KEY, ledger

__all__ = ["ledger"]

_WITNESSED: Final = f"""{CHECKPOINT.rstrip()}
fingerpost ledger keygen w1.key --witness witness.example/w1
fingerpost ledger witness today.checkpoint --key w1.key --log-key ledger.key.pub --state seen
"""
_ATTACHED: Final = f"""{_WITNESSED.rstrip()} -o w1.line
fingerpost ledger attach today.checkpoint w1.line -o today.checkpoint
"""
_CHECKED: Final = f"""{CHECKPOINT.rstrip()}
fingerpost ledger prove table:checked --checkpoint today.checkpoint -o move.tlog-proof
fingerpost ledger check move.tlog-proof --key ledger.key.pub --kept today.checkpoint
"""


@ledger.command("witness", short_help="Cosign a checkpoint.", example=_WITNESSED)
@click.argument("request")
@SIGNING_KEY
@click.option(
    "--log-key",
    "log_keys",
    multiple=True,
    required=True,
    metavar="KEY",
    help="Of a ledger: key, or file",
)
@click.option("--state", required=True, metavar="FOLDER", help="Where is kept what was signed")
@OUTPUT
def witness(
    request: str, key: str, log_keys: tuple[str, ...], state: str, output: str | None
) -> None:
    """Cosign the checkpoint of REQUEST if it goes on from the newest that was signed here.

    REQUEST is what `ledger consistency` writes, or for the first time a checkpoint. What is
    printed is the line to attach to the checkpoint. No store is needed.
    """
    from fingerpost.adapters.proofs import SigningKey, Witness

    signed = Witness(SigningKey.read(key), state).cosign(read_text(request), read_keys(log_keys))
    write_text(output, signed)


@ledger.command("attach", short_help="Add signatures to a checkpoint.", example=_ATTACHED)
@click.argument("checkpoint")
@click.argument("signatures")
@OUTPUT
def attach(checkpoint: str, signatures: str, output: str | None) -> None:
    """Write CHECKPOINT with the lines of SIGNATURES added, such as those of witnesses."""
    from fingerpost.adapters.proofs.witness import add_signatures

    write_text(output, add_signatures(read_text(checkpoint), read_text(signatures)))


@ledger.command("check", short_help="Check a proof, offline.", example=_CHECKED)
@click.argument("proof")
@click.option(
    "--key", "keys", multiple=True, metavar="KEY", required=True, help="Of the ledger: key, or file"
)
@click.option(
    "--witness", "witnesses", multiple=True, metavar="KEY", help="Of a witness: key, or file"
)
@click.option("--quorum", type=click.IntRange(min=0), help="How many witnesses; all by default")
@click.option("--kept", metavar="CHECKPOINT", help="A checkpoint that you kept")
@click.option("--consistency", metavar="FILE", help="Leads from one checkpoint to the other")
def check(
    proof: str,
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    quorum: int | None,
    kept: str | None,
    consistency: str | None,
) -> None:
    """Check that an event is in the ledger whose key signed, and print the event.

    No store is needed. `fingerpost ledger verifier` prints a program that does the same without
    Fingerpost.
    """
    import json

    from fingerpost.adapters.proofs.parsing import unproven
    from fingerpost.verifier import prove_offline

    with unproven(proof):
        found = prove_offline(
            read_text(proof),
            read_keys(keys),
            read_keys(witnesses),
            quorum,
            None if kept is None else read_text(kept),
            None if consistency is None else read_text(consistency),
        )
    line(json.dumps(found.event, ensure_ascii=True))
    for name, at in found.witnesses.items():
        line(f"witness {name} at {at} seconds since 1970 UTC")


@ledger.command(
    "verifier",
    short_help="Write the program that checks proofs.",
    example="fingerpost ledger verifier -o verifier.py     # python verifier.py --help",
)
@OUTPUT
def verifier(output: str | None) -> None:
    """Write one Python file that checks proofs and needs nothing of Fingerpost.

    For whoever has to check without trusting this installation: read it, and run it elsewhere.
    """
    import fingerpost.verifier

    write_text(output, Path(fingerpost.verifier.__file__).read_text(encoding="utf-8"))
