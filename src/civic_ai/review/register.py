"""The public register of a city's pilots: from the ledger and the public part of each dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import CloseVote
from civic_ai.records.case import Case
from civic_ai.records.decision import CountedVote, Decision
from civic_ai.records.public_register import PublicDecision, PublicVote, Register, RegisterRow, Withheld
from civic_ai.review.history import Taken
from civic_ai.review.level import workflow_of
from civic_ai.review.office import Office


def make_register(office: Office, dossiers: Iterable[Path], on: date) -> Register:
    """One row for each dossier (the folder), in the order of the pilots' names.

    Raises :class:`RefusedError` where a dossier was altered, :class:`ConfigError` where none stands.
    """
    cases = office.cases()
    rows = [_row(read_sealed(folder, "public"), cases, office) for folder in dossiers]
    return Register(
        on=on,
        ledger_size=len(office.ledger.entries()),
        rows=tuple(sorted(rows, key=lambda row: row.pilot)),
    )


def _row(sealed: Sealed, cases: dict[str, Case], office: Office) -> RegisterRow:
    spec, manifest = sealed.records.spec, sealed.manifest
    case = cases.get(manifest.pilot, Case())
    _require_shown(case, manifest.pilot, manifest.digest)
    names_voters = workflow_of(office.policy).names_voters
    approval = case.approval
    return RegisterRow(
        pilot=manifest.pilot,
        title=spec.title,
        owner=spec.owner,
        contact=spec.contact,
        state=case.state,
        level=case.level,
        dossier=manifest.digest,
        is_ready=sealed.gates.is_ready,
        gates_passed=sealed.gates.passed,
        gates_failed=sealed.gates.failed,
        gates_unknown=sealed.gates.unknown,
        data_up_to=date.fromisoformat(sealed.records.panel.last_known_on),
        holds_until=None if approval is None else approval.ends_on,
        decisions=tuple(_decisions(case, office.steps(manifest.pilot), names_voters)),
        withheld=tuple(_withheld(names_voters)),
        cards=tuple(public_cards(sealed)),
    )


def shown_dossier(case: Case) -> str | None:
    """The dossier whose cards the public reads: the approved one, else the one that was handed in."""
    return case.dossier if case.approval is None else case.approval.dossier


def _require_shown(case: Case, pilot: str, digest: str) -> None:
    shown = shown_dossier(case)
    if shown is not None and shown != digest:
        raise RefusedError.because(
            say(
                "the board's dossier is {shown}, and this one is {digest}",
                shown=shown[:12],
                digest=digest[:12],
            ),
            about=pilot,
            remedy=say("Publish the dossier that the board had before it."),
        )


def public_cards(sealed: Sealed) -> Iterator[str]:
    """Paths, inside the dossier, of the pages that everybody may read."""
    for file in sealed.manifest.files:
        if file.audience == "public" and file.role == "card":
            yield file.path


def _decisions(case: Case, steps: Iterable[Taken], names_voters: bool) -> Iterator[PublicDecision]:
    """Each decision with the reason that was given when its vote was closed."""
    reasons = [step.action.reason for step in steps if isinstance(step.action, CloseVote)]
    for decision, reason in zip(case.decisions, reasons, strict=True):
        yield _public(decision, reason, names_voters)


def _public(decision: Decision, reason: str, names_voters: bool) -> PublicDecision:
    return PublicDecision(
        question=decision.question,
        verdict=decision.verdict,
        decided_on=decision.decided_on,
        reason=reason,
        votes=tuple(_vote(vote, names_voters) for vote in decision.votes),
        conditions=tuple(f"{each.text} ({each.owner}, {each.due_on})" for each in decision.conditions),
        waivers=tuple(f"{each.gate}: {each.reason} ({each.ends_on})" for each in decision.waivers),
        expires_on=decision.ends_on,
        dossier=decision.dossier,
        policy=decision.policy,
    )


def _vote(vote: CountedVote, names_voters: bool) -> PublicVote:
    by = vote.by if names_voters else None
    return PublicVote(verdict=vote.verdict, reason=vote.reason, by=by, dissent=vote.dissent)


def _withheld(names_voters: bool) -> Iterator[Withheld]:
    yield Withheld(what="small-groups", why="privacy")
    yield Withheld(what="board-cards", why="privacy")
    yield Withheld(what="model-files", why="security")
    if not names_voters:
        yield Withheld(what="names-of-voters", why="policy")
