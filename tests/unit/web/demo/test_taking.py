from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.store.workspace import Workspace
from civic_ai.web.demo.found import Calendar, founded
from civic_ai.web.demo.people import in_role
from civic_ai.web.demo.pilots import PILOTS
from civic_ai.web.demo.taking import Taking
from civic_ai.web.demo.ways import WAYS, Deed
from tests.unit.web.demo.made_demo import kept_in

NOW = datetime(2026, 5, 5, 9, tzinfo=UTC)


def test_steps_are_taken_by_their_people_and_the_workflow_refuses_the_rest(tmp_path: Path) -> None:
    pilot = next(each for each in PILOTS if each.left_in == "triaged")
    office, keys = founded(Workspace(tmp_path), Calendar(NOW))
    taking, kept = Taking(office, keys), kept_in(tmp_path, pilot)
    for deed in WAYS["triaged"]:
        taking.take(kept, deed, NOW.date())
    assert office.case(pilot.name).state == "triaged"
    steps = office.steps(pilot.name)
    assert [(step.action.kind, step.action.by) for step in steps] == [
        (deed.kind, in_role(deed.role)) for deed in WAYS["triaged"]
    ]
    assert all(step.is_personal for step in steps)
    with pytest.raises(RefusedError):
        taking.take(kept, Deed("open_meeting", "chair"), NOW.date())
    taking.take(kept, Deed("waive", "chair"), NOW.date())
    waived = {waiver.gate for waiver in office.case(pilot.name).waivers}
    assert waived
    assert waived < set(kept.open_gates)
