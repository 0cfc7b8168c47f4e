from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards import words
from civic_ai.cards.findings import Findings
from civic_ai.cards.gains import Gain
from civic_ai.cards.tell import Teller
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _findings(page: MakePage, city: City, language: str = "en") -> Findings:
    seen = page(city, language)
    return Findings(seen.records, seen.teller)


def test_a_gain_that_is_certain(page: MakePage) -> None:
    assert _findings(page, City()).gain().striptags() == (
        "About 41 of every 100 visits chosen by the model would find a pothole (between 39 and 43). "
        "The best simple rule, the count of the last year, "
        "finds 33 (between 31 and 35). On the same dates the model finds 8 (between 6 and 10) more."
    )


def test_a_gain_that_is_too_small_to_tell(page: MakePage) -> None:
    assert _findings(page, City(winner="rule"), "es").gain().striptags() == (
        "Cerca de 34 de cada 100 visitas elegidas por el modelo encontrarían un bache (entre 32 y 36). "
        "La mejor regla simple, el conteo del último año, "
        "encuentra 33 (entre 31 y 35). La diferencia es muy pequeña para saberlo."
    )


def test_a_gain_that_nobody_measured(page: MakePage) -> None:
    said = _findings(page, City(known=False)).gain()
    assert said == "Not measured: what the model finds compared with the simple rule."


def test_counts_are_cases_not_visits(page: MakePage) -> None:
    assert (
        "100 visits chosen by the model would find about 41"
        in _findings(page, City(kind="count")).gain().striptags()
    )


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [(0.1, 2.0, "pass"), (-2.0, -0.1, "fail"), (-1.0, 1.0, "insufficient_evidence"),
     (0.0, 1.0, "insufficient_evidence"), (None, None, "unknown")],
)  # fmt: skip
def test_the_difference_is_judged_by_its_paired_interval(
    page: MakePage, lower: float | None, upper: float | None, expected: str
) -> None:
    seen = page(City())
    prefix = "evaluation.per_100_visits.lightgbm.more_than_best_baseline"
    facts = dict(seen.teller.facts) | {f"{prefix}.lower": lower, f"{prefix}.upper": upper}
    teller = Teller(facts, "en", seen.teller.locale)
    assert Gain(seen.records, teller).difference() == expected


def test_what_the_rule_set_beforehand_proposes(page: MakePage) -> None:
    assert "the model is proposed: boosted trees" in _findings(page, City()).proposal()
    assert "the simple rule is proposed: the count of" in _findings(page, City(winner="rule")).proposal()


@pytest.mark.parametrize(
    ("city", "expected"),
    [
        (City(), "Every group that was looked at is served about equally, within 1.25 times."),
        (City(groups="unequal"), "Some groups are not served equally. The gap that decides: household "
                                 "income: q1 (lowest) at 0.62 (between 0.55 and 0.69) times q4 (highest)."),
        (City(groups="small"), "This data cannot tell whether every group is served equally. The gap that "
                               "decides: household income: q1 (lowest) at 0.97 (between 0.57 and 1.37) times "
                               "q4 (highest)."),
        (City(known=False), "Not measured: whether the list serves some groups less well."),
    ],
)  # fmt: skip
def test_whom_it_serves_less_well(page: MakePage, city: City, expected: str) -> None:
    assert _findings(page, city).groups().striptags() == expected


def test_the_public_does_not_see_the_size_of_a_hidden_gap(page: MakePage) -> None:
    seen = page(City(groups="small"), "en", "public")
    assert Findings(seen.records, seen.teller).groups().striptags().endswith(
        "Groups too small to show are left out. Among the others: "
        "household income: q3 at 1.01 (between 0.94 and 1.08) times q4 (highest)."
    )  # fmt: skip


@pytest.mark.parametrize("why", words.WHY_REPORTING_UNKNOWN)
def test_reporting_that_was_not_examined_says_why(page: MakePage, why: str) -> None:
    seen = page(City(known=False))
    reporting = seen.records.audit.reporting.model_copy(update={"why_unknown": why})
    audit = seen.records.audit.model_copy(update={"reporting": reporting})
    said = Findings(replace(seen.records, audit=audit), seen.teller).need()
    assert said.unescape() == words.WHY_REPORTING_UNKNOWN[why]


def test_reporting_that_was_examined(page: MakePage) -> None:
    assert "reports may stand for need" in _findings(page, City()).need()


def test_the_event_is_called_as_the_pilot_calls_it(page: MakePage) -> None:
    seen = page(City(), "pt")
    assert Gain(seen.records, seen.teller).event() == "um buraco"
    label = seen.records.spec.label.model_copy(update={"called": None})
    spec = seen.records.spec.model_copy(update={"label": label})
    assert Gain(replace(seen.records, spec=spec), seen.teller).event() == "um caso"
