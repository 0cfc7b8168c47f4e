"""Reports as tables hold them, and the problems that they are about."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from civic_ai.audit.duplicates import (
    Reported,
    Setting,
    _kind_columns,
    area_column,
    find_cases,
    read_reports,
    repeats_alone,
)
from civic_ai.audit.linkage import Located
from tests.unit.audit.made import DUPLICATES, LANGUAGE, QUARTERS, pilot

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
    np.testing.assert_allclose(np.sort(reported.at), since, atol=1e-9)
    assert reported.extracted == pytest.approx(since.max())
    assert reported.ended[0] == pytest.approx(
        (pd.Timestamp("2024-03-01") - requests["created_at"].min()) / pd.Timedelta(days=1)
    )


def test_dates_without_a_time_of_day_are_read_too():
    requests = _requests()
    requests["created_at"] = requests["created_at"].dt.date
    reported = read_reports(_spec(), ibis.memtable(requests), "area_id")
    assert set(np.unique(reported.at % 1)) == {0.0}


def test_reports_of_no_known_incident_are_left_out():
    requests = _requests()
    requests.loc[:99, "incident_id"] = None
    kept = requests["incident_id"].notna() & requests["request_type"].isin(["a", "b"])
    reported = read_reports(_spec(), ibis.memtable(requests), "area_id")
    assert reported.is_linkable.sum() == kept.sum()
    assert len(find_cases(reported, Setting()).area) <= requests[kept]["incident_id"].nunique()


def test_open_incidents_have_no_end():
    requests = _requests()
    requests["closed_at"] = pd.NaT
    assert np.isnan(read_reports(_spec(), ibis.memtable(requests), "area_id").ended).all()


def test_a_pilot_without_an_end_column_watches_until_the_extract():
    reporting = {key: value for key, value in DUPLICATES.items() if key != "ended_at"}
    spec = _spec(audit={"attributes": BOTH, "reporting": reporting})
    assert np.isnan(read_reports(spec, ibis.memtable(_requests()), "area_id").ended).all()


LINKED = {
    "method": "linkage",
    "from": "requests",
    "linkage": {"lat": "lat", "lon": "lon", "metres": 100, "days": 14},
    "ended_at": "closed_at",
    "attribute": "quarter",
}


def _placed(seed=3, places=80):
    """Problems a kilometre apart, each reported a few times within a week; a fifth has no place."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(places), rng.integers(1, 4, places))
    many = len(place)
    created = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        (place % 7) * 86_400 + rng.integers(0, 86_400, many), unit="s"
    )
    requests = pd.DataFrame(
        {
            "request_type": "a",
            "created_at": created,
            "closed_at": pd.Timestamp("2024-02-01"),
            "area_id": [f"A{i % 8}" for i in place],
            "lat": 40 + place * 0.01,
            "lon": -3.0,
            "who": rng.integers(0, 3, many).astype(str),
        }
    )
    requests.loc[place % 5 == 0, "lat"] = np.nan
    return requests, place


def _linked(**changes):
    return _spec(audit={"attributes": BOTH, "reporting": LINKED | changes})


def test_reports_are_linked_by_place_and_time_where_there_is_no_number():
    requests, place = _placed()
    reported = read_reports(_linked(), ibis.memtable(requests), "area_id")
    cases = find_cases(reported, Setting())
    assert reported.is_linkable.tolist() == (place % 5 != 0).tolist()
    assert len(cases.area) == len({*place[place % 5 != 0].tolist()})
    assert cases.incidents.repeats.sum() == (place % 5 != 0).sum() - len(cases.area)
    assert cases.largest == np.bincount(place[place % 5 != 0]).max()


def test_the_watch_of_linked_reports_ends_when_links_would():
    requests, _ = _placed()
    requests["created_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.arange(len(requests)) * 86, unit="s"
    )
    far = pd.concat([requests, requests.head(1).assign(created_at=pd.Timestamp("2024-06-01"), lat=50.0)])
    cases = find_cases(read_reports(_linked(), ibis.memtable(far), "area_id"), Setting())
    assert cases.incidents.days.max() < 15
    longer = find_cases(read_reports(_linked(), ibis.memtable(far), "area_id"), Setting(days=1.5))
    assert longer.incidents.days.max() > 20


def test_each_caller_counts_once_for_each_problem():
    requests, place = _placed()
    reported = read_reports(_linked(caller="who"), ibis.memtable(requests), "area_id")
    once, always = (
        find_cases(reported, Setting(), each_caller_once=flag).incidents for flag in (True, False)
    )
    pairs = {(p, w) for p, w in zip(place, requests["who"], strict=True) if p % 5}
    assert once.repeats.sum() == len(pairs) - len(once.days)
    assert always.repeats.sum() > once.repeats.sum()
    assert len(always.days) == len(once.days)


