"""The duplicate-report model on tables: what it reads, and when it says that it cannot know."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from civic_ai.audit.duplicates import examine_reporting, read_reports
from civic_ai.data.synthetic import CitySettings, make_city
from tests.unit.audit.made import DUPLICATES, LANGUAGE, POLICY, QUARTERS, pilot

BOTH = {"quarter": QUARTERS, "language": LANGUAGE}
LABEL = {"from": "requests", "where": "request_type in ['a', 'b']", "horizon_days": 28, "kind": "event"}


def _spec(**changes):
    parts = {"label": LABEL, "audit": {"attributes": BOTH, "reporting": DUPLICATES}}
    return pilot(**(parts | changes))


def _areas():
    return ibis.memtable(
        {
            "area_id": [f"A{i}" for i in range(8)],
            "income": range(8),
            "population": [100] * 8,
            "pop_major": [50] * 8,
            "pop_minor": [50] * 8,
        }
    )


def _requests(rows=2000, seed=1):
    rng = np.random.default_rng(seed)
    incident = rng.integers(0, rows // 2, rows)
    kind = np.array(["a", "b", "c"])[incident % 3]
    created = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 20 * 86_400, rows), unit="s")
    return pd.DataFrame(
        {
            "incident_id": [f"I{i}" for i in incident],
            "request_type": kind,
            "created_at": created,
            "closed_at": pd.Timestamp("2024-03-01"),
            "area_id": [f"A{i % 8}" for i in incident],
        }
    )


def _tables(requests):
    return {"requests": ibis.memtable(requests), "areas": _areas()}


def test_only_reports_that_the_label_counts_are_read_and_kinds_told_apart():
    requests = _requests()
    reported = read_reports(_spec(), ibis.memtable(requests), "area_id")
    assert len(reported.kind) == requests["request_type"].isin(["a", "b"]).sum()
    assert len(set(reported.kind.tolist())) == 2


def test_days_are_days():
    requests = _requests().assign(request_type="a").sort_values("created_at", ignore_index=True)
    reported = read_reports(_spec(), ibis.memtable(requests), "area_id")
    since = (requests["created_at"] - requests["created_at"].min()).dt.total_seconds() / 86_400
    np.testing.assert_allclose(np.sort(reported.reports.at), since, atol=1e-9)
    assert reported.extracted == pytest.approx(since.max())
    assert reported.reports.ended[0] == pytest.approx(
        (pd.Timestamp("2024-03-01") - requests["created_at"].min()) / pd.Timedelta(days=1)
    )


def test_dates_without_a_time_of_day_are_read_too():
    requests = _requests()
    requests["created_at"] = requests["created_at"].dt.date
    reported = read_reports(_spec(), ibis.memtable(requests), "area_id")
    assert set(np.unique(reported.reports.at % 1)) == {0.0}


def test_reports_of_no_known_incident_are_left_out():
    requests = _requests()
    requests.loc[:99, "incident_id"] = None
    kept = requests["incident_id"].notna() & requests["request_type"].isin(["a", "b"])
    assert len(read_reports(_spec(), ibis.memtable(requests), "area_id").kind) == kept.sum()


def test_open_incidents_have_no_end():
    requests = _requests()
    requests["closed_at"] = pd.NaT
    assert np.isnan(read_reports(_spec(), ibis.memtable(requests), "area_id").reports.ended).all()


def test_a_pilot_without_an_end_column_watches_until_the_extract():
    reporting = {key: value for key, value in DUPLICATES.items() if key != "ended_at"}
    spec = _spec(audit={"attributes": BOTH, "reporting": reporting})
    assert np.isnan(read_reports(spec, ibis.memtable(_requests()), "area_id").reports.ended).all()


def test_the_whole_way_from_tables_to_a_verdict():
    made = examine_reporting(_spec(), _tables(_requests()), POLICY)
    assert made.method == "duplicates"
    assert [item.group for item in made.groups] == ["q1", "q2", "q3"]
    assert {item.attribute for item in made.groups} == {"quarter"}
    assert made.duplicates > 0


def test_requests_without_an_area_are_unknown_not_dropped():
    requests = _requests()
    requests.loc[requests.index[:300], "area_id"] = None
    whole = examine_reporting(_spec(), _tables(_requests()), POLICY)
    made = examine_reporting(_spec(), _tables(requests), POLICY)
    assert [item.group for item in made.groups] == ["q1", "q2", "q3", "unknown"]
    assert made.incidents == pytest.approx(whole.incidents, rel=0.02)


@pytest.mark.parametrize(
    ("spec", "requests", "why"),
    [
        (_spec(audit={"attributes": BOTH}), _requests(), "not_asked"),
        (_spec(), _requests().drop(columns="incident_id"), "no_incident_column"),
        (_spec(), _requests().drop(columns="area_id"), "no_area_column"),
        (_spec(), _requests().drop_duplicates("incident_id"), "no_duplicates"),
    ],
)
def test_what_cannot_be_known_is_unknown_with_its_reason(spec, requests, why):
    made = examine_reporting(spec, _tables(requests), POLICY)
    assert (made.verdict, made.why_unknown) == ("unknown", why)


@pytest.mark.parametrize("seed", [7, 8])
def test_the_bias_planted_in_the_example_city_is_the_difference_to_the_same_city_without_it(seed):
    """The streets differ by chance too, so the planted log ratio is judged against its twin city."""
    reporting = DUPLICATES | {"attribute": "language"}
    language = LANGUAGE | {"shares": {"majority": "pop_majority", "minority": "pop_minority"}}
    label = LABEL | {"where": "request_type == 'pothole'"}
    spec = _spec(label=label, audit={"attributes": {"language": language}, "reporting": reporting})
    ratios = []
    for planted in (0.37, 1.0):
        city = make_city(CitySettings(size="standard", seed=seed, reporting_ratio=planted))
        tables = {"requests": ibis.memtable(city.requests), "areas": ibis.memtable(city.areas)}
        (group,) = examine_reporting(spec, tables, POLICY).groups
        ratios.append(group.ratio.value)
    assert np.log(ratios[0] / ratios[1]) == pytest.approx(np.log(0.37), abs=0.15)
