"""Records of reporting flatten to named facts and refuse what they do not know."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.figure import Figure
from civic_ai.records.record import flatten
from civic_ai.records.reporting import (
    AllProblems,
    LinkageLoss,
    OtherSetting,
    RatioAtLife,
    ReportingBias,
    ReportingCondition,
)

RATIO = Figure(value=0.5, n=10)


def test_every_part_has_a_name_of_its_own() -> None:
    made = ReportingBias(
        method="linkage", verdict="fail", of_groups="fail",
        conditions=(ReportingCondition(name="links_are_repeats", state="holds", how="a_year_apart",
                                       seen=RATIO),),
        settings=(OtherSetting(setting="watch_30", attribute="a", group="g", ratio=RATIO, verdict="fail"),),
        losses=tuple(LinkageLoss(percent=p, attribute="a", group="g", ratio=RATIO) for p in (10, 20)),
        losses_everywhere=(LinkageLoss(percent=10, attribute="a", group="g", ratio=RATIO),),
        all_problems=AllProblems(spread=0.2, lives=tuple(
            RatioAtLife(life_days=days, attribute="a", group="g", ratio=RATIO) for days in (60, 120))),
    )  # fmt: skip
    facts = dict(flatten(made, "reporting"))
    assert facts["reporting.conditions.links_are_repeats.seen.value"] == 0.5
    assert facts["reporting.settings.watch_30.a.g.ratio.value"] == 0.5
    assert facts["reporting.losses.a.g.10.percent"] == 10
    assert facts["reporting.losses.a.g.20.percent"] == 20
    assert facts["reporting.losses_everywhere.a.g.10.percent"] == 10
    assert facts["reporting.all_problems.spread"] == 0.2
    assert facts["reporting.all_problems.lives.a.g.60.life_days"] == 60
    assert facts["reporting.all_problems.lives.a.g.120.ratio.value"] == 0.5
    assert facts["reporting.map"] is None


def test_a_state_is_one_of_three() -> None:
    with pytest.raises(ValidationError):
        ReportingCondition.model_validate({"name": "n", "state": "maybe", "how": "h"})
