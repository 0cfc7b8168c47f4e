from __future__ import annotations

from civic_ai.records.explanation import Contribution, FamilyContribution
from civic_ai.records.figure import Figure


def test_contributions_go_by_feature_and_family() -> None:
    figure = Figure(value=0.2, n=100)
    one = Contribution(
        feature="count_7d", family="history", mean_absolute=figure, share=0.4, direction="raises"
    )
    family = FamilyContribution(family="history", share=figure, direction="raises", is_stable=True)
    assert (one.fact_key(), family.fact_key()) == ("count_7d", "history")
