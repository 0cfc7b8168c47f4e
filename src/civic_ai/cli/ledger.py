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
    read_line_key,
)
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.review.findings import Finding
    from civic_ai.review.ledger_export import ExportedLedger
    from civic_ai.review.ledger_verification import LedgerVerification

app = typer.Typer(help="The record: found, export, verify, receipts.", no_args_is_help=True)
REFUSED = 3
LogOption = Annotated[Path, typer.Option("--log", help="The log's public key file.")]
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
    folder: Annotated[Path, typer.Argument(help="The folder of an exported ledger.")],
    log: LogOption,
    witness: WitnessOption = None,
    remembered: Annotated[
        list[Path] | None, typer.Option("--remembered", help="A checkpoint that you or the witness kept.")
    ] = None,
    most_days: Annotated[int, typer.Option("--most-days", help="How old the last co-signature may be.")] = 30,
    dossier: Annotated[
        list[Path] | None, typer.Option("--dossier", help="Hold what steps say of this dossier against it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Verify an exported ledger from its files and public keys alone, then each step by the policy that
    ruled it: signatures, roles, quorum. Each fault is named."""
    from civic_ai.review.ledger import now
    from civic_ai.review.ledger_export import read_export
    from civic_ai.review.ledger_trust import Trust
    from civic_ai.review.ledger_verification import verify_ledger

    kept = tuple(_read(path).encode() for path in remembered or ())
    trust = Trust(read_line_key(log), tuple(read_line_key(path) for path in witness or ()), kept, most_days)
    exported = read_export(folder)
    found = verify_ledger(exported, trust, now())
    if found.is_good:
        wrong = _wrong_steps(exported, folder, dossier or [])
        found = replace(found, findings=(*found.findings, *wrong))
    print(_json(found) if as_json else _text(found))
    return 0 if found.is_good else REFUSED


def _wrong_steps(exported: ExportedLedger, folder: Path, dossiers: list[Path]) -> Iterator[Finding]:
    """Steps that the workflow does not allow; where there are none, those that a dossier contradicts."""
    from civic_ai.review.handed_in import contradictions
    from civic_ai.review.history import faults_of, read_steps
    from civic_ai.review.ledger_export import entries_of
    from civic_ai.review.policies import policies_in

    entries, policy_of = entries_of(exported), policies_in(folder)
    wrong = tuple(faults_of(entries, policy_of))
    yield from wrong
    for one in () if wrong else dossiers:
        yield from contradictions(read_steps(entries), one, policy_of)


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
    file: Annotated[Path, typer.Argument(help="The receipt.")], log: LogOption, witness: WitnessOption = None
) -> int:
    """Check a receipt offline, and print what it shows."""
    from civic_ai.review.findings import Finding
    from civic_ai.review.receipt import check_receipt

    found = check_receipt(_read(file), read_line_key(log), [read_line_key(path) for path in witness or ()])
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
