"""What the public record calls the states of a case, its decisions, and what is withheld."""

from __future__ import annotations

from collections.abc import Mapping

from civic_ai.core.messages import N_

STATES: Mapping[str, str] = {
    "unopened": N_("Being prepared"),
    "draft": N_("Being prepared"),
    "submitted": N_("Handed in"),
    "triaged": N_("Under review"),
    "in_review": N_("Under review"),
    "returned": N_("Returned to the team"),
    "board_pilot": N_("Before the board"),
    "rejected": N_("Refused"),
    "approved_for_pilot": N_("Approved for a pilot"),
    "pilot": N_("Pilot running"),
    "pilot_suspended": N_("Pilot suspended"),
    "pilot_evaluated": N_("Pilot ended, being evaluated"),
    "board_use": N_("Before the board"),
    "approved_for_use": N_("Approved for use"),
    "in_use": N_("In use"),
    "use_suspended": N_("Use suspended"),
    "renewal_review": N_("In use, renewal under review"),
    "board_renewal": N_("In use, renewal before the board"),
    "renewed": N_("Renewed"),
    "lapsed": N_("Approval has ended"),
    "voided": N_("Approval is void: something was changed"),
    "stopped": N_("Stopped"),
    "board_stop": N_("Stopped, before the board"),
    "retired": N_("Retired"),
}
QUESTIONS: Mapping[str, str] = {
    "G3": N_("May it be tried in a pilot?"),
    "G4": N_("May it be used?"),
    "G5": N_("May it be used for another term?"),
    "G6": N_("Is the stop confirmed?"),
}
VERDICTS: Mapping[str, str] = {
    "approve": N_("Approved"),
    "return": N_("Returned"),
    "reject": N_("Refused"),
    "extend": N_("Extended once"),
    "abstain": N_("Abstained"),
}
WITHHELD: Mapping[str, str] = {
    "small-groups": N_("Figures of groups so small that a person could be found"),
    "board-cards": N_("The board's own version of the cards, which shows small groups"),
    "model-files": N_("The files of the model"),
    "names-of-voters": N_("Who voted how"),
}
REASONS: Mapping[str, str] = {
    "privacy": N_("to protect people's privacy"),
    "security": N_("so that nobody can try out how to deceive it"),
    "policy": N_("as the city's policy says"),
}
CARDS: Mapping[str, str] = {
    "public_notice": N_("Public notice"),
    "board_brief": N_("Board brief"),
    "model_card": N_("Model card"),
    "data_card": N_("Data card"),
    "audit_report": N_("Audit report"),
    "change_note": N_("Change note"),
}
