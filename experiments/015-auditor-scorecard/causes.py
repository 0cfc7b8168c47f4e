"""What each cause takes from the reporting ratio that is recovered: the same towns, with and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

DRAWN, LEVEL = "as_drawn", 0.95
TOLD = {
    DRAWN: "as drawn (as in the full cities)",
    "links_kept": "no lost links",
    "areas_alike": "areas of a third report alike",
    "incidents_alike": "incidents of an area are reported alike",
    "rates_alike": "both: one rate a third",
    "as_modelled": "one rate a third, no lost links",
}
Row = dict[str, Any]


def causes_of(lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """A row a condition: mean error of the log ratio against what was planted and against the rates of the
    incidents watched, and the paired difference of the first from the towns as drawn. ``lines``: replicates
    by condition."""
    off = {name: _off(some) for name, some in lines.items()}
    return [
        {
            "towns": TOLD[name],
            "made": len(known),
            "error against what was planted": _mean([each["planted"] for each in known.values()]),
            "against the rates of watched incidents": _mean([each["here"] for each in known.values()]),
            "change of the first": _change(known, off[DRAWN]) if name != DRAWN else "–",
        }
        for name, known in off.items()
        if known
    ]


def _off(lines: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, float]]:
    """By number of the town: the estimate less either truth."""
    looks = {line["number"]: line["looks"][0] for line in lines}
    return {
        number: {truth: look["value"] - look[truth] for truth in ("planted", "here")}
        for number, look in looks.items()
    }


def _change(known: Mapping[int, Mapping[str, float]], drawn: Mapping[int, Mapping[str, float]]) -> str:
    """Over the towns of the same number."""
    both = known.keys() & drawn.keys()
    return _mean([known[number]["planted"] - drawn[number]["planted"] for number in sorted(both)])


def _mean(values: Sequence[float]) -> str:
    """With half the width of Student's interval."""
    if len(values) < 2:
        return "–"
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    half = error * float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1))
    return f"{np.mean(values):+.3f} (± {half:.3f})"
