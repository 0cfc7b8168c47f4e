"""Two years of acting on a pilot's list, with reporting measured and assumed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.feedback import ASSUMED_GAP, FUTURES, WAYS, over_fair_share, simulate_feedback
from civic_ai.audit.given import read_given
from civic_ai.audit.reported_share import AreaRates
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import DUPLICATES, POLICY

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


def test_measured_rates_decide_who_is_visited(given):
    made = simulate_feedback(given, _reporting(0.3), POLICY)
    assert (made.basis, made.attribute, made.group, made.gap) == ("measured", "half", "q2", None)
    ways = _ways(made)
    assert ways["reports"].visits.value < 0.85
    # dividing few reports by a small share also enlarges their noise, and the top of a list is where noise is
    assert 0.9 < ways["correction"].visits.value < 1.35
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
    assert ways["correction"].visits.value > 0.85


def test_figures_hold_their_values_and_classes_all_areas(given):
    made = simulate_feedback(given, _reporting(0.5), POLICY)
    assert [way.way for way in made.ways] == [way.name for way in WAYS]
    assert (made.areas, made.periods, made.futures) == (AREAS, 52, FUTURES)
    assert made.visits_per_period == 12  # 12 of 60 units, 60 areas
    for way in made.ways:
        for figure in (way.never_visited, way.visits, way.service):
            assert figure.lower <= figure.value <= figure.upper
            assert figure.lower < figure.upper
        assert sum(part.share for part in way.classes) == pytest.approx(1)
        assert way.classes[0].share == pytest.approx(way.never_visited.value)
    assert simulate_feedback(given, _reporting(0.5), POLICY) == made


def test_need_is_told_per_period_whatever_the_horizon(given):
    """Twice the horizon counts every case twice; halving what comes in makes up for it."""
    longer = replace(given, panel=given.panel.model_copy(update={"horizon_days": 56}))
    rare = _ways(simulate_feedback(longer, _reporting(1.0), POLICY))["reports"]
    assert (
        rare.service.value
        != _ways(simulate_feedback(given, _reporting(1.0), POLICY))["reports"].service.value
    )


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
