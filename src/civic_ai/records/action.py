"""Everything that a person can do to a case, each a closed record told apart by its ``kind``.

An action's JSON is the predicate of a ledger statement. ``at`` is the day that the ledger gives;
nothing here reads a clock. Residents' words are kept by digest: the ledger never forgets a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, TypeAdapter, model_validator

from civic_ai.core.messages import N_
from civic_ai.records.decision import Ballot, Binding, Condition, Verdict
from civic_ai.records.levels import Level
from civic_ai.records.people import BoardRole, Digest, Holder, Person, Said, Word
from civic_ai.records.record import Record

Severity = Literal["note", "minor", "major", "blocking"]


class Act(Record):
    """Who did it, in which role, on which day. ``answered``: fields that the record answers with evidence.

    ``again``: how often the same was said before in this case, for a ledger takes no statement twice.
    """

    by: Person
    role: BoardRole
    at: date
    answered: tuple[str, ...] = ()
    again: int = Field(default=0, ge=0, exclude_if=lambda times: times == 0)


class Reasoned(Act):
    """An act that nobody may do without saying why."""

    reason: Said


class OnDossier(Act):
    """An act about one dossier: the one that the person had before them."""

    dossier: Digest


class OpenCase(Act):
    """Begin: the pilot, and everybody who takes part, as their keys are enrolled."""

    kind: Literal["open_case"] = "open_case"
    pilot: Word
    people: tuple[Holder, ...]


class Assign(Act):
    """Give one more person a role."""

    kind: Literal["assign"] = "assign"
    holder: Holder


class Release(Reasoned):
    """Take a role from a person; what the person has done stays done."""

    kind: Literal["release"] = "release"
    holder: Holder


class DeclareConflict(Reasoned):
    """A person has an interest in the case and leaves it: no review, no vote, no seat in the quorum."""

    kind: Literal["declare_conflict"] = "declare_conflict"
    person: Person


class Submit(OnDossier):
    """Hand in a dossier. ``open_gates``: the policy's gates that its report failed or left unknown."""

    kind: Literal["submit"] = "submit"
    open_gates: tuple[Word, ...] = ()


class ProposeLevel(OnDossier):
    """Propose the impact level that the answered questionnaire gives."""

    kind: Literal["propose_level"] = "propose_level"
    level: Level
    answers: Digest


class ConfirmLevel(OnDossier):
    """A second person confirms the proposed level."""

    kind: Literal["confirm_level"] = "confirm_level"
    level: Level


class Finding(Record):
    """One thing that a reviewer found. ``blocking`` keeps the case from the board."""

    id: Word
    severity: Severity
    text: Said

    named_by = ("id",)


class Review(OnDossier, Reasoned):
    """One reviewer's findings; the role says which review it is."""

    kind: Literal["review"] = "review"
    findings: tuple[Finding, ...] = ()

    @property
    def is_blocking(self) -> bool:
        """Whether a finding keeps the case from the board."""
        return any(finding.severity == "blocking" for finding in self.findings)


class AttestReproduction(OnDossier):
    """A run by somebody else, and whether it gave the same figures; ``report`` is its digest."""

    kind: Literal["attest_reproduction"] = "attest_reproduction"
    report: Digest
    agrees: bool


class Waive(OnDossier, Reasoned):
    """Accept, in one's own name and until a date, that one gate did not pass."""

    kind: Literal["waive"] = "waive"
    gate: Word
    ends_on: date


class ReturnCase(OnDossier, Reasoned):
    """Send the case back to the team before the board has met."""

    kind: Literal["return_case"] = "return_case"


class HandToBoard(OnDossier):
    """Everything is there: the board may meet."""

    kind: Literal["hand_to_board"] = "hand_to_board"


class OpenMeeting(OnDossier):
    """The board meets: who is there and who is not."""

    kind: Literal["open_meeting"] = "open_meeting"
    present: tuple[Person, ...]
    absent: tuple[Person, ...] = ()


class Adjourn(Reasoned):
    """The meeting ends without a decision; its votes do not count."""

    kind: Literal["adjourn"] = "adjourn"


class Vote(OnDossier, Reasoned):
    """One member's vote; ``dissent`` is printed with the decision."""

    kind: Literal["vote"] = "vote"
    verdict: Ballot
    dissent: Said | None = None


class Endorse(OnDossier, Reasoned):
    """The authority that the level asks for agrees to an approval."""

    kind: Literal["endorse"] = "endorse"


