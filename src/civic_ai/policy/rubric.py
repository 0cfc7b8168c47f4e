"""Read the coach's rubric: what is looked at before a pilot goes to the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, Message, governance_folder, say
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.records.crosswalk import Crosswalk
from civic_ai.records.rubric import Criterion, Rubric
from civic_ai.store.yaml import Path_, load_yaml

RUBRIC_FILE = "rubric.yaml"


@cache
def shipped_rubric() -> Rubric:
    """The rubric of this installation's ``governance/``."""
    return load_rubric(governance_folder() / RUBRIC_FILE, shipped_crosswalk())


def load_rubric(path: Path, crosswalk: Crosswalk) -> Rubric:
    """The rubric at ``path``. Raises :class:`ConfigError` with every mistake: ids given twice, texts that a
    language lacks, fields that there are not or that the board itself fills."""
    document = replace(load_yaml(path), part="")
    rubric = validate(document, Rubric)
    mistakes = [mistake_at(document, place, says) for place, says in _broken(rubric, crosswalk)]
    if mistakes:
        raise ConfigError(mistakes)
    return rubric


def _broken(rubric: Rubric, crosswalk: Crosswalk) -> Iterator[tuple[Path_, Message]]:
    seen: set[str] = set()
    for at, criterion in enumerate(rubric.criteria):
        place: Path_ = ("criteria", at)
        if criterion.id in seen:
            yield (*place, "id"), say("{name} is given twice", name=criterion.id)
        seen.add(criterion.id)
        for language in _lacking(criterion):
            yield place, say("this text is not written in {language}", language=language)
        for name in criterion.fields:
            field = crosswalk.fields.get(name)
            if field is None:
                yield (*place, "fields"), say("there is no field called {name}", name=name)
            elif field.filled_by == "board":
                yield (*place, "fields"), say("the board fills {name}, after the coach", name=name)


def _lacking(criterion: Criterion) -> list[str]:
    texts = (criterion.asks, *criterion.means)
    return [each for each in LANGUAGES if not all(text.any or getattr(text, each) for text in texts)]
