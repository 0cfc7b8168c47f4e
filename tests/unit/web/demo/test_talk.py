"""What is said in the demonstration stands where a reader finds it: in sections that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.policy.rubric import shipped_rubric
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.coaching.models import Score
from civic_ai.web.demo.found import unpack
from civic_ai.web.demo.people import in_role
from civic_ai.web.demo.pilots import PILOTS
from civic_ai.web.demo.talk import COMMENTS, SCORES, talk
from civic_ai.web.desk import Desk
from civic_ai.web.sealed_files import sealed_files
from civic_ai.web.sealed_html import sections_of


@pytest.fixture
def spoken(desk: Desk) -> Desk:
    """A desk with the shipped dossiers, after everybody has spoken."""
    unpack(Path(desk.settings.home))
    talk(desk)
    return desk


def test_each_comment_is_on_a_section_of_its_card(spoken: Desk) -> None:
    for pilot, comments in COMMENTS.items():
        (digest,) = spoken.dossiers(pilot)
        files = sealed_files(spoken.dossier_folder(pilot, digest), digest)
        assert files is not None
        for comment in comments:
            found = files.card(comment.card, "en", "board")
            assert found is not None
            assert comment.section in [each.name for each in sections_of(found[1], lambda name: name)]


def test_coach_and_team_hear_each_other_and_some_scores_are_missing(spoken: Desk) -> None:
    first = PILOTS[0].name
    threads = Listening(spoken, first, in_role("coach")).threads()
    assert next((each.first.by, len(each.answers)) for each in threads) == (in_role("coach"), 1)
    names = {each.id for each in shipped_rubric().criteria}
    assert {score.criterion for score in Score.objects.all()} == set(SCORES) < names
