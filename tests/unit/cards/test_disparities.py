from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cards.disparities import (
    by_verdict,
    deciding_disparity,
    deciding_report,
    distance,
    hides_disparities,
    judged_disparities,
    largest_disparity,
    least_reached,
)
from civic_ai.records.audit import AttributeRecord, AuditReport, Disparity, GroupFigure
from civic_ai.records.figure import Figure, Verdict, missing
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _part(group: str, value: float | None, verdict: Verdict, metric: str = "recall") -> Disparity:
    ratio = missing("no_positives") if value is None else Figure(value=value, n=100)
    return Disparity(
        attribute="a", group=group, reference_group="r", metric=metric, ratio=ratio, verdict=verdict
    )


def _audit(page: MakePage, *parts: Disparity, leading: tuple[str, ...] = ("recall",)) -> AuditReport:
    audit = page(City()).records.audit
    return audit.model_copy(update={"disparities": parts, "leading": leading})


def test_failures_come_first_then_what_cannot_be_told(page: MakePage) -> None:
    parts = [
        _part("passes", 1.2, "pass"),
        _part("open", 0.5, "insufficient_evidence"),
        _part("fails a little", 0.7, "fail"),
        _part("fails much", 2.1, "fail"),
        _part("nothing", None, "unknown"),
    ]
    expected = ["fails much", "fails a little", "open", "nothing", "passes"]
    for seed in range(5):
        random.Random(seed).shuffle(parts)
        audit = _audit(page, *parts).model_copy(update={"worst_verdict": "fail"})
        assert [part.group for part in judged_disparities(audit)] == expected
        assert deciding_disparity(audit) == judged_disparities(audit)[0]


def test_an_open_question_decides_before_a_wider_gap_that_passes(page: MakePage) -> None:
    audit = _audit(page, _part("wide", 0.85, "pass"), _part("open", 1.02, "insufficient_evidence"))
    audit = audit.model_copy(update={"worst_verdict": "insufficient_evidence"})
    decides = deciding_disparity(audit)
    assert decides is not None
    assert decides.group == "open"


def test_a_metric_that_does_not_decide_is_left_out(page: MakePage) -> None:
    rate, recall = _part("g", 0.1, "fail", "selection_rate"), _part("g", 0.6, "fail")
    assert judged_disparities(_audit(page, rate, recall)) == [recall]
    assert judged_disparities(_audit(page, rate, recall, leading=())) == [rate, recall]


def test_the_group_that_decides_about_reporting(page: MakePage) -> None:
    audit = page(City()).records.audit
    one, two, *rest = audit.reporting.groups
    groups = (one, two.model_copy(update={"verdict": "fail"}), *rest)
    reporting = audit.reporting.model_copy(update={"groups": groups, "verdict": "fail"})
    changed = audit.model_copy(update={"reporting": reporting})
    assert deciding_report(changed) == groups[1]
    assert deciding_report(page(City(known=False)).records.audit) is None


def test_nothing_compared_nothing_decides(page: MakePage) -> None:
    assert deciding_disparity(_audit(page)) is None


def test_the_deciding_gap_agrees_with_the_verdict_of_the_audit(page: MakePage) -> None:
    for city in (City(), City(groups="unequal"), City(groups="small")):
        audit = page(city).records.audit
        decides = deciding_disparity(audit)
        assert decides is not None
        assert decides.verdict == audit.worst_verdict


@given(st.integers(1, 900))
def test_half_and_double_are_as_far_from_one(percent: int) -> None:
    ratio = percent / 100
    assert distance(_part("g", ratio, "fail")) == abs(math.log(ratio))
    least, none = _part("g", 0.0, "fail"), _part("g", None, "unknown")
    assert distance(none) < distance(_part("g", ratio, "fail")) < distance(least)


