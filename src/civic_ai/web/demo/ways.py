"""The way of a case to each state: who does what, how many days after the step before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civic_ai.records.case import State
from civic_ai.records.people import BoardRole
from civic_ai.web.demo.words import WORDS


@dataclass(frozen=True)
class Deed:
    """One step. ``says``: the fields that a person fills; what rests on files is read from them.

    ``words``: the names of sentences, by field, that the person writes in the language of the city.
    """

    kind: str
    role: BoardRole
    days: int = 0
    says: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def told(self, language: str) -> dict[str, Any]:
        """What the person fills in, in that language."""
        return {**self.says, **{name: WORDS[sentence][language] for name, sentence in self.words.items()}}


Way = tuple[Deed, ...]
VOTES = (
    Deed("vote", "chair", 0, {"verdict": "approve"}, {"reason": "vote-chair"}),
    Deed("vote", "member", 0, {"verdict": "approve"}, {"reason": "vote-member"}),
)
NO = (
    Deed("vote", "chair", 0, {"verdict": "reject"}, {"reason": "vote-no"}),
    Deed("vote", "member", 0, {"verdict": "reject"}, {"reason": "vote-no-member"}),
)
ENDS = {"ends_after": 300}

OPENED: Way = (Deed("open_case", "owner"),)
SUBMITTED: Way = (*OPENED, Deed("submit", "owner", 2))
TRIAGED: Way = (
    *SUBMITTED,
    Deed("propose_level", "governance_officer", 2),
    Deed("confirm_level", "chair", 1, {"level": "II"}),
)
IN_REVIEW: Way = (
    *TRIAGED,
    Deed("attest_reproduction", "technical_reviewer", 3),
    Deed("review", "technical_reviewer", 1, {"finding": ("repeats", "minor")},
         {"reason": "review-technical", "finding_text": "finding-repeats"}),
    Deed("comment", "coach", 1, {}, {"text": "coach-comment"}),
)  # fmt: skip
EXAMINED: Way = (
    *IN_REVIEW,
    Deed("review", "equity_reviewer", 3, {"finding": ("silence", "major")},
         {"reason": "review-equity", "finding_text": "finding-silence"}),
    Deed("hand_to_board", "governance_officer", 2),
)  # fmt: skip
BEFORE_BOARD: Way = (*EXAMINED, Deed("post_notice", "governance_officer", 1, {}, {"where": "notice-where"}))
MEETING: Way = (*BEFORE_BOARD, Deed("open_meeting", "chair", 7))
VOTED: Way = (*MEETING, Deed("waive", "chair"), Deed("waive", "technical_reviewer"), *VOTES)
CLOSED = Deed("close_vote", "chair", 0, {"verdict": "approve", **ENDS}, {"reason": "approved"})
APPROVED: Way = (*VOTED, CLOSED)
PILOT: Way = (*APPROVED, Deed("start_pilot", "governance_officer", 5))
MET = Deed("meet_condition", "governance_officer", 20)
EVALUATED: Way = (*PILOT, MET, Deed("report_pilot", "owner", 40))
BOARD_USE: Way = (*EVALUATED, Deed("hand_to_board", "governance_officer", 4))
FOR_USE: Way = (*BOARD_USE, Deed("open_meeting", "chair", 6), *VOTES, CLOSED)
IN_USE: Way = (*FOR_USE, Deed("start_use", "governance_officer", 5))
RENEWING: Way = (*IN_USE, MET, Deed("request_renewal", "owner", 60))
REVIEWED_AGAIN: Way = (
    *RENEWING,
    Deed("attest_reproduction", "technical_reviewer", 3),
    Deed("review", "technical_reviewer", 1, {}, {"reason": "review-again"}),
    Deed("review", "equity_reviewer", 2, {}, {"reason": "review-again-equity"}),
    Deed("hand_to_board", "governance_officer", 2),
)
RENEWED: Way = (
    *REVIEWED_AGAIN,
    Deed("post_notice", "governance_officer", 1, {}, {"where": "notice-where"}),
    Deed("open_meeting", "chair", 7),
    Deed("waive", "chair"),
    Deed("waive", "technical_reviewer"),
    *VOTES,
    CLOSED,
)
STOPPED: Way = (*IN_REVIEW, Deed("stop", "owner", 30, {}, {"reason": "stopped"}))
BOARD_STOP: Way = (*STOPPED, Deed("hand_to_board", "governance_officer", 5))

WAYS: Mapping[State, Way] = {
    "draft": OPENED,
    "submitted": SUBMITTED,
    "triaged": TRIAGED,
    "in_review": IN_REVIEW,
    "returned": (*TRIAGED, Deed("return_case", "governance_officer", 4, {}, {"reason": "returned"})),
    "board_pilot": (*MEETING, Deed("waive", "technical_reviewer"), VOTES[1]),
    "rejected": (*MEETING, *NO,
                 Deed("close_vote", "chair", 0, {"verdict": "reject"}, {"reason": "rejected"})),
    "approved_for_pilot": APPROVED,
    "pilot": PILOT,
    "pilot_suspended": (*PILOT, Deed("suspend", "member", 12, {}, {"reason": "suspended"})),
    "pilot_evaluated": EVALUATED,
    "board_use": BOARD_USE,
    "approved_for_use": FOR_USE,
    "in_use": IN_USE,
    "use_suspended": (*IN_USE, Deed("suspend", "technical_reviewer", 25, {}, {"reason": "drift"})),
    "renewal_review": RENEWING,
    "board_renewal": REVIEWED_AGAIN,
    "renewed": RENEWED,
    "lapsed": (*VOTED, Deed("close_vote", "chair", 0, {"verdict": "approve", "ends_after": 60},
                            {"reason": "approved"}),
               Deed("start_pilot", "governance_officer", 5), Deed("lapse", "governance_officer", 56)),
    "voided": (*PILOT, Deed("void", "developer", 21, {"capacity": 200}, {"reason": "voided"})),
    "stopped": STOPPED,
    "board_stop": BOARD_STOP,
    "retired": (*BOARD_STOP, Deed("open_meeting", "chair", 9), *VOTES,
                Deed("close_vote", "chair", 0, {"verdict": "approve"}, {"reason": "retired"})),
}  # fmt: skip
"""Every state but that of a case that nobody opened."""