def test_blank_callers_are_different_people():
    requests, _ = _placed()
    requests["who"] = None
    requests["who"] = requests["who"].astype("string")
    reported = read_reports(_linked(caller="who"), ibis.memtable(requests), "area_id")
    once, always = (
        find_cases(reported, Setting(), each_caller_once=flag).incidents for flag in (True, False)
    )
    assert once.repeats.sum() == always.repeats.sum() > 0


def _few(**changes):
    """A problem that is reported again in another area, then as another type; and one that is not."""
    parts = {
        "at": np.array([5.0, 0.0, 20.0, 3.0]), "ended": np.array([40.0, 30.0, np.nan, 9.0]),
        "area": np.array(["b", "a", "c", "a"]), "kind": np.array([0, 0, 1, 0]),
        "incident": np.array([7, 7, 7, 8]), "caller": np.array([-1, -1, -1, -1]),
        "placed": None, "located": None, "extracted": 100.0, "start": 0.0,
    }  # fmt: skip
    return Reported(**(parts | changes))


def test_a_repeat_alone_is_watched_from_its_own_report_to_its_own_end():
    cases = repeats_alone(_few(), Setting())
    assert cases.incidents.days.tolist() == [35.0, 80.0]
    assert [cases.areas[code] for code in cases.area] == ["b", "c"]
    assert cases.kind.tolist() == [0, 1]
    assert (cases.incidents.repeats.tolist(), cases.largest) == ([0, 0], 1)
    assert repeats_alone(_few(), Setting(most_days=10)).incidents.days.tolist() == [10.0, 10.0]


def test_repeats_alone_leave_out_calls_that_the_audit_leaves_out():
    again = _few(caller=np.array([1, 1, 2, 1]))
    assert repeats_alone(again, Setting()).incidents.days.tolist() == [80.0]
    unknown = _few(incident=np.array([-1, 7, 7, 8]))
    assert repeats_alone(unknown, Setting()).incidents.days.tolist() == [80.0]
    nothing = repeats_alone(_few(incident=np.arange(4)), Setting())
    assert len(nothing.area) == nothing.largest == 0


def test_a_linked_repeat_alone_is_watched_for_as_long_as_a_repeat_of_it_would_be_linked():
    at, four = np.array([5.0, 0.0, 20.0, 3.0]), np.full(4, 1.0)
    place = np.array([0.0, 0.0, 0.0, 9e3])
    located = Located(place, place, at, np.zeros(4, dtype=np.int64), 100 * four, 15 * four)
    linked = _few(kind=np.zeros(4, dtype=np.int64), placed=four > 0, located=located)
    assert repeats_alone(linked, Setting()).incidents.days.tolist() == [15.0, 15.0]
    assert repeats_alone(linked, Setting(days=2.0)).incidents.days.tolist() == [30.0, 30.0]


def test_a_type_may_have_settings_of_its_own():
    requests, _ = _placed()
    near = LINKED["linkage"] | {"by_type": {"a": {"metres": 30, "days": 2}}}
    located = read_reports(_linked(linkage=near), ibis.memtable(requests), "area_id").located
    assert (set(located.metres), set(located.days)) == ({30.0}, {2.0})
    located = read_reports(_linked(), ibis.memtable(requests), "area_id").located
    assert (set(located.metres), set(located.days)) == ({100.0}, {14.0})


def test_places_are_those_of_the_reports():
    requests, _ = _placed()
    cases = find_cases(read_reports(_linked(), ibis.memtable(requests), "area_id"), Setting())
    assert cases.areas == tuple(sorted(set(requests["area_id"])))
    requests.loc[:, "area_id"] = None
    requests["area_id"] = requests["area_id"].astype("string")
    assert find_cases(read_reports(_linked(), ibis.memtable(requests), "area_id"), Setting()).places == [None]


def test_the_area_is_the_units_own_or_the_key_of_the_area_source():
    table = ibis.memtable(_placed()[0])
    assert area_column(_spec(), table) == "area_id"
    assert area_column(_spec(), table.drop("area_id")) is None


def test_kinds_are_told_apart_by_the_columns_of_the_condition_in_the_order_of_their_names():
    names = ("d", "b", "e", "a", "c")
    where = " and ".join(f"{name} == 'x'" for name in (*names, "n"))
    table = ibis.memtable(pd.DataFrame({name: ["x"] for name in names} | {"n": [1]}))
    assert _kind_columns(_spec(label=LABEL | {"where": where}), table) == ("a", "b", "c", "d", "e")
