"""What the board's steps put into a pilot's record."""

from __future__ import annotations

from pathlib import Path

from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.load import load_policy
from civic_ai.records.action import Action, ReportPilot, RequestRenewal
from civic_ai.records.pilot_record import ANSWERED_BY_STEPS
from civic_ai.review.decided import decided_of
from civic_ai.review.history import Taken
from tests.unit.review.made_office import PILOT, office_in, to_approval


def taken(number: int, action: Action) -> Taken:
    """A step as the ledger tells it."""
    return Taken(number, f"{number:064x}", PILOT, "0" * 64, action, "0" * 64, True)


def test_reviewers_findings_decision_and_what_it_binds(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    steps = office.steps(PILOT)
    found = decided_of(steps)
    assert set(found) == {"M01", "M02", "M03", "M04", "M07", "M08"}
    assert found["M01"].text.in_language("en") == "tec (technical_reviewer)"
    assert found["M03"].text.in_language("es").startswith("approve: ")
    by_kind = {step.action.kind: step.statement for step in steps}
    assert found["M02"].decision == by_kind["review"]
    assert found["M04"].decision == found["M08"].decision == by_kind["close_vote"]


def test_two_reviewers_both_stand(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    review = next(step for step in office.steps(PILOT) if step.action.kind == "review")
    equity = review.action.model_copy(update={"by": "equ", "role": "equity_reviewer"})
    both = decided_of([review, type(review)(**{**review.__dict__, "action": equity})])
    assert both["M01"].text.in_language("en").splitlines() == [
        "tec (technical_reviewer)",
        "equ (equity_reviewer)",
    ]
    assert both["F04"].text.in_language("en") == "because"


def test_nothing_done_is_nothing_decided() -> None:
    assert decided_of([]) == {}


def test_the_files_of_the_pilots_report_stand_until_a_report_without_them() -> None:
    one, other = "ab" * 32, "cd" * 32
    told = {"by": "ona", "role": "owner", "at": "2026-11-23", "dossier": other, "report": one}
    whole = ReportPilot.model_validate(told | {"overrides": other})
    found = decided_of([taken(1, whole)])
    assert {name: decided.text.any for name, decided in found.items()} == {
        "E06": f"ona: {one}", "H02": f"ona: {other}"
    }  # fmt: skip
    assert set(decided_of([taken(1, whole), taken(2, ReportPilot.model_validate(told))])) == {"E06"}
    del told["report"]
    renewal = RequestRenewal.model_validate(told | {"monitoring": one})
    assert decided_of([taken(1, renewal)])["L02"].text.any == f"ona: {one}"
    assert decided_of([taken(1, renewal), taken(2, RequestRenewal.model_validate(told))]) == {}


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
