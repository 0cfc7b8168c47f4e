"""A small count is seen wherever it is planted in an audit, and masking leaves none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civic_ai.audit.disclosure import count_visible_small_cells
from civic_ai.audit.forgotten import forgotten_counts
from civic_ai.audit.suppression import mask_audit
from civic_ai.audit.told import COUNT_NO_PEOPLE, told_in
from civic_ai.records.audit import AuditReport
from civic_ai.records.feedback import Feedback, FeedbackWay, VisitClass
from civic_ai.records.figure import Figure
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.need import NeedAtLife, NeedAudit, NeedFigure, NeedRatio, ReportedShare
from civic_ai.records.observer import ObserverGain, ObserverTest
from civic_ai.records.record import Record
from civic_ai.records.slices import ServedSlice, SliceSearch
from civic_ai.records.within import WithinAreas
from tests.unit.audit.made import POLICY, random_report
from tests.unit.audit.test_frontier_suppression import frontier
from tests.unit.audit.test_intersection_suppression import _made as pairs
from tests.unit.audit.test_reporting_suppression import made as reporting

MINIMUM = POLICY.suppression.minimum
HALF = Figure(value=0.5, lower=0.4, upper=0.6, n=400)
GROUPS = ("g1", "g2")
RATIO = {
    "attribute": "a", "reference_group": "g0", "metric": "recall", "ratio": HALF, "joint": HALF,
    "verdict": "insufficient_evidence", "needed": 900,
}  # fmt: skip


def _need() -> NeedAudit:
    ratios = tuple(NeedRatio(against="need", group=group, **RATIO) for group in GROUPS)
    named = {"attribute": "a", "figure": HALF}
    return NeedAudit(
        life_days=120, reported=HALF, ratios=ratios,
        shares=tuple(ReportedShare(group=group, **named) for group in GROUPS),
        figures=tuple(
            NeedFigure(against="need", metric="recall", group=group, **named) for group in GROUPS
        ),
        lives=(NeedAtLife(life_days=60, reported=HALF, ratios=ratios),),
    )  # fmt: skip


def _observer() -> ObserverTest:
    gains = tuple(
        ObserverGain(split=split, measure="recall", model=HALF, observer=HALF, within=HALF)
        for split in ("all", "lockbox")
    )
    areas = ("area_of_model", "area_of_observer", "area_without_observer", "area_within_observers", "share")
    return ObserverTest(
        verdict="fail",
        observers=6,
        cases=1000,
        events=400,
        lists=9,
        gains=gains,
        **dict.fromkeys(areas, HALF),
    )


def _changes() -> tuple[LabelChange, ...]:
    day = date(2015, 1, 1)
    days = {"on": day, "earliest": day, "latest": day, "level": 0.9, "p_value": 0.01}
    return (LabelChange(before=HALF, after=HALF, jump=HALF, **days),)


def _filled() -> AuditReport:
    """An audit in which every optional record stands, with no small count outside ``random_report``."""
    way = FeedbackWay(
        way="reports", never_visited=HALF, visits=HALF, service=HALF,
        classes=(VisitClass(name="never", least=0, most=0, share=0.5),),
    )  # fmt: skip
    served = ServedSlice(
        where="age > 3", metric="recall", figure=HALF, ratio=HALF, joint=HALF, verdict="fail", needed=57,
        events=400, places=40,
    )  # fmt: skip
    within = WithinAreas(
        attribute="a", group="g1", metric="recall", value=0.5, lower=0.3, upper=0.7, areas=40
    )
    return random_report(3).model_copy(
        update={
            "reporting": reporting().model_copy(update={"incidents": 900, "duplicates": 300, "settings": ()}),
            "need": _need(),
            "feedback": Feedback(basis="assumed", areas=123, ways=(way,)),
            "frontier": frontier(),
            "intersections": pairs([[60, 80], [70, 90]], [[30, 40], [30, 40]]),
            "within_areas": (within,),
            "slices": SliceSearch(slices=(served,), tried=900, verdict="fail"),
            "observer": _observer(),
            "label_changes": _changes(),
        }
    )


FULL = _filled()
NEW = ("reporting", "need", "frontier", "intersections", "slices", "observer", "label_changes")
PLANTED = sorted({told.name for told in told_in(FULL, FULL) if told.name.startswith(NEW) and told.cells})


def _planted(value: Any, path: list[str], count: int) -> Any:
    """``value`` with ``count`` as every n or number at the end of ``path``."""
    if isinstance(value, tuple):
        return tuple(_planted(part, path, count) for part in value)
    if value is None:
        return None
    if not path:
        return value.model_copy(update={"n": count}) if isinstance(value, Figure) else type(value)(count)
    assert isinstance(value, Record)
    return value.model_copy(update={path[0]: _planted(getattr(value, path[0]), path[1:], count)})


def test_every_record_of_an_audit_is_walked():
    names = {told.name for told in told_in(FULL, FULL)}
    for field in type(FULL).model_fields:
        if isinstance(getattr(FULL, field), Record) and field not in ("choice", "metric_choice"):
            assert any(name.startswith(f"{field}.") for name in names), field
    assert {
        "frontier.visits.selected", "need.lives.ratios.ratio", "intersections.groups.events",
        "reporting.losses.ratio", "reporting.inflation.groups.ratio", "reporting.linked.largest",
        "reporting.condition.groups.ratio", "reporting.conditions.seen", "observer.gains.within",
        "slices.slices.places", "label_changes.before", "need.shares.figure",
    } <= set(PLANTED)  # fmt: skip


def test_what_counts_no_people_is_not_planted():
    assert not [name for name in PLANTED if name.rpartition(".")[2] in COUNT_NO_PEOPLE]
    assert not [name for name in PLANTED if name.startswith(("feedback", "within_areas", "reporting.map"))]


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("count", [1, MINIMUM - 1])
def test_a_small_count_is_seen_wherever_it_stands_and_masking_hides_it(name, count):
    full = _planted(FULL, name.split("."), count)
    assert name in forgotten_counts(full, full, MINIMUM)
    assert name not in forgotten_counts(FULL, FULL, MINIMUM)
    masked = mask_audit(full, POLICY)
    assert forgotten_counts(full, masked, MINIMUM) == []
    assert count_visible_small_cells(full, masked, MINIMUM) == 0
    assert count_visible_small_cells(full, full, MINIMUM) > count_visible_small_cells(FULL, FULL, MINIMUM)


@pytest.mark.parametrize(
    "name", ["label_changes.before", "slices.slices.figure", "intersections.groups.figure"]
)
@pytest.mark.parametrize("share", [0.01, 0.99])
def test_few_cases_behind_a_share_are_seen_and_few_left_over(name, share):
    few = Figure(value=share, n=400)
    *path, last = name.split(".")
    full = FULL.model_copy(
        update={path[0] if path else last: _shared(getattr(FULL, name.split(".")[0]), few)}
    )
    assert name in forgotten_counts(full, full, MINIMUM)
    assert forgotten_counts(full, mask_audit(full, POLICY), MINIMUM) == []


def _shared(value: Any, few: Figure) -> Any:
    """Every measured share of a record set to ``few``."""
    if isinstance(value, tuple):
        return tuple(_shared(part, few) for part in value)
    if not isinstance(value, Record) or isinstance(value, Figure):
        return value
    update = {
        name: few if name in ("figure", "before") else _shared(getattr(value, name), few)
        for name in type(value).model_fields
    }
    return value.model_copy(update=update)


def test_ten_and_eleven_are_on_different_sides_and_zero_is_not_small():
    for count, seen in ((0, False), (10, True), (11, False)):
        full = _planted(FULL, ["observer", "events"], count)
        assert ("observer.events" in forgotten_counts(full, full, MINIMUM)) is seen


def test_a_record_that_is_left_out_shows_nothing():
    full = _planted(FULL, ["observer", "events"], 7)
    without = full.model_copy(update={"observer": None, "label_changes": ()})
    assert not [one for one in forgotten_counts(full, without, MINIMUM) if one.startswith("observer")]


def test_one_hidden_pair_or_group_of_a_way_follows_from_the_total():
    """What is hidden alone is found by subtraction: primary suppression is not enough."""
    full = FULL.model_copy(
        update={
            "intersections": pairs([[5, 80], [70, 90]], [[0, 40], [30, 40]]),
            "frontier": frontier(b=(500, 12, 722)),
        }
    )
    masked = mask_audit(full, POLICY)
    assert count_visible_small_cells(full, masked, MINIMUM) == 0
    alone = (masked.intersections.groups[0], *full.intersections.groups[1:])
    careless = masked.intersections.model_copy(update={"groups": alone})
    assert count_visible_small_cells(full, masked.model_copy(update={"intersections": careless}), MINIMUM) > 0
    visits = tuple(
        hidden if whole.group == "y" else whole
        for hidden, whole in zip(masked.frontier.visits, full.frontier.visits, strict=True)
    )
    careless_visits = masked.frontier.model_copy(update={"visits": visits})
    told = masked.model_copy(update={"frontier": careless_visits})
    assert count_visible_small_cells(full, told, MINIMUM) > 0
