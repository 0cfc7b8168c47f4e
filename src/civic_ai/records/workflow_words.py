"""What people call the codes of the workflow: each state, role, step, gate and answer, once.

Records, JSON and CSV hold the code; every sentence, table and page holds the word. A role is said with its
article and a step as what somebody does, so that both stand in any sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from civic_ai.core.messages import Message, say
from civic_ai.records.action import Severity
from civic_ai.records.case import State
from civic_ai.records.decision import Ballot, Question
from civic_ai.records.levels import Authority, Reviewer
from civic_ai.records.people import BoardRole
from civic_ai.records.workflow_policy import GateId

STATES: Mapping[State, Message] = {
    "unopened": say("Not opened yet"),
    "draft": say("Being prepared"),
    "submitted": say("Handed in"),
    "triaged": say("Impact level confirmed, waiting for reviews"),
    "in_review": say("Under review"),
    "returned": say("Returned to the team"),
    "board_pilot": say("Before the board, about a pilot"),
    "rejected": say("Refused"),
    "approved_for_pilot": say("Approved for a pilot"),
    "pilot": say("Pilot running"),
    "pilot_suspended": say("Pilot suspended"),
    "pilot_evaluated": say("Pilot ended, being evaluated"),
    "board_use": say("Before the board, about use"),
    "approved_for_use": say("Approved for use"),
    "in_use": say("In use"),
    "use_suspended": say("Use suspended"),
    "renewal_review": say("In use, renewal under review"),
    "board_renewal": say("In use, renewal before the board"),
    "renewed": say("Renewed"),
    "lapsed": say("Approval has ended"),
    "voided": say("Approval is void: something was changed"),
    "stopped": say("Stopped"),
    "board_stop": say("Stopped, before the board"),
    "retired": say("Retired"),
}
ROLES: Mapping[BoardRole, Message] = {
    "owner": say("the owner of the pilot"),
    "developer": say("the developer of the model"),
    "data_steward": say("the data steward"),
    "technical_reviewer": say("the technical reviewer"),
    "equity_reviewer": say("the equity reviewer"),
    "privacy_reviewer": say("the privacy reviewer"),
    "governance_officer": say("the governance officer"),
    "chair": say("the chair of the board"),
    "member": say("a member of the board"),
    "approver": say("the approving authority"),
    "coach": say("the coach"),
    "auditor": say("the auditor"),
}
REVIEWS: Mapping[Reviewer, Message] = {
    "technical_reviewer": say("technical review"),
    "equity_reviewer": say("equity review"),
    "privacy_reviewer": say("privacy review"),
}
AUTHORITIES: Mapping[Authority, Message] = {
    "service_head": say("the head of the service"),
    "city_manager": say("the city manager"),
    "mayor_or_council": say("the mayor or the council"),
}
DEEDS: Mapping[str, Message] = {
    "open_case": say("open the case"),
    "assign": say("give somebody a role"),
    "release": say("take a role from somebody"),
    "declare_conflict": say("declare a conflict of interest"),
    "submit": say("hand in a dossier"),
    "propose_level": say("propose the impact level"),
    "confirm_level": say("confirm the impact level"),
    "review": say("give a review"),
    "attest_reproduction": say("attest a second run"),
    "waive": say("waive a gate"),
    "return_case": say("return the case to the team"),
    "hand_to_board": say("hand the case to the board"),
    "open_meeting": say("open a meeting of the board"),
    "adjourn": say("adjourn the meeting"),
    "vote": say("vote"),
    "endorse": say("endorse the approval"),
    "close_vote": say("close the vote"),
    "meet_condition": say("record that a condition is met"),
    "miss_condition": say("record that a condition is missed"),
    "comment": say("comment"),
    "post_notice": say("post the public notice"),
    "public_comment": say("enter a resident's comment"),
    "start_pilot": say("start the pilot"),
    "report_pilot": say("report on the pilot"),
    "start_use": say("put the model to use"),
    "request_renewal": say("ask for renewal"),
    "appeal": say("appeal against the refusal"),
    "resident_appeal": say("enter a resident's objection"),
    "answer_resident": say("answer a resident's objection"),
    "suspend": say("suspend the model"),
    "lift_suspension": say("lift the suspension"),
    "stop": say("stop for good"),
    "lapse": say("record that the approval has ended"),
    "void": say("declare the approval void"),
}
"""By kind of action; a test holds it to :data:`civic_ai.records.action.ACTIONS`."""
GATES: Mapping[GateId, Message] = {
    "G0": say("intake (G0)"),
    "G1": say("impact level (G1)"),
    "G2": say("technical review (G2)"),
    "G3": say("the board's decision on a pilot (G3)"),
    "G4": say("the board's decision on use (G4)"),
    "G5": say("the board's decision on renewal (G5)"),
    "G6": say("the board's decision on the stop (G6)"),
}
QUESTIONS: Mapping[Question, Message] = {
    "G3": say("May it be tried in a pilot?"),
    "G4": say("May it be used?"),
    "G5": say("May it be used for another term?"),
    "G6": say("Is the stop confirmed?"),
}
VERDICTS: Mapping[Ballot, Message] = {
    "approve": say("Approved"),
    "return": say("Returned"),
    "reject": say("Refused"),
    "extend": say("Extended once"),
    "abstain": say("Abstained"),
}
"""What a decision was, or how somebody voted."""
ANSWERS: Mapping[Ballot, Message] = {
    "approve": say("approve"),
    "return": say("return to the team"),
    "reject": say("refuse"),
    "extend": say("extend once"),
    "abstain": say("abstain"),
}
"""What the board can do about its question."""
SEVERITIES: Mapping[Severity, Message] = {
    "note": say("Note"),
    "minor": say("Minor finding"),
    "major": say("Major finding"),
    "blocking": say("Finding that keeps it from the board"),
}
