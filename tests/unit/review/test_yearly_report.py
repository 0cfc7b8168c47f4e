"""A year counted twice: by the report, and by hand over the same steps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civic_ai.records.yearly_report import YearlyReport
from civic_ai.review.yearly_report import yearly_reports
from tests.unit.review.made_case import day, deed
from tests.unit.review.made_events import FIRST_ENTRY, events, to_approval
from tests.unit.review.made_office import PILOT, TO_APPROVAL
from tests.unit.review.scenes import voted
from tests.unit.review.specification import Deed

OFFICER = ("off", "governance_officer")
OWED = (("drill", "ona", 40, "report"), ("survey", "ona", 40, "report"), ("late", "ona", 40, "report"))


class City:
    """A case whose days a test counts: day 0 is the first of January 2026."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []

    def approved(self, **closing: Any) -> None:
        """Up to an approved pilot that ends on day 200."""
        self.deeds += to_approval(**closing)

    def on(self, number: int, kind: str, by: str, role: str, **given: Any) -> None:
        """One step on a later day."""
        self.deeds.append(deed(kind, by, role, at=number, **given))

    def reports(self, number: int) -> tuple[YearlyReport, ...]:
        """All reports as they stand on that day, the last year first."""
        return yearly_reports(events(self.deeds), day(number))

    def report(self, number: int) -> YearlyReport:
        """The report of that day's year, as it stands on that day."""
        return self.reports(number)[0]


@pytest.fixture
def city() -> City:
    return City()


def test_a_decision_is_counted_with_its_votes_and_its_entry(city: City) -> None:
    city.approved()
    report = city.report(0)
    (made,) = report.decisions
    assert (made.question, made.verdict, dict(made.votes)) == ("G3", "approve", {"approve": 3})
    assert (made.present, made.absent, made.recused) == (3, 0, 0)
    assert made.entry == FIRST_ENTRY + len(TO_APPROVAL) - 1
    assert dict(report.states) == {PILOT: "approved_for_pilot"}
    assert (report.first_entry, report.last_entry) == (made.entry - len(TO_APPROVAL) + 1, made.entry)


def test_who_was_away_or_stepped_aside_is_counted(city: City) -> None:
    """Mem steps aside after having voted: there, recused, and the vote does not count."""
    *before, close = to_approval()
    city.deeds += [*before, deed("declare_conflict", "mem", "member", person="mem"), close]
    (made,) = city.report(0).decisions
    assert (dict(made.votes), made.present, made.absent, made.recused) == ({"approve": 2}, 3, 0, 1)
    away = City()
    two = {"present": ("cha", "com"), "absent": ("mem",)}
    away.deeds += [
        {**one, **(two if one["kind"] == "open_meeting" else {})}
        for one in to_approval()
        if (one["kind"], one["by"]) != ("vote", "mem")
    ]
    (made,) = away.report(0).decisions
    assert (dict(made.votes), made.present, made.absent, made.recused) == ({"approve": 2}, 2, 1, 0)


def test_conditions_are_met_in_time_or_late_missed_overdue_or_open(city: City) -> None:
    city.approved(conditions=OWED)
    assert {each.status for each in city.report(40).conditions} == {"open"}
    assert {each.status for each in city.report(41).conditions} == {"overdue"}
    city.on(40, "meet_condition", *OFFICER, condition="drill")
    city.on(41, "miss_condition", *OFFICER, condition="survey")
    city.on(42, "meet_condition", *OFFICER, condition="late")
    found = {each.condition: (each.status, each.closed_on) for each in city.report(60).conditions}
    assert found == {
        "drill": ("met", day(40)),
        "survey": ("missed", day(41)),
        "late": ("met_late", day(42)),
    }


def test_what_is_owed_until_another_year_is_told_in_this_one_too(city: City) -> None:
    city.approved(conditions=(("survey", "ona", 400, "report"),))
    assert [(each.status, each.due_on) for each in city.report(10).conditions] == [("open", day(400))]


def test_a_condition_falls_away_with_its_approval(city: City) -> None:
    city.approved(conditions=OWED)
    city.on(3, "stop", "ona", "owner")
    report = city.report(3)
    assert {(each.status, each.closed_on) for each in report.conditions} == {("dropped", day(3))}
    assert [(each.how, each.ended_on) for each in report.endings] == [("stopped", day(3))]
    assert (report.approvals, dict(report.states)) == ((), {PILOT: "stopped"})


