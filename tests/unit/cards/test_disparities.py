from __future__ import annotations

import random

from civic_ai.cards.disparities import (
    deciding_disparity,
    deciding_report,
    failed_disparities,
    judged_disparities,
)
from civic_ai.records.audit import AuditReport, Disparity
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
        audit = _audit(page, *parts)
        assert [part.group for part in judged_disparities(audit)] == expected
        assert [part.group for part in failed_disparities(audit)] == expected[:2]
        assert deciding_disparity(audit) == judged_disparities(audit)[0]


def test_an_open_question_decides_before_a_wider_gap_that_passes(page: MakePage) -> None:
    audit = _audit(page, _part("wide", 0.85, "pass"), _part("open", 1.02, "insufficient_evidence"))
    decides = deciding_disparity(audit)
    assert decides is not None
    assert decides.group == "open"


def test_a_metric_that_does_not_decide_is_left_out(page: MakePage) -> None:
    rate, recall = _part("g", 0.1, "fail", "selection_rate"), _part("g", 0.6, "fail")
    assert failed_disparities(_audit(page, rate, recall)) == [recall]
    assert failed_disparities(_audit(page, rate, recall, leading=())) == [rate, recall]


def test_the_group_that_decides_about_reporting(page: MakePage) -> None:
    audit = page(City()).records.audit
    one, two, *rest = audit.reporting.groups
    groups = (one, two.model_copy(update={"verdict": "fail"}), *rest)
    changed = audit.model_copy(update={"reporting": audit.reporting.model_copy(update={"groups": groups})})
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
