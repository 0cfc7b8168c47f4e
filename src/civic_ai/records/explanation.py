"""Why the champion says what it says."""

from __future__ import annotations

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record


class Contribution(Record):
    """Mean absolute contribution of one feature, on the model's own (log or logit) scale.

    ``direction``: as the feature grows it ``raises`` or ``lowers`` the score, is ``mixed``, or moves it
    not at all (``none``).
    """

    feature: str
    family: str
    mean_absolute: Figure
    share: float
    direction: str

    named_by = ("feature",)


class FamilyContribution(Record):
    """A family of features (history, neighbours, season, weather, area) taken together.

    ``share`` of all movement, with its interval over blocks of dates; ``is_stable`` when at least 80 %
    of the resampled weeks put the family at the same place. The model itself is not trained again.
    """

    family: str
    share: Figure
    direction: str
    is_stable: bool

    named_by = ("family",)


class Example(Record):
    """A typical case without identity: mean score and share of each family among like cases.

    ``name``: ``list`` (would be visited), ``next`` (as many again) or ``middle``. ``cases`` counts
    different units; ``families`` are signed shares of the mean movement from an average case;
    ``reasons`` are codes of :mod:`civic_ai.explanation.reasons`.
    """

    name: str
    cases: int
    score: float
    families: dict[str, float]
    reasons: tuple[str, ...]

    named_by = ("name",)


class Explanation(Record):
    """``additivity_error``: largest relative |sum of contributions + base - raw score| over the sample, or
    of what they predict against the score that was judged, whichever is larger; None where one of them is
    not a finite number.

    ``method``: ``tree_shap``, ``coefficients`` or ``rule``. ``caveats``: ``correlated_features`` (nearly
    the same, credit is shared), ``correlated_families`` (such a pair in two families), ``too_few_dates``
    (no interval, nothing is called stable).
    """

    candidate: str
    predictions: str
    method: str
    rows_explained: int
    base: float | None
    additivity_error: float | None
    contributions: tuple[Contribution, ...]
    families: tuple[FamilyContribution, ...]
    examples: tuple[Example, ...] = ()
    caveats: tuple[str, ...] = ()
