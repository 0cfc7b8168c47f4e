"""``civic-ai ledger``: found, export, verify, give a receipt, check one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.keys import append
from civic_ai.cli.language import reader_language
from civic_ai.cli.record import (
    LedgerOption,
    LogKeyOption,
    SignWithOption,
    ledger_to_read,
    ledger_url,
    log_public_key,
    read_line_key,
)
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.review.findings import Finding
    from civic_ai.review.ledger_trust import Trust
    from civic_ai.review.ledger_verification import LedgerVerification

app = typer.Typer(help="The record: found, export, verify, receipts.", no_args_is_help=True)
REFUSED = 3
LogOption = Annotated[
    Path | None,
    typer.Option("--log", help="The log's public key file; else the workspace's own."),
]
_ADVICE = say(
    "Enter nothing more. Keep the file as evidence, and tell the witness. "
    "`civic-ai ledger restore` makes it again from the newest export that verifies."
)
WitnessOption = Annotated[
    list[Path] | None, typer.Option("--witness", help="A witness's public key file; may be given again.")
]


@app.command("new")
def new(custodian: SignWithOption, ledger: LedgerOption = None, log_key: LogKeyOption = None) -> int:
    """Found a ledger. The key you sign with is its first custodian: it enrols all others."""
    from civic_ai.cli.record import log_key as read_log_key
    from civic_ai.review.key_files import read_key_file
    from civic_ai.review.keys import enrol
    from civic_ai.review.ledger import found_ledger

    first = enrol(read_key_file(custodian).public_key, is_custodian=True)
    made = found_ledger(ledger_url(ledger), read_log_key(log_key))
    append(made, first, custodian)
    print(made.snapshot().checkpoint, end="")
    return 0


@app.command("export")
def export(
    to: Annotated[Path, typer.Option("--to", help="The folder for the files.")], ledger: LedgerOption = None
) -> int:
    """Write the ledger as plain files: what `ledger verify` needs, and nothing else."""
    from civic_ai.records.policy import Policy
    from civic_ai.review.history import read_steps
    from civic_ai.review.ledger_export import export as make_export
    from civic_ai.review.ledger_export import write_export
    from civic_ai.review.policies import write_policies
    from civic_ai.store.workspace import open_workspace

    book, blobs = ledger_to_read(ledger), open_workspace(os.environ).blobs
    write_policies(read_steps(book.entries()), lambda digest: blobs.record(Policy, digest), to)
    snapshot = book.snapshot()
    write_export(make_export(snapshot), to)
    told = say(
        "{many} entries and every policy that ruled stand in {folder}", many=len(snapshot.lines), folder=to
    )
    print(told.text(reader_language()), file=sys.stderr)
    return 0


@app.command("verify")
def verify(
    folder: Annotated[Path | None, typer.Argument(help="An exported ledger; else the database.")] = None,
    log: LogOption = None,
    witness: WitnessOption = None,
    remembered: Annotated[
        list[Path] | None, typer.Option("--remembered", help="A checkpoint that you or the witness kept.")
    ] = None,
    most_days: Annotated[int, typer.Option("--most-days", help="How old the last co-signature may be.")] = 30,
    dossier: Annotated[
        list[Path] | None, typer.Option("--dossier", help="Hold what steps say of this dossier against it.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Verify a ledger from its files and public keys alone, then each step by the policy that ruled it:
    signatures, roles, quorum. Without a folder the database itself is checked too. Each fault is named."""
    from civic_ai.review.ledger_trust import Trust

    kept = tuple(_read(path).encode() for path in remembered or ())
    keys = tuple(read_line_key(path) for path in witness or ())
    trust = Trust(log_public_key(log), keys, kept, most_days)
    found = _of_database(trust, ledger) if folder is None else _of_export(folder, trust)
    if found.is_good:
        wrong = tuple(_contradicted(found, dossier or [], folder))
        found = replace(found, findings=(*found.findings, *wrong))
    print(_json(found) if as_json else _text(found))
    if folder is None and not found.is_good:
        print(_ADVICE.text(reader_language()))
    return 0 if found.is_good else REFUSED


