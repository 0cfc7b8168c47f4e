"""What the public sees of need and feedback."""

from __future__ import annotations

import pytest

from civic_ai.audit.need_suppression import mask_feedback, mask_need
from civic_ai.audit.suppression import figures_of
from civic_ai.records.feedback import Feedback, FeedbackWay, VisitClass
from civic_ai.records.figure import Figure
from civic_ai.records.need import NeedAtLife, NeedAudit, NeedFigure, NeedRatio, ReportedShare
from tests.unit.audit.made import POLICY

EXACT = Figure(value=0.61234, lower=0.51234, upper=0.71234, n=123)
FIGURES = figures_of(POLICY)


def _ratio(group: str) -> NeedRatio:
    return NeedRatio(
        against="need", attribute="part", group=group, reference_group="g0", metric="recall", ratio=EXACT,
        joint=EXACT, verdict="insufficient_evidence", needed=1234,
    )  # fmt: skip


NEED = NeedAudit(
    life_days=120,
    reported=EXACT,
    shares=tuple(ReportedShare(attribute="part", group=g, figure=EXACT) for g in ("g0", "g1", "g2")),
    figures=tuple(
        NeedFigure(against="need", attribute="part", group=g, metric="recall", figure=EXACT)
        for g in ("g0", "g1", "g2")
    ),
    ratios=(_ratio("g1"), _ratio("g2")),
    lives=(NeedAtLife(life_days=60, reported=EXACT, ratios=(_ratio("g1"), _ratio("g2"))),),
)


def test_hidden_groups_leave_nothing_behind():
    masked = mask_need(NEED, frozenset({("part", "g1")}), FIGURES)
    for part in (*masked.shares, *masked.figures):
        assert part.suppressed == (part.group == "g1")
        assert (part.figure.value is None) == (part.group == "g1")
    for part in (*masked.ratios, *masked.lives[0].ratios):
        is_hidden = part.group == "g1"
        assert part.suppressed == is_hidden
        assert (part.ratio.value, part.joint, part.needed) == (None, None, None) or not is_hidden
    assert b"0.61234" not in masked.to_json()
    assert b"123" not in masked.to_json().replace(b"1230", b"")


def test_a_hidden_reference_group_hides_its_ratios():
    masked = mask_need(NEED, frozenset({("part", "g0")}), FIGURES)
    assert all(part.ratio.value is None for part in (*masked.ratios, *masked.lives[0].ratios))


@pytest.mark.parametrize("hidden", [frozenset(), frozenset({("part", "g1")})])
def test_masking_twice_is_masking_once(hidden):
    once = mask_need(NEED, hidden, FIGURES)
    assert mask_need(once, hidden, FIGURES) == once


def test_what_is_shown_is_rounded():
    masked = mask_need(NEED, frozenset(), FIGURES)
    assert (masked.reported.value, masked.reported.n) == (0.61, 120)
    assert (masked.ratios[0].ratio.lower, masked.ratios[0].needed) == (0.51, 1230)
    assert masked.lives[0].reported.value == 0.61


def test_simulated_shares_are_rounded():
    way = FeedbackWay(
        way="reports", never_visited=EXACT, visits=EXACT, service=EXACT,
        classes=(VisitClass(name="never", least=0, most=0, share=0.61234),),
    )  # fmt: skip
    masked = mask_feedback(Feedback(basis="assumed", areas=123, ways=(way,)), FIGURES)
    assert masked.ways[0].visits.value == masked.ways[0].classes[0].share == 0.61
    assert masked.areas == 123
    assert mask_feedback(masked, FIGURES) == masked


def test_nothing_stays_nothing():
    assert mask_need(None, frozenset(), FIGURES) is None
    assert mask_feedback(None, FIGURES) is None
