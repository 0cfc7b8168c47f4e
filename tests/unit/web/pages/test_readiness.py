"""The rubric on a dossier: proposed from facts, scored by a coach with a reason, never more than it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.policy.rubric import shipped_rubric
from civic_ai.web.accounts.models import Member
from civic_ai.web.coaching.models import Score
from civic_ai.web.desk import Desk
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader
from tests.unit.web.made_dossier import keep

NAMES = [each.id for each in shipped_rubric().criteria]


@pytest.fixture
def home(desk: Desk, sealed: Path) -> str:
    begins = keep(desk, PILOT, sealed)
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add("zoe", "zoe", None)
    return f"/cases/{PILOT}/readiness/{begins}/"


def seen(home: str, person: str) -> str:
    answer = reader(person).get(home)
    assert answer.status_code == 200
    return str(answer.content.decode())


def score(home: str, by: str, name: str, mark: str, text: str = "I read it") -> int:
    sent = {"criterion": name, "mark": mark, "text": text}
    return int(reader(by).post(home, sent).status_code)


def test_nothing_is_ready_before_somebody_scores(home: str) -> None:
    shown = seen(home, "coa")
    assert f"<h1>0 of {len(NAMES)} criteria score 2 or more, from 0 to 3</h1>" in shown
    assert f"{len(NAMES)} criteria have no score yet; they count as not ready." in shown
    assert "The facts propose" in shown
    assert "compliant" not in shown


def test_a_coachs_score_counts_with_its_reason(home: str) -> None:
    assert score(home, "coa", "purpose", "2", "I asked two crews") == 302
    assert score(home, "coa", "data", "1", "nobody knows who enters it") == 302
    shown = seen(home, "ona")
    assert f"<h1>1 of {len(NAMES)} criteria score 2 or more, from 0 to 3</h1>" in shown
    assert f"{len(NAMES) - 2} criteria have no score yet" in shown
    assert "nobody knows who enters it" in shown
    assert score(home, "coa", "purpose", "0", "they are gone") == 302
    assert "<h1>0 of" in seen(home, "ona")
    assert "I asked two crews" not in seen(home, "ona"), "the last one counts"
    assert Score.objects.count() == 3


@pytest.mark.parametrize("person", ["ona", "tec", "off", "cha", "aud", "zoe"])
def test_nobody_but_a_coach_scores(home: str, person: str) -> None:
    assert score(home, person, "purpose", "3") == 403
    assert Score.objects.count() == 0
    if person != "zoe":
        assert "Keep this score" not in seen(home, person)


@pytest.mark.parametrize(
    ("name", "mark", "text", "status"),
    [
        ("purpose", "4", "x", 422),
        ("purpose", "-1", "x", 422),
        ("purpose", "²", "x", 422),
        ("purpose", "", "x", 422),
        ("purpose", "2", " ", 422),
        ("nothing", "2", "x", 404),
    ],
)
def test_a_score_without_a_mark_or_a_reason_is_none(
    home: str, name: str, mark: str, text: str, status: int
) -> None:
    assert score(home, "coa", name, mark, text) == status
    assert Score.objects.count() == 0


def test_a_dossier_that_is_not_here_has_no_page(home: str) -> None:
    assert reader("coa").get(f"/cases/{PILOT}/readiness/{'0' * 12}/").status_code == 404
