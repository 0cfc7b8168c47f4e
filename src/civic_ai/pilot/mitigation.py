"""Ways to make a list reach groups more evenly, as a pilot declares them: tried like any candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from civic_ai.pilot.names import Name
from civic_ai.records.record import Explained

MitigationMethod = Literal[
    "recall_parity",
    "recall_parity_label_free",
    "district_floor",
    "corrected_target",
    "exponentiated_gradient",
    "threshold_optimizer",
]
"""What a mitigation does; see docs/explanation/mitigations.md."""


@dataclass(frozen=True)
class Needs:
    """What a method needs, and what is needed of it. ``decides_by_attribute``: the protected attribute is
    looked at when the list is made. ``can_be_used``: it can be sealed, so a city may prefer it."""

    attribute: bool
    decides_by_attribute: bool
    can_be_used: bool = True


METHODS: Mapping[MitigationMethod, Needs] = {
    "recall_parity": Needs(attribute=True, decides_by_attribute=True),
    "recall_parity_label_free": Needs(attribute=True, decides_by_attribute=True),
    "district_floor": Needs(attribute=False, decides_by_attribute=False),
    "corrected_target": Needs(attribute=False, decides_by_attribute=False),
    "exponentiated_gradient": Needs(attribute=True, decides_by_attribute=False, can_be_used=False),
    "threshold_optimizer": Needs(attribute=True, decides_by_attribute=True, can_be_used=False),
}
"""Fairlearn's two are fitted anew from the training rows; they are compared, not sealed."""


class Mitigation(Explained):
    """A candidate's list, changed so that it reaches groups or districts more evenly.

    It goes through the same tests, lockbox and gates as its candidate, and becomes champion only where
    ``models.preferred`` names it.
    """

    of: Name
    """The candidate whose scores it starts from."""
    method: MitigationMethod
    """recall_parity (depths from the outcomes of the past year), recall_parity_label_free (depths from the
    scores), district_floor (least service by district, by its share of past need), corrected_target (scores
    over the chance that need is reported), exponentiated_gradient or threshold_optimizer (fairlearn, to
    compare with)."""
    attribute: Name | None = None
    """The protected attribute whose groups it evens out; district_floor and corrected_target need none."""
    floor: Annotated[float, Field(gt=0, le=1)] = 0.8
    """For district_floor: the share of a district's part of past need that its visits must reach."""