def test_a_half_is_wider_than_one_and_eight_tenths(page: MakePage) -> None:
    """As differences from 1 it would be the other way round."""
    audit = _audit(page, _part("over", 1.8, "fail"), _part("under", 0.5, "fail"), _part("none", None, "fail"))
    assert [part.group for part in judged_disparities(audit)] == ["under", "over", "none"]


def test_the_largest_disparity_may_be_undecided_and_on_any_metric(page: MakePage) -> None:
    parts = (
        _part("fails", 0.7, "fail"),
        _part("open", 0.4, "insufficient_evidence", "selection_rate"),
        _part("none", None, "unknown"),
    )
    assert largest_disparity(_audit(page, *parts)) == parts[1]
    assert largest_disparity(_audit(page, parts[2])) is None


def _reach(group: str, value: float | None, attribute: str = "a") -> GroupFigure:
    figure = missing("suppressed") if value is None else Figure(value=value, n=100)
    return GroupFigure(attribute=attribute, group=group, metric="recall", figure=figure)


def test_the_group_reached_least_is_never_one_that_is_served_more(page: MakePage) -> None:
    audit = _audit(page, _part("more", 3.0, "fail"), _part("less", 0.9, "pass"))
    reached = (_reach("more", 0.9), _reach("less", 0.27), _reach("r", 0.3), _reach("far", 0.1, "b"))
    audit = audit.model_copy(update={"groups": reached, "attributes": _attributes(audit)})
    assert least_reached(audit) == reached[1]


def test_the_reference_group_may_be_the_one_reached_least(page: MakePage) -> None:
    audit = _audit(page, _part("more", 1.4, "fail"), _part("tiny", None, "unknown"))
    reached = (_reach("more", 0.5), _reach("tiny", 0.01), _reach("r", 0.3))
    audit = audit.model_copy(update={"groups": reached, "attributes": _attributes(audit)})
    assert least_reached(audit) == reached[2]
    assert least_reached(audit.model_copy(update={"groups": ()})) is None


def _attributes(audit: AuditReport) -> tuple[AttributeRecord, ...]:
    return (audit.attributes[0].model_copy(update={"name": "a", "reference_group": "r"}),)


def test_board_and_public_speak_of_the_same_group_unless_it_is_hidden(page: MakePage) -> None:
    for city in (City(), City(groups="unequal")):
        board, public = (page(city, "en", audience).records.audit for audience in ("board", "public"))
        for chosen in (deciding_disparity, deciding_report, largest_disparity, least_reached):
            one, other = chosen(board), chosen(public)
            assert one is not None
            assert other is not None
            assert (one.attribute, one.group) == (other.attribute, other.group)
        assert not hides_disparities(public)
    small = City(groups="small")
    one, other = (deciding_disparity(page(small, "en", who).records.audit) for who in ("board", "public"))
    assert one is not None
    assert other is not None
    assert (one.group, other.group) == ("q1", "q3")
    assert hides_disparities(page(small, "en", "public").records.audit)


@given(st.lists(st.floats(0.05, 20), min_size=2, max_size=6))
def test_rounding_for_the_public_changes_no_choice(ratios: list[float]) -> None:
    exact = [_part(str(i), ratio, "fail") for i, ratio in enumerate(ratios)]
    coarse = [_part(str(i), round(ratio, 2), "fail") for i, ratio in enumerate(ratios)]
    assert [part.group for part in by_verdict(exact)] == [part.group for part in by_verdict(coarse)]


def test_a_ratio_without_an_interval_is_neither_the_largest_nor_the_one_that_decides(page: MakePage) -> None:
    nobody = _part("nobody", 0.0, "insufficient_evidence")
    seen = _part("seen", 0.6, "insufficient_evidence")
    seen = seen.model_copy(update={"ratio": Figure(value=0.6, lower=0.4, upper=0.9, level=0.9, n=80)})
    audit = _audit(page, nobody, seen).model_copy(update={"worst_verdict": "insufficient_evidence"})
    assert largest_disparity(audit) == deciding_disparity(audit) == seen
