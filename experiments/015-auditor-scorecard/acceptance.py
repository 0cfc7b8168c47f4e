"""The acceptance numbers of METHODS 9, each held against the binomial bound of the runs made.

``pass``: the runs made exclude that the promise is broken; ``fail``: they exclude that it is kept, both at
95 % (Clopper and Pearson 1934, one-sided); else ``not enough runs``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scipy import stats
from town import SIZES

LEVEL = 0.95
ALL = "all"
Row = dict[str, Any]


def bounds(hits: int, of: int) -> tuple[float, float]:
    """One-sided lower and upper bound of a chance (Clopper and Pearson 1934)."""
    lower = stats.beta.ppf(1 - LEVEL, hits, of - hits + 1) if hits else 0.0
    upper = stats.beta.ppf(LEVEL, hits + 1, of - hits) if hits < of else 1.0
    return float(lower), float(upper)


def judge_chance(hits: int, of: int, least: float, most: float) -> str:
    """Whether a chance surely lies within ``least`` to ``most``, surely outside, or neither."""
    if not of:
        return "not enough runs"
    lower, upper = bounds(hits, of)
    if lower > most or upper < least:
        return "fail"
    is_low_enough, is_high_enough = upper <= most, lower >= least
    return "pass" if (is_low_enough or most >= 1) and (is_high_enough or least <= 0) else "not enough runs"


def judge_all(rows: Sequence[Row]) -> list[Row]:
    """Every promise, at every size and over all."""
    return [*_rates(rows), *_coverage(rows), *_recovery(rows), *_backwards(rows)]


_RATES = (
    ("false FAIL at equality, recall", "metrics", "recall_none", "recall", 0.01),
    ("false FAIL at equality, reporting", "metrics", "reporting_none", "reporting", 0.01),
    ("false FAIL at equality, full cities: recall", "city", "none", "recall", 0.01),
    ("false FAIL at equality, full cities: reporting", "city", "none", "reporting", 0.01),
    ("false FAIL at equality, full cities: delays", "city", "none", "delays", 0.01),
    ("false FAIL at the boundary, recall", "metrics", "recall_boundary", "recall", 0.06),
    ("false FAIL at the boundary, reporting", "metrics", "reporting_boundary", "reporting", 0.06),
    ("any FAIL of 12 equal groups", "metrics", "recall_12_groups", "recall", 0.06),
    ("any FAIL of 12 groups, 11 at the boundary", "metrics", "recall_12_groups_boundary", "recall", 0.06),
)


def _rates(rows: Sequence[Row]) -> Iterator[Row]:
    for asked, level, condition, audit, most in _RATES:
        for size, some in _by_size(rows, lambda row: _is(row, level, condition, audit)):  # noqa: B023
            hits, of = sum(row["fail"] for row in some), sum(row["replicates"] for row in some)
            verdict = judge_chance(hits, of, 0.0, most)
            yield _row(asked, size, f"at most {most:.0%}", _told(hits, of), verdict)


def _coverage(rows: Sequence[Row]) -> Iterator[Row]:
    """Nominal 95: of every audit, over all conditions in which its interval was made."""
    for level, audit in (("metrics", "recall"), ("metrics", "reporting"), *_CITY):
        for size, some in _by_size(rows, lambda row: row["level"] == level and row["audit"] == audit):  # noqa: B023
            known = [row for row in some if row["of_0.95"] != ""]
            held, of = sum(row["held_0.95"] for row in known), sum(row["of_0.95"] for row in known)
            asked = f"95 % intervals hold what was planted, {_LEVELS[level]}: {audit}"
            yield _row(asked, size, "93 % to 97 %", _told(held, of), judge_chance(held, of, 0.93, 0.97))


_LEVELS = {"city": "full cities", "metrics": "counts"}
_CITY = (("city", "recall"), ("city", "reporting"), ("city", "delays"))


def _recovery(rows: Sequence[Row]) -> Iterator[Row]:
    """Mean error of the reporting ratio in full cities of 10,000: against the incidents, and as injected."""
    for row in rows:
        if _is(row, "city", "reporting", "reporting") and row["size"] == 10_000 and row["off_here"] != "":
            for name, against in (
                ("here", "the rates of watched incidents"),
                ("planted", "what was planted"),
            ):
                off, error = row[f"off_{name}"], row[f"off_{name}_se"]
                half = error * float(stats.t.ppf((1 + LEVEL) / 2, row["replicates"] - 1))
                verdict = "pass" if abs(off) + half <= 0.03 else "fail" if abs(off) - half > 0.03 else _MORE
                found = f"{off:+.3f} (± {half:.3f}) over {row['replicates']}"
                yield _row(
                    f"log reporting ratio, mean error against {against}",
                    10_000,
                    "within 0.03",
                    found,
                    verdict,
                )


_MORE = "not enough runs"


def _backwards(rows: Sequence[Row]) -> Iterator[Row]:
    """Reports per km: the halved third must look as if it reported no less, in nearly every city."""
    for rule in ("reports_per_km", "reports_per_head"):
        name = f"alarms_{rule}_below_80_percent"
        for size, some in _by_size(rows, lambda row: _is(row, "city", "reporting", "reporting")):
            hits, of = sum(row.get(name, 0) for row in some), sum(row["replicates"] for row in some)
            asked = f"{rule.replace('_', ' ')} sees the halved third below 80 %"
            yield _row(asked, size, "less than half", _told(hits, of), judge_chance(hits, of, 0.0, 0.5))


def _is(row: Row, level: str, condition: str, audit: str) -> bool:
    return (row["level"], row["condition"], row["audit"]) == (level, condition, audit)


def _by_size(rows: Sequence[Row], chosen: Callable[[Row], bool]) -> Iterator[tuple[int | str, list[Row]]]:
    """The chosen rows of each size, then all of them."""
    kept = [row for row in rows if chosen(row)]
    for size in (*SIZES, ALL):
        some = [row for row in kept if size in (ALL, row["size"])]
        if some:
            yield size, some


def _told(hits: int, of: int) -> str:
    return f"{hits} of {of} ({hits / of:.1%})" if of else "none"


def _row(asked: str, size: int | str, must_be: str, found: str, verdict: str) -> Row:
    return {"asked": asked, "incidents": size, "must_be": must_be, "found": found, "verdict": verdict}
