"""What the gate counts: small counts that the answers show, or give away by subtraction."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from civic_ai.audit.answer_disclosure import (
    _steps,
    count_forgotten_figures,
    count_small_answers,
    count_visible_small_answers,
    walk_figures,
)
from civic_ai.audit.audited import check_figures
from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.audit.told import COUNT_PERIODS
from civic_ai.records.evaluation import Evaluation, RestrictedMean
from civic_ai.records.figure import Figure, missing
from civic_ai.records.record import Record
from tests.unit.audit.answers import number, with_answers
from tests.unit.audit.made import POLICY, random_report
from tests.unit.audit.test_evaluation_suppression import random_evaluation

MINIMUM = POLICY.suppression.minimum


@pytest.mark.parametrize("seed", range(30))
def test_a_masked_evaluation_shows_none_and_an_unmasked_one_all(seed):
    full = with_answers(random_evaluation(seed), seed)
    assert count_visible_small_answers(full, mask_evaluation(full, POLICY), MINIMUM) == 0
    everything = count_small_answers(full, MINIMUM) + count_forgotten_figures(full, full, MINIMUM)
    assert count_visible_small_answers(full, full, MINIMUM) == everything > 0


def _declared(kind: Any, name: str = "") -> set[str]:
    """The names of all figures that a record could hold, read from its annotations."""
    if isinstance(kind, type) and issubclass(kind, Figure):
        return {name}
    if isinstance(kind, type) and issubclass(kind, Record):
        parts = kind.model_fields.items()
        return {one for key, field in parts for one in _declared(field.annotation, f"{name}.{key}")}
    return {one for part in get_args(kind) for one in _declared(part, name)}


FIGURES = sorted(name.removeprefix(".") for name in _declared(Evaluation))


def _with_n(value: Any, wanted: str, n: int, name: str = "") -> Any:
    """``value`` with this n in every figure of the name."""
    if isinstance(value, Figure):
        return value.model_copy(update={"n": n}) if name == wanted else value
    if isinstance(value, Record):
        fields = {key: getattr(value, key) for key in type(value).model_fields}
        inner = {key: _with_n(part, wanted, n, f"{name}.{key}".strip(".")) for key, part in fields.items()}
        return value.model_copy(update=inner)
    if isinstance(value, tuple):
        return tuple(_with_n(part, wanted, n, name) for part in value)
    if isinstance(value, dict):
        return {key: _with_n(part, wanted, n, name) for key, part in value.items()}
    return value


def _filled() -> Evaluation:
    full = with_answers(random_evaluation(3), 3)
    return full.model_copy(update={"lockbox_expected": number(0.5, 26)})


def test_every_figure_that_a_record_declares_is_walked():
    assert {name for name, _ in walk_figures(_filled())} == set(FIGURES)
    assert set(FIGURES) > COUNT_PERIODS


@pytest.mark.parametrize("name", sorted(set(FIGURES) - COUNT_PERIODS))
@pytest.mark.parametrize("n", [7, 13, 613])
def test_no_figure_at_all_is_shown_with_a_small_or_an_exact_n(name, n):
    full = _with_n(_filled(), name, n)
    before = [figure.n for one, figure in walk_figures(full) if one == name]
    after = [figure for one, figure in walk_figures(mask_evaluation(full, POLICY)) if one == name]
    assert set(before) == {n}
    assert after
    assert {figure.n % 10 for figure in after} == {0}
    if n < MINIMUM:
        assert {(figure.value, figure.n) for figure in after} == {(None, 0)}


def test_the_gate_sees_a_field_that_masking_forgot():
    full = _filled()
    public = mask_evaluation(full, POLICY)
    assert count_visible_small_answers(full, public, MINIMUM) == 0
    times = tuple(
        part.model_copy(update={"area_under_roc": exact.area_under_roc})
        for exact, part in zip(full.time_to_find, public.time_to_find, strict=True)
    )
    forgot = public.model_copy(update={"time_to_find": times})
    assert count_visible_small_answers(full, forgot, MINIMUM) == 1


def _means(full, sizes):
    groups = [(None, sum(sizes)), *enumerate(sizes)]
    means = tuple(
        RestrictedMean(group=None if group is None else str(group), tau_days=90, observed=number(12.0, n),
                       predicted=None, censored_share=None)
        for group, n in groups
    )  # fmt: skip
    return full.model_copy(update={"restricted_means": means})


def test_the_gate_sees_a_group_that_follows_by_subtraction():
    full = _means(random_evaluation(0), (7, 300, 300))
    shown = full.restricted_means
    hidden = shown[1].model_copy(update={"observed": missing("suppressed")})
    careless = full.model_copy(update={"restricted_means": (shown[0], hidden, *shown[2:])})
    assert count_visible_small_answers(full, careless, MINIMUM) == 1
    assert count_visible_small_answers(full, mask_evaluation(full, POLICY), MINIMUM) == 0


def test_the_audits_fact_counts_the_answers_too():
    full = with_answers(random_evaluation(3), 3)
    bare = check_figures(random_report(0), random_evaluation(3), POLICY).suppression
    checked = check_figures(random_report(0), full, POLICY).suppression
    assert checked.visible_small_cells == 0
    assert checked.small_cells == bare.small_cells + count_small_answers(full, MINIMUM)


@pytest.mark.parametrize("seed", range(5))
def test_horizons_in_any_order_hide_as_much(seed):
    full = with_answers(random_evaluation(seed), seed)
    turned = full.model_copy(update={"horizons": full.horizons[::-1]})
    assert count_small_answers(turned, MINIMUM) == count_small_answers(full, MINIMUM)


def test_the_fewest_that_were_watched_at_any_horizon_are_what_a_curve_tells_of():
    full = with_answers(random_evaluation(0), 0)
    one, other = (part for part in full.horizons[:2])
    told = (
        one.model_copy(update={"days": 3, "observed": Figure(value=0.25, n=400)}),
        other.model_copy(update={"days": 7, "observed": Figure(value=0.75, n=40)}),
    )
    assert list(_steps(full.model_copy(update={"horizons": told}))) == [10.0, 20.0, 10.0]
