"""What the board's steps put into a pilot's record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.load import load_policy
from civic_ai.records.action import Action, ReportPilot, RequestRenewal
from civic_ai.records.case import Case
from civic_ai.records.pilot_record import ANSWERED_BY_STEPS
from civic_ai.records.public_register import Withheld
from civic_ai.review.decided import decided_in_public, decided_of
from civic_ai.review.history import Event, Taken
from tests.unit.review.made_case import DIGESTS, deed
from tests.unit.review.made_events import events, rules_of, to_approval
from tests.unit.review.made_office import PILOT
from tests.unit.review.scenes import voted
from tests.unit.review.specification import Deed

DOSSIER = DIGESTS["A"]
OWED = (("drill", "ona", 40, "report"),)


def approved() -> tuple[Event, ...]:
    return events(to_approval())


def with_a_waiver(**closing: object) -> tuple[Event, ...]:
    """A decision after a waiver."""
    deeds: list[Deed] = []
    for one in to_approval(**closing):
        deeds.append({**one, **({"gates": ("g-chair",)} if one["kind"] == "submit" else {})})
        if one["kind"] == "post_notice":
            deeds.append(deed("waive", "cha", "chair", gate="g-chair", end=100))
    return events(deeds)


def test_reviewers_findings_decision_and_what_it_binds() -> None:
    steps = approved()
    found = decided_of(steps, DOSSIER, rules_of)
    assert set(found) == {"A08", "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08"}
    assert found["M01"].text.in_language("en") == "tec, the technical reviewer"
    assert found["M03"].text.in_language("en").splitlines() == [
        "Approved on January 1, 2026: because",
        "Approved: 3 of 3 there",
    ]
    assert found["A08"].text.in_language("en") == "Approved for a pilot (since January 1, 2026)"
    assert found["M05"].text.in_language("en") == "No gate is waived."
    assert DOSSIER in found["M04"].text.in_language("es")
    by_kind = {event.action.kind: event.step.statement for event in steps}
    assert found["M02"].decision == by_kind["review"]
    assert {found[field].decision for field in ("A08", "M03", "M04", "M05", "M06", "M08")} == {
        by_kind["close_vote"]
    }


def test_a_waiver_and_a_condition_stand_with_their_days() -> None:
    found = decided_of(with_a_waiver(conditions=OWED), DOSSIER, rules_of)
    assert {language: found["M05"].text.in_language(language) for language in ("en", "es")} == {
        "en": "Gate g-chair (Is g-chair met?): because (until April 11, 2026)",
        "es": "Requisito g-chair (¿Se cumple g-chair?): because (hasta el 11 de abril de 2026)",
    }
    assert "Condition, by February 10, 2026: ask residents" in found["M03"].text.in_language("en")


def test_two_reviewers_both_stand() -> None:
    review = next(event for event in approved() if event.action.kind == "review")
    equity = review.action.model_copy(update={"by": "equ", "role": "equity_reviewer"})
    again = Event(replace(review.step, action=equity), review.before, review.after)
    both = decided_of([review, again], DOSSIER, rules_of)
    assert both["M01"].text.in_language("en").splitlines() == [
        "tec, the technical reviewer",
        "equ, the equity reviewer",
    ]
    assert both["F04"].text.in_language("en") == "because"


def test_nothing_done_is_nothing_decided() -> None:
    assert decided_of([], DOSSIER, rules_of) == {}
    assert decided_of(approved(), DIGESTS["B"], rules_of) == {}


def test_the_public_reads_all_ten_fields_of_the_board_and_no_name() -> None:
    """F04 is the equity reviewer's; at level I none is asked for, and here one has given a review."""
    deeds: list[Deed] = []
    for one in to_approval():
        also = [deed("review", "equ", "equity_reviewer")] if one["kind"] == "review" else []
        deeds += [one, *also]
    withheld = [Withheld(what="model-files", why="security")]
    found = decided_in_public(events(deeds), DOSSIER, rules_of, withheld)
    ten = {name for name, field in shipped_crosswalk().fields.items() if field.filled_by == "board"}
    assert len(ten) == 10
    assert set(found) == ten | {"M07"}
    said = " ".join(each.text.in_language("en") for each in found.values()).split()
    assert not {"tec", "equ", "cha", "com", "mem", "off", "tec,", "tec:"} & set(said)
    assert found["N02"].text.in_language("en").startswith("The files of the model: so that")


