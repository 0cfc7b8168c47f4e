"""A way and a group's visits in it are named once."""

from __future__ import annotations

from civic_ai.records.figure import missing
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay
from civic_ai.records.record import flatten

NOTHING = missing("too_few")


def test_facts_name_way_attribute_and_group() -> None:
    way = FrontierWay(
        way="floors", kind="mitigation", found_per_visit=NOTHING, found_per_visit_change=NOTHING,
        ratio=NOTHING, ratio_change=NOTHING, widest=NOTHING,
    )  # fmt: skip
    visits = FrontierVisits(
        way="floors",
        attribute="income",
        group="q1",
        selected=20,
        hits=9,
        found=9,
        per_list=2,
        share=0.2,
        change=1,
    )
    made = Frontier(
        champion="lightgbm", metric="recall", attribute="income", group="q1", reference_group="q4",
        capacity=10, lists=10, ways=(way,), visits=(visits,),
    )  # fmt: skip
    facts = dict(flatten(made, "audit.frontier"))
    assert facts["audit.frontier.ways.floors.ratio.why_missing"] == "too_few"
    assert facts["audit.frontier.visits.floors.income.q1.share"] == 0.2
    assert Frontier.model_validate_json(made.to_json()).digest == made.digest
