"""Where rates by area can be measured, and the reasons where they cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.area_reporting import AreaReporting, measure_areas
from civic_ai.audit.given import read_given
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.reporting import ReportingBias, ZeroInflation
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import DUPLICATES, QUARTERS

REPORTING = DUPLICATES | {"life_days": 120}
EXAMINED = ReportingBias(method="duplicates", verdict="pass")


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    spec = {"audit": {"attributes": {"quarter": QUARTERS}, "reporting": REPORTING}}
    made = evaluated(tmp_path_factory.mktemp("areas"), spec=spec)
    return read_given(made.spec, made.evaluation, made.blobs)


def _asking(given, **changes):
    spec = given.spec.model_dump(by_alias=True)
    spec["audit"]["reporting"] |= changes
    return replace(given, spec=PilotSpec.model_validate(spec))


def test_every_area_has_a_rate(given):
    made = measure_areas(given, EXAMINED)
    assert isinstance(made, AreaReporting)
    assert made.names == tuple(f"A{area:02d}" for area in range(AREAS))
    assert made.rates.draws.shape == (1000, AREAS, 1)
    even, odd = np.median(made.rates.rates[::2]), np.median(made.rates.rates[1::2])
    assert odd / even == pytest.approx(0.33, abs=0.1)  # 0.4, and more of the kind that is reported less
    assert (made.shares.share > 0).all()
    assert (made.shares.share < 1).all()


def test_where_some_are_never_reported_twice_the_others_report_faster(given):
    inflated = EXAMINED.model_copy(update={"inflation": ZeroInflation(never_again=0.5, gain=9, groups=())})
    plain, faster = measure_areas(given, EXAMINED), measure_areas(given, inflated)
    assert faster.rates.rates == pytest.approx(2 * plain.rates.rates)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"method": "none"}, "reporting_not_measured"),
        ({"from": None}, "reporting_not_measured"),
        ({"from": "areas"}, "labels_are_no_reports"),
        ({"life_days": None}, "no_life_declared"),
    ],
)
def test_reasons_why_there_are_no_rates(given, changes, why):
    assert measure_areas(_asking(given, **changes), EXAMINED) == why


def test_outcomes_of_cases_are_no_reports(given):
    cases = replace(given, panel=given.panel.model_copy(update={"question": "cases"}))
    assert measure_areas(cases, EXAMINED) == "labels_are_no_reports"


def test_reporting_that_could_not_be_examined_gives_no_rates(given):
    unknown = ReportingBias(method="duplicates", verdict="unknown", why_unknown="no_duplicates")
    assert measure_areas(given, unknown) == "reporting_not_measured"
