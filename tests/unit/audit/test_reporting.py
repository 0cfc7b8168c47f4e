"""The duplicate-report model finds who does not report, and does not find it where all do."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from civic_ai.audit.incidents import build_incidents
from civic_ai.audit.reporting import Watched, fit_reporting, judge_reporting, not_examined, watch
from civic_ai.panel.groups import UNKNOWN, Grouping
from tests.unit.audit.made import POLICY, one_hot, policy
from tests.unit.audit.simulated import simulate


def _judged(city, seed=1, chosen=POLICY):
    return judge_reporting(city.watched(), [one_hot(city.group, 2)], chosen, seed=seed)


def test_sums_by_area_and_kind_fit_exactly_what_single_incidents_fit():
    city = simulate(1, ratio=0.5, incidents=1200)
    incidents = build_incidents(city.reports, extracted=city.extracted)
    first = city.reports.incident[incidents.first]
    area, kind = city.area[first], city.kind[first]
    design = np.column_stack([city.group[area] == 1, kind == 0, kind == 1]).astype(float)
    model = sm.GLM(incidents.repeats, design, family=sm.families.Poisson(), offset=np.log(incidents.days))
    plain = model.fit(cov_type="cluster", cov_kwds={"groups": area, "use_correction": False})
    ours = fit_reporting(city.watched(), one_hot(city.group, 2))
    assert ours.log_ratio[1] == pytest.approx(plain.params[0], rel=1e-8)
    assert ours.covariance[1, 1] == pytest.approx(plain.cov_params()[0, 0], rel=1e-8)
    pearson = ((incidents.repeats - plain.mu) ** 2 / plain.mu).sum() / (len(area) - 3)
    assert ours.dispersion == pytest.approx(pearson, rel=1e-8)


def test_planted_bias_is_recovered_and_covered_as_often_as_stated():
    """METHODS 1.1 and A5: bias of the log ratio at most 0.03, clustered coverage about 90 %."""
    truth, runs = np.log(0.4), 80
    items = [_judged(simulate(seed, ratio=0.4)).groups[0] for seed in range(runs)]
    logs = np.log([item.ratio.value for item in items])
    covered = [item.ratio.lower <= 0.4 <= item.ratio.upper for item in items]
    assert logs.mean() == pytest.approx(truth, abs=0.03)
    assert 0.82 <= np.mean(covered) <= 0.98
    assert np.mean([item.verdict == "fail" for item in items]) > 0.95


def test_where_all_report_alike_nobody_is_accused():
    verdicts = [_judged(simulate(seed, ratio=1.0)).verdict for seed in range(100, 180)]
    assert verdicts.count("fail") == 0
    assert verdicts.count("pass") > 0


def test_areas_that_differ_make_honest_errors_wider_than_plain_ones():
    city = simulate(3, ratio=1.0, spread=0.6, incidents=6000)
    ours = fit_reporting(city.watched(), one_hot(city.group, 2))
    watched = city.watched()
    repeats = np.bincount(city.group[watched.area], watched.repeats)
    plain = np.sqrt((1 / repeats).sum())
    assert np.sqrt(ours.covariance[1, 1]) > 1.5 * plain


@pytest.mark.filterwarnings("ignore:Perfect separation")
def test_areas_that_agree_exactly_know_no_more_than_their_repeats():
    """The clustered error is then 0; the one of the counts themselves (half a case added) is not."""
    areas = np.arange(20)
    same = {"incidents": 10.0, "days": 100.0, "repeats": 5.0, "squares": 0.25}
    watched = Watched(areas, np.zeros(20, dtype=int), **{name: np.full(20, n) for name, n in same.items()})
    ratio = judge_reporting(watched, [one_hot(areas % 2, 2)], POLICY, seed=1).groups[0].ratio
    half = stats.t.ppf((1 + POLICY.tolerances.confidence_level) / 2, 9) * np.sqrt(2 / 50.5)
    assert np.log([ratio.lower, ratio.upper]) == pytest.approx([-half, half])


def test_counting_the_first_report_would_hide_the_bias():
    """METHODS 1.1: with the first report counted, a ratio of 0.37 looked like 0.85."""
    city = simulate(4, ratio=0.37, incidents=6000)
    right = fit_reporting(city.watched(), one_hot(city.group, 2)).log_ratio[1]
    wrong = fit_reporting(city.watched(from_birth=True), one_hot(city.group, 2)).log_ratio[1]
    assert right == pytest.approx(np.log(0.37), abs=0.2)
    assert wrong > right + 0.4


def test_kinds_that_are_reported_less_do_not_pass_for_groups_that_report_less():
    city = simulate(5, ratio=1.0, incidents=20_000, spread=0.0)
    pooled = watch_without_kinds(city)
    controlled = fit_reporting(city.watched(), one_hot(city.group, 2)).log_ratio[1]
    uncontrolled = fit_reporting(pooled, one_hot(city.group, 2)).log_ratio[1]
    assert abs(controlled) < 0.06
    assert uncontrolled < controlled - 0.08


def watch_without_kinds(city):
    incidents = build_incidents(city.reports, extracted=city.extracted)
    area = city.area[city.reports.incident[incidents.first]]
    return watch(incidents, area, np.zeros(len(area), dtype=np.int64))


def test_shares_of_residents_give_the_ratio_of_a_whole_area_to_none():
    rng = np.random.default_rng(6)
    share = rng.random(60)
    city = simulate(6, ratio=1.0, incidents=200, areas=60)
    days = np.full(60, 500.0)
    repeats = rng.poisson(1000 * days * 0.1 * np.exp(np.log(0.5) * share)) / 1000
    watched = type(city.watched())(
        np.arange(60), np.zeros(60, dtype=np.int64), np.full(60, 50.0), days, repeats, repeats**2 / days
    )
    grouping = Grouping("a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), np.ones(60))
    assert np.exp(fit_reporting(watched, grouping).log_ratio[1]) == pytest.approx(0.5, rel=0.02)


def test_a_group_without_repeat_reports_is_insufficient_and_does_not_disturb_others():
    city = simulate(7, ratio=1.0)
    watched = city.watched()
    codes = np.where(np.arange(60) < 4, 2, city.group)
    silent = watched.area < 4
    repeats = np.where(silent, 0.0, watched.repeats)
    quiet = type(watched)(
        watched.area, watched.kind, watched.incidents, watched.days, repeats, watched.squares * ~silent
    )
    with_it = judge_reporting(quiet, [one_hot(codes, 3)], POLICY, seed=1).groups
    without = fit_reporting(quiet.where(~silent), one_hot(city.group, 2))
    assert with_it[0].ratio.value == pytest.approx(np.exp(without.log_ratio[1]))
    assert with_it[1].verdict == "insufficient_evidence"
    assert with_it[1].ratio.why_missing == "no_duplicates"


def test_a_kind_that_nobody_reports_twice_says_nothing():
    city = simulate(13, ratio=0.5)
    watched = city.watched()
    silent = watched.kind == 1
    repeats = np.where(silent, 0.0, watched.repeats)
    quiet = type(watched)(
        watched.area, watched.kind, watched.incidents, watched.days, repeats, watched.squares * ~silent
    )
    with_it, without = (fit_reporting(w, one_hot(city.group, 2)) for w in (quiet, quiet.where(~silent)))
    assert with_it.log_ratio[1] == without.log_ratio[1]
    assert with_it.dispersion == without.dispersion


def test_a_silent_reference_group_leaves_everything_open():
    city = simulate(8, ratio=1.0, incidents=400)
    watched = city.watched()
    repeats = np.where(city.group[watched.area] == 0, 0.0, watched.repeats)
    quiet = type(watched)(
        watched.area, watched.kind, watched.incidents, watched.days, repeats, repeats**2 / watched.days
    )
    made = judge_reporting(quiet, [one_hot(city.group, 2)], POLICY, seed=1)
    assert (made.verdict, made.groups[0].ratio.value, made.dispersion) == (
        "insufficient_evidence",
        None,
        None,
    )


def test_few_repeat_reports_are_insufficient_whatever_they_say():
    made = _judged(simulate(9, ratio=0.2, incidents=300), chosen=policy(group_events=200))
    assert made.verdict == "insufficient_evidence"
    assert made.groups[0].needed >= 200


def test_the_report_counts_what_it_rests_on():
    city = simulate(10, ratio=0.5)
    made, watched = _judged(city), city.watched()
    assert made.incidents == watched.incidents.sum()
    assert made.duplicates == watched.repeats.sum()
    assert made.groups[0].duplicates == np.bincount(city.group[watched.area], watched.repeats)[1]
    assert made.dispersion > 0


def test_the_same_seed_gives_the_same_record():
    city = simulate(11, ratio=0.7)
    assert _judged(city).digest == _judged(city).digest


def test_what_was_not_examined_is_unknown_and_says_why():
    made = not_examined("no_area_column")
    assert (made.verdict, made.why_unknown, made.groups) == ("unknown", "no_area_column", ())


def test_a_small_unknown_group_does_not_decide():
    city = simulate(12, ratio=1.0, incidents=12_000)
    codes = np.where(np.arange(60) == 0, 2, city.group)
    grouping = one_hot(codes, 3)
    grouping = Grouping("part", ("g0", "g1", UNKNOWN), "g0", grouping.shares, grouping.residents)
    made = judge_reporting(city.watched(), [grouping], POLICY, seed=1)
    assert [item.group for item in made.groups] == ["g1", UNKNOWN]
    assert made.groups[1].verdict == "insufficient_evidence"
    assert made.verdict == made.groups[0].verdict


def test_repeats_that_are_shared_between_groups_are_told_in_whole_numbers():
    city = simulate(13, ratio=0.6)
    share = np.where(city.group == 1, 0.87, 0.21)
    grouping = Grouping(
        "a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), np.ones(len(share))
    )
    (group,) = judge_reporting(city.watched(), [grouping], POLICY, seed=1).groups
    watched = city.watched()
    assert group.duplicates == round(float(share[watched.area] @ watched.repeats))
    assert group.incidents == round(float(share[watched.area] @ watched.incidents))
