"""What the people of the demonstration say beside the ledger: comments with answers, and a coach's scores."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.policy.rubric import shipped_rubric
from civic_ai.records.people import BoardRole
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.coaching.models import Remark, Score
from civic_ai.web.demo.people import in_role
from civic_ai.web.demo.pilots import PILOTS, DemoPilot
from civic_ai.web.desk import Desk


@dataclass(frozen=True)
class Comment:
    """A comment on a section of a card, by who holds a role, and the team's answer if there is one."""

    role: BoardRole
    card: str
    section: str
    text: str
    asks_change: bool = False
    answer: str = ""


COMMENTS: dict[str, tuple[Comment, ...]] = {
    "rivermouth-potholes": (
        Comment("coach", "model_card", "use", "Who may leave the list, and where is that written down?", True,
                "Crew chiefs may. They note the reason on the day sheet; H01 now says so."),
        Comment("equity_reviewer", "audit_report", "groups", "Please name the streets of the middle group."),
    ),
    "rivermouth-floods": (
        Comment("technical_reviewer", "model_card", "results", "Too few floods to tell it from the rule."),
        Comment("coach", "data_card", "section-1", "Which years have no records of floods, and why?", True),
    ),
    "vila-serena-lights": (
        Comment("coach", "model_card", "results", "A regra simples basta? Digam por que um modelo.", True),
    ),
}  # fmt: skip
SCORES: dict[str, tuple[int, str]] = {
    "purpose": (2, "Use and limits are written, with an example for each."),
    "data": (2, "I read the contract of each source; the faults are named."),
    "benefit": (1, "A little better than the rule; the last period leaves it open."),
    "need": (1, "One group reports far less. The visits by lot will tell more."),
}
"""By criterion, of the first pilot. The others have no score yet, and the page says so."""


def talk(desk: Desk) -> None:
    """Say all of it, as it would be said today."""
    by_name = {pilot.name: pilot for pilot in PILOTS}
    for name, comments in COMMENTS.items():
        for comment in comments:
            _comment(desk, by_name[name], comment)
    _score(desk, PILOTS[0])


def _comment(desk: Desk, pilot: DemoPilot, said: Comment) -> None:
    (dossier,) = desk.dossiers(pilot.name)
    language = pilot.place.language
    by = Listening(desk, pilot.name, in_role(said.role)).said(dossier, language, said.text)
    where = {"card": said.card, "section": said.section}
    first = Remark.objects.create(**by, **where, asks_change=said.asks_change)
    if said.answer:
        by = Listening(desk, pilot.name, in_role("owner")).said(dossier, language, said.answer)
        Remark.objects.create(**by, **where, under=first)


def _score(desk: Desk, pilot: DemoPilot) -> None:
    (dossier,) = desk.dossiers(pilot.name)
    coach, rubric = Listening(desk, pilot.name, in_role("coach")), shipped_rubric().digest
    for criterion, (mark, reason) in SCORES.items():
        said = coach.said(dossier, pilot.place.language, reason)
        Score.objects.create(**said, rubric=rubric, criterion=criterion, mark=mark)
