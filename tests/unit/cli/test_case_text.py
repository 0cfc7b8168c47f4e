from __future__ import annotations

import json
import re
from pathlib import Path

from civic_ai.cli.case_text import case_json, case_text
from civic_ai.records.workflow_words import STATES
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take, to_approval


def test_state_decision_and_every_step_are_told(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    told = case_text(office, PILOT, "en")
    assert told.startswith("streets: Approved for a pilot")
    assert "Impact level I." in told
    assert "May it be tried in a pilot? Approved on January 1, 2026, 3 votes" in told
    assert "It holds until" in told
    assert told.count("review") >= 2
    assert re.split(r" {2,}", told.splitlines()[-1])[2:] == [
        "close the vote",
        "cha",
        "the chair of the board",
    ]


def test_who_is_waited_for_is_named(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:4]:
        take(office, kind, by, role, **given)
    waiting = json.loads(case_json(office, PILOT))["waiting_for"]
    assert {"kind": "review", "person": "tec", "role": "technical_reviewer"} in waiting
    told = case_text(office, PILOT, "en")
    assert "waited for" in told
    assert re.search(r"tec +the technical reviewer +give a review +review --role technical_reviewer\n", told)
    assert "decide attest_reproduction --role technical_reviewer" in told


def test_a_pilot_that_nobody_handed_in_is_told_as_such(tmp_path: Path) -> None:
    assert case_text(office_in(tmp_path), "nobody", "es") == f"Caso nobody: {STATES['unopened'].text('es')}"


def test_what_is_missing_before_every_verdict_is_said_once(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(office, kind, by, role, **given)
    told = case_text(office, PILOT, "en")
    assert told.count("Missing before this: close the vote.") == 1
    assert "Missing before this: open a meeting of the board." not in told
