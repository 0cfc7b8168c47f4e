"""What can be odd about a panel of cases, and what makes it useless."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.panel.case_moments import NEVER
from civic_ai.panel.case_parts import CaseParts
from civic_ai.panel.ending import DAYS_BEFORE, LAST_DAYS, thins_out
from civic_ai.panel.findings import MOSTLY, panel_finding
from civic_ai.panel.known import day_numbers
from civic_ai.pilot.feature_blocks import CountFeature
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import Finding, Severity

MANY_TOO_EARLY = 0.1
TIMES_BETWEEN_YEARS, CASES_OF_A_YEAR = 3.0, 100
"""A year with fewer cases says too little about how often, or how long."""
EXPECTED_OPEN, OPEN_SHARE = 10, 0.1
"""Open cases are missing where so many would be usual, and less than this share of them is there."""
MOST_EVENTS, FEWEST_EVENTS = 0.98, 0.005


def find_case_oddities(parts: CaseParts) -> tuple[Finding, ...]:
    """Everything that a reader of the panel should know, in one order."""
    return tuple(finding for find in _ODDITIES for finding in find(parts))


_LEFT_OUT: dict[str, tuple[str, Severity]] = {
    "unnamed": ("unnamed_cases", "warning"),
    "repeated": ("repeated_cases", "warning"),
    "impossible": ("ended_before_start", "warning"),
}


def _left_out(parts: CaseParts) -> Iterator[Finding]:
    undated = "rows_without_known_at" if parts.spec.unit.due_on is None else "cases_without_due_on"
    for reason, (code, severity) in {**_LEFT_OUT, "undated": (undated, "warning")}.items():
        count = parts.reading.left_out.get(reason, 0)
        if count:
            yield panel_finding(code, parts.spec.unit.source, severity, values={"count": count})


def _over_before_list(parts: CaseParts) -> Iterator[Finding]:
    count = parts.reading.left_out.get("too_early", 0)
    if count:
        share = count / (count + len(parts.cases))
        yield _shared("over_before_list", parts, count, share)


def _outcome_not_known(parts: CaseParts) -> Iterator[Finding]:
    """Cases whose horizon is over, but whose outcome was not known by then."""
    over = parts.cases.as_of + parts.spec.label.horizon_days <= parts.reading.last_day
    count = int((over & np.isnan(parts.label.values)).sum())
    if count:
        yield _shared("outcome_not_known", parts, count, count / len(parts.cases))


def _shared(code: str, parts: CaseParts, count: int, share: float) -> Finding:
    severity: Severity = "warning" if share >= MANY_TOO_EARLY else "note"
    values: dict[str, str | int | float] = {"count": count, "percent": round(100 * share, 1)}
    found = panel_finding(code, parts.spec.unit.source, severity, values=values)
    return found.model_copy(update={"share": share})


def _open_missing(parts: CaseParts) -> Iterator[Finding]:
    """Were only closed cases handed over? The newer half is held against the older: how many of those were
    still open after as many days as this case has been followed? (What comes up is no such stream.)"""
    cases, middle = parts.reading.cases, len(parts.reading.cases) // 2
    if parts.spec.unit.due_on is not None or not middle:
        return
    waited = np.sort(cases.settled.day[:middle] - cases.as_of[:middle])
    followed = parts.reading.last_day - cases.as_of[middle:]
    longer = 1 - np.searchsorted(waited, followed, side="right") / middle
    found, expected = int((cases.settled.day[middle:] == NEVER).sum()), round(float(longer.sum()))
    if expected >= EXPECTED_OPEN and found <= OPEN_SHARE * expected:
        values: dict[str, str | int | float] = {"count": found, "expected": expected}
        yield panel_finding("open_cases_missing", parts.spec.unit.source, "problem", values=values)


def _places(parts: CaseParts) -> Iterator[Finding]:
    count = int((parts.scope.units.positions(parts.cases.columns["area"].to_pandas()) < 0).sum())
    if count:
        values: dict[str, str | int | float] = {"count": count}
        yield panel_finding("cases_outside_areas", parts.spec.unit.source, "warning", values=values)


def _years(parts: CaseParts) -> Iterator[Finding]:
    """Rates or times that differ so much between years that the outcome may not mean the same."""
    by_year = yearly_means(parts)
    if len(by_year) < 2:
        return
    lowest, highest = (pick(by_year, key=lambda year: by_year[year]) for pick in (min, max))
    if by_year[highest] < TIMES_BETWEEN_YEARS * by_year[lowest]:
        return
    is_duration = parts.label.ended is not None
    factor = 1 if is_duration else 100
    values: dict[str, str | int | float] = {
        "lowest_year": lowest, "lowest": round(factor * by_year[lowest], 1),
        "highest_year": highest, "highest": round(factor * by_year[highest], 1),
    }  # fmt: skip
    code = "duration_changes" if is_duration else "label_rate_changes"
    yield panel_finding(code, parts.spec.unit.source, "problem", values=values)


def yearly_means(parts: CaseParts) -> dict[int, float]:
    """The mean label by year of the as-of date, for years with enough cases whose horizon was over."""
    over = parts.cases.as_of + parts.spec.label.horizon_days <= parts.reading.last_day
    usable = over & ~np.isnan(parts.label.values)
    year = parts.cases.as_of[usable].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    years, member = np.unique(year, return_inverse=True)
    n, total = np.bincount(member), np.bincount(member, parts.label.values[usable])
    return {int(years[i]): float(total[i] / n[i]) for i in range(len(years)) if n[i] >= CASES_OF_A_YEAR}


def _history(parts: CaseParts) -> Iterator[Finding]:
    windows = [
        days for block in parts.spec.features if isinstance(block, CountFeature) for days in block.count_days
    ]
    late = int(parts.reading.first_day - (parts.scope.dates[0] - max(windows, default=0) + 1))
    if windows and late > 0:
        yield panel_finding("short_history", parts.spec.label.source, "note", values={"days": late})


def _unknown(parts: CaseParts) -> Iterator[Finding]:
    for column in parts.features:
        share = float(np.isnan(column.values).mean())
        if share > MOSTLY:
            values: dict[str, str | int | float] = {"percent": round(100 * share, 1)}
            name, source = column.record.name, column.record.source
            yield panel_finding("mostly_unknown", source, "warning", column=name, values=values)


_ODDITIES = (
    _left_out, _over_before_list, _outcome_not_known, _open_missing, _places, _years, _history, _unknown,
)  # fmt: skip


def outcomes_thin_out(parts: CaseParts) -> bool:
    """Whether far fewer outcomes became known in the last days than before, and a label reaches there."""
    last_day = parts.reading.last_day
    if int(parts.scope.dates[-1]) + parts.spec.label.horizon_days <= last_day - LAST_DAYS:
        return False
    age = last_day - parts.reading.cases.settled.day
    late, before = (age >= 0) & (age < LAST_DAYS), (age >= LAST_DAYS) & (age < LAST_DAYS + DAYS_BEFORE)
    return thins_out(int(late.sum()), int(before.sum()))


def refuse_useless(parts: CaseParts, policy: Policy) -> None:
    """Raise :class:`DataError` for too little to learn from or an outcome that hardly ever varies, and
    :class:`ConfigError` for a capacity that reaches every case of every list."""
    _refuse_nothing_known(parts)
    _refuse_constant(parts)
    _refuse_too_few(parts, policy.limits.training_events)
    _refuse_boundless(parts)


def _refuse_nothing_known(parts: CaseParts) -> None:
    if not np.isnan(parts.label.values).all():
        return
    raise DataError.because(
        say("no outcome is known of any of the {cases} cases on the lists", cases=len(parts.cases)),
        about="label",
        remedy=say("Hand over later data, start as_of.first earlier, or look at label.while_open."),
    )


def _refuse_too_few(parts: CaseParts, needed: int) -> None:
    cutoff = day_numbers([parts.scope.splits[0].cutoff])[0]
    horizon_over = parts.cases.as_of + parts.spec.label.horizon_days
    final_on = horizon_over if parts.label.ended is None else parts.label.known_on
    found = int((parts.label.events & (final_on <= cutoff)).sum())
    if found < needed:
        raise DataError.because(
            say(
                "the first split has {found} events to learn from; it takes {needed}",
                found=found,
                needed=needed,
            ),
            about="label",
            remedy=say("Start as_of earlier, ask for fewer splits, or widen what the label counts."),
        )


def _refuse_constant(parts: CaseParts) -> None:
    known = ~np.isnan(parts.label.values)
    events, rows = int(parts.label.events[known].sum()), int(known.sum())
    share = events / rows
    is_duration = parts.label.ended is not None
    if share < FEWEST_EVENTS or (share > MOST_EVENTS and not is_duration):
        raise DataError.because(
            say(
                "of {rows} cases with a known outcome {events} count ({percent} %): they hardly differ",
                rows=rows,
                events=events,
                percent=round(100 * share, 2),
            ),
            about="label.where",
            remedy=say("Look at what the column means; take an outcome that differs from case to case."),
        )


def _refuse_boundless(parts: CaseParts) -> None:
    """Who can visit every case that came in needs no list. (Of cases that come up all are visited; a list
    says which first.)"""
    capacity = parts.spec.capacity.units_per_period
    _, sizes = np.unique(parts.cases.as_of, return_counts=True)
    if capacity is not None and parts.spec.unit.due_on is None and capacity >= sizes.max(initial=0):
        raise ConfigError.because(
            say(
                "{given} visits reach all cases of the longest list ({most})",
                given=capacity,
                most=int(sizes.max()),
            ),
            about="capacity.units_per_period",
            remedy=say("Say what the city can really visit, or use a longer as_of.every_days."),
        )
