"""No false alarm: what honest people did and signed, step by step, verifies (issue D, Shows 2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_judged import judge_export
from civic_ai.review.level import workflow_of
from tests.laws.honest_histories import LONGEST, live
from tests.unit.review import specification as spec
from tests.unit.review.made_case import policy
from tests.unit.review.made_ledger import TRUST
from tests.unit.review.made_office import office_in, to_approval


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_history_has_no_faults(tmp_path: Path, seed: int) -> None:
    """Ten here; 200 in experiments/018-ledger-under-fire/honest.py."""
    lived = live(tmp_path, seed)
    assert lived.faults == ()
    assert lived.agrees
    assert 10 < lived.steps <= LONGEST
    assert {"open_case", "submit"} <= lived.kinds


def test_a_history_that_its_rules_did_not_allow_is_told(tmp_path: Path) -> None:
    """The control: the same signatures, judged by rules that ask for one answer more."""
    office = office_in(tmp_path)
    to_approval(office)
    exported, trust = export(office.ledger.snapshot()), replace(TRUST, witnesses=())
    assert judge_export(exported, office.policy_of, trust).is_good
    asked = {gate: (*fields, "F9") for gate, fields in spec.EVIDENCE.items()}
    workflow = workflow_of(policy()).model_copy(update={"evidence": asked})
    stricter = policy().model_copy(update={"workflow": workflow})
    found = judge_export(exported, lambda _: stricter, trust)
    assert [one.kind for one in found.findings if one.is_fault]
