"""One row a dossier, and only of dossiers that nobody altered."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cards.compare import compare_dossier, compare_frame
from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.facts import read_records
from civic_ai.cards.render import render_cards
from civic_ai.core.errors import RefusedError
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City

QUESTIONS = ("ranking", "cases", "demand", "durations")


def _sealed(made: MakeMade, city: City, folder: Path) -> Path:
    one = made(city)
    cards = render_cards(one.evidence, one.gates, one.policy, one.blobs)
    write_dossier(seal(one.evidence, one.gates, cards, one.blobs), one.blobs, folder)
    return folder


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_row_says_what_the_records_say(made: MakeMade, tmp_path: Path, question: str) -> None:
    city = City(question=question, languages=("en",), winner="rule")
    row = compare_dossier(_sealed(made, city, tmp_path / question))
    one = made(city)
    records = read_records(one.evidence, one.blobs)
    evaluation = records.evaluation
    assert (row.question, row.champion, row.champion_is_baseline) == (question, evaluation.champion, True)
    assert (row.lift, row.lockbox_lift) == (evaluation.lift_over_best_baseline, evaluation.lockbox_lift)
    assert row.lockbox == evaluation.score(evaluation.champion, evaluation.objective, "lockbox")
    assert row.coverage.value == (None if question == "ranking" else 0.91)
    assert row.worst_covered is not None
    assert row.worst_covered.group == "q2"
    assert (row.passed, row.failed, row.unknown) == (one.gates.passed, one.gates.failed, one.gates.unknown)


def test_rows_stand_in_the_order_given(made: MakeMade, tmp_path: Path) -> None:
    folders = [
        _sealed(made, City(question=question, languages=("en",), winner="rule"), tmp_path / question)
        for question in ("demand", "ranking")
    ]
    assert [row.question for row in compare_frame(folders)] == ["demand", "ranking"]
    assert compare_frame([]) == []


def test_an_altered_dossier_is_refused(made: MakeMade, tmp_path: Path) -> None:
    folder = _sealed(made, City(question="demand", languages=("en",)), tmp_path / "one")
    audit = folder / "full" / "records" / "audit.json"
    audit.write_bytes(audit.read_bytes().replace(b'"pass"', b'"fail"', 1))
    with pytest.raises(RefusedError, match="altered"):
        compare_dossier(folder)
