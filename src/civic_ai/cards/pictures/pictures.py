"""All pictures of one reader's cards, each drawn once, when a card first asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.calibration import draw_calibration
from civic_ai.cards.pictures.capacity import draw_capacity
from civic_ai.cards.pictures.contributions import draw_contributions
from civic_ai.cards.pictures.curve import draw_curve
from civic_ai.cards.pictures.errors import draw_errors
from civic_ai.cards.pictures.fan import draw_fan
from civic_ai.cards.pictures.feedback import draw_feedback
from civic_ai.cards.pictures.frontier import draw_frontier
from civic_ai.cards.pictures.groups import draw_groups
from civic_ai.cards.pictures.map import draw_map
from civic_ai.cards.pictures.picture import Picture
from civic_ai.cards.pictures.regret import draw_regret
from civic_ai.cards.pictures.reporting import draw_reporting
from civic_ai.cards.pictures.splits import draw_splits
from civic_ai.cards.tell import Teller
from civic_ai.cards.views import Views


@dataclass(frozen=True)
class Pictures:
    """The pictures of one evidence for one reader."""

    records: Records
    teller: Teller
    views: Views

    @cached_property
    def groups(self) -> dict[str, Picture]:
        """A picture for each protected attribute, by its name, in the order of the audit."""
        attributes = self.records.audit.attributes
        return {part.name: draw_groups(self.records, self.teller, part) for part in attributes}

    @cached_property
    def frontier(self) -> Picture | None:
        """What every way of choosing finds, against whom it reaches; None where no list was compared."""
        return draw_frontier(self.records, self.teller)

    @cached_property
    def gain(self) -> Picture | None:
        """What it gains: found against visits, forecasts against what came, or done against days."""
        return _GAINS[self.records.evaluation.question](self)

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
        return draw_map(self.records, self.teller, self.views.scores)

    @cached_property
    def errors(self) -> Picture | None:
        """Errors by place; None where nothing says where places are, or this reader may not see it."""
        return draw_errors(self.views, self.teller)

    @cached_property
    def feedback(self) -> Picture | None:
        """Who is visited in two years, simulated; None where it was not."""
        return draw_feedback(self.records, self.teller)

    @cached_property
    def reporting(self) -> list[Picture]:
        """Reporting rates and the measured condition by area; none where this reader may not see them."""
        return draw_reporting(self.records, self.teller, self.views)

    @cached_property
    def regret(self) -> Picture | None:
        """What each way of choosing would have cost; None with too few tests."""
        return draw_regret(self.records, self.teller)


def _capacity(pictures: Pictures) -> Picture:
    return draw_capacity(pictures.records, pictures.teller)


def _fan(pictures: Pictures) -> Picture | None:
    return draw_fan(pictures.views.fan, pictures.records, pictures.teller)


def _curve(pictures: Pictures) -> Picture | None:
    return draw_curve(pictures.records, pictures.teller)


_GAINS: dict[str, Callable[[Pictures], Picture | None]] = {
    "ranking": _capacity, "cases": _capacity, "demand": _fan, "durations": _curve,
}  # fmt: skip
