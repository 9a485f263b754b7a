"""``fingerpost ledger``: keygen, checkpoint, prove, consistency, verify."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..parameters.authority import require_ledger_reader
from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.progress import counting_bar
from ..terminal.texts import read_keys, read_text, write_text

if TYPE_CHECKING:
    from fingerpost.adapters.proofs import LedgerReport
    from fingerpost.bootstrap.store import OpenStore

OUTPUT: Final = click.option(
    "-o", "--output", metavar="FILE", help="Write it there instead of on standard output"
)
SIGNING_KEY: Final = click.option(
    "--key",
    metavar="FILE",
    envvar="FINGERPOST_LEDGER_KEY",
    required=True,
    help="File of the signing key [FINGERPOST_LEDGER_KEY]",
)

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
"""
_KEYGEN: Final = f"""{_LOGGED.rstrip()}
fingerpost ledger keygen ledger.key                        # and ledger.key.pub
fingerpost ledger keygen w1.key --witness witness.example/w1
"""
CHECKPOINT: Final = f"""{_LOGGED.rstrip()}
fingerpost ledger keygen ledger.key
fingerpost ledger checkpoint --key ledger.key -o today.checkpoint
"""
_PROVE: Final = f"""{CHECKPOINT.rstrip()}
fingerpost ledger prove table:checked --checkpoint today.checkpoint -o move.tlog-proof
fingerpost ledger prove --position 1 --checkpoint today.checkpoint
"""
_CONSISTENCY: Final = f"""{CHECKPOINT.rstrip()}
fingerpost alias set table best v0
fingerpost ledger checkpoint --key ledger.key -o tomorrow.checkpoint
fingerpost ledger consistency today.checkpoint tomorrow.checkpoint -o step.txt
"""
_VERIFY: Final = f"""{CHECKPOINT.rstrip()}
fingerpost ledger verify
fingerpost ledger verify --checkpoint today.checkpoint --public-key ledger.key.pub
"""


@click.group("ledger", cls=TaughtGroup, short_help="Checkpoints and proofs of what happened.")
@click.pass_context
def ledger(context: click.Context) -> None:
    """Prove what happened: signed checkpoints of the ledger, proofs, and checking them.

    Keep a checkpoint where the store's administrators cannot change it. With it, nothing that
    happened before can be altered, removed or put in without being found.
    """
    teach(context)


@ledger.command("keygen", short_help="Make a signing key.", example=_KEYGEN)
@click.argument("file")
@click.option("--name", help="Name of the key, instead of the ledger's")
@click.option("--witness", metavar="NAME", help="Make the key of a witness, with this name")
@pass_invocation
def keygen(invocation: Invocation, file: str, name: str | None, witness: str | None) -> None:
    """Write a new private key to FILE, and the public key to FILE.pub.

    Whoever has the private key can sign checkpoints: keep it away from the store. Those who check
    are given the public key, which is printed, too.
    """
    from fingerpost.adapters.proofs import SigningKey

    if name is not None and witness is not None:
        raise click.UsageError("--witness NAME names the key already: leave out --name")
    if witness is not None:
        key = SigningKey.generate(witness, "witness")
    else:
        key = SigningKey.generate(name if name is not None else _origin(invocation))
    key.write(file)
    write_text(f"{file}.pub", key.public + "\n")
    if invocation.is_json:
        emit_json({"name": key.name, "public_key": key.public, "file": file})
    else:
        line(key.public)


def _origin(invocation: Invocation) -> str:
    with invocation.opened() as opened:
        return opened.ledger.origin


@ledger.command("checkpoint", short_help="Sign what the ledger is now.", example=CHECKPOINT)
@SIGNING_KEY
@OUTPUT
@pass_invocation
def checkpoint(invocation: Invocation, key: str, output: str | None) -> None:
    """Write a signed checkpoint: a few lines that stand for everything that happened so far.

    If the output file holds an earlier checkpoint, the ledger has to begin with it; else nothing
    is signed, and the file stays as it is. For those who administer the store.
    """
    from fingerpost.adapters.proofs import SigningKey

    signing = SigningKey.read(key)
    previous = None
    if output is not None and output != "-" and Path(output).is_file():
        previous = read_text(output)
    with invocation.opened() as opened:
        require_ledger_reader(invocation, opened)
        signed = opened.ledger.checkpoint(signing, previous=previous)
    write_text(output, signed)
    invocation.hint(f"checked by: {signing.public}")


