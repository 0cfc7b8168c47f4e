"""``civic-ai keys``: make a key, show it, enrol it on the ledger, revoke it."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.record import (
    LedgerOption,
    LogKeyOption,
    SignWithOption,
    ledger_to_read,
    ledger_to_write,
    read_line_key,
)
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import Message, say

if TYPE_CHECKING:
    from civic_ai.records.ledger import KeySpan, LedgerEntry
    from civic_ai.review.ledger import Ledger
    from civic_ai.review.statement import Statement

_ID = re.compile(r"[0-9a-f]{64}")
app = typer.Typer(help="Keys: make, show, enrol, revoke.", no_args_is_help=True)


class Kind(StrEnum):
    """What a key is for."""

    person = "ed25519"
    server = "server"
    log = "log"
    witness = "witness"


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="Where the private key goes; FILE.pub stands beside it.")],
    name: Annotated[
        str, typer.Option("--name", help="Whose it is; of a log or a witness, city.example/ledger.")
    ],
    kind: Annotated[Kind, typer.Option("--kind", help="What it is for.")] = Kind.person,
) -> int:
    """Make a key. Keep the private file to yourself, and a copy on paper; give the .pub file away."""
    from civic_ai.review.key_files import make_key_file

    print(make_key_file(file, kind.value, name).public_text, end="")
    told = say("Keep {file} to yourself; hand over {file}.pub.", file=file)
    print(told.text(reader_language()), file=sys.stderr)
    return 0


@app.command("show")
def show(ledger: LedgerOption = None) -> int:
    """List the keys on the ledger: whose, which kind, which entries they may sign."""
    for span in ledger_to_read(ledger).register().spans.values():
        print(_told(span))
    return 0


@app.command("enroll")
def enroll(
    public: Annotated[Path, typer.Argument(help="The public key: a .pub file of civic-ai or of OpenSSH.")],
    sign_with: SignWithOption,
    holder: Annotated[
        str | None, typer.Option("--holder", help="Whose it is; an OpenSSH key does not say.")
    ] = None,
    custodian: Annotated[bool, typer.Option("--custodian", help="May enrol and revoke others.")] = False,
    replaces: Annotated[
        str | None, typer.Option("--replaces", help="The id or .pub file of the key that ends.")
    ] = None,
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
) -> int:
    """Enrol a key on the ledger, or put it in the place of another."""
    from civic_ai.review.key_files import read_public_key
    from civic_ai.review.keys import enrol

    key = read_public_key(public, holder)
    statement = enrol(key, is_custodian=custodian, replaces=replaces and _id_of(replaces))
    return _entered(append(ledger_to_write(ledger, log_key), statement, sign_with), key.id)


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The id of the key, as `keys show` lists it, or its .pub file.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words; everybody can read it.")],
    sign_with: SignWithOption,
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
) -> int:
    """Revoke a key: it signs nothing after this entry."""
    from civic_ai.review.keys import revoke as revoke_key

    named = _id_of(key)
    return _entered(append(ledger_to_write(ledger, log_key), revoke_key(named, reason), sign_with), named)


@app.command("rotate-log")
def rotate_log(
    new: Annotated[Path, typer.Argument(help="The public file of the log's new key.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words; everybody can read it.")],
    sign_with: Annotated[
        list[Path], typer.Option("--sign-with", help="A private key file; of two people, one a custodian.")
    ],
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
) -> int:
    """Change the log's own key on the record: the old key and two people sign. Then put the new one in its
    place, and give the new public line and this entry's receipt to the witness."""
    from civic_ai.cli.record import log_key as read_log_key
    from civic_ai.review.checkpoint import open_checkpoint
    from civic_ai.review.log_keys import LogKeys, rotate

    old, book = read_log_key(log_key), ledger_to_write(ledger, log_key)
    stands = book.snapshot()
    signer = LogKeys(old.public, book.register().rotations).at(len(stands.lines))
    before = open_checkpoint(stands.checkpoint, signer)
    if before is None:
        raise RefusedError.because(
            say("the last checkpoint of the ledger is not signed by {log}", log=old.name),
            remedy=say("Name the key in use with --log-key."),
        )
    entry = append(book, rotate(old, read_line_key(new), before, reason), *sign_with)
    return _entered(entry, read_line_key(new).id.hex())


def append(ledger: Ledger, statement: Statement, *sign_with: Path) -> LedgerEntry:
    """Sign ``statement`` with the keys in these files and append it; the entry."""
    from civic_ai.review.envelope import seal_envelope
    from civic_ai.review.key_files import sign_with_file

    envelope = seal_envelope(statement, [sign_with_file(file, statement) for file in sign_with])
    with ledger.writing() as book:
        return book.append(envelope)


def _id_of(named: str) -> str:
    """The id of a key, named by it or by its public file. Raises :class:`ConfigError` where it is neither."""
    from civic_ai.review.key_files import read_public_key

    if Path(named).is_file():
        return read_public_key(Path(named), holder="-").id
    if _ID.fullmatch(named) is None:
        raise ConfigError.because(
            say("is neither the id of a key nor its public file"),
            about=named,
            remedy=say("`civic-ai keys show` lists the ids."),
        )
    return named


def _entered(entry: LedgerEntry, key: str) -> int:
    says = say("entry {number}: key {key}", number=entry.number, key=key)
    print(says.text(reader_language()))
    return 0


def _told(span: KeySpan) -> str:
    key, language = span.key, reader_language()
    until: Message | str = say("now") if span.last is None else str(span.last)
    line = say(
        "{id} {holder} ({kind}), entries {first} to {last}",
        id=key.id,
        holder=key.holder,
        kind=key.kind,
        first=span.first,
        last=until,
    )
    notes = [
        *([say("custodian")] if span.is_custodian else []),
        *([] if key.is_personal else [say("weaker: signs for accounts")]),
    ]
    return "; ".join(one.text(language) for one in (line, *notes))
