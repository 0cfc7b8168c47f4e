"""Against reports and against need: even against the one, uneven against the other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from civic_ai.audit.area_reporting import AreaReporting, measure_areas
from civic_ai.audit.cells import CELLS
from civic_ai.audit.given import Given, read_given
from civic_ai.audit.measured import Measurement, measure_groups
from civic_ai.audit.need import _Corrected, audit_need
from civic_ai.audit.reported_share import AreaRates
from civic_ai.records.need import NeedAudit
from civic_ai.records.reporting import ReportingBias
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import DUPLICATES, POLICY

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
REPORTING = DUPLICATES | {"attribute": "half", "life_days": 120}
EXAMINED = ReportingBias(method="duplicates", verdict="fail")
NAMES = tuple(f"A{area:02d}" for area in range(AREAS))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Given and measured: a list (``counts=False``) or a forecast of the made city, each read once."""

    @cache
    def make(counts: bool) -> tuple[Given, Measurement]:
        spec = {"audit": {"attributes": {"half": HALF}, "reporting": REPORTING}}
        made = evaluated(tmp_path_factory.mktemp("need"), counts=counts, spec=spec)
        given = read_given(made.spec, made.evaluation, made.blobs)
        return given, measure_groups(given, POLICY)

    return make


def _reporting(odd: float, spread: float = 0.0) -> AreaReporting:
    """Areas of odd number report at ``odd`` times the rate of the others, 0.05 a day."""
    rng = np.random.default_rng(1)
    rates = 0.05 * odd ** (np.arange(AREAS) % 2)
    draws = rates * np.exp(spread * rng.standard_normal((1000, 1)) * (np.arange(AREAS) % 2))
    return AreaReporting(NAMES, AreaRates(draws[:, :, None], np.full((AREAS, 1), 50.0)), 120)


def _ratios(need: NeedAudit) -> dict[tuple[str, str], float]:
    return {(part.against, part.metric): part.ratio.value or 0.0 for part in need.ratios}


@pytest.mark.parametrize("counts", [False, True])
def test_where_all_report_alike_need_says_the_same_as_reports(measured, counts):
    given, made = measured(counts)
    need = audit_need(given, made, _reporting(1.0), POLICY)
    ratios = _ratios(need)
    for against, metric in list(ratios):
        assert ratios[against, metric] == pytest.approx(ratios["reports", metric], rel=1e-3)
    assert need.changes_a_verdict is False
    assert all(part.is_stable for part in need.verdicts)


def test_a_forecast_that_is_even_against_reports_fails_against_need(measured):
    given, made = measured(True)
    need = audit_need(given, made, _reporting(0.3), POLICY)
    share = {group: rate / (rate + 1 / 120) for group, rate in (("q1", 0.05), ("q2", 0.015))}
    ratios = _ratios(need)
    assert ratios["need", "bias_ratio"] == pytest.approx(
        ratios["reports", "bias_ratio"] * share["q1"] / share["q2"], rel=1e-4
    )
    (verdict,) = need.verdicts
    assert (verdict.metric, verdict.reports, verdict.need) == ("bias_ratio", "pass", "fail")
    assert need.changes_a_verdict is True
    assert {part.group: part.figure.value for part in need.shares} == pytest.approx(share)


def test_a_list_serves_less_per_need_than_per_report_where_fewer_report(measured):
    given, made = measured(False)
    ratios = _ratios(audit_need(given, made, _reporting(0.3), POLICY))
    share = 0.05 / (0.05 + 1 / 120) / (0.015 / (0.015 + 1 / 120))
    assert ratios["need", "service_per_need"] == pytest.approx(
        ratios["reports", "service_per_need"] / share, rel=0.01
    )
    assert ratios["need", "recall"] == pytest.approx(ratios["reports", "recall"], rel=0.01)


def test_against_reports_it_is_the_audit_itself(measured):
    given, made = measured(False)
    need = audit_need(given, made, _reporting(0.3), POLICY)
    own = {(item.group, item.metric): item for item in made.audited.disparities}
    for part in need.ratios:
        if part.against == "reports":
            assert part.ratio == own[part.group, part.metric].ratio
            assert part.verdict == own[part.group, part.metric].verdict
    values = {(item.group, item.metric): item.figure for item in made.audited.groups}
    for part in need.figures:
        if part.against == "reports":
            assert part.figure == values[part.group, part.metric]


def test_what_is_not_known_about_reporting_widens_the_interval(measured):
    given, made = measured(True)

    def width(spread: float) -> float:
        need = audit_need(given, made, _reporting(0.3, spread), POLICY)
        (part,) = [part for part in need.ratios if part.against == "need"]
        assert part.ratio.lower is not None
        assert part.ratio.upper is not None
        return float(np.log(part.ratio.upper / part.ratio.lower))

    sure, unsure = width(0.0), width(0.5)
    reports = next(
        p for p in audit_need(given, made, _reporting(0.3), POLICY).ratios if p.against == "reports"
    )
    assert sure == pytest.approx(np.log(reports.ratio.upper / reports.ratio.lower), rel=0.05)
    # d log(1 + 1 / (rate life)) / d log rate is 1 - P = 0.357; both sides at 90 %: 2 x 1.67 standard errors
    assert unsure == pytest.approx(np.hypot(sure, 2 * 1.67 * 0.5 * 0.357), rel=0.2)


