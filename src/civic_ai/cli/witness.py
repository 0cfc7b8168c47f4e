"""``civic-ai witness``: the city asks, a coach or a sister city co-signs, the city records it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.record import LedgerOption, ledger_to_read, read_line_key
from civic_ai.core.messages import say

app = typer.Typer(help="Co-signatures of checkpoints.", no_args_is_help=True)


@app.command("request")
def request(
    old: Annotated[
        int, typer.Option("--old", help="How many entries the witness signed last; 0 at first.")
    ] = 0,
    ledger: LedgerOption = None,
) -> int:
    """Print what to send to the witness: the proof since it last signed, and the checkpoint."""
    from civic_ai.review.witness import ask

    snapshot = ledger_to_read(ledger).snapshot()
    print(ask(snapshot.lines, old, snapshot.checkpoint).text, end="")
    return 0


@app.command("cosign")
def cosign(
    key: Annotated[Path, typer.Option("--key", help="The witness's private key file.")],
    log: Annotated[Path, typer.Option("--log", help="The log's public key file.")],
    memory: Annotated[Path, typer.Option("--memory", help="The folder that remembers what was signed.")],
) -> int:
    """Read a request from standard input; print the co-signed checkpoint, or refuse."""
    from civic_ai.review.key_files import note_key, read_key_file
    from civic_ai.review.ledger import now
    from civic_ai.review.witness import Witness

    witness = Witness(note_key(read_key_file(key)), memory)
    asked = sys.stdin.buffer.read().decode("utf-8", "replace")
    print(witness.cosign(asked, read_line_key(log), int(now().timestamp())), end="")
    return 0


@app.command("record")
def record(
    witness: Annotated[Path, typer.Option("--witness", help="The witness's public key file.")],
    ledger: LedgerOption = None,
) -> int:
    """Read a co-signed checkpoint from standard input and keep the co-signature on the ledger."""
    key = read_line_key(witness)
    ledger_to_read(ledger).record_cosignature(sys.stdin.buffer.read().decode("utf-8", "replace"), key)
    told = say("The co-signature of {name} stands on the ledger.", name=key.name)
    print(told.text(reader_language()), file=sys.stderr)
    return 0
