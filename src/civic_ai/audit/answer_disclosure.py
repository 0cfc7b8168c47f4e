"""What a reader could find out from the answers that only some questions have: counted by itself.

Whoever sees a share and its n knows the cases behind it; whoever sees two horizons of one curve knows how
many cases ended between them; whoever sees a total and all groups but one knows that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from civic_ai.audit.answer_suppression import found_in_all
from civic_ai.audit.protection import is_small
from civic_ai.audit.told import COUNT_PERIODS, share_cells
from civic_ai.records.evaluation import ErrorAnalysis, Evaluation
from civic_ai.records.figure import Figure
from civic_ai.records.record import Record


def count_small_answers(evaluation: Evaluation, minimum: int) -> int:
    """Small counts behind the answers of an evaluation: rows, halves, steps of a curve, groups."""
    return sum(is_small(count, minimum) for count in _counts(evaluation))


def count_visible_small_answers(full: Evaluation, masked: Evaluation, minimum: int) -> int:
    """Small counts that the ``masked`` evaluation shows, or gives away by subtraction; must be 0."""
    shown = sum(is_small(count, minimum) for count in _counts(_as_shown(full, masked)))
    forgotten = count_forgotten_figures(full, masked, minimum)
    return shown + _group_by_subtraction(full, masked, minimum) + forgotten


def count_forgotten_figures(full: Evaluation, masked: Evaluation, minimum: int) -> int:
    """Figures anywhere in an evaluation that rest on a small n and are shown, whichever record holds them.

    It knows no field by its name but those of ``COUNT_PERIODS``: a field that is new is counted.
    """
    both = zip(walk_figures(full), walk_figures(masked), strict=True)
    people = ((one, other) for (name, one), (_, other) in both if name not in COUNT_PERIODS)
    return sum(is_small(one.n, minimum) and _shows(other) for one, other in people)


def walk_figures(value: object, name: str = "") -> Iterator[tuple[str, Figure]]:
    """Every figure in a record, a sequence or a mapping, under the dotted names of the fields to it."""
    if isinstance(value, Figure):
        yield name, value
    elif isinstance(value, Record):
        for field in type(value).model_fields:
            yield from walk_figures(getattr(value, field), f"{name}.{field}" if name else field)
    elif isinstance(value, Mapping | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from walk_figures(part, name)


def _as_shown(full: Evaluation, masked: Evaluation) -> Evaluation:
    """The full answers, without those that the masked evaluation hides."""
    times = zip(full.time_to_find, masked.time_to_find, strict=True)
    means = zip(full.restricted_means, masked.restricted_means, strict=True)
    parts: dict[str, list[tuple[Record, Figure]]] = {
        "coverage": [(a, b.covered) for a, b in zip(full.coverage, masked.coverage, strict=True)],
        "time_to_find": [(a, b.first_half) for a, b in times],
        "horizons": [(a, b.observed) for a, b in zip(full.horizons, masked.horizons, strict=True)],
        "restricted_means": [(a, b.observed) for a, b in means],
        "what_if": [(a, b.found_per_period) for a, b in zip(full.what_if, masked.what_if, strict=True)],
    }
    seen = {name: tuple(part for part, figure in both if _shows(figure)) for name, both in parts.items()}
    return full.model_copy(update=seen | {"errors": _errors_as_shown(full, masked)})


def _errors_as_shown(full: Evaluation, masked: Evaluation) -> ErrorAnalysis | None:
    if full.errors is None or masked.errors is None:
        return None
    slices = zip(full.errors.slices, masked.errors.slices, strict=True)
    quarters = masked.errors.by_period
    return full.errors.model_copy(
        update={
            "slices": tuple(one for one, other in slices if _shows(other.ratio)),
            "by_period": {k: one for k, one in full.errors.by_period.items() if _shows(quarters[k])},
        }
    )


def _counts(evaluation: Evaluation) -> Iterator[float]:
    """Every count of cases that the answers show or imply."""
    for part in evaluation.coverage:
        yield from share_cells(part.covered).values()
    for time in evaluation.time_to_find:
        for half in (time.first_half_today, time.first_half):
            yield from share_cells(half).values()
    yield from _steps(evaluation)
    for mean in evaluation.restricted_means:
        censored = mean.observed.n * (mean.censored_share or 0.0)
        yield from (mean.observed.n, censored, mean.observed.n - censored)
    for point in evaluation.what_if:
        yield found_in_all(point)
    if evaluation.errors is not None:
        for part_of_city in evaluation.errors.slices:
            yield from (part_of_city.rows or 0, part_of_city.ratio.n)
        for quarter in evaluation.errors.by_period.values():
            yield quarter.n


def _steps(evaluation: Evaluation) -> Iterator[float]:
    """Cases that end before the first horizon, between two that follow each other, and after the last."""
    curves = defaultdict(list)
    for part in evaluation.horizons:
        if part.observed.value is not None:
            curves[part.candidate].append((part.days, part.observed.value, part.observed.n))
    for points in curves.values():
        n = min(point[2] for point in points)
        shares = [0.0, *(share for _, share, _ in sorted(points)), 1.0]
        yield from (n * (later - earlier) for earlier, later in pairwise(shares))


def _group_by_subtraction(full: Evaluation, masked: Evaluation, minimum: int) -> int:
    """Whether the hidden groups of the restricted means hold fewer than ``minimum`` cases together."""
    both = zip(full.restricted_means, masked.restricted_means, strict=True)
    hidden = [a.observed.n for a, b in both if a.group is not None and not _shows(b.observed)]
    some_shown = any(_shows(part.observed) for part in masked.restricted_means)
    return int(some_shown and is_small(sum(hidden), minimum))


def _shows(figure: Figure) -> bool:
    return figure.value is not None or figure.lower is not None or figure.n > 0