def test_an_approval_lapses_on_its_last_day_whoever_enters_it_and_when(city: City) -> None:
    city.approved()
    (held,) = city.report(200).approvals
    assert (held.ends_on, city.report(200).endings) == (day(200), ())
    unsaid = city.report(201)
    assert (unsaid.approvals, [(e.how, e.ended_on) for e in unsaid.endings]) == ((), [("lapsed", day(200))])
    city.on(400, "lapse", *OFFICER)
    assert city.report(400).endings == ()
    later, first = city.reports(400)
    assert (later.year, first.year) == (2027, 2026)
    assert [(each.how, each.ended_on) for each in first.endings] == [("lapsed", day(200))]
    assert (first.until, dict(first.states)) == (date(2026, 12, 31), {PILOT: "approved_for_pilot"})
    assert dict(later.states) == {PILOT: "lapsed"}


@pytest.mark.parametrize(
    ("on", "step", "how"),
    [
        (5, ("void", *OFFICER), "voided"),
        (5, ("stop", "ona", "owner"), "stopped"),
        (200, ("stop", "ona", "owner"), "stopped"),  # its last day is a day on which it holds
    ],
)
def test_why_an_approval_ended_is_said(city: City, on: int, step: tuple[str, str, str], how: str) -> None:
    city.approved()
    city.on(on, *step)
    assert [(each.how, each.ended_on) for each in city.report(on).endings] == [(how, day(on))]


@pytest.mark.parametrize(
    ("verdict", "given", "how", "in_force"),
    [("reject", {"binding": None, "end": None}, "refused", 0), ("approve", {}, "replaced", 1)],
)
def test_the_boards_next_decision_ends_an_approval(
    city: City, verdict: str, given: dict[str, Any], how: str, in_force: int
) -> None:
    city.approved()
    city.on(1, "start_pilot", "sol", "data_steward")
    city.on(2, "report_pilot", "ona", "owner")
    city.on(3, "hand_to_board", *OFFICER)
    city.deeds += voted(verdict, "cha", "com", "mem", at=4, **given)
    report = city.report(4)
    assert [(each.how, each.ended_on) for each in report.endings] == [(how, day(4))]
    assert len(report.approvals) == in_force
    assert [each.question for each in report.decisions] == ["G3", "G4"]


def test_another_dossier_gives_an_approval_up(city: City) -> None:
    city.approved()
    city.on(1, "suspend", "cha", "chair")
    city.on(2, "submit", "ona", "owner", dossier="B")
    report = city.report(2)
    assert [(each.how, each.ended_on) for each in report.endings] == [("resubmitted", day(2))]
    assert dict(report.states) == {PILOT: "submitted"}


def test_what_was_stopped_after_its_last_day_had_lapsed_before(city: City) -> None:
    city.approved()
    city.on(201, "stop", "ona", "owner")
    assert [(each.how, each.ended_on) for each in city.report(201).endings] == [("lapsed", day(200))]


def test_waivers_count_while_the_approval_is_in_force(city: City) -> None:
    for one in to_approval():
        city.deeds.append({**one, **({"gates": ("g-chair",)} if one["kind"] == "submit" else {})})
        if one["kind"] == "post_notice":
            city.on(0, "waive", "cha", "chair", gate="g-chair", end=100)
    (waiver,) = city.report(0).waivers
    assert (waiver.pilot, waiver.gate, waiver.reason, waiver.ends_on) == (
        PILOT,
        "g-chair",
        "because",
        day(100),
    )
    assert city.report(101).waivers == ()


def test_objections_are_received_answered_or_open_and_stay_until_answered(city: City) -> None:
    city.approved()
    city.on(1, "resident_appeal", *OFFICER, appeal="one")
    city.on(2, "resident_appeal", *OFFICER, appeal="two")
    city.on(9, "answer_resident", "equ", "equity_reviewer", appeal="one")
    city.on(10, "public_comment", *OFFICER)
    report = city.report(10)
    told = {
        each.objection: (each.received_on, each.answered_on, each.is_upheld) for each in report.objections
    }
    assert told == {"one": (day(1), day(9), True), "two": (day(2), None, None)}
    assert report.comments == 1
    assert [each.objection for each in city.report(370).objections] == ["two"]


def test_a_suspension_is_counted_once_and_a_year_without_steps_says_so(city: City) -> None:
    city.approved()
    city.on(1, "suspend", "cha", "chair")
    city.on(2, "comment", "coa", "coach")
    assert city.report(2).suspensions == 1
    later = city.report(370)
    assert (later.suspensions, later.first_entry, later.last_entry, later.decisions) == (0, None, None, ())
    assert len(later.approvals) == 0  # it ended on day 200


def test_two_pilots_are_told_apart_and_the_approval_that_ends_first_comes_first() -> None:
    both = (*events(to_approval(), "one"), *events(to_approval(end=100), "two"))
    report = yearly_reports(both, day(0))[0]
    assert [each.pilot for each in report.decisions] == ["one", "two"]
    assert [(each.pilot, each.ends_on) for each in report.approvals] == [("two", day(100)), ("one", day(200))]


def test_nothing_on_the_ledger_is_no_report() -> None:
    assert yearly_reports((), day(0)) == ()
