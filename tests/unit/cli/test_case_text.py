from __future__ import annotations

import json
from pathlib import Path

from civic_ai.cli.case_text import case_json, case_text
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take, to_approval


def test_state_decision_and_every_step_are_told(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    told = case_text(office, PILOT, "en")
    assert told.startswith("streets: approved_for_pilot")
    assert "Impact level I." in told
    assert "G3: approve on 2026-01-01, 3 votes" in told
    assert "It holds until" in told
    assert told.count("review") >= 2
    assert told.splitlines()[-1].split()[2:] == ["close_vote", "cha", "chair"]


def test_who_is_waited_for_is_named(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:4]:
        take(office, kind, by, role, **given)
    waiting = json.loads(case_json(office, PILOT))["waiting_for"]
    assert {"kind": "review", "person": "tec", "role": "technical_reviewer"} in waiting
    assert "waited for" in case_text(office, PILOT, "en")


def test_a_pilot_that_nobody_handed_in_is_told_as_such(tmp_path: Path) -> None:
    assert case_text(office_in(tmp_path), "nobody", "es") == "Caso nobody: unopened"
