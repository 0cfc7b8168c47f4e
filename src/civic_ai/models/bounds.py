"""``lower`` and ``upper`` of the rows: conformal intervals learned from earlier test dates.

Of counts the first split only teaches. From the second on, and in the lockbox, a row's interval rests on rows
of the same candidate whose label had matured by the row's as-of date, whichever split they stand in. Coverage
is kept by type of request, by near and far steps, and by small, middling and large forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from civic_ai.models.curve_bounds import with_curve_bounds
from civic_ai.models.intervals import Forecasts, Groups, Positions, conformal_bounds, size_groups
from civic_ai.models.rows import PanelRows
from civic_ai.models.scorer import Floats
from civic_ai.models.table import Scored


def with_bounds(scored: Sequence[Scored], rows: PanelRows, level: float | None) -> list[Scored]:
    """The same scores, with ``lower`` and ``upper`` where the label's kind has them and a level is asked for.

    Counts have them after each candidate's first split, durations always, events never: an interval of one
    event would say nothing, so theirs is told for the number of events in an area.
    """
    if level is None or rows.label_kind == "event":
        return list(scored)
    return (_with_count_bounds if rows.label_kind == "count" else with_curve_bounds)(scored, rows, level)


def _with_count_bounds(scored: Sequence[Scored], rows: PanelRows, level: float) -> list[Scored]:
    in_order = sorted(scored, key=lambda each: (each.candidate, each.split.cutoff))
    return [
        bounded
        for _, of_candidate in groupby(in_order, key=lambda each: each.candidate)
        for bounded in _bound(list(of_candidate), rows, level)
    ]


def _bound(splits: Sequence[Scored], rows: PanelRows, level: float) -> list[Scored]:
    """One candidate's splits, oldest first, as one row of dates."""
    positions = [rows.of(each.split) for each in splits]
    everywhere = np.concatenate(positions)
    mean = np.concatenate([each.scores for each in splits])
    group = _groups(rows, everywhere, mean, splits[0].scores)
    forecasts = Forecasts(
        rows.as_of[everywhere], rows.matured_on[everywhere], group, mean, rows.label[everywhere]
    )
    after_first = forecasts.as_of[len(positions[0]) :]
    if not len(after_first):
        return list(splits)
    bounds = conformal_bounds(forecasts, level=level, first=after_first.min())
    ends = np.cumsum([len(each) for each in positions])[:-1]
    parts = zip(splits, np.split(bounds.lower, ends), np.split(bounds.upper, ends), strict=True)
    return [
        replace(each, columns={**each.columns, "lower": lower, "upper": upper})
        for each, lower, upper in parts
    ]


def _groups(rows: PanelRows, positions: Positions, mean: Floats, first: Floats) -> Groups:
    far = rows.frame["step"].to_numpy()[positions] >= (rows.panel.steps + 1) // 2
    return np.asarray((rows.types[positions] * 2 + far) * 3 + size_groups(mean, first))
