"""Who is on the list: what candidates' lists have in common, and how the list differs from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from civic_ai.evaluation.chance import visit_chance
from civic_ai.evaluation.error_rows import Errors, Floats
from civic_ai.evaluation.statistic import ratio
from civic_ai.records.evaluation import Crosstab, Overlap

MOST_CROSSTABS = 15


def overlaps(errors: Errors, champion: str, scores: Mapping[str, Floats], capacity: int) -> Iterator[Overlap]:
    """What share of the champion's visits each other list has too; equal scores in expectation.

    ``scores``: of each candidate, in the order of the error rows.
    """
    rows = errors.rows
    chance = {name: visit_chance(rows.date, score, capacity) for name, score in scores.items()}
    visits = rows.by_date(chance[champion])
    for name in sorted(chance):
        if name != champion:
            common = rows.by_date(np.minimum(chance[champion], chance[name]))
            share = errors.figure(ratio(common, visits), round(float(visits.sum())))
            yield Overlap(one=champion, other=name, share=share)


def crosstabs(chance: Floats, features: pd.DataFrame) -> tuple[Crosstab, ...]:
    """Mean of each feature on the list and off it, the most different first; blanks left out.

    ``chance``: that each row is visited. The difference is in standard deviations over all rows.
    """
    made = [_crosstab(name, features[name].to_numpy(dtype=np.float64), chance) for name in features.columns]
    made.sort(key=lambda one: (-abs(one.standardised_difference or 0.0), one.feature))
    return tuple(made[:MOST_CROSSTABS])


def _crosstab(name: str, values: Floats, chance: Floats) -> Crosstab:
    known = np.isfinite(values)
    listed, rest = (_mean(values[known], weight[known]) for weight in (chance, 1 - chance))
    spread = float(values[known].std()) if known.any() else 0.0
    has_difference = listed is not None and rest is not None and spread > 0
    return Crosstab(
        feature=name,
        on_list=listed,
        rest=rest,
        standardised_difference=(listed - rest) / spread if has_difference else None,  # type: ignore[operator]
    )


def _mean(values: Floats, weight: Floats) -> float | None:
    total = float(weight.sum())
    return float(values @ weight / total) if total > 0 else None