def test_n_counts_reports_not_problems_that_nobody_saw(measured):
    given, made = measured(True)
    need = audit_need(given, made, _reporting(0.3), POLICY)
    counted = {(part.against, part.group): part.figure.n for part in need.figures}
    for group in ("q1", "q2"):
        assert counted["need", group] == counted["reports", group]


def test_half_and_double_of_the_life_are_always_told(measured):
    given, made = measured(True)
    need = audit_need(given, made, _reporting(0.3), POLICY)
    assert [part.life_days for part in need.lives] == [60, 240]
    short, long = ((part.reported.value, part.ratios[0].ratio.value) for part in need.lives)
    declared = _ratios(need)["need", "bias_ratio"]
    assert short[0] < need.reported.value < long[0]
    assert short[1] > declared > long[1] > _ratios(need)["reports", "bias_ratio"]
    assert len(need.verdicts[0].over_lives) == 2


def test_a_verdict_that_rests_on_the_life_is_not_stable(measured):
    given, made = measured(True)
    verdicts = {odd: audit_need(given, made, _reporting(odd), POLICY).verdicts[0] for odd in (0.3, 0.65)}
    assert verdicts[0.3].over_lives[0] == "fail"
    for verdict in verdicts.values():
        assert verdict.is_stable == (set(verdict.over_lives) == {verdict.need})


def test_units_without_a_known_area_count_as_the_city_does(measured):
    given, made = measured(True)
    none = replace(_reporting(0.3), names=tuple(f"X{i}" for i in range(AREAS)))
    need = audit_need(given, made, none, POLICY)
    ratios = _ratios(need)
    assert ratios["need", "bias_ratio"] == pytest.approx(ratios["reports", "bias_ratio"], rel=1e-3)


def test_need_is_measured_from_the_citys_own_repeat_reports(measured):
    """The made city's odd areas report 0.4 times as fast (tests/unit/audit/simulated)."""
    given, made = measured(False)
    reporting = measure_areas(given, EXAMINED)
    assert isinstance(reporting, AreaReporting)
    need = audit_need(given, made, reporting, POLICY)
    shares = {part.group: part.figure for part in need.shares}
    for group, rate in (("q1", 0.04), ("q2", 0.016)):
        rates = np.array([rate, rate / 2])
        kinds = (0.7, 0.3) if group == "q1" else (0.4, 0.6)
        truth = 1 / np.average(1 + 1 / (rates * 120), weights=kinds)
        assert shares[group].value == pytest.approx(truth, abs=0.05)
        assert shares[group].lower < shares[group].value < shares[group].upper
    assert audit_need(given, made, measure_areas(given, EXAMINED), POLICY) == need


def test_why_it_is_not_known(measured):
    given, made = measured(False)
    assert audit_need(given, made, "no_life_declared", POLICY) == NeedAudit(why_unknown="no_life_declared")
    only_precision = replace(
        made,
        audited=replace(
            made.audited, groups=tuple(g for g in made.audited.groups if g.metric == "precision")
        ),
    )
    none = audit_need(given, only_precision, _reporting(0.3), POLICY)
    assert none == NeedAudit(why_unknown="no_metric_counts_cases")


def test_shares_that_are_ever_reported_have_the_interval_of_what_is_known_of_rates(
    measured,
):
    given, made = measured(True)
    reporting = _reporting(0.3, 0.5)
    need = audit_need(given, made, reporting, POLICY)
    drawn = reporting.shares.draws[:, 1]
    share = {part.group: part.figure for part in need.shares}
    assert share["q2"].lower == pytest.approx(np.quantile(drawn, 0.05), rel=0.02)
    assert share["q2"].upper == pytest.approx(np.quantile(drawn, 0.95), rel=0.02)
    assert share["q1"].lower == pytest.approx(share["q1"].upper)
    assert need.reported.n == share["q1"].n + share["q2"].n
    assert 0 < share["q2"].n < need.reported.n


def test_one_metric_of_several_that_is_judged_otherwise_changes_a_verdict(measured):
    given, made = measured(False)
    need = audit_need(given, made, _reporting(0.3), POLICY)
    assert {verdict.need == verdict.reports for verdict in need.verdicts} == {True, False}
    assert need.changes_a_verdict is True


@pytest.mark.parametrize(("reports", "value"), [(1.0, 0.5), (0.0, None)])
def test_one_report_is_enough_to_tell_how_many_problems_it_stands_for(reports, value):
    """Twice as many problems as reports in every draw."""
    sums = np.zeros((2, len(CELLS)))
    sums[0, CELLS.index("events")] = reports
    drawn = SimpleNamespace(replicates=np.stack([2 * sums] * 50))
    measured = SimpleNamespace(sums=SimpleNamespace(counts=sums, totals=sums))
    twice = SimpleNamespace(sums=[SimpleNamespace(totals=2 * sums)], drawn=[drawn])
    figure = _Corrected({"recall": [measured]}, twice)._share(0, 0, 0.9)
    assert (figure.value, figure.n) == (value, reports)
    assert figure.why_missing == (None if value else "no_events")
