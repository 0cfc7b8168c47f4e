"""The fields of a pilot's record that the board's own steps fill: phase, reviews, decision, what it binds.

The record says them in three languages; what a person wrote stands as it was written. For the public nobody
is named: a role stands where the board reads a person, and a conflict of interest is counted, not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from civic_ai.core.messages import LANGUAGES, Message, say, told
from civic_ai.records.action import (
    Act,
    Action,
    CloseVote,
    DeclareConflict,
    PostNotice,
    ReportPilot,
    RequestRenewal,
    Review,
    Waive,
)
from civic_ai.records.decision import Decision, Waiver
from civic_ai.records.pilot_record import Decided
from civic_ai.records.policy import Policy
from civic_ai.records.public_register import Withheld
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import ROLES, SEVERITIES, STATES, VERDICTS
from civic_ai.review.history import Event, PolicyOf
from civic_ai.review.level import gate_name
from civic_ai.review.publication_words import REASONS
from civic_ai.review.publication_words import WITHHELD as NOT_SHOWN

PHASE, CAUSES, REVIEWERS, FINDINGS, DECISION, BOUND = "A08", "F04", "M01", "M02", "M03", "M04"
RESULTS, OVERRIDES, WATCHED = "E06", "H02", "L02"
WAIVERS, APPROVER, NOTICE, NEXT_REVIEW, WITHHELD = "M05", "M06", "M07", "M08", "N02"
Line = Message | str | date


def decided_of(
    events: Iterable[Event], dossier: str, policy_of: PolicyOf, names_people: bool = True
) -> dict[str, Decided]:
    """By field: what the steps about this dossier say. A decision replaces what stood before it.

    A field that two steps fill (two reviewers) holds both; the digest is that of the later statement. A file
    that a later report no longer names is no longer there. A gate is named as the policy that ruled asks it.
    """
    found: dict[str, list[Line]] = {}
    statements: dict[str, str] = {}
    for event in events:
        if not _is_about(event, dossier):
            continue
        says = _Fields(event, policy_of(event.step.policy), names_people)
        new = {field: list(lines) for field, lines in says.replaced()}
        for field, line in says.added():
            new[field] = [*found.get(field, []), line]
        found |= new
        statements |= dict.fromkeys(new, event.step.statement)
    return {
        field: Decided(text=_text(lines), decision=statements[field])
        for field, lines in found.items()
        if lines
    }


def decided_in_public(
    events: Iterable[Event], dossier: str, policy_of: PolicyOf, withheld: Iterable[Withheld]
) -> dict[str, Decided]:
    """The same for everybody, once the board has decided on this dossier; before, nothing.

    ``withheld``: what the public does not see, which is itself a field of the record.
    """
    found = decided_of(events, dossier, policy_of, names_people=False)
    if DECISION not in found:
        return {}
    lines: list[Line] = [
        say("{what}: {why}", what=NOT_SHOWN[each.what], why=REASONS[each.why]) for each in withheld
    ]
    return found | {WITHHELD: Decided(text=_text(lines), decision=found[DECISION].decision)}


def _is_about(event: Event, dossier: str) -> bool:
    """Whether the dossier is under review or decision; or its approval ends, and no other is handed in."""
    old, is_same = event.before.approval, event.before.dossier == event.after.dossier
    ends = is_same and event.after.approval is None and old is not None and old.dossier == dossier
    return event.after.dossier == dossier or ends


def _text(lines: list[Line]) -> Text:
    return Text(**{each: "\n".join(str(told(line, each)) for line in lines) for each in LANGUAGES})


@dataclass(frozen=True)
class _Fields:
    """What one step says in the record."""

    event: Event
    policy: Policy
    names_people: bool

    @property
    def action(self) -> Action:
        return self.event.action

    def added(self) -> Iterator[tuple[str, Line]]:
        """Fields that the step adds a line to."""
        action = self.action
        if isinstance(action, Review):
            yield from self._review(action)
        elif isinstance(action, DeclareConflict):
            yield REVIEWERS, self._conflict(action)
        elif isinstance(action, Waive):
            yield WAIVERS, self._accepted(action)

    def replaced(self) -> Iterator[tuple[str, Iterable[Line]]]:
        """Fields that the step says anew."""
        if self.event.before.state != self.event.after.state:
            state = STATES[self.event.after.state]
            yield PHASE, [say("{state} (since {day})", state=state, day=self.event.on)]
        if isinstance(self.action, PostNotice):
            yield NOTICE, [f"{self.action.where}: {self.action.notice}"]
        if isinstance(self.action, ReportPilot):
            yield RESULTS, self._filed(self.action.report)
            yield OVERRIDES, self._filed(self.action.overrides)
        if isinstance(self.action, RequestRenewal):
            yield WATCHED, self._filed(self.action.monitoring)
        if isinstance(self.action, CloseVote):
            yield from self._decision(self.action, self.event.after.decisions[-1])

    def _filed(self, digest: str | None) -> list[Line]:
        """The file of a report, by its digest; nothing where the step names none."""
        who = self._who(self.action)
        return [] if digest is None else [say("{who}: {words}", who=who, words=digest)]

    def _who(self, act: Act) -> Line:
        return act.by if self.names_people else ROLES[act.role]

    def _review(self, review: Review) -> Iterator[tuple[str, Line]]:
        role = ROLES[review.role]
        yield REVIEWERS, say("{person}, {role}", person=review.by, role=role) if self.names_people else role
        yield FINDINGS, say("{who}: {words}", who=self._who(review), words=review.reason)
        for finding in review.findings:
            severity = SEVERITIES[finding.severity]
            yield FINDINGS, say("{who}: {words}", who=severity, words=finding.text)
        if review.role == "equity_reviewer":
            yield CAUSES, review.reason

    def _conflict(self, declared: DeclareConflict) -> Line:
        if not self.names_people:
            return say("One person stepped aside for a conflict of interest.")
        return say("{person} stepped aside: {reason}", person=declared.person, reason=declared.reason)

    def _accepted(self, waived: Waive | Waiver) -> Message:
        gate = gate_name(self.policy, waived.gate)
        return say("Gate {gate}: {reason} (until {day})", gate=gate, reason=waived.reason, day=waived.ends_on)

    def _decision(self, closed: CloseVote, made: Decision) -> Iterator[tuple[str, Iterable[Line]]]:
        yield DECISION, self._verdict(closed, made)
        yield (
            WAIVERS,
            [self._accepted(each) for each in made.waivers] or [say("No gate is waived.")],
        )
        if closed.binding is None or made.ends_on is None:
            nothing = say("Nothing is approved.")
            yield from ((field, [nothing]) for field in (BOUND, APPROVER, NEXT_REVIEW))
            return
        bound = closed.binding
        scope = say(
            "{use}; {area}; {count} in each period", use=bound.use, area=bound.area, count=bound.capacity
        )
        yield BOUND, [scope, say("Dossier {digest}", digest=bound.dossier)]
        yield APPROVER, [_approver(made)]
        yield NEXT_REVIEW, [made.ends_on]

    def _verdict(self, closed: CloseVote, made: Decision) -> Iterator[Line]:
        yield say("{verdict} on {day}: {reason}", verdict=VERDICTS[made.verdict], day=made.decided_on,
                  reason=closed.reason)  # fmt: skip
        for ballot, count in Counter(vote.verdict for vote in made.votes).items():
            yield say("{answer}: {count} of {present} there", answer=VERDICTS[ballot], count=count,
                      present=len(made.present))  # fmt: skip
        yield from (say("In dissent: {words}", words=vote.dissent) for vote in made.votes if vote.dissent)
        for owed in made.conditions:
            yield say("Condition, by {day}: {text}", day=owed.due_on, text=owed.text)


def _approver(made: Decision) -> Message:
    if made.endorsed_by is None:
        return say("The board, by its vote.")
    return say("The board, by its vote, and the approving authority.")
