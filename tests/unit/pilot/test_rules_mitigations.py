from __future__ import annotations

from typing import Any

import pytest

from civic_ai.pilot.rules_mitigations import RULES
from civic_ai.pilot.spec import PilotSpec
from tests.unit.audit.made import pilot

FLOOR = {"of": "lightgbm", "method": "district_floor"}


def broken(models: dict[str, Any], **changes: Any) -> list[tuple[tuple[Any, ...], str]]:
    spec: PilotSpec = pilot(**({"models": {"candidates": ["lightgbm"], **models}} | changes))
    return [(place, says.text("en")) for rule in RULES for place, says, _ in rule(spec)]


def attribute() -> str:
    return next(iter(pilot().audit.attributes))


def test_sound_mitigations_break_nothing() -> None:
    both = {"one": FLOOR, "two": {"of": "lightgbm", "method": "recall_parity", "attribute": attribute()}}
    assert broken({"mitigations": both, "preferred": "two"}) == []
    assert broken({"mitigations": both, "preferred": "lightgbm"}) == []
    assert broken({}) == []


@pytest.mark.parametrize(
    ("asked", "place", "says"),
    [
        (FLOOR | {"of": "logistic_glm"}, "of", "logistic_glm is not among the candidates"),
        (FLOOR | {"attribute": "income"}, "attribute", "district_floor looks at no protected attribute"),
        ({"of": "lightgbm", "method": "recall_parity"}, None, "recall_parity needs an attribute"),
        (
            {"of": "lightgbm", "method": "recall_parity", "attribute": "shoe_size"},
            "attribute",
            "shoe_size is not among the attributes",
        ),
        ({"of": "lightgbm", "method": "corrected_target"}, "method", "corrected_target learns from repeat"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    asked: dict[str, Any], place: str | None, says: str
) -> None:
    reporting = {"audit": pilot().audit.model_dump(by_alias=True) | {"reporting": {"method": "none"}}}
    [(where, told)] = broken({"mitigations": {"one": asked}}, **reporting)
    assert where == ("models", "mitigations", "one", *([place] if place else []))
    assert told.startswith(says)


def test_a_forecast_of_demand_makes_no_list() -> None:
    demand = {
        "label": {"from": "requests", "horizon_days": 7, "kind": "count"},
        "capacity": {"who": "a crew"},
        "objective": "mean_poisson_deviance",
    }
    [(_, told)] = broken({"mitigations": {"one": FLOOR}}, **demand)
    assert told == "a mitigation changes who stands on a list, and this question makes none"


def test_fairlearn_decides_events_only_and_cannot_be_preferred() -> None:
    asked = {"of": "lightgbm", "method": "threshold_optimizer", "attribute": attribute()}
    [(place, told)] = broken({"mitigations": {"one": asked}, "preferred": "one"})
    assert place == ("models", "preferred")
    assert told == "one can be compared but not used: its model cannot be sealed"
    counts = {"label": {"from": "requests", "horizon_days": 7, "kind": "count"}}
    [(place, told)] = broken({"mitigations": {"one": asked}}, **counts)
    assert place == ("models", "mitigations", "one", "method")
    assert "needs a label of kind event" in told


def test_names_are_new_and_the_preferred_one_exists() -> None:
    [(place, told)] = broken({"mitigations": {"lightgbm": FLOOR}})
    assert (place, told) == (("models", "mitigations", "lightgbm"), "lightgbm is given twice")
    [(place, told)] = broken({"preferred": "magic"})
    assert (place, told) == (("models", "preferred"), "magic is not among what is tried")