def test_the_public_reads_nothing_before_the_board_has_decided() -> None:
    undecided = events(to_approval()[:-1])
    assert decided_of(undecided, DOSSIER, rules_of) != {}
    assert decided_in_public(undecided, DOSSIER, rules_of, ()) == {}


@pytest.mark.parametrize("names_people", [True, False])
def test_a_conflict_is_counted_for_the_public_and_told_to_the_board(names_people: bool) -> None:
    deeds = [*to_approval()[:5], deed("declare_conflict", "mem", "member", person="mem")]
    told = decided_of(events(deeds), DOSSIER, rules_of, names_people)["M01"].text.in_language("en")
    assert ("mem stepped aside: because" in told) is names_people
    assert ("One person stepped aside" in told) is not names_people


def test_the_phase_follows_the_approved_dossier_to_its_end() -> None:
    stopped = events([*to_approval(), deed("stop", "ona", "owner", at=9)])
    assert (
        decided_of(stopped, DOSSIER, rules_of)["A08"].text.in_language("en")
        == "Stopped (since January 10, 2026)"
    )
    voided = [
        deed("void", "off", "governance_officer", at=3),
        deed("submit", "ona", "owner", dossier="B", at=4),
    ]
    found = decided_of(events([*to_approval(), *voided]), DOSSIER, rules_of)
    assert found["A08"].text.in_language("en").startswith("Approval is void")


def test_an_approved_dossier_is_stopped_while_the_next_one_is_reviewed() -> None:
    steward, owner = ("sol", "data_steward"), ("ona", "owner")
    used = [
        *to_approval(),
        deed("start_pilot", *steward),
        deed("report_pilot", *owner),
        deed("hand_to_board", "off", "governance_officer"),
        *voted("approve", "cha", "com", "mem"),
        deed("start_use", *steward),
        deed("request_renewal", *owner),
    ]
    assert decided_of(events(used), DOSSIER, rules_of)["A08"].text.in_language("en").startswith("In use")
    stopped = events([*used, deed("stop", *owner)])
    assert decided_of(stopped, DOSSIER, rules_of)["A08"].text.in_language("en").startswith("Stopped")


def test_another_dossier_handed_in_is_not_this_ones_phase() -> None:
    suspended = [*to_approval(), deed("suspend", "cha", "chair")]
    again = events([*suspended, deed("submit", "ona", "owner", dossier="B")])
    assert decided_of(again, DOSSIER, rules_of)["A08"].text.in_language("en").startswith("Pilot suspended")
    assert decided_of(again, DIGESTS["B"], rules_of)["A08"].text.in_language("en").startswith("Handed in")


def told_by(number: int, action: Action, dossier: str) -> Event:
    """A step that changes nothing but what it says."""
    step = Taken(number, f"{number:064x}", PILOT, dossier, action, "0" * 64, True)
    return Event(step, Case(dossier=dossier), Case(dossier=dossier))


def test_the_files_of_the_pilots_report_stand_until_a_report_without_them() -> None:
    one, other = "ab" * 32, "cd" * 32
    told = {"by": "ona", "role": "owner", "at": "2026-11-23", "dossier": other, "report": one}
    whole = ReportPilot.model_validate(told | {"overrides": other})
    found = decided_of([told_by(1, whole, other)], other, rules_of)
    assert {name: decided.text.in_language("en") for name, decided in found.items()} == {
        "E06": f"ona: {one}", "H02": f"ona: {other}"
    }  # fmt: skip
    later = told_by(2, ReportPilot.model_validate(told), other)
    assert set(decided_of([told_by(1, whole, other), later], other, rules_of)) == {"E06"}
    del told["report"]
    renewal = told_by(1, RequestRenewal.model_validate(told | {"monitoring": one}), other)
    assert decided_of([renewal], other, rules_of)["L02"].text.in_language("en") == f"ona: {one}"
    assert (
        decided_of([renewal, told_by(2, RequestRenewal.model_validate(told), other)], other, rules_of) == {}
    )


def test_no_gate_asks_for_a_field_that_nothing_can_fill() -> None:
    """The city answers it, a run has facts for it, or a step fills it (decision 0012)."""
    workflow, fields = load_policy().workflow, shipped_crosswalk().fields
    assert workflow is not None
    asked = {name for names in workflow.evidence.values() for name in names}
    steps = {"M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "F04", *ANSWERED_BY_STEPS}
    by_nothing = {
        name for name in asked - steps if fields[name].filled_by != "city" and not fields[name].facts
    }
    assert by_nothing == set()
