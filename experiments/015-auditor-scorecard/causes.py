"""What each cause takes from the reporting ratio that is recovered, and what the corrections give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from recovery import ALL, AUDIT, EQUAL, LINKS, LIVES
from scipy import stats

DRAWN, MODELLED, LEVEL = "as_drawn", "as_modelled", 0.95
TOLD = {
    DRAWN: "as drawn (as in the full cities)",
    "links_kept": "no lost links",
    "areas_alike": "areas of a third report alike",
    "incidents_alike": "incidents of an area are reported alike",
    "rates_alike": "both: one rate a third",
    MODELLED: "one rate a third, no lost links",
    EQUAL: "nothing planted, else as drawn",
}
_HALF, _TWICE = (name for name in LIVES if name != ALL)
CORRECTED = {
    AUDIT: "",
    LINKS: "; lost links put right",
    ALL: "; lost links put right, among all problems",
    _HALF: "; the same, problems taken to last half as long",
    _TWICE: "; the same, problems taken to last twice as long",
}
SHOWN = {DRAWN: tuple(CORRECTED), MODELLED: (AUDIT, ALL), EQUAL: (AUDIT, ALL)}
"""By towns: the looks that have a row; else the audit's own."""
Row = dict[str, Any]
Off = dict[int, dict[str, float]]


def causes_of(lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """A row a condition and look: mean error of the log ratio against what was planted and against the rates
    of the incidents watched, and the paired difference of the first from the same towns as drawn. ``lines``:
    replicates by condition."""
    return [row for name, some in lines.items() if some for row in _rows(name, some, lines.get(DRAWN, ()))]


def _rows(name: str, lines: Sequence[Mapping[str, Any]], drawn: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    for audit in SHOWN.get(name, (AUDIT,)):
        known = _off(lines, audit)
        if known:
            is_own, is_paired = audit in (AUDIT, LINKS), name != EQUAL and (name, audit) != (DRAWN, AUDIT)
            yield {
                "towns": TOLD[name] + CORRECTED[audit],
                "made": len(known),
                "error against what was planted": _mean([each["planted"] for each in known.values()]),
                "against the rates of watched incidents": _mean([each["here"] for each in known.values()])
                if is_own
                else "–",
                "change of the first": _change(known, _off(drawn, AUDIT)) if is_paired else "–",
            }


def _off(lines: Sequence[Mapping[str, Any]], audit: str) -> Off:
    """By number of the town: what one look tells less either truth."""
    looks = {line["number"]: look for line in lines for look in line["looks"] if look["audit"] == audit}
    return {
        number: {truth: look["value"] - look[truth] for truth in ("planted", "here")}
        for number, look in looks.items()
    }


def _change(known: Off, drawn: Off) -> str:
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
