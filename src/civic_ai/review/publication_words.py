"""What the public record calls its cards, what is withheld and why, and what became of what was owed."""

from __future__ import annotations

from collections.abc import Mapping

from civic_ai.core.messages import Message, say
from civic_ai.records.public_register import WithheldThing, WithheldWhy
from civic_ai.records.yearly_report import ConditionStatus, Ending

WITHHELD: Mapping[WithheldThing, Message] = {
    "small-groups": say("Figures of groups so small that a person could be found"),
    "board-cards": say("The board's own version of the cards, which shows small groups"),
    "model-files": say("The files of the model"),
    "names-of-voters": say("Who voted how"),
}
REASONS: Mapping[WithheldWhy, Message] = {
    "privacy": say("to protect people's privacy"),
    "security": say("so that nobody can try out how to deceive it"),
    "policy": say("as the city's policy says"),
}
CARDS: Mapping[str, Message] = {
    "public_notice": say("Public notice"),
    "board_brief": say("Board brief"),
    "model_card": say("Model card"),
    "data_card": say("Data card"),
    "audit_report": say("Audit report"),
    "change_note": say("Change note"),
}
CONDITIONS: Mapping[ConditionStatus, Message] = {
    "met": say("Met in time"),
    "met_late": say("Met late"),
    "missed": say("Missed"),
    "overdue": say("Overdue"),
    "open": say("Still to be met"),
    "dropped": say("Fell away with its approval"),
}
ENDINGS: Mapping[Ending, Message] = {
    "lapsed": say("Its last day passed"),
    "voided": say("Something had been changed"),
    "stopped": say("The pilot was stopped"),
    "refused": say("The board refused another term"),
    "replaced": say("A new approval took its place"),
    "resubmitted": say("The team handed in another dossier"),
}
