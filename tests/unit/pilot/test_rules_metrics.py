"""Chosen metrics that can be measured, and pairs that can be crossed."""

from __future__ import annotations

from typing import Any

import pytest

from civic_ai.pilot.rules_metrics import RULES
from tests.unit.audit.made import LANGUAGE, QUARTERS, pilot

ATTRIBUTES = {"quarter": QUARTERS, "language": LANGUAGE, "origin": LANGUAGE}
CHOSEN = {"by": "the board", "why": "It is what we promised.", "metrics": ["recall"]}


def _broken(audit: dict[str, Any], **changes: Any) -> list[tuple[tuple[object, ...], str]]:
    spec = pilot(audit={"attributes": ATTRIBUTES} | audit, **changes)
    return [(place, str(says)) for rule in RULES for place, says, _ in rule(spec)]


@pytest.mark.parametrize(
    "audit",
    [{}, {"chosen": CHOSEN}, {"intersections": [["quarter", "language"]]}, {"search_slices": True}],
)
def test_a_sound_pilot_breaks_nothing(audit: dict[str, Any]) -> None:
    assert _broken(audit) == []


def test_a_metric_that_this_kind_of_pilot_has_not_is_refused_at_its_place() -> None:
    found = _broken({"chosen": CHOSEN | {"metrics": ["recall", "false_positive_rate"]}})
    assert found == [
        (("audit", "chosen", "metrics", 1), "false_positive_rate is not measured for this kind of pilot")
    ]


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (["quarter", "age"], "no attribute called age"),
        (["quarter", "quarter"], "crossed with itself"),
        (["language", "origin"], "nobody knows how they overlap"),
    ],
)
def test_pairs_that_cannot_be_crossed(pair: list[str], says: str) -> None:
    ((place, said),) = _broken({"intersections": [["quarter", "language"], pair]})
    assert place == ("audit", "intersections", 1)
    assert says in said


def test_waits_are_not_searched_for_slices() -> None:
    label = {"from": "requests", "horizon_days": 90, "kind": "duration", "ended_at": "closed_at"}
    ((place, _),) = _broken({"search_slices": True}, label=label)
    assert place == ("audit", "search_slices")
