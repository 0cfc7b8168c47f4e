"""``civic-ai score`` and ``civic-ai release``: only what is approved."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, open_desk, open_desk_to_write
from civic_ai.cli.record import LedgerOption, LogKeyOption, log_public_key, read_line_key
from civic_ai.core.dates import read_day
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.store.blobs import Blobs

if TYPE_CHECKING:
    from civic_ai.deployment.score import Authority
    from civic_ai.pilot.load import Pilot
    from civic_ai.records.case import Case
    from civic_ai.review.ledger_trust import Trust
    from civic_ai.review.office import Office
    from civic_ai.store.workspace import Workspace

PILOT_HELP = "The pilot's folder or its pilot.yaml."
LOG_HELP = "The log's public key (a file with one line); else the one in keys/ of the workspace."
RECORD_HELP = "With --release: the folder of a newer export of the ledger, so that a suspension is seen."
EXPLORE_HELP = "Share of the capacity that a lot decides, 0 to 0.5, so that silence can be seen."


def score(
    pilot: Annotated[str, typer.Argument(help=PILOT_HELP)],
    on: Annotated[str, typer.Option(help="The list's date, as 2026-11-23.")],
    to: Annotated[Path, typer.Option(help="The CSV file to write; its record stands beside it.")],
    explore: Annotated[float, typer.Option(help=EXPLORE_HELP)] = 0.0,
    release: Annotated[Path | None, typer.Option(help="A release, where no workspace stands.")] = None,
    log: Annotated[Path | None, typer.Option(help=LOG_HELP)] = None,
    record: Annotated[Path | None, typer.Option(help=RECORD_HELP)] = None,
    ledger: LedgerOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Make the list of one date with the approved model, or say why not and write nothing."""
    from civic_ai.deployment.score import Wanted, score_to
    from civic_ai.pilot.load import load_pilot
    from civic_ai.store.workspace import open_workspace

    loaded, wanted = load_pilot(pilot, os.environ), Wanted(read_day(on), _now().date(), explore)
    home = open_workspace(os.environ, workspace)
    if release is None:
        authority = _by_ledger(loaded, home, open_desk(ledger, workspace, policy).office, log)
    else:
        authority = _by_release(release, log, record)
    with _place_for_rows(home, release) as blobs:
        made = score_to(to, loaded, authority, wanted, blobs)
    told = say(
        "{to}: {chosen} of {units} units chosen for {date}, {by_lot} of them by lot. Approved until {last}.",
        to=to, chosen=made.chosen, units=made.units, date=made.as_of, by_lot=made.by_lot, last=made.ends_on,
    )  # fmt: skip
    print(made.to_json().decode() if as_json else told.text(reader_language()))
    return 0


def release(
    pilot: Annotated[str, typer.Argument(help=PILOT_HELP)],
    to: Annotated[Path, typer.Option(help="The folder to write; it must not exist.")],
    log: Annotated[Path | None, typer.Option(help=LOG_HELP)] = None,
    log_key: LogKeyOption = None,
    ledger: LedgerOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Write what `score --release` needs where no workspace stands: only what is approved."""
    from civic_ai.deployment.release import write_release
    from civic_ai.pilot.load import load_pilot
    from civic_ai.store.workspace import open_workspace

    office = open_desk_to_write(ledger, log_key, workspace, policy).office
    home = open_workspace(os.environ, workspace)
    name = load_pilot(pilot, os.environ).spec.pilot
    folder = _approved_folder(_verified(office, name, home, log), name, home)
    made = write_release(to, office, folder, _now())
    told = say(
        "{to}: dossier {digest}, approved until {last}. A later suspension does not reach it.",
        to=to, digest=made.binding.dossier[:12], last=made.ends_on,
    )  # fmt: skip
    print(made.to_json().decode() if as_json else told.text(reader_language()))
    return 0


def _by_ledger(pilot: Pilot, home: Workspace, office: Office, log: Path | None) -> Authority:
    """The case on the office's ledger, all of it verified, and the policy that ruled the approval."""
    from civic_ai.deployment.score import Authority

    name = pilot.spec.pilot
    case = _verified(office, name, home, log)
    folder = _approved_folder(case, name, home)
    policy = office.policy if case.approval is None else office.policy_of(case.approval.policy)
    return Authority(case, folder, policy)


def _verified(office: Office, pilot: str, home: Workspace, log: Path | None) -> Case:
    """The case of ``pilot`` on a ledger that is good, and goes on from what was seen in this workspace."""
    from civic_ai.deployment.standing import case_in
    from civic_ai.review.ledger_memory import LedgerMemory
    from civic_ai.review.ledger_trust import Trust

    trust = Trust(log_public_key(log, home.folder))
    return case_in(office, pilot, trust, LedgerMemory(home.seen), _now())


def _by_release(folder: Path, log: Path | None, record: Path | None) -> Authority:
    from civic_ai.deployment.release import read_release, with_newer
    from civic_ai.deployment.score import Authority

    if log is None:
        raise ConfigError.because(
            say("a release is checked with the log's public key"),
            about="--log",
            remedy=say("Get the key from the board, not from the release."),
        )
    trust = _trust(log)
    found = read_release(folder, trust, _now())
    if record is not None:
        found = with_newer(found, record, trust, _now())
    return Authority(found.case, found.dossier, found.policy, found.record.released_on, found.known_on)


def _approved_folder(case: Case, pilot: str, home: Workspace) -> Path:
    """Where the approved dossier stands in the workspace.

    Raises :class:`RefusedError` where nothing is approved or no dossier of that digest stands here.
    """
    from civic_ai.deployment.approval import why_not

    approved = None if case.approval is None else case.approval.dossier
    dossiers = home.dossiers(pilot)
    if approved is not None and (dossiers / approved[:12]).is_dir():
        return dossiers / approved[:12]
    if approved is not None:
        says = say("the approved dossier {digest} does not stand here", digest=approved[:12])
    else:
        says = why_not(case)
    raise RefusedError.because(says, about=pilot, remedy=say("`civic-ai case` says what was decided."))


@contextmanager
def _place_for_rows(home: Workspace, release: Path | None) -> Iterator[Blobs]:
    """Where the city's rows are kept while they are read: the workspace, else a folder that is removed."""
    if release is None:
        yield home.blobs
        return
    with tempfile.TemporaryDirectory(prefix="civic-ai-") as folder:
        yield Blobs(Path(folder))


def _trust(log: Path) -> Trust:
    from civic_ai.review.ledger_trust import Trust

    return Trust(read_line_key(log))


def _now() -> datetime:
    return datetime.now(UTC)
