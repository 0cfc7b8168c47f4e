"""What people call the fields of a step, and the codes that may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic_ai.core.messages import Message, say
from civic_ai.records.levels import LEVELS
from civic_ai.records.workflow_words import ANSWERS, ROLES, SEVERITIES

LABELS: Mapping[str, Message] = {
    "absent": say("Who is absent"),
    "agrees": say("The second run gave the same figures"),
    "again": say("How often the same was said before in this case"),
    "answered": say("Fields answered with evidence"),
    "answers": say("The answered questionnaire, by its digest"),
    "appeal": say("The objection"),
    "area": say("Where it may be used"),
    "at": say("Day"),
    "binding": say("What exactly is approved"),
    "bundle": say("The model, by its digest"),
    "by": say("Who"),
    "capacity": say("Units in one period"),
    "comment": say("The resident's comment, as a file"),
    "condition": say("The condition"),
    "conditions": say("Conditions"),
    "contracts": say("What was promised about the data, by digest"),
    "dissent": say("Your dissent, to be printed with the decision"),
    "dossier": say("Dossier"),
    "due_on": say("Due on"),
    "ends_on": say("Last day"),
    "expires_on": say("The approval's last day"),
    "features": say("The columns of a row, by digest"),
    "findings": say("Findings"),
    "found": say("What was found to run"),
    "gate": say("The gate"),
    "holder": say("Who, in which role"),
    "id": say("Name"),
    "if_missed": say("If it is missed"),
    "is_community": say("This seat speaks for residents"),
    "is_upheld": say("The objection is upheld"),
    "kind": say("Step"),
    "level": say("Impact level"),
    "monitoring": say("What was watched in the term, as a file"),
    "notice": say("The public notice, as a file"),
    "open_gates": say("Gates that did not pass"),
    "overrides": say("The log of lists that people changed, as a file"),
    "owner": say("Who owes it"),
    "people": say("Who takes part"),
    "person": say("Person"),
    "pilot": say("Pilot"),
    "present": say("Who is present"),
    "proof": say("The proof"),
    "reason": say("Reason"),
    "report": say("The report, as a file"),
    "role": say("Role"),
    "severity": say("How grave"),
    "text": say("What it says"),
    "use": say("What it may be used for"),
    "verdict": say("Verdict"),
    "where": say("Where it stands"),
    "words": say("The resident's words, as a file"),
}
"""By name of the field; a test holds it to every field of every action."""
HINTS: Mapping[str, Message] = {
    "reason": say("Everybody in the case reads it. Residents read it with the decision."),
    "findings": say("Leave a row empty if you do not need it."),
    "conditions": say("Leave a row empty if you do not need it."),
    "binding": say("Only for an approval. What else it binds is read from the dossier."),
    "expires_on": say("Only for an approval."),
    "people": say("Whoever is not in the list has no key yet. Leave a row empty if you do not need it."),
    "pilot": say("The name of its folder: small letters, numbers and hyphens."),
    "dossier": say("By the first letters of its digest. The newest stands first."),
}
FILES: Mapping[bool, Message] = {
    True: say("The desk keeps it for everybody in the case. Only its digest goes on the ledger."),
    False: say("Only the file's digest goes on the ledger; the desk does not keep the file."),
}
"""What becomes of a file, by whether the desk keeps it."""
IF_MISSED = {"report": say("it is reported"), "suspend": say("the model is suspended")}
CODES: Mapping[str, Mapping[Any, Any]] = {
    "verdict": ANSWERS,
    "role": ROLES,
    "severity": SEVERITIES,
    "if_missed": IF_MISSED,
    "level": {level: level for level in LEVELS},
}
"""The words of the codes that a field may hold."""
YES_NO: Mapping[str, Message] = {"true": say("yes"), "false": say("no")}
