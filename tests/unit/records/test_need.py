"""The same ratio against reports and against need has two names."""

from __future__ import annotations

from civic_ai.records.figure import Figure
from civic_ai.records.need import NeedAtLife, NeedAudit, NeedRatio
from civic_ai.records.record import flatten


def ratio(against: str, value: float) -> NeedRatio:
    return NeedRatio.model_validate(
        {
            "against": against, "attribute": "income", "group": "q1", "reference_group": "q4",
            "metric": "recall", "ratio": Figure(value=value, n=90), "verdict": "pass",
        }
    )  # fmt: skip


def test_facts_say_what_a_ratio_is_held_against() -> None:
    life = NeedAtLife(life_days=60, reported=Figure(value=0.7, n=90), ratios=(ratio("need", 0.5),))
    made = NeedAudit(life_days=120, ratios=(ratio("reports", 1.0), ratio("need", 0.6)), lives=(life,))
    facts = dict(flatten(made, "audit.need"))
    assert facts["audit.need.ratios.reports.income.q1.recall.ratio.value"] == 1.0
    assert facts["audit.need.ratios.need.income.q1.recall.ratio.value"] == 0.6
    assert facts["audit.need.lives.60.ratios.need.income.q1.recall.ratio.value"] == 0.5