@app.command("restore")
def restore(
    folder: Annotated[Path, typer.Argument(help="The folder of an exported ledger.")],
    log: LogOption = None,
    ledger: LedgerOption = None,
) -> int:
    """Make the database again from an export that verifies and goes on from what was seen here."""
    from civic_ai.review.ledger import now
    from civic_ai.review.ledger_export import read_export
    from civic_ai.review.ledger_memory import LedgerMemory
    from civic_ai.review.ledger_restore import restore as restore_ledger
    from civic_ai.review.ledger_trust import Trust
    from civic_ai.review.ledger_verification import verify_ledger
    from civic_ai.review.policies import read_policies
    from civic_ai.store.workspace import open_workspace

    home, exported, key = open_workspace(os.environ), read_export(folder), log_public_key(log)
    trust = Trust(key, remembered=LedgerMemory(home.seen).remembered(key))
    made = restore_ledger(ledger_url(ledger), exported, verify_ledger(exported, trust, now()), trust)
    for policy in read_policies(folder):
        home.blobs.put_record(policy)
    told = say("Restored {size} entries. Now ask the witness to co-sign.", size=len(made.entries()))
    print(told.text(reader_language()))
    return 0


@app.command("receipt")
def receipt(
    number: Annotated[int, typer.Argument(help="The number of the entry.")], ledger: LedgerOption = None
) -> int:
    """Print the receipt of an entry: one text that anybody can check with the log's public key."""
    from civic_ai.review.receipt import make_receipt, receipt_text

    snapshot = ledger_to_read(ledger).snapshot()
    if not 0 <= number < len(snapshot.lines):
        raise ConfigError.because(
            say("there is no entry {number}; the ledger has {size}", number=number, size=len(snapshot.lines)),
            remedy=say("Entries are counted from 0."),
        )
    print(receipt_text(make_receipt(snapshot.lines, number, snapshot.checkpoint)), end="")
    return 0


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The receipt.")],
    log: LogOption = None,
    witness: WitnessOption = None,
) -> int:
    """Check a receipt offline, and print what it shows."""
    from civic_ai.review.findings import Finding
    from civic_ai.review.receipt import check_receipt

    found = check_receipt(_read(file), log_public_key(log), [read_line_key(path) for path in witness or ()])
    if isinstance(found, Finding):
        print(_line(found))
        return REFUSED
    names = ", ".join(sorted({one.witness for one in found.witnessed})) or "-"
    sizes = {"number": found.entry.number, "size": found.checkpoint.size, "at": found.entry.at}
    print(
        say("good: entry {number} of {size}, {at}; witnessed by {names}", names=names, **sizes).text(
            reader_language()
        )
    )
    print(found.entry.envelope.content.decode())
    return 0


def _contradicted(found: LedgerVerification, dossiers: list[Path], folder: Path | None) -> Iterator[Finding]:
    """Steps on a good ledger that a dossier contradicts."""
    from civic_ai.review.handed_in import contradictions
    from civic_ai.review.history import steps_among
    from civic_ai.review.policies import policies_in, policies_kept
    from civic_ai.store.workspace import open_workspace

    policy_of = policies_kept(open_workspace(os.environ).blobs) if folder is None else policies_in(folder)
    for one in dossiers:
        yield from contradictions(steps_among(found.admitted), one, policy_of)


def _of_export(folder: Path, trust: Trust) -> LedgerVerification:
    from civic_ai.review.ledger_export import read_export
    from civic_ai.review.ledger_judged import judge_export
    from civic_ai.review.policies import policies_in

    return judge_export(read_export(folder), policies_in(folder), trust)


def _of_database(trust: Trust, url: str | None) -> LedgerVerification:
    from civic_ai.review.ledger_judged import judge_database
    from civic_ai.store.workspace import open_workspace

    return judge_database(ledger_url(url), open_workspace(os.environ), trust)


def _json(found: LedgerVerification) -> str:
    told = [
        {"kind": one.kind, "entry": one.entry, "says": one.says.text(), "is_fault": one.is_fault}
        for one in found.findings
    ]
    seen = {"witnessed_size": found.witnessed_size, "witnessed_at": found.witnessed_at}
    made = {
        "schema": "ledger-verify/1",
        "is_good": found.is_good,
        "size": found.size,
        **seen,
        "findings": told,
    }
    return json.dumps(made, ensure_ascii=False)


def _text(found: LedgerVerification) -> str:
    good, bad = (
        say("good; entries: {size}", size=found.size),
        say("not to be believed; entries: {size}", size=found.size),
    )
    head = good if found.is_good else bad
    return "\n".join([head.text(reader_language()), *map(_line, found.findings)])


def _line(finding: Finding) -> str:
    from civic_ai.review.findings import KINDS

    language = reader_language()
    where = "" if finding.entry is None else f" #{finding.entry}"
    return f"{KINDS[finding.kind].text(language)}{where}: {finding.says.text(language)}"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.because(say("cannot be read: {reason}", reason=error), about=str(path)) from error
