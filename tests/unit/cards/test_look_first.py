from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.gate_lines import gate_lines
from civic_ai.cards.look_first import LINES, look_first
from civic_ai.cards.page import Page
from civic_ai.records.snapshot import Finding
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _look(seen: Page) -> list[str]:
    lines = look_first(seen.records, gate_lines(seen.gates, seen.policy, seen.teller), seen.teller)
    return [str(line.striptags()) for line in lines]


def test_the_order_is_fails_unknowns_disparity_reasons_data(page: MakePage) -> None:
    said = _look(page(City(winner="rule", groups="unequal")))
    assert said == [
        "✕ Fail: Is it better than the simplest rule that the city could use? "
        "Seen: finds 1.03 (between 0.95 and 1.11) times what the simple rule finds.",
        "✕ Fail: Does the list reach every group about equally often, given its cases? "
        "Seen: gap that decides: 0.62 (between 0.55 and 0.69) times the reference.",
        "Largest disparity, household income: q1 (lowest): Reached, of all cases of the group is "
        "0.62 (between 0.55 and 0.69) times that of q4 (highest).",
        "Reasons that change with the weeks looked at: the area and its streets.",
        "Data, requests: No row at all from August 25, 2017 to September 5, 2017 (12 days) "
        "in a steady stream.",
        "Data, requests: 120 rows repeat another row exactly and were set aside.",
    ]


@pytest.mark.parametrize("city", [City(), City(known=False), City(groups="small", leaks=3)])
def test_at_most_seven_and_never_none(page: MakePage, city: City) -> None:
    assert 1 <= len(_look(page(city))) <= LINES


def test_failures_stand_before_unknowns_even_when_lines_run_out(page: MakePage) -> None:
    said = _look(page(City(known=False, leaks=2)))
    assert len(said) == LINES
    assert all(line.startswith("? Not known") for line in said)


def test_nothing_that_stands_out_is_said_too(page: MakePage) -> None:
    seen = page(City())
    snapshot = seen.records.snapshot.model_copy(update={"findings": ()})
    stable = tuple(part.model_copy(update={"is_stable": True}) for part in seen.records.explanation.families)
    explanation = seen.records.explanation.model_copy(update={"families": stable})
    calm = replace(seen, records=replace(seen.records, snapshot=snapshot, explanation=explanation))
    assert _look(calm) == ["Nothing stands out: every gate passes and no finding is open."]


def test_a_gain_with_a_wide_interval_is_said(page: MakePage) -> None:
    seen = page(City())
    lift = seen.records.evaluation.lift_over_best_baseline.model_copy(update={"lower": 1.01, "upper": 2.4})
    evaluation = seen.records.evaluation.model_copy(update={"lift_over_best_baseline": lift})
    wide = replace(seen, records=replace(seen.records, evaluation=evaluation))
    assert _look(wide)[0].startswith("The gain over the simple rule is uncertain: 1.24")
    assert not any("uncertain" in line for line in _look(seen))


def test_notes_about_data_do_not_take_a_line(page: MakePage) -> None:
    seen = page(City())
    note = Finding(code="static_source", source="areas", severity="note")
    snapshot = seen.records.snapshot.model_copy(update={"findings": (note,)})
    assert not any(
        "areas" in line for line in _look(replace(seen, records=replace(seen.records, snapshot=snapshot)))
    )


@pytest.mark.parametrize("language", ["es", "pt"])
def test_every_line_is_in_the_language(page: MakePage, language: str) -> None:
    city = City(winner="rule", groups="unequal")
    assert set(_look(page(city, language))).isdisjoint(_look(page(city)))
