"""The public record of a made city in which every field of the city says its own name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from civic_ai.cards.exports.published import Published, publish
from civic_ai.cards.pilot_record import Declared, record_of
from civic_ai.cards.sealed import read_sealed
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answers
from civic_ai.records.pilot_record import Decided
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made

WALK = shipped_crosswalk()
CITY_FIELDS = tuple(name for name, field in WALK.fields.items() if field.filled_by == "city")
TOKENS = {name: f"says{name}" for name in CITY_FIELDS}
"""A word for each field of the city that stands nowhere else."""

USUAL = City()


def answers_of(texts: Mapping[str, str]) -> Answers:
    """Answers with evidence, by field."""
    proof = {"link": "https://example.org/x"}
    given = {
        name: {"answer": text, "evidence": [proof], "answered_by": "Owner", "on": "2026-03-02"}
        for name, text in texts.items()
    }
    return Answers.model_validate({"pilot": "made-potholes", "answers": given})


@cache
def made_folder(city: City, with_model: bool = False) -> Path:
    """The dossier of a made city, sealed once for all tests."""
    return seal_made(Path(mkdtemp()), city, with_model=with_model)


def publish_made(
    texts: Mapping[str, str],
    city: City = USUAL,
    language: str = "en",
    decided: Mapping[str, Decided] | None = None,
) -> Published:
    """The public record of a made city with these answers, and what its board decided."""
    sealed = read_sealed(made_folder(city), "public")
    record = record_of(sealed, Declared(answers=answers_of(texts), decided=decided), WALK)
    return publish(record, sealed, WALK, language)
