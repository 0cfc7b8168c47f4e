"""Two years of acting on a pilot's list, with reporting measured and assumed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit import feedback
from civic_ai.audit.allocation import follow
from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.feedback import ASSUMED_GAP, FUTURES, WAYS, over_fair_share, simulate_feedback
from civic_ai.audit.given import Given, read_given
from civic_ai.audit.reported_share import AreaRates
from civic_ai.panel.groups import area_grouping
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import DUPLICATES, LANGUAGE, POLICY

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
NAMES = tuple(f"A{area:02d}" for area in range(AREAS))


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    spec = {"audit": {"attributes": {"half": HALF}, "reporting": DUPLICATES | {"attribute": "half"}}}
    made = evaluated(tmp_path_factory.mktemp("feedback"), spec=spec)
    return read_given(made.spec, made.evaluation, made.blobs)


def _reporting(odd: float) -> AreaReporting:
    rates = 0.03 * odd ** (np.arange(AREAS) % 2)
    return AreaReporting(
        NAMES, AreaRates(np.tile(rates[:, None], (1000, 1, 1)), np.full((AREAS, 1), 50.0)), 120
    )


def _ways(feedback):
    return {way.way: way for way in feedback.ways}


def test_areas_stand_in_the_order_of_their_names(given):
    assert feedback._city(given).names == NAMES


def test_measured_rates_decide_who_is_visited(given):
    made = simulate_feedback(given, _reporting(0.3), POLICY)
    assert (made.basis, made.attribute, made.group, made.gap) == ("measured", "half", "q2", None)
    ways = _ways(made)
    known, reports = ways["need"].visits.value, ways["reports"].visits.value
    assert known > 1.2  # as many reports from areas that report less: there is more need
    assert reports < 0.85
    assert reports + 0.5 * (known - reports) < ways["correction"].visits.value < known
    assert ways["exploration"].never_visited.value < ways["discoveries"].never_visited.value


def test_where_all_report_alike_nobody_is_left_behind(given):
    ways = _ways(simulate_feedback(given, _reporting(1.0), POLICY))
    for name in ("reports", "correction"):
        assert ways[name].visits.value == pytest.approx(ways["reports"].visits.value, abs=0.01)
        assert 0.8 < ways[name].visits.value < 1.2


def test_an_assumed_gap_is_said_to_be_one_and_names_nobody(given):
    made = simulate_feedback(given, "reporting_not_measured", POLICY)
    assert (made.basis, made.attribute, made.group, made.gap) == ("assumed", None, None, ASSUMED_GAP)
    ways = _ways(made)
    assert ways["reports"].visits.value < 0.6
    assert ways["correction"].visits.value == pytest.approx(ways["need"].visits.value, abs=0.1)
    assert ways["need"].visits.value == pytest.approx(1.0, abs=0.05)  # drawn by lot


def test_figures_hold_their_values_and_classes_all_areas(given):
    made = simulate_feedback(given, _reporting(0.5), POLICY)
    assert [way.way for way in made.ways] == [way.name for way in WAYS]
    assert (made.areas, made.periods, made.futures) == (AREAS, 52, FUTURES)
    assert made.visits_per_period == 12  # 12 of 60 units, 60 areas
    for way in made.ways:
        for figure in (way.never_visited, way.visits, way.service):
            assert figure.lower <= figure.value <= figure.upper
            assert figure.lower < figure.upper or way.way == "need"  # the same list in every future
        assert sum(part.share for part in way.classes) == pytest.approx(1)
        assert way.classes[0].share == pytest.approx(way.never_visited.value)
    assert simulate_feedback(given, _reporting(0.5), POLICY) == made


def test_need_is_told_per_period_whatever_the_horizon(given, monkeypatch):
    """Lists every 14 days that look 56 days ahead count every case four times, those that look 28 twice."""
    longer = replace(given, panel=given.panel.model_copy(update={"horizon_days": 56}))
    before, scored = simulate_feedback(given, _reporting(1.0), POLICY), Given.scored
    assert simulate_feedback(longer, _reporting(1.0), POLICY) != before

    def twice(self, rows):
        made = scored(self, rows)
        return replace(made, label=made.label * 2)

    monkeypatch.setattr(Given, "scored", twice)
    assert simulate_feedback(longer, _reporting(1.0), POLICY) == before


def test_need_is_as_many_cases_as_came_in_a_period(given, monkeypatch):
    """By the cases themselves: as many a period as the lists counted, over what is reported."""
    seen = []
    monkeypatch.setattr(
        feedback,
        "follow",
        lambda service, way, *, seed: seen.append(service) or follow(service, way, seed=seed),
    )
    simulate_feedback(given, _reporting(1.0), POLICY)
    rows = given.scored(given.tested())
    a_list = rows.label.sum() / len(np.unique(rows.day))
    share = 0.03 / (0.03 + 1 / 120)
    every = given.spec.as_of.every_days / given.panel.horizon_days
    assert seen[0].need[0].sum() == pytest.approx(a_list * every / share)
    assert seen[0].reported == pytest.approx(share)


def test_the_service_is_the_citys(given, monkeypatch):
    """12 of 60 units in half as many areas are 6 visits; memory and life are those of the list's period; need
    of a future is what its own draw of the share makes of the reports, whatever the city believes."""
    seen = []

    def noted(service, way, *, seed):
        seen.append(service)
        return follow(service, way, seed=seed)

    monkeypatch.setattr(feedback, "follow", noted)
    halved = replace(
        given, units=given.units.set_column(1, "area", pa.array([f"A{i // 2:02d}" for i in range(AREAS)]))
    )
    sure, factor = _reporting(0.5), np.linspace(0.5, 2, 1000)[:, None, None]
    unsure = replace(sure, rates=replace(sure.rates, draws=sure.rates.draws * factor))
    simulate_feedback(halved, unsure, POLICY)
    service = seen[0]
    assert service.visits == 6
    assert service.remembers == pytest.approx(np.exp(-14 / 182))
    assert service.survives == pytest.approx(np.exp(-14 / 120))
    reports = service.need * service.reported
    assert reports == pytest.approx(np.tile(reports[0], (FUTURES, 1)))
    assert (service.reported[0] < service.believed[0]).all()
    assert (service.believed[0] < service.reported[-1]).all()


def test_only_lists_of_places_are_simulated(given):
    for question in ("demand", "cases", "durations"):
        other = replace(given, panel=given.panel.model_copy(update={"question": question}))
        assert simulate_feedback(other, _reporting(0.5), POLICY) is None


def test_too_few_areas_are_not_simulated(given):
    few = replace(
        given, units=given.units.set_column(1, "area", pa.array([f"A{i % 9}" for i in range(AREAS)]))
    )
    few.__dict__.pop("areas", None)
    assert simulate_feedback(few, "reporting_not_measured", POLICY).why_unknown == "too_few_areas"


def test_a_fair_share_is_the_share_of_need():
    need = np.array([[1.0, 3.0]])
    quiet = np.array([[1.0, 0.0]])
    assert over_fair_share(np.array([[1.0, 3.0]]), need, quiet) == pytest.approx([1.0])
    assert over_fair_share(np.array([[2.0, 2.0]]), need, quiet) == pytest.approx([2.0])
    assert over_fair_share(np.array([[1.0, 3.0]]), need, quiet / 2) == pytest.approx([1.0])


def test_those_who_report_least_are_named_by_their_share_not_by_how_few_they_are(tmp_path):
    """Odd areas, where more of the minority live, report a little more often; the minority is the smaller."""
    spec = {
        "audit": {"attributes": {"language": LANGUAGE}, "reporting": DUPLICATES | {"attribute": "language"}}
    }
    city = evaluated(tmp_path, spec=spec)
    made = simulate_feedback(read_given(city.spec, city.evaluation, city.blobs), _reporting(1.25), POLICY)
    assert (made.attribute, made.group) == ("language", "majority")


def test_an_interval_reaches_above_the_mean_as_well_as_below(given):
    visits = _ways(simulate_feedback(given, "reporting_not_measured", POLICY))["reports"].visits
    assert visits.lower < visits.value < visits.upper


def test_a_group_without_an_area_is_not_who_reports_least(given, monkeypatch):
    def with_nobody(*asked):
        made = area_grouping(*asked)
        shares = np.column_stack([made.shares, np.zeros(len(made.shares))])
        return replace(made, groups=(*made.groups, "nobody"), shares=shares)

    monkeypatch.setattr(feedback, "area_grouping", with_nobody)
    assert simulate_feedback(given, _reporting(0.3), POLICY).group == "q2"
