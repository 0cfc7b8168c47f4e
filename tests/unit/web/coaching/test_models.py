"""A comment is open until somebody settles it, and a score is one of four."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from civic_ai.web.coaching.listening import Thread
from civic_ai.web.coaching.models import Remark, Score

SAID = {"pilot": "p", "dossier": "a" * 64, "by": "Ana", "held": "owner coach", "after": 3, "language": "en"}


def test_a_change_holds_up_until_it_is_settled(accounts: None) -> None:
    made = Remark.objects.create(card="model_card", section="use", asks_change=True, text="x", **SAID)
    assert made.roles == ("owner", "coach")
    assert Thread(made).is_open
    assert Thread(made).holds_up
    made.settled_by = "Bea"
    assert not Thread(made).is_open
    assert not Thread(made).holds_up
    plain = Remark.objects.create(card="model_card", section="use", text="x", **SAID)
    assert Thread(plain).is_open
    assert not Thread(plain).holds_up


def test_no_score_is_above_three(accounts: None) -> None:
    Score.objects.create(rubric="b" * 64, criterion="use", mark=3, text="x", **SAID)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(rubric="b" * 64, criterion="use", mark=4, text="x", **SAID)
