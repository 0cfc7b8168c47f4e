"""All pictures of one reader's cards, each drawn once, when a card first asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from civic_ai.cards.facts import Records
from civic_ai.cards.picture import Picture
from civic_ai.cards.picture_calibration import draw_calibration
from civic_ai.cards.picture_capacity import draw_capacity
from civic_ai.cards.picture_contributions import draw_contributions
from civic_ai.cards.picture_groups import draw_groups
from civic_ai.cards.picture_map import draw_map
from civic_ai.cards.picture_splits import draw_splits
from civic_ai.cards.score_map import ScoreMap
from civic_ai.cards.tell import Teller


@dataclass(frozen=True)
class Pictures:
    """The pictures of one evidence for one reader."""

    records: Records
    teller: Teller
    scores: ScoreMap

    @cached_property
    def groups(self) -> dict[str, Picture]:
        """A picture for each protected attribute, by its name, in the order of the audit."""
        attributes = self.records.audit.attributes
        return {part.name: draw_groups(self.records, self.teller, part) for part in attributes}

    @cached_property
    def capacity(self) -> Picture:
        """Found against visits."""
        return draw_capacity(self.records, self.teller)

    @cached_property
    def calibration(self) -> Picture:
        """What came against what was predicted."""
        return draw_calibration(self.records, self.teller)

    @cached_property
    def contributions(self) -> Picture:
        """What moves the scores."""
        return draw_contributions(self.records, self.teller)

    @cached_property
    def splits(self) -> Picture:
        """The tests in time."""
        return draw_splits(self.records, self.teller)

    @cached_property
    def map(self) -> Picture | None:
        """Scores by place; None where nothing says where places are."""
        return draw_map(self.records, self.teller, self.scores)
