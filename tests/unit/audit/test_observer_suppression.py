"""The public sees no small count of the observer test nor of a label's change."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from civic_ai.audit.observer_suppression import mask_label_changes, mask_observer
from civic_ai.audit.suppression import figures_of
from civic_ai.records.figure import Figure
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.observer import ObserverGain, ObserverTest
from tests.unit.audit.made import POLICY

FIGURES = figures_of(POLICY)


def _figure(value: float, n: int) -> Figure:
    return Figure(value=value, lower=value - 0.0123, upper=value + 0.0123, n=n)


def _test(cases: int, events: int, in_lockbox: int = 40) -> ObserverTest:
    def gain(split: str, n: int) -> ObserverGain:
        return ObserverGain(
            split=split, measure="days_earlier", model=_figure(7.123, n), within=_figure(1.234, n)
        )

    return ObserverTest(
        verdict="fail", column="inspector", candidate="lightgbm", observers=6, cases=cases, events=events,
        lists=9, knows_observer=True, area_of_model=_figure(0.7312, events),
        area_of_observer=_figure(0.7123, events),
        area_without_observer=_figure(0.5712, events), area_within_observers=_figure(0.5612, events),
        share=_figure(0.9512, events), limit=0.9, judged_on="lockbox",
        gains=(gain("all", events), gain("lockbox", in_lockbox)),
    )  # fmt: skip


def test_what_is_large_is_rounded() -> None:
    seen = mask_observer(_test(1004, 246), FIGURES)
    assert (seen.cases, seen.events, seen.verdict) == (1000, 250, "fail")
    assert (seen.share.value, seen.share.n) == (0.95, 250)
    assert (seen.gains[1].within.value, seen.gains[1].within.n, seen.gains[1].observer) == (1.23, 40, None)


@pytest.mark.parametrize(("cases", "events"), [(1000, 5), (1000, 995)])
def test_few_events_or_few_others_leave_the_verdict_alone(cases: int, events: int) -> None:
    seen = mask_observer(_test(cases, events), FIGURES)
    assert (seen.cases, seen.events, seen.verdict) == (None, None, "fail")
    figures = [seen.area_of_model, seen.share, *(gain.model for gain in seen.gains)]
    assert all(one.value is None and one.n == 0 and one.why_missing == "suppressed" for one in figures)


def test_a_lockbox_with_few_events_is_hidden_alone() -> None:
    seen = mask_observer(_test(1000, 200, in_lockbox=7), FIGURES)
    assert seen.gains[0].model.value == 7.12
    assert seen.gains[1].model.value is None
    assert seen.gains[1].within.value is None


def test_an_unknown_test_or_none_stays_as_it_is() -> None:
    unknown = ObserverTest(verdict="unknown", why_unknown="not_declared")
    assert mask_observer(unknown, FIGURES) == unknown
    assert mask_observer(None, FIGURES) is None


@given(st.integers(20, 3000), st.integers(0, 3000), st.integers(1, 300))
@example(cases=20, events=0, lockbox=11)
def test_masking_the_test_twice_is_masking_it_once(cases: int, events: int, lockbox: int) -> None:
    once = mask_observer(_test(cases, min(events, cases), lockbox), FIGURES)
    assert mask_observer(once, FIGURES) == once


def _change(before: Figure, after: Figure, stratum: str | None = None) -> LabelChange:
    day = date(2015, 1, 1)
    return LabelChange(
        stratum=stratum, on=day, earliest=day, latest=day, level=0.9, before=before, after=after,
        jump=_figure(0.2, before.n + after.n), p_value=0.01,
    )  # fmt: skip


def test_levels_of_a_series_with_a_small_count_are_hidden_and_dates_stay() -> None:
    large, small = Figure(value=0.5, n=400), Figure(value=0.01, n=400)
    made = (_change(large, small), _change(small, large), _change(large, large, "tree"))
    seen = mask_label_changes(made, FIGURES)
    assert [change.before.value for change in seen] == [None, None, 0.5]
    assert [change.after.value for change in seen] == [None, None, 0.5]
    assert [change.jump.value for change in seen] == [None, None, 0.2]
    assert [change.on for change in seen] == [change.on for change in made]
    assert mask_label_changes(seen, FIGURES) == seen


def test_few_without_the_outcome_are_hidden_too() -> None:
    (seen,) = mask_label_changes([_change(Figure(value=0.99, n=400), Figure(value=0.5, n=400))], FIGURES)
    assert seen.before.value is None


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
@example(before=11, after=400, share=0.5, later=0.5)
def test_masking_changes_twice_is_masking_them_once(
    before: int, after: int, share: float, later: float
) -> None:
    change = _change(Figure(value=share, n=before), Figure(value=later, n=after))
    once = mask_label_changes([change], FIGURES)
    assert mask_label_changes(once, FIGURES) == once


def test_that_nothing_happened_at_all_is_no_small_count() -> None:
    seen = mask_observer(_test(1000, 0), FIGURES)
    assert (seen.cases, seen.events) == (1000, 0)
    assert seen.gains[0].model.n == 0