class CloseVote(OnDossier, Reasoned):
    """State the verdict that the votes gave and, for an approval, all that it hangs on."""

    kind: Literal["close_vote"] = "close_vote"
    verdict: Verdict
    conditions: tuple[Condition, ...] = ()
    expires_on: date | None = None
    binding: Binding | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [condition.id for condition in self.conditions]
        if len(set(names)) < len(names):
            raise ValueError(N_("name each condition once"))
        return self


class MeetCondition(Act):
    """A condition is met; ``proof`` is the digest of what shows it."""

    kind: Literal["meet_condition"] = "meet_condition"
    condition: Word
    proof: Digest


class MissCondition(Act):
    """A condition's day has passed and it is not met."""

    kind: Literal["miss_condition"] = "miss_condition"
    condition: Word


class Comment(Act):
    """A remark that binds nobody; how a coach speaks."""

    kind: Literal["comment"] = "comment"
    text: Said


class PostNotice(OnDossier):
    """The public notice stands where residents can read it."""

    kind: Literal["post_notice"] = "post_notice"
    notice: Digest
    where: Said


class PublicComment(Act):
    """A resident's comment, entered for the resident; kept by digest."""

    kind: Literal["public_comment"] = "public_comment"
    comment: Digest


class StartPilot(OnDossier):
    """The approved model goes to work for a limited time."""

    kind: Literal["start_pilot"] = "start_pilot"


class ReportPilot(OnDossier):
    """The pilot is over; ``report`` is the digest of what came of it, ``overrides`` that of the log of lists
    that people changed, and what they found."""

    kind: Literal["report_pilot"] = "report_pilot"
    report: Digest
    overrides: Digest | None = None


class StartUse(OnDossier):
    """The approved model is promoted to use."""

    kind: Literal["start_use"] = "start_use"


class RequestRenewal(OnDossier):
    """Ask for the next term with a dossier on new data; ``monitoring`` is the digest of what was watched in
    the term that ends."""

    kind: Literal["request_renewal"] = "request_renewal"
    open_gates: tuple[Word, ...] = ()
    monitoring: Digest | None = None


class Appeal(OnDossier, Reasoned):
    """The team contests a refusal, once, with a dossier that holds new evidence."""

    kind: Literal["appeal"] = "appeal"
    open_gates: tuple[Word, ...] = ()


class ResidentAppeal(Act):
    """A resident contests an outcome; entered for the resident, kept by digest."""

    kind: Literal["resident_appeal"] = "resident_appeal"
    appeal: Word
    words: Digest


class AnswerResident(Reasoned):
    """A person outside the team decides a resident's appeal anew."""

    kind: Literal["answer_resident"] = "answer_resident"
    appeal: Word
    is_upheld: bool


class Suspend(Reasoned):
    """Stop using the model for now."""

    kind: Literal["suspend"] = "suspend"


class LiftSuspension(Reasoned):
    """The cause is gone; ``proof`` is the digest of what shows it."""

    kind: Literal["lift_suspension"] = "lift_suspension"
    proof: Digest


class Stop(Reasoned):
    """Stop for good; the board confirms later."""

    kind: Literal["stop"] = "stop"


class Lapse(Act):
    """The approval's last day has passed."""

    kind: Literal["lapse"] = "lapse"


class Void(Reasoned):
    """What runs is not what was approved; ``found`` says what runs."""

    kind: Literal["void"] = "void"
    found: Binding


Action = Annotated[
    OpenCase
    | Assign
    | Release
    | DeclareConflict
    | Submit
    | ProposeLevel
    | ConfirmLevel
    | Review
    | AttestReproduction
    | Waive
    | ReturnCase
    | HandToBoard
    | OpenMeeting
    | Adjourn
    | Vote
    | Endorse
    | CloseVote
    | MeetCondition
    | MissCondition
    | Comment
    | PostNotice
    | PublicComment
    | StartPilot
    | ReportPilot
    | StartUse
    | RequestRenewal
    | Appeal
    | ResidentAppeal
    | AnswerResident
    | Suspend
    | LiftSuspension
    | Stop
    | Lapse
    | Void,
    Field(discriminator="kind"),
]
ACTIONS: dict[str, type[Act]] = {
    made.model_fields["kind"].default: made for made in get_args(get_args(Action)[0])
}
"""Each kind with its record, in the order in which a case meets them."""
_ANY: TypeAdapter[Action] = TypeAdapter(Action)


def read_action(content: bytes) -> Action:
    """The action that this JSON says. Raises pydantic's ``ValidationError`` for anything else."""
    return _ANY.validate_json(content)


def action_of(said: Mapping[str, Any]) -> Action:
    """The same of JSON that was read already; four times as fast as to write it and read it again."""
    return _ANY.validate_python(said)
