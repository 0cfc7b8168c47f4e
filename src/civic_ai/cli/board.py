"""``civic-ai case``, ``submit``, ``review``, ``decide``: the board's steps, signed and on the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, Typed, name_of, open_desk, open_desk_to_write
from civic_ai.cli.record import LedgerOption, LogKeyOption
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say

if TYPE_CHECKING:
    from civic_ai.review.office import Entered

KEY_HELP = "Your private key file (`civic-ai keys new`), or an OpenSSH key. Its .pub file stands beside it."
SET_HELP = "One field: name=value. A list or an object may be written as YAML. May be given often."
FROM_HELP = "A YAML file with the fields."
DOSSIER_HELP = "The sealed dossier's folder; once handed in, the workspace's own is found."
FILE_HELP = "The file that the step names by its digest: a report, the notice, a proof. Or overrides=FILE."
NUMBERS_HELP = "Small numbers in a public reason were looked at: they point at nobody."
PILOT_HELP = "The pilot's folder, for the answers that gates rest on."


def case(
    pilot: Annotated[str, typer.Argument(help="The pilot's folder, or its name.")],
    ledger: LedgerOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Say where a pilot's case stands, who is waited for, and what is missing."""
    from civic_ai.cli.case_text import case_json, case_text

    office, name = open_desk(ledger, workspace, policy).office, name_of(Path(pilot))
    told = case_json(office, name) if as_json else case_text(office, name, reader_language())
    print(told)
    return 0


def submit(
    pilot: Annotated[str, typer.Argument(help=PILOT_HELP)],
    dossier: Annotated[Path, typer.Option(help=DOSSIER_HELP)],
    key: Annotated[Path, typer.Option(help=KEY_HELP)],
    role: Annotated[str, typer.Option(help="In which role.")] = "owner",
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
) -> int:
    """Hand a sealed dossier to the governance office."""
    desk = open_desk_to_write(ledger, log_key, workspace, policy)
    print(_told(desk.take("submit", {}, Typed(Path(pilot), key, role, dossier))))
    return 0


def review(
    pilot: Annotated[str, typer.Argument(help=PILOT_HELP)],
    key: Annotated[Path, typer.Option(help=KEY_HELP)],
    role: Annotated[str, typer.Option(help="technical_reviewer, equity_reviewer or privacy_reviewer.")],
    reason: Annotated[str, typer.Option(help="What you looked at and what you conclude.")],
    finding: Annotated[
        list[str] | None,
        typer.Option(help="id: severity: text. Severity: note, minor, major, blocking. May be given often."),
    ] = None,
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
) -> int:
    """Enter one review. Nobody reads it before all first reviews are in."""
    desk = open_desk_to_write(ledger, log_key, workspace, policy)
    given = {"reason": reason, "findings": [_finding(one) for one in finding or ()]}
    print(_told(desk.take("review", given, Typed(Path(pilot), key, role))))
    return 0


def decide(
    step: Annotated[
        str, typer.Argument(help="open_case, confirm_level, vote ... `civic-ai case` says which.")
    ],
    pilot: Annotated[str, typer.Argument(help=PILOT_HELP)],
    key: Annotated[Path, typer.Option(help=KEY_HELP)],
    role: Annotated[str, typer.Option(help="In which role.")],
    sets: Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)] = None,
    source: Annotated[Path | None, typer.Option("--from", help=FROM_HELP)] = None,
    dossier: Annotated[Path | None, typer.Option(help=DOSSIER_HELP)] = None,
    file: Annotated[list[str] | None, typer.Option("--file", help=FILE_HELP)] = None,
    numbers_checked: Annotated[bool, typer.Option("--numbers-checked", help=NUMBERS_HELP)] = False,
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
) -> int:
    """Take any step of the workflow. It is refused, with the reason, where it may not be taken."""
    from civic_ai.cli.step_fields import read_fields

    desk = open_desk_to_write(ledger, log_key, workspace, policy)
    given: dict[str, Any] = read_fields(source, sets or [])
    typed = Typed(Path(pilot), key, role, dossier, tuple(file or ()), numbers_checked)
    print(_told(desk.take(step, given, typed)))
    return 0


def _finding(text: str) -> dict[str, str]:
    """The three parts of a finding. Raises :class:`ConfigError` where one is missing or unknown."""
    from civic_ai.records.action import Severity

    parts = [part.strip() for part in text.split(":", 2)]
    if len(parts) != 3 or not all(parts) or parts[1] not in get_args(Severity):
        raise ConfigError.because(
            say("is no finding: {text}", text=text),
            about="--finding",
            remedy=say('For example: --finding "map: minor: It is of 2019." Severity: {words}.',
                       words=", ".join(get_args(Severity))),
        )  # fmt: skip
    return dict(zip(("id", "severity", "text"), parts, strict=True))


def _told(entered: Entered) -> str:
    """What was entered, where it stands, and where the case is now."""
    from civic_ai.records.workflow_words import DEEDS, STATES

    said: Message = say(
        "Entered as number {number} for {by}: {step}. The case of {pilot} is now: {state}.",
        number=entered.entry.number,
        step=DEEDS[entered.step.action.kind],
        by=entered.step.action.by,
        pilot=entered.step.pilot,
        state=STATES[entered.case.state],
    )
    return said.text(reader_language())