@ledger.command("prove", short_help="Prove that something happened.", example=_PROVE)
@click.argument("path", metavar="[PATH:ALIAS]", required=False)
@click.option("--position", type=click.IntRange(min=1), help="Prove the event at this position")
@click.option("--checkpoint", "kept", metavar="FILE", required=True, help="A checkpoint")
@OUTPUT
@pass_invocation
def prove(
    invocation: Invocation, path: str | None, position: int | None, kept: str, output: str | None
) -> None:
    """Write a proof that an event is in the ledger of a checkpoint.

    With PATH:ALIAS the newest change of that alias that the checkpoint has is proven; positions of
    other events are those of `history --json` and `events`. The proof holds the event and the
    checkpoint: `fingerpost ledger verifier` prints the program that checks it anywhere.
    """
    if (path is None) == (position is None):
        raise click.UsageError("name one thing: PATH:ALIAS or --position NUMBER")
    text = read_text(kept)
    with invocation.opened() as opened:
        require_ledger_reader(invocation, opened)
        where = position if position is not None else _moved(invocation, opened, str(path), text)
        proof = opened.ledger.prove(where, text)
    write_text(output, proof)
    invocation.hint(f"proves event {where}")


def _moved(invocation: Invocation, opened: "OpenStore", path: str, checkpoint: str) -> int:
    from fingerpost.adapters.proofs.parsing import read_checkpoint
    from fingerpost.domain.errors import InvalidValueError

    name, _, alias = path.rpartition(":")
    if not name:
        raise click.UsageError("PATH:ALIAS names the collection and the alias: table:production")
    size = read_checkpoint(checkpoint).size
    found = invocation.api_of(opened).collection(name).alias_history(alias)
    positions = [change.position for change in found if change.position <= size]
    if not positions:
        expected = f"it was moved within the first {size} events"
        remedy = f"`fingerpost history {name}` shows what was moved; take a newer checkpoint."
        raise InvalidValueError("alias", alias, expected, remedy)
    return max(positions)


@ledger.command(
    "consistency", short_help="Prove that nothing before was changed.", example=_CONSISTENCY
)
@click.argument("old")
@click.argument("new")
@OUTPUT
@pass_invocation
def consistency(invocation: Invocation, old: str, new: str, output: str | None) -> None:
    """Write a proof that the ledger of checkpoint NEW begins with that of checkpoint OLD.

    It has the form in which C2SP witnesses take a request to cosign NEW.
    """
    texts = read_text(old), read_text(new)
    with invocation.opened() as opened:
        require_ledger_reader(invocation, opened)
        proof = opened.ledger.prove_consistency(*texts)
    write_text(output, proof)


@ledger.command("verify", short_help="Check the whole ledger.", example=_VERIFY)
@click.option("--checkpoint", "kept", multiple=True, metavar="FILE", help="One that was kept")
@click.option(
    "--public-key", "keys", multiple=True, metavar="KEY", help="Key, or file; has to have signed"
)
@click.option("--witness", "witnesses", multiple=True, metavar="KEY", help="Likewise, of a witness")
@click.option("--quorum", type=click.IntRange(min=0), help="How many witnesses; all by default")
@pass_invocation
def verify(
    invocation: Invocation,
    kept: tuple[str, ...],
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    quorum: int | None,
) -> None:
    """Read every event, compute the Merkle tree again, and compare.

    An event that was changed, removed, put in or moved is named, and the exit code is 6. Without
    a checkpoint kept elsewhere, whoever made the tree again as well is not found out: nor is it
    found that the newest events are missing. `fingerpost verify` checks the content as well.
    """
    checkpoints = [read_text(path) for path in kept]
    # Nobody is asked for a role: damage may be in just the events that roles follow from.
    with (
        invocation.opened() as opened,
        counting_bar(invocation, "checking", opened.ledger.size) as progress,
    ):
        report = opened.ledger.verify(
            checkpoints,
            keys=read_keys(keys),
            witnesses=read_keys(witnesses),
            quorum=quorum,
            progress=progress,
        )
    _answer(invocation, report)
    report.require_ok()


def _answer(invocation: Invocation, report: "LedgerReport") -> None:
    from ..terminal.table import print_table

    if invocation.is_json:
        emit_json(report.to_dict())
    elif report.is_ok:
        line(f"ok: {report.size:,} events of {report.origin}")
        for size in report.checkpoints:
            line(f"ok: checkpoint of {size:,} events")
    else:
        print_table(("where", "problem"), [(it.where, it.problem) for it in report.problems])
