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
    lines = look_first(seen.records, gate_lines(seen.gates, seen.records, seen.teller), seen.teller)
    return [str(line.striptags()) for line in lines]


def test_the_order_is_fails_unknowns_disparity_reasons_data(page: MakePage) -> None:
    said = _look(page(City(winner="rule", groups="unequal")))
    assert said == [
        "✕ Fail: Is it better than the simplest rule that the city could use? "
        "Seen: 1.03 (between 0.95 and 1.11) times as good as the simple rule.",
        "✕ Fail: Does it serve every group about equally well, given its cases? "
        "Seen: household income: q1 (lowest) at 0.62 (between 0.55 and 0.69) times q4 (highest).",
        "Largest disparity, household income: q1 (lowest): Reached, of all cases of the group is "
        "0.62 (between 0.55 and 0.69) times that of q4 (highest). ✕ Fail.",
        "Widest interval of the results, gain over the simple rule in the last period, in times: "
        "1.02 (between 0.92 and 1.12).",
        "Reasons that change with the weeks looked at: the area and its streets.",
        "Data, requests: No row at all from August 25, 2017 to September 5, 2017 (12 days) "
        "in a steady stream.",
        "Data, requests: 120 rows repeat another row exactly and were set aside. (0.4% of all.)",
    ]


@pytest.mark.parametrize("city", [City(), City(known=False), City(groups="small", leaks=3)])
def test_at_most_seven_and_never_none(page: MakePage, city: City) -> None:
    assert 1 <= len(_look(page(city))) <= LINES


def test_failures_stand_before_unknowns_even_when_lines_run_out(page: MakePage) -> None:
    said = _look(page(City(known=False, leaks=2)))
    assert len(said) == LINES
    assert all(line.startswith("? Not known") for line in said[:-1])
    assert said[-1].startswith("Widest interval of the results, finds of 100 visits")


def test_nothing_that_stands_out_is_said_too(page: MakePage) -> None:
    seen = page(City())
    snapshot = seen.records.snapshot.model_copy(update={"findings": ()})
    stable = tuple(part.model_copy(update={"is_stable": True}) for part in seen.records.explanation.families)
    explanation = seen.records.explanation.model_copy(update={"families": stable})
    calm = replace(seen, records=replace(seen.records, snapshot=snapshot, explanation=explanation))
    said = _look(calm)
    assert said[0] == "Nothing stands out: every gate passes and no finding is open."
    assert [line.split(",")[0] for line in said[1:]] == [
        "Largest disparity",
        "Widest interval of the results",
    ]


def _with_facts(seen: Page, **figures: dict[str, float | None]) -> Page:
    changed = {f"{name.replace('__', '.')}.{end}": value for name, ends in figures.items()
               for end, value in ends.items()}  # fmt: skip
    return replace(seen, teller=replace(seen.teller, facts={**seen.teller.facts, **changed}))


def test_the_widest_interval_for_its_size_is_always_said(page: MakePage) -> None:
    wide = _with_facts(page(City()), evaluation__lift_over_best_baseline={"lower": 1.01, "upper": 2.4})
    said = [line for line in _look(wide) if line.startswith("Widest interval")]
    assert said == [
        "Widest interval of the results, gain over the simple rule, in times: 1.24 (between 1.01 and 2.40)."
    ]
    found = {"value": 10.0, "lower": 1.0, "upper": 19.0}
    wider = _with_facts(wide, evaluation__per_100_visits__lightgbm__found=found)
    assert any(
        line.endswith("finds of 100 visits in the tests: 10 (between 1 and 19).") for line in _look(wider)
    )


def test_a_disparity_that_is_not_decided_is_said_with_its_verdict(page: MakePage) -> None:
    said = next(line for line in _look(page(City(groups="small"))) if line.startswith("Largest"))
    assert "q1 (lowest)" in said
    assert said.endswith("? Too few to tell.")


def test_findings_that_say_the_same_stand_in_one_line(page: MakePage) -> None:
    seen = page(City())
    about = ("income_quartile", "language", "age")
    same = tuple(
        Finding(code="audit_attribute_undated", source="areas", severity="warning", column=name)
        for name in about
    )
    audit = seen.records.audit.model_copy(update={"findings": same})
    said = _look(replace(seen, records=replace(seen.records, audit=audit)))
    assert [line for line in said if "measured" in line] == [
        "Data, age, household income, and language: Nothing says when this attribute was measured."
    ]


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


def test_the_public_is_told_that_the_largest_is_of_the_groups_shown(page: MakePage) -> None:
    said = _look(page(City(groups="small"), "en", "public"))
    assert any(
        line.startswith("Largest disparity of the groups shown, household income: q3") for line in said
    )
