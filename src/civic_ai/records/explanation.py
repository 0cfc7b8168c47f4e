"""Why the champion says what it says."""

from __future__ import annotations

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record


class Contribution(Record):
    """Mean absolute contribution of one feature, on the model's own (log or logit) scale.

    ``direction``: ``raises``, ``lowers`` or ``mixed`` as the feature grows.
    """

    feature: str
    family: str
    mean_absolute: Figure
    share: float
    direction: str

    named_by = ("feature",)


class FamilyContribution(Record):
    """A family of features (history, neighbours, season, weather, area) taken together."""

    family: str
    share: Figure
    direction: str
    is_stable: bool

    named_by = ("family",)


class Example(Record):
    """A typical case without identity: mean score and share of each family among like cases."""

    name: str
    cases: int
    score: float
    families: dict[str, float]
    reasons: tuple[str, ...]

    named_by = ("name",)


class Explanation(Record):
    """``additivity_error``: largest |sum of contributions + base - raw score| over the sample."""

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
