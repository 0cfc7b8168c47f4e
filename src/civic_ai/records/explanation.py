"""Why the champion says what it says."""

from __future__ import annotations

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record

MOST_SHUFFLED = 0.5
"""A model of shuffled outcomes may move scores at most this much, compared with the champion."""


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
    different units (None: hidden); ``families`` are signed shares of the mean movement from an average case;
    ``reasons`` are codes of :mod:`civic_ai.explanation.reasons`.
    """

    name: str
    cases: int | None
    score: float
    families: dict[str, float]
    reasons: tuple[str, ...]

    named_by = ("name",)


class ReasonAgreement(Record):
    """How many of the models that were trained again give a reason to the same kind of case.

    ``is_stable`` from 80 % on (METHODS 5); a reason that is not is marked wherever it is shown.
    """

    example: str
    reason: str
    agreement: float
    is_stable: bool

    named_by = ("example", "reason")


class Proxy(Record):
    """How well the features tell a protected attribute of the place: the share of its variance that a linear
    model explains in places it has not seen (cross-validated R2, at least 0)."""

    attribute: str
    explained: Figure

    named_by = ("attribute",)


class AcrossModels(Record):
    """A figure of every model that was trained again: the mean, the lowest and the highest."""

    mean: float
    lowest: float
    highest: float


class Trials(Record):
    """Reasons put to the test.

    ``models`` were trained again, with other seeds or without a stretch of the past. ``rank``: Kendall's
    tau between their order of the families and the champion's; ``first`` and ``first_two``: rows in which the
    family that moves the score most is the same, and how much of the first two is (Jaccard). ``deleted``: how
    much further a score moves when the three features that moved it most are set to their mean than when
    three others are; ``deleted_agrees``: correlation of what those three had contributed with how far the
    score moved. ``shuffled``: movement of a model trained on shuffled outcomes, over the champion's. A rule
    is not trained: it has no such figures, and its reason is what it counts. ``verdict``: the first family is
    the same in 80 % of rows, three features that moved a score matter more than three others, and shuffled
    outcomes move it at most half as much.
    """

    models: int
    verdict: Verdict
    rank: AcrossModels | None
    first: AcrossModels | None
    first_two: AcrossModels | None
    deleted: Figure
    deleted_agrees: Figure
    shuffled: Figure
    reasons: tuple[ReasonAgreement, ...] = ()
    proxies: tuple[Proxy, ...] = ()


class Explanation(Record):
    """``additivity_error``: largest relative |sum of contributions + base - raw score| over every row that
    was scored (``rows_added_up``), or of what they predict against the score that was judged, whichever is
    larger; None where one of them is not a finite number.

    ``method``: ``tree_shap``, ``coefficients`` or ``rule``. ``caveats``: ``correlated_features`` (nearly
    the same, credit is shared), ``correlated_families`` (such a pair in two families), ``too_few_dates``
    (no interval, nothing is called stable).
    """

    candidate: str
    predictions: str
    method: str
    rows_explained: int | None
    rows_added_up: int | None
    base: float | None
    additivity_error: float | None
    contributions: tuple[Contribution, ...]
    families: tuple[FamilyContribution, ...]
    examples: tuple[Example, ...] = ()
    trials: Trials | None = None
    caveats: tuple[str, ...] = ()
