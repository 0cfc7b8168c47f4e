"""What the public may see of an evaluation: the rule of :mod:`civic_ai.audit.suppression` on its figures.

A share shows a count: value times n. Where that, n or what is left over is small, all figures of the
candidate in that split are hidden, for they count the same visits in other ways; so are other splits of it
until no small count follows from the sum over all splits, and figures that compare it with another.
This module imports no numbers library, so that cards may use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from civic_ai.audit.answer_suppression import AnswerMasking
from civic_ai.audit.moves import hide_moves
from civic_ai.audit.suppression import (
    coarse_figure,
    has_small,
    hidden_figure,
    mask_figure,
    with_complements,
)
from civic_ai.audit.told import share_cells
from civic_ai.audit.versions import Change, Published, hidden_in_evaluation
from civic_ai.records.evaluation import (
    Calibration,
    CalibrationBin,
    Choice,
    CurvePoint,
    Evaluation,
    Per100Visits,
    Score,
    Stability,
)
from civic_ai.records.figure import Figure
from civic_ai.records.policy import Policy

SHARES = ("recall_at_capacity", "precision_at_capacity", "first_half")
"""The metrics that count cases: value times n."""

Group = tuple[str, str]
Table = Mapping[Group, Mapping[str, float]]


def mask_evaluation(
    evaluation: Evaluation, policy: Policy, earlier: Published[Evaluation] | None = None
) -> Evaluation:
    """The public version: small counts hidden, n and shares rounded, exact counts of ties left out.

    Idempotent. Counts of rows and of periods are no counts of people and stay as they are. ``earlier``: what
    the public read before, so that the two versions tell nothing by their difference.
    """
    if evaluation.is_masked:
        return evaluation
    also = frozenset() if earlier is None else _changed_by_few(evaluation, earlier, policy)
    masked = _Masking(evaluation, policy, also).masked()
    return hide_moves(evaluation, masked, earlier, policy.suppression)


def _changed_by_few(
    evaluation: Evaluation, earlier: Published[Evaluation], policy: Policy
) -> frozenset[Group]:
    before, now = score_cells(earlier.full), score_cells(evaluation)
    wholes = {name for cells in now.values() for name in cells if name.endswith(" n")}
    return Change(before, now, wholes).to_hide(hidden_in_evaluation(earlier), policy.suppression)


def score_cells(evaluation: Evaluation) -> dict[Group, dict[str, float]]:
    """What the scores of each candidate and split count, by metric and cell (0: it has no such metric)."""
    scores = (*evaluation.scores, *evaluation.lockbox)
    cells = {
        (score.candidate, score.split, f"{score.metric} {cell}"): count
        for score in scores
        for cell, count in share_cells(score.figure).items()
        if cell == "n" or score.metric in SHARES
    }
    names = sorted({name for _, _, name in cells})
    groups = sorted({(score.candidate, score.split) for score in scores})
    return {group: {name: cells.get((*group, name), 0.0) for name in names} for group in groups}


def bin_cells(calibration: Calibration) -> dict[Group, dict[str, float]]:
    """What each bin of the calibration counts."""
    return {("bin", f"{i:03}"): share_cells(part.observed) for i, part in enumerate(calibration.bins)}


def hidden_scores(evaluation: Evaluation, minimum: int, also: Iterable[Group] = ()) -> frozenset[Group]:
    """Candidate and split of every score to be hidden, and ``also``."""
    cells = score_cells(evaluation)
    hidden = {*also, *(group for group, counts in cells.items() if has_small(counts, minimum))}
    for candidate in sorted({candidate for candidate, _ in hidden}):
        parts = {
            group: counts
            for group, counts in cells.items()
            if group[0] == candidate and group[1] not in ("all", "lockbox")
        }
        hidden |= with_complements(parts, hidden & parts.keys(), minimum)
    return frozenset(hidden)


@dataclass(frozen=True)
class _Masking:
    """One evaluation on its way to the public."""

    evaluation: Evaluation
    policy: Policy
    also: frozenset[Group]

    def masked(self) -> Evaluation:
        """The public version."""
        full = self.evaluation
        compared = {(full.best_candidate, "all"), (full.best_baseline, "all")}
        in_lockbox = {(full.champion, "lockbox"), (full.best_baseline, "lockbox")}
        chosen = {(full.champion, "all"), (full.best_candidate, "all")}
        return full.model_copy(
            update={
                "scores": tuple(map(self._score, full.scores)),
                "lockbox": tuple(map(self._score, full.lockbox)),
                "ties": (),
                "choice": None if chosen & self._hidden else self._choice(),
                "lift_over_best_baseline": self._figure(full.lift_over_best_baseline, compared),
                "lockbox_lift": self._figure(full.lockbox_lift, in_lockbox),
                "lockbox_expected": self._expected(),
                "capacity_curve": tuple(map(self._point, full.capacity_curve)),
                "per_100_visits": tuple(map(self._per_100, full.per_100_visits)),
                "calibration": self._calibration(full.calibration),
                "stability": self._stability(full.stability),
                "is_masked": True,
            }
            | AnswerMasking(full, self.policy, self._hidden).masked()
        )

    @property
    def _minimum(self) -> int:
        return self.policy.suppression.minimum

    @cached_property
    def _hidden(self) -> frozenset[Group]:
        return hidden_scores(self.evaluation, self._minimum, self.also)

    def _figure(self, figure: Figure, rests_on: set[Group]) -> Figure:
        """Hidden with any score that it rests on, or where its n is small; else rounded."""
        if rests_on & self._hidden or has_small({"n": figure.n}, self._minimum):
            return hidden_figure(figure)
        return coarse_figure(figure, self.policy)

    def _score(self, score: Score) -> Score:
        return score.model_copy(
            update={"figure": self._figure(score.figure, {(score.candidate, score.split)})}
        )

    def _choice(self) -> Choice | None:
        choice = self.evaluation.choice
        if choice is None:
            return None
        error = choice.standard_error
        rounded = {"behind_best": round(choice.behind_best, 2)}
        return choice.model_copy(
            update=rounded | {"standard_error": None if error is None else round(error, 2)}
        )

    def _expected(self) -> Figure | None:
        """Its n counts periods, so it stays."""
        full = self.evaluation
        if full.lockbox_expected is None:
            return None
        if any(candidate == full.champion and split != "lockbox" for candidate, split in self._hidden):
            return hidden_figure(full.lockbox_expected)
        n = full.lockbox_expected.n
        return coarse_figure(full.lockbox_expected, self.policy).model_copy(update={"n": n})

    def _point(self, point: CurvePoint) -> CurvePoint:
        """At the real capacity the curve shows what recall shows."""
        is_recall = point.units == self.evaluation.capacity
        if is_recall and (point.candidate, "all") in self._hidden:
            return point.model_copy(update={"found": hidden_figure(point.found)})
        return point.model_copy(update={"found": mask_figure(point.found, self.policy)})

    def _per_100(self, part: Per100Visits) -> Per100Visits:
        """Whole visits of 100; the same counts as precision and recall, so hidden with them."""
        own, other = (part.candidate, "all"), (self.evaluation.best_baseline, "all")
        figures = {
            "found": _whole(self._figure(part.found, {own})),
            "missed_share": self._figure(part.missed_share, {own}),
            "more_than_best_baseline": _whole(self._figure(part.more_than_best_baseline, {own, other})),
        }
        if self._is_small_per_100(part):
            figures = {name: hidden_figure(figure) for name, figure in figures.items()}
        return part.model_copy(update=figures)

    def _is_small_per_100(self, part: Per100Visits) -> bool:
        cells = (share_cells(per_visit(part.found)), share_cells(part.missed_share))
        return any(has_small(counts, self._minimum) for counts in cells)

    def _calibration(self, calibration: Calibration) -> Calibration:
        cells = bin_cells(calibration)
        small = {group for group, counts in cells.items() if has_small(counts, self._minimum)}
        hidden = with_complements(cells, small, self._minimum)
        bins = zip(cells, calibration.bins, strict=True)
        return calibration.model_copy(
            update={
                "slope": self._figure(calibration.slope, set()),
                "bias_ratio": self._figure(calibration.bias_ratio, set()),
                "bins": tuple(self._bin(part, group in hidden) for group, part in bins),
            }
        )

    def _bin(self, part: CalibrationBin, is_hidden: bool) -> CalibrationBin:
        seen = hidden_figure(part.observed) if is_hidden else coarse_figure(part.observed, self.policy)
        return part.model_copy(update={"predicted": round(part.predicted, 2), "observed": seen})

    def _stability(self, stability: Stability) -> Stability:
        """The worst split against the mean would give a hidden split away."""
        ratio, champion = stability.worst_ratio, self.evaluation.champion
        gives_away = any(candidate == champion for candidate, _ in self._hidden)
        return stability.model_copy(
            update={"worst_ratio": None if ratio is None or gives_away else round(ratio, 2)}
        )


def per_visit(figure: Figure) -> Figure:
    """Finds per 100 visits as a share of the visits."""
    value = None if figure.value is None else figure.value / 100
    return figure.model_copy(update={"value": value})


def _whole(figure: Figure) -> Figure:
    bounds = {"value": figure.value, "lower": figure.lower, "upper": figure.upper}
    rounded = {name: None if value is None else float(round(value)) for name, value in bounds.items()}
    return figure.model_copy(update=rounded)
