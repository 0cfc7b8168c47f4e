"""What the public may see of the figures that only some questions have: intervals, hours, days, slices.

The same rule as everywhere: what rests on fewer than ``minimum``, or leaves so few over, is hidden; with it
whatever gives it away by subtraction. What stays is rounded. This module imports no numbers library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from civic_ai.audit.protection import is_small
from civic_ai.audit.suppression import (
    coarse_figure,
    has_small,
    hidden_figure,
    mask_figure,
    with_complements,
)
from civic_ai.audit.told import share_cells
from civic_ai.records.evaluation import (
    CoherentSum,
    Coverage,
    Crosstab,
    ErrorAnalysis,
    Evaluation,
    HorizonCalibration,
    Overlap,
    RestrictedMean,
    SelectionRule,
    Slice,
    Staffing,
    TimeToFind,
    WhatIf,
)
from civic_ai.records.figure import Figure
from civic_ai.records.policy import Policy

Group = tuple[str, str]


@dataclass(frozen=True)
class AnswerMasking:
    """The answers of one evaluation on their way to the public; ``hidden``: candidate and split of scores
    that the public does not see."""

    evaluation: Evaluation
    policy: Policy
    hidden: frozenset[Group]

    def masked(self) -> dict[str, object]:
        """The fields of the evaluation that this module answers for, as the public sees them."""
        full = self.evaluation
        return {
            "coverage": self._coverages(full.coverage),
            "staffing": tuple(map(self._staffing, full.staffing)),
            "coherent_sums": tuple(map(self._coherent, full.coherent_sums)),
            "time_to_find": tuple(map(self._time, full.time_to_find)),
            "horizons": self._horizons(full.horizons),
            "restricted_means": self._restricted(full.restricted_means),
            "selection": tuple(map(self._selection, full.selection)),
            "what_if": tuple(map(self._what_if, full.what_if)),
            "errors": None if full.errors is None else self._errors(full.errors),
        }

    @property
    def _minimum(self) -> int:
        return self.policy.suppression.minimum

    def _figure(self, figure: Figure) -> Figure:
        """Hidden where its n is small; else rounded. For figures that are no shares."""
        if is_small(figure.n, self._minimum):
            return hidden_figure(figure)
        return coarse_figure(figure, self.policy)

    def _periods(self, figure: Figure, gives_away: bool) -> Figure:
        """A figure whose n counts periods, which are no people."""
        if gives_away:
            return hidden_figure(figure)
        return coarse_figure(figure, self.policy).model_copy(update={"n": figure.n})

    def _coverages(self, parts: Sequence[Coverage]) -> tuple[Coverage, ...]:
        """Hidden where few outcomes, in or out of their intervals, stand behind the share; and groups with
        them that would give such a one away by the total."""
        cells = {_line(part): share_cells(part.covered) for part in parts}
        hidden = {line for line, counts in cells.items() if has_small(counts, self._minimum)}
        for whole in {whole for whole, group in hidden if group}:
            of_whole = {line: counts for line, counts in cells.items() if line[0] == whole and line[1]}
            hidden |= with_complements(of_whole, hidden & of_whole.keys(), self._minimum)
        return tuple(self._coverage(part, _line(part) in hidden) for part in parts)

    def _coverage(self, part: Coverage, is_hidden: bool) -> Coverage:
        told = hidden_figure if is_hidden else self._figure
        return part.model_copy(update={"covered": told(part.covered), "width": told(part.width)})

    def _staffing(self, part: Staffing) -> Staffing:
        """Hours are means over periods of differences between fractions: no count follows from them."""
        names = ("hours_short", "hours_idle", "cheaper_than_baseline")
        return part.model_copy(update={name: self._periods(getattr(part, name), False) for name in names})

    def _coherent(self, part: CoherentSum) -> CoherentSum:
        figures = {name: self._periods(getattr(part, name), False) for name in ("bottom_up", "reconciled")}
        return part.model_copy(update=figures)

    def _time(self, part: TimeToFind) -> TimeToFind:
        """Hidden with the scores of the same list, or where either half of it holds few."""
        halves = (part.first_half_today, part.first_half)
        small = any(mask_figure(half, self.policy).why_missing == "suppressed" for half in halves)
        told = hidden_figure if small or (part.candidate, part.split) in self.hidden else self._figure
        update: dict[str, Figure | None] = {name: told(getattr(part, name)) for name in _TIMES}
        for name in _TIMES_OF_SOME:
            figure = getattr(part, name)
            update[name] = None if figure is None else told(figure)
        return part.model_copy(update=update)

    def _horizons(self, parts: Sequence[HorizonCalibration]) -> tuple[HorizonCalibration, ...]:
        """Horizons between which few cases end are hidden: they would follow by subtraction."""
        shown = {part.fact_key() for name in _names(parts) for part in self._apart(name, parts)}
        return tuple(self._horizon(part, part.fact_key() in shown) for part in parts)

    def _apart(self, candidate: str, parts: Sequence[HorizonCalibration]) -> list[HorizonCalibration]:
        """The horizons of a candidate that may be shown, shortest first: no count between them is small."""
        kept: list[HorizonCalibration] = []
        for part in sorted(parts, key=lambda part: part.days):
            if part.candidate == candidate and part.observed.value is not None:
                before = kept[-1].observed.value or 0.0 if kept else 0.0
                steps = {"before": before, "from here": part.observed.value - before}
                rest = steps | {"left": 1 - part.observed.value}
                if not has_small({k: part.observed.n * v for k, v in rest.items()}, self._minimum):
                    kept.append(part)
        return kept

    def _horizon(self, part: HorizonCalibration, is_shown: bool) -> HorizonCalibration:
        seen = self._figure(part.observed) if is_shown else hidden_figure(part.observed)
        return part.model_copy(update={"predicted": round(part.predicted, 2), "observed": seen})

    def _restricted(self, parts: Sequence[RestrictedMean]) -> tuple[RestrictedMean, ...]:
        """Groups with few cases are hidden, and others with them; the total stays."""
        cells = {("group", part.group): _cases(part) for part in parts if part.group is not None}
        small = {group for group, counts in cells.items() if has_small(counts, self._minimum)}
        hidden = with_complements(cells, small, self._minimum)
        return tuple(self._mean(part, ("group", part.group) in hidden) for part in parts)

    def _mean(self, part: RestrictedMean, is_hidden: bool) -> RestrictedMean:
        if is_hidden or has_small(_cases(part), self._minimum):
            nothing = {"predicted": None, "censored_share": None}
            return part.model_copy(update=nothing | {"observed": hidden_figure(part.observed)})
        rounded = {name: _rounded(getattr(part, name)) for name in ("predicted", "censored_share")}
        return part.model_copy(update=rounded | {"observed": self._figure(part.observed)})

    def _selection(self, part: SelectionRule) -> SelectionRule:
        """A regret compares candidates on single splits, so it goes with any of them."""
        gives_away = any(split not in ("all", "lockbox") for _, split in self.hidden)
        return part.model_copy(update={"regret": self._periods(part.regret, gives_away)})

    def _what_if(self, part: WhatIf) -> WhatIf:
        """Hidden with the scores that it resembles, or where few were found in all periods together."""
        full = self.evaluation
        compared = {(name, "all") for name in (full.champion, full.best_candidate, full.best_baseline)}
        few = is_small(found_in_all(part), self._minimum) or bool(compared & self.hidden)
        names = ("found_per_period", "more_than_best_baseline")
        update = {name: self._periods(getattr(part, name), few) for name in names}
        saved = None if part.cost_saved is None else self._periods(part.cost_saved, few)
        return part.model_copy(update=update | {"cost_saved": saved})

    def _errors(self, errors: ErrorAnalysis) -> ErrorAnalysis:
        """Without the table of places; quarters are hidden until none follows from the others."""
        cells = {("quarter", name): {"n": float(one.n)} for name, one in errors.by_period.items()}
        small = {group for group, counts in cells.items() if has_small(counts, self._minimum)}
        hidden = with_complements(cells, small, self._minimum)
        quarters = errors.by_period.items()
        return errors.model_copy(
            update={
                "slices": tuple(map(self._slice, errors.slices)),
                "by_period": {
                    name: hidden_figure(one) if ("quarter", name) in hidden else self._figure(one)
                    for name, one in quarters
                },
                "morans_i": self._periods(errors.morans_i, False),
                "p_value": _rounded(errors.p_value),
                "overlaps": tuple(map(self._overlap, errors.overlaps)),
                "crosstabs": tuple(map(self._crosstab, errors.crosstabs)),
                "residuals_blob": None,
            }
        )

    def _slice(self, part: Slice) -> Slice:
        """Hidden where few rows lie in it."""
        if part.rows is None or is_small(part.rows, self._minimum):
            return part.model_copy(update={"ratio": hidden_figure(part.ratio), "rows": None})
        to = self.policy.suppression.round_counts_to
        return part.model_copy(update={"ratio": self._figure(part.ratio), "rows": round(part.rows / to) * to})

    def _overlap(self, part: Overlap) -> Overlap:
        return part.model_copy(update={"share": self._periods(part.share, False)})

    def _crosstab(self, part: Crosstab) -> Crosstab:
        """The mean of a yes or no shows a count; of other features it shows none."""
        is_few = part.on_list is not None and has_small(_listed(part.on_list, self._visits()), self._minimum)
        names = ("on_list", "rest", "standardised_difference")
        update = {name: None if is_few else _rounded(getattr(part, name)) for name in names}
        return part.model_copy(update=update)

    def _visits(self) -> int:
        """How many rows stand on the champion's lists."""
        figure = self.evaluation.score(self.evaluation.champion, "precision_at_capacity")
        return 0 if figure is None else figure.n


_TIMES = ("days_earlier", "first_half_today", "first_half")
_TIMES_OF_SOME = ("within_observer", "area_under_roc")


def _line(part: Coverage) -> Group:
    """What a coverage is told of, and the group in it (none: all)."""
    return f"{part.candidate} {part.split} {part.measured_on}", part.group or ""


def found_in_all(part: WhatIf) -> float:
    """Events found in all periods; a figure per period rests on so many periods as its n."""
    return (part.found_per_period.value or 0.0) * part.found_per_period.n


def _names(parts: Iterable[HorizonCalibration]) -> list[str]:
    return list(dict.fromkeys(part.candidate for part in parts))


def _cases(part: RestrictedMean) -> dict[str, float]:
    n = float(part.observed.n)
    censored = n * (part.censored_share or 0.0)
    return {"n": n, "censored": censored, "ended": n - censored}


def _listed(mean: float, visits: int) -> dict[str, float]:
    if not 0 <= mean <= 1:
        return {}
    return {"yes": mean * visits, "no": (1 - mean) * visits}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
