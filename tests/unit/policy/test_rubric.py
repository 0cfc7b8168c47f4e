"""The shipped rubric is sound and speaks three languages; a broken one is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, governance_folder
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.load import load_policy
from civic_ai.policy.rubric import RUBRIC_FILE, load_rubric, shipped_rubric
from civic_ai.review.publication_words import CARDS

FILE = governance_folder() / RUBRIC_FILE
NEVER = ("compliant", "fair", "unbiased", "cumple", "justo")


def test_every_gate_of_the_starter_policy_is_looked_at_once_and_no_other() -> None:
    gates = [gate for each in shipped_rubric().criteria for gate in each.gates]
    assert sorted(gates) == sorted(gate.id for gate in load_policy().gates)


def test_each_criterion_leads_to_a_card() -> None:
    assert {each.card for each in shipped_rubric().criteria} <= set(CARDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_sentences_are_short_and_promise_nothing(language: str) -> None:
    said = [
        getattr(text, language) for each in shipped_rubric().criteria for text in (each.asks, *each.means)
    ]
    assert [text for text in said if len(text.split()) >= 25] == []
    assert [text for text in said if any(word in text.lower().split() for word in NEVER)] == []
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("- id: data", "- id: purpose", "is given twice"),
        ("fields: [B01, B02", "fields: [Z99, B02", "no field called Z99"),
        ("fields: [B01, B02", "fields: [M03, B02", "the board fills M03"),
        ('es: "Una regla simple funciona igual.", ', "", "not written in es"),
        ("section: use", "place: use", "place"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = FILE.read_text()
    assert old in text
    broken = tmp_path / "rubric.yaml"
    broken.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=says):
        load_rubric(broken, shipped_crosswalk())
