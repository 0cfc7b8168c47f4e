from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.gate_lines import gate_lines, readiness, tally
from civic_ai.cards.page import Page
from civic_ai.cards.tell import Teller
from civic_ai.records.figure import Figure
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

MIXED = City(winner="rule", groups="unequal")


@pytest.mark.parametrize("city", [City(), MIXED, City(known=False), City(groups="small")])
def test_every_gate_once_failures_first_then_unknowns(page: MakePage, city: City) -> None:
    seen = page(city)
    lines = gate_lines(seen.gates, seen.records, seen.teller)
    assert sorted(line.gate for line in lines) == sorted(gate.id for gate in seen.policy.gates)
    order = [("fail", "unknown", "pass").index(line.verdict) for line in lines]
    assert order == sorted(order)
    assert {line.gate: line.verdict for line in lines} == {c.gate: c.verdict for c in seen.gates.checks}


def test_a_line_says_the_question_what_was_seen_and_who_may_waive(page: MakePage) -> None:
    seen = page(MIXED)
    first, second, *_ = gate_lines(seen.gates, seen.records, seen.teller)
    assert first.gate == "beats-simple-rule"
    assert first.asks == "Is it better than the simplest rule that the city could use?"
    assert first.observed.striptags() == "1.03 (between 0.95 and 1.11) times as good as the simple rule"
    assert first.condition.striptags() == "must be more than 1"
    assert first.waivable_by is None
    assert second.observed.striptags() == (
        "household income: q1 (lowest) at 0.62 (between 0.55 and 0.69) times q4 (highest)"
    )
    assert second.condition == ""
    assert second.waivable_by == "the chair of the board"


def test_what_was_not_measured_says_why(page: MakePage) -> None:
    seen = page(City(known=False), "es")
    lines = {line.gate: line for line in gate_lines(seen.gates, seen.records, seen.teller)}
    assert lines["beats-simple-rule"].observed == "No medido: un solo período no da intervalo"
    assert lines["leak-search-clean"].observed == "No medido"


def test_a_fact_of_a_citys_own_gate_is_shown_as_it_is(page: MakePage) -> None:
    seen = page(City())
    gate = seen.policy.gates[0].model_copy(update={"id": "own", "fact": "panel.units", "must_be": ">= 10"})
    check = seen.gates.checks[0].model_copy(update={"gate": "own", "fact": "panel.units", "must_be": ">= 10"})
    records = replace(seen.records, policy=seen.policy.model_copy(update={"gates": (gate,)}))
    line = gate_lines(seen.gates.model_copy(update={"checks": (check,)}), records, seen.teller)[0]
    assert line.observed.striptags() == "64"
    assert line.condition.striptags() == "must be at least 10"


def test_the_dossier_is_ready_only_when_every_gate_passes(page: MakePage) -> None:
    assert readiness(page(City()).gates, page(City()).teller) == "Ready for the board&#39;s decision"
    assert readiness(page(MIXED, "pt").gates, page(MIXED, "pt").teller) == "Não está pronto"


def test_the_tally_counts_in_words(page: MakePage) -> None:
    assert (
        tally(page(MIXED).gates, page(MIXED).teller).striptags() == "Gates: 15 pass, 2 fail, 0 are not known."
    )
    small = page(City(groups="small"), "es")
    assert tally(small.gates, small.teller).striptags() == "Requisitos: 16 pasan, 0 no pasan, 1 no se sabe."


def _observed(seen: Page, gate: str) -> str:
    lines = gate_lines(seen.gates, seen.records, seen.teller)
    return str(next(line.observed for line in lines if line.gate == gate).striptags())


def test_the_gate_on_reporting_shows_who_reports_how_much_less(page: MakePage) -> None:
    assert _observed(page(City()), "reporting-bias-examined") == (
        "household income: q1 (lowest) reports the same problem 1.02 (between 0.92 and 1.12) times "
        "as often as q4 (highest)"
    )


def test_leaks_are_named_by_their_columns(page: MakePage) -> None:
    assert _observed(page(City()), "leak-search-clean") == "leaks found: 0"
    assert _observed(page(City(leaks=2)), "leak-search-clean") == "leaks found: 2: x0 and x1"
    many = _observed(page(City(leaks=7), "es"), "leak-search-clean")
    assert many == "fugas encontradas: 7: x0, x1, x2, x3, x4 y …"


def test_a_leak_without_a_column_is_named_by_its_form(page: MakePage) -> None:
    seen = page(City(leaks=1))
    leak = seen.records.panel.leaks[0].model_copy(update={"column": None})
    records = replace(seen.records, panel=seen.records.panel.model_copy(update={"leaks": (leak,)}))
    assert _observed(replace(seen, records=records), "leak-search-clean") == "leaks found: 1: single_feature"


def test_the_public_is_told_that_small_groups_are_left_out(page: MakePage) -> None:
    small = City(groups="small")
    assert "left out" not in _observed(page(small), "reaches-every-group")
    shown = _observed(page(small, "en", "public"), "reaches-every-group")
    assert shown == (
        "household income: q3 at 1.01 (between 0.94 and 1.08) times q4 (highest) "
        "(groups too small to show are left out)"
    )


def test_the_gate_on_intervals_names_the_worst_group_or_the_whole(page: MakePage) -> None:
    seen = page(City(question="demand"))
    assert _observed(seen, "intervals-hold") == (
        "least in household income: q2: held at a share of 0.90 (between 0.89 and 0.91)"
    )
    evaluation = seen.records.evaluation.model_copy(update={"coverage_verdict": "fail"})
    audit = seen.records.audit.model_copy(update={"coverage_verdict": "fail"})
    whole = replace(seen, records=replace(seen.records, evaluation=evaluation, audit=audit))
    assert _observed(whole, "intervals-hold") == "over all: held at a share of 0.91 (between 0.90 and 0.92)"


def _reasons_line(page: MakePage, **changed: object) -> str:
    seen = page(City())
    trials = seen.records.explanation.trials.model_copy(update=changed)
    explanation = seen.records.explanation.model_copy(update={"trials": trials})
    records = replace(seen.records, explanation=explanation)
    facts = seen.teller.facts | {
        f"explanation.trials.{name}.value": figure.value for name, figure in changed.items()
    }
    lines = gate_lines(seen.gates, records, Teller(facts, "en", seen.teller.locale))
    return next(line.observed.striptags() for line in lines if line.gate == "reasons-hold")


def test_the_gate_on_reasons_names_the_trial_that_failed(page: MakePage) -> None:
    assert _reasons_line(page).startswith("trained again, the main reason stays the same")
    deleted, shuffled = Figure(value=0.86, n=500), Figure(value=0.7, n=500)
    assert _reasons_line(page, deleted=deleted).startswith("without its main reasons a score moves 0.86")
    assert _reasons_line(page, shuffled=shuffled).startswith("trained on shuffled outcomes, scores move 0.7")
