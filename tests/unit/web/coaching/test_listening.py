"""What one person hears: their own, what is open to them, and no answer to what they may not hear."""

from __future__ import annotations

from civic_ai.policy.rubric import shipped_rubric
from civic_ai.web.coaching.listening import Listening, changes_asked
from civic_ai.web.coaching.models import Remark, Score
from civic_ai.web.desk import Desk
from tests.unit.review.made_case import DIGESTS
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take

A = DIGESTS["A"]


def at_level_three(desk: Desk) -> None:
    """First reviews are asked for, and blind."""
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    take(desk.office, "propose_level", "off", "governance_officer", level="III")
    take(desk.office, "confirm_level", "cha", "chair", level="III")


def remark(desk: Desk, by: str, text: str, under: Remark | None = None, asks: bool = False) -> Remark:
    said = Listening(desk, PILOT, by).said(A, "en", text)
    return Remark.objects.create(card="model_card", section="use", under=under, asks_change=asks, **said)


def heard(desk: Desk, person: str) -> list[tuple[str, list[str]]]:
    threads = Listening(desk, PILOT, person).threads(A)
    return [(each.first.text, [answer.text for answer in each.answers]) for each in threads]


def test_a_reviewers_thread_is_hidden_with_every_answer_to_it(desk: Desk) -> None:
    at_level_three(desk)
    hidden = remark(desk, "equ", "secret")
    remark(desk, "equ", "more of it", under=hidden)
    open_one = remark(desk, "coa", "why?", asks=True)
    remark(desk, "ona", "because", under=open_one)
    remark(desk, "tec", "I doubt it", under=open_one)
    assert heard(desk, "ona") == [("why?", ["because"])]
    assert heard(desk, "tec") == [("why?", ["because", "I doubt it"])]
    assert heard(desk, "equ") == [("secret", ["more of it"]), ("why?", ["because"])]
    assert Listening(desk, PILOT, "ona").thread(hidden.pk) is None
    for by, role in (("tec", "technical_reviewer"), ("equ", "equity_reviewer"), ("pri", "privacy_reviewer")):
        take(desk.office, "review", by, role)
    assert heard(desk, "ona") == [("secret", ["more of it"]), ("why?", ["because", "I doubt it"])]


def test_an_answer_that_may_be_heard_does_not_bring_along_what_may_not(desk: Desk) -> None:
    at_level_three(desk)
    hidden = remark(desk, "equ", "secret")
    remark(desk, "coa", "I saw that", under=hidden)
    assert heard(desk, "ona") == []


def test_what_is_said_names_the_roles_and_the_ledger_of_that_moment(desk: Desk) -> None:
    at_level_three(desk)
    first = Listening(desk, PILOT, "coa").said(A, "pt", "olá")
    assert (first["held"], first["after"]) == ("coach", len(desk.office.ledger.entries()))
    take(desk.office, "assign", "off", "governance_officer", holder=("coa", "member"))
    assert Listening(desk, PILOT, "coa").said(A, "pt", "olá")["held"] == "coach member"


def test_a_thread_of_another_case_is_none_here(desk: Desk) -> None:
    at_level_three(desk)
    made = remark(desk, "coa", "why?")
    answer = remark(desk, "ona", "because", under=made)
    here = Listening(desk, PILOT, "ona")
    assert here.thread(made.pk) is not None
    assert here.thread(answer.pk) is None
    assert Listening(desk, "other-streets", "ona").thread(made.pk) is None


def test_the_last_score_counts_and_another_rubrics_does_not(desk: Desk) -> None:
    at_level_three(desk)
    said = Listening(desk, PILOT, "coa").said(A, "en", "so")
    for mark in (1, 3, 2):
        Score.objects.create(rubric=shipped_rubric().digest, criterion="use", mark=mark, **said)
    Score.objects.create(rubric="0" * 64, criterion="data", mark=3, **said)
    found = Listening(desk, PILOT, "ona").scores(A, shipped_rubric())
    assert {name: score.mark for name, score in found.items()} == {"use": 2}


def test_a_team_is_told_of_changes_that_it_may_hear_and_nobody_settled(desk: Desk) -> None:
    at_level_three(desk)
    made = remark(desk, "coa", "say who", asks=True)
    remark(desk, "equ", "secret", asks=True)
    remark(desk, "off", "a question")
    assert changes_asked(desk, "ona") == {PILOT: 1}
    assert changes_asked(desk, "coa") == changes_asked(desk, "zoe") == {}
    Remark.objects.filter(pk=made.pk).update(settled_by="coa")
    assert changes_asked(desk, "ona") == {}


def test_the_scores_of_a_coach_who_also_reviews_are_as_blind(desk: Desk) -> None:
    at_level_three(desk)
    take(desk.office, "assign", "off", "governance_officer", holder=("coa", "equity_reviewer"))
    said = Listening(desk, PILOT, "coa").said(A, "en", "so")
    Score.objects.create(rubric=shipped_rubric().digest, criterion="use", mark=2, **said)
    assert list(Listening(desk, PILOT, "coa").scores(A, shipped_rubric())) == ["use"]
    assert Listening(desk, PILOT, "ona").scores(A, shipped_rubric()) == {}
