"""One event on tables: who reported on its days, odds by group, and when nothing can be said."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

from civic_ai.audit.one_event import CONDITIONS, _groups, _who_reported
from civic_ai.audit.reporting_bias import examine_reporting
from civic_ai.audit.reporting_places import Places
from civic_ai.panel.groups import Grouping
from civic_ai.store.blobs import Blobs
from tests.unit.audit.made import POLICY, pilot
from tests.unit.audit.test_reporting_places import AREAS, HALVES, squares

EVENT = date(2021, 2, 1)


def _spec(**changes):
    reporting = {"method": "neighbours", "from": "requests", "attribute": "half",
                 "event": {"first": str(EVENT), "last": str(EVENT + timedelta(days=1))}}  # fmt: skip
    return pilot(audit={"attributes": {"half": HALVES}, "reporting": reporting | changes})


def _tables(areas, day=EVENT):
    """One report from each of ``areas`` at the end of ``day``, and older reports from everywhere."""
    names = [f"A{i:02d}" for i in range(AREAS)]
    old = pd.DataFrame({"area_id": names, "created_at": pd.Timestamp("2021-01-05 10:00:00")})
    new = pd.DataFrame(
        {"area_id": [names[i] for i in areas], "created_at": pd.Timestamp(day) + pd.Timedelta(hours=23)}
    )
    return {
        "requests": ibis.memtable(pd.concat([old, new])),
        "areas": ibis.memtable({"area_id": names, "part": list("01" * 30)}),
    }


@pytest.fixture
def places(tmp_path):
    return Places(squares(), Blobs(tmp_path))


def _few_odd(seed=1):
    rng = np.random.default_rng(seed)
    return [i for i in range(AREAS) if rng.random() < (0.1 if i % 2 else 0.8)]


def test_a_group_that_hardly_reports_has_low_odds(places):
    reporters = _few_odd()
    made = examine_reporting(_spec(), _tables(reporters), POLICY, places)
    (group,) = made.groups
    assert (made.method, group.group) == ("neighbours", "1")
    assert group.ratio.value < 0.5
    assert made.neighbours.reported == len(reporters) == made.duplicates
    assert group.duplicates == sum(i % 2 for i in reporters)
    struck = made.neighbours.struck
    assert struck.value > len(reporters) / AREAS
    assert struck.lower < struck.value < struck.upper
    assert tuple(item.name for item in made.conditions) == CONDITIONS
    assert {item.state for item in made.conditions} == {"not_checked"}


def test_where_both_groups_report_alike_nobody_is_accused(places):
    alike = [i for i in range(AREAS) if i % 4 < 2]
    made = examine_reporting(_spec(), _tables(alike), POLICY, places)
    assert made.verdict != "fail"
    assert made.groups[0].ratio.lower < 1 < made.groups[0].ratio.upper


@pytest.mark.parametrize(("after", "counts"), [(-1, False), (0, True), (1, True), (2, False)])
def test_only_the_days_of_the_event_count_first_and_last_included(places, after, counts):
    made = examine_reporting(_spec(), _tables(_few_odd(), EVENT + timedelta(days=after)), POLICY, places)
    assert (made.why_unknown is None) is counts


def test_the_same_seed_gives_the_same_record(places):
    one, other = (examine_reporting(_spec(), _tables(_few_odd()), POLICY, places) for _ in range(2))
    assert one.digest == other.digest


def test_without_outlines_or_without_any_difference_it_is_unknown(places, tmp_path):
    bare = examine_reporting(_spec(), _tables(_few_odd()), POLICY, Places(None, Blobs(tmp_path)))
    everyone = examine_reporting(_spec(), _tables(range(AREAS)), POLICY, places)
    assert (bare.verdict, bare.why_unknown) == ("unknown", "no_neighbours")
    assert (everyone.verdict, everyone.why_unknown) == ("unknown", "no_difference")


def test_reporting_areas_that_are_shared_between_groups_are_told_in_whole_numbers():
    share = np.array([0.25, 0.5, 0.75, 0.9])
    grouping = Grouping("a", ("rest", "part"), "rest", np.column_stack([1 - share, share]), np.ones(4))
    drawn = SimpleNamespace(slopes=np.random.default_rng(1).standard_normal((50, 2)))
    (group,) = _groups(grouping, [1], drawn, np.array([True, True, True, False]), POLICY)
    assert (group.group, group.duplicates, group.incidents) == ("part", 2, 2)


@pytest.mark.parametrize(("at", "counts"), [(9.99, False), (10.0, True), (11.99, True), (12.0, False)])
def test_the_event_begins_and_ends_at_midnight(at, counts):
    start = (EVENT - date(1970, 1, 1)).days - 10.0
    reported = SimpleNamespace(start=start, at=np.array([at]), area=np.array(["A07"]))
    assert _who_reported(_spec(), reported, ("A06", "A07")).tolist() == [False, counts]
