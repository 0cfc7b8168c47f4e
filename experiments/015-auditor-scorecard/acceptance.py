"""The acceptance numbers of METHODS 9, each held against the binomial bound of the runs made.

``pass``: the runs made exclude that the promise is broken; ``fail``: they exclude that it is kept, both at
95 % (Clopper and Pearson 1934, one-sided); else ``not enough runs``. A ``promise`` is what METHODS 9 asks:
over all sizes together, or at 10,000 incidents where it says so. The other rows are a ``part``: single sizes,
other truths, corrections. They are held to the same figure, with too few runs to decide all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from recovery import ALL as AMONG_ALL
from recovery import AUDIT, EQUAL, LINKS
from scipy import stats
from town import SIZES

LEVEL = 0.95
ALL = "all"
PROMISE, PART = "promise", "part"
RECOVERED = 10_000
"""The size at which METHODS 9 asks for what was planted."""
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
    ("false FAIL at equality, delays", "metrics", "delays_none", "delays", 0.01),
    ("false FAIL at the boundary, delays", "metrics", "delays_boundary", "delays", 0.06),
    ("false FAIL where observers tell nothing", "metrics", "observer_none", "observer", 0.01),
    ("false FAIL at the boundary, observer", "metrics", "observer_boundary", "observer", 0.06),
    ("any label change found where nothing changes", "metrics", "label_change_none", "label_change", 0.06),
    ("the same, where months hang together", "metrics", "label_change_boundary", "label_change", 0.06),
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
    for level, audit in (*_COUNTS, *_CITY):
        for size, some in _by_size(rows, lambda row: row["level"] == level and row["audit"] == audit):  # noqa: B023
            known = [row for row in some if row["of_0.95"] != ""]
            held, of = sum(row["held_0.95"] for row in known), sum(row["of_0.95"] for row in known)
            asked = f"95 % intervals hold what was planted, {_LEVELS[level]}: {audit}"
            yield _row(asked, size, "93 % to 97 %", _told(held, of), judge_chance(held, of, 0.93, 0.97))


_LEVELS = {"city": "full cities", "metrics": "quick draws"}
_COUNTS = (("metrics", "recall"), ("metrics", "reporting"), ("metrics", "delays"), ("metrics", "observer"))
_CITY = (("city", "recall"), ("city", "reporting"), ("city", "delays"))


_RECOVERY = (
    ("city", "reporting", AUDIT, "here", "full cities, against the rates of watched incidents", PART),
    ("city", "reporting", AUDIT, "planted", "full cities, against what was planted", PART),
    (
        "recovery",
        "as_drawn",
        AUDIT,
        "here",
        "more cities, against the rates of watched incidents",
        PROMISE,
    ),
    ("recovery", "as_drawn", AUDIT, "planted", "more cities, against what was planted", PROMISE),
    ("recovery", "as_drawn", LINKS, "planted", "lost links put right, against what was planted", PART),
    ("recovery", "as_drawn", AMONG_ALL, "planted", "and among all problems, against what was planted", PART),
    ("recovery", "links_kept", AUDIT, "planted", "no lost links, against what was planted", PART),
    ("recovery", "as_modelled", AUDIT, "planted", "the model's conditions hold", PROMISE),
    ("recovery", EQUAL, AMONG_ALL, "planted", "nothing planted, among all problems", PART),
)
_HELD = (
    ("as_modelled", AUDIT, "the model's conditions hold: reporting", PROMISE),
    ("as_drawn", AMONG_ALL, "lost links put right, among all problems", PART),
)


def _recovery(rows: Sequence[Row]) -> Iterator[Row]:
    """Mean error of the reporting ratio in cities of 10,000 incidents, as told and corrected; how often its
    intervals hold (A5 of METHODS 9), and whether a correction accuses anybody where all report alike."""
    known = {(row["level"], row["condition"], row["audit"]): row for row in rows if row["size"] == RECOVERED}
    for level, condition, audit, truth, told, of_what in _RECOVERY:
        row = known.get((level, condition, audit))
        if row is not None and row[f"off_{truth}_se"] != "":
            yield _recovered(row, truth, f"log reporting ratio, mean error: {told}") | {"row": of_what}
    for condition, audit, told, of_what in _HELD:
        row = known.get(("recovery", condition, audit))
        if row is not None:
            held, of = row["held_0.95"], row["of_0.95"]
            verdict = judge_chance(held, of, 0.92, 0.98)
            asked = f"95 % intervals hold what was planted, {told}"
            yield _row(asked, RECOVERED, "92 % to 98 %", _told(held, of), verdict) | {"row": of_what}
    equal = known.get(("recovery", EQUAL, AMONG_ALL))
    if equal is not None:
        hits, of = equal["fail"], equal["replicates"]
        asked = "false FAIL at equality, had the ratio among all problems decided"
        yield _row(asked, RECOVERED, "at most 1%", _told(hits, of), judge_chance(hits, of, 0.0, 0.01))


def _recovered(row: Row, truth: str, asked: str) -> Row:
    off, error = row[f"off_{truth}"], row[f"off_{truth}_se"]
    half = error * float(stats.t.ppf((1 + LEVEL) / 2, row["replicates"] - 1))
    verdict = "pass" if abs(off) + half <= 0.03 else "fail" if abs(off) - half > 0.03 else _MORE
    return _row(
        asked, row["size"], "within 0.03", f"{off:+.3f} (± {half:.3f}) over {row['replicates']}", verdict
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
    told = {"asked": asked, "incidents": size, "must_be": must_be, "found": found, "verdict": verdict}
    return told | {"row": PROMISE if size == ALL else PART}


def summary(judged: Sequence[Row]) -> str:
    """How many promises and parts of them are kept, broken or not decided."""
    return " ".join(_summary(kind, [row["verdict"] for row in judged if row["row"] == kind])
                    for kind in (PROMISE, PART))  # fmt: skip


def _summary(kind: str, verdicts: Sequence[str]) -> str:
    kept, broken, open_ = (verdicts.count(verdict) for verdict in ("pass", "fail", _MORE))
    return f"Of {len(verdicts)} {kind}s {kept} are kept, {broken} broken, {open_} not decided."
