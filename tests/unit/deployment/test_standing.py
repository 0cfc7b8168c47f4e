"""Where a case stands is asked of the whole ledger, and of what this machine saw before."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.deployment.standing import case_in, case_on, standing_on
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.office import Office
from civic_ai.review.witness import Witness
from tests.unit.review.made_case import day
from tests.unit.review.made_ledger import LOG, OTHER_LOG, WITNESS, cosign, seconds
from tests.unit.review.made_office import PILOT, office_in, take, to_approval

TRUST = Trust(LOG.public, (WITNESS.public,))


def noon(number: int) -> datetime:
    return datetime.combine(day(number), time(12), UTC)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = office_in(tmp_path)
    to_approval(made)
    return made


def test_the_case_and_the_last_day_that_is_known(office: Office) -> None:
    exported = export(office.ledger.snapshot())
    found = standing_on(exported, PILOT, office.policy_of, TRUST, noon(9))
    assert (found.case, found.known_on) == (office.case(PILOT), day(0))
    assert set(found.signers) == {LOG.public}
    assert case_on(exported, "another", office.policy_of, TRUST, noon(9)).state == "unopened"


def test_a_ledger_that_is_not_good_says_nothing(office: Office) -> None:
    exported = export(office.ledger.snapshot())
    with pytest.raises(RefusedError, match="ledger, log signature: a checkpoint is not signed by other"):
        case_on(exported, PILOT, office.policy_of, Trust(OTHER_LOG.public), noon(9))
    cut = replace(exported, entries=exported.entries[:-1])
    with pytest.raises(RefusedError, match="ledger, truncated: the last entry has no end of line"):
        case_on(cut, PILOT, office.policy_of, TRUST, noon(9))


def test_a_clock_behind_the_ledger_or_its_witness_is_refused(office: Office, tmp_path: Path) -> None:
    exported = export(office.ledger.snapshot())
    assert case_on(exported, PILOT, office.policy_of, TRUST, noon(0))
    with pytest.raises(
        RefusedError, match="clock: the clock here says December 30, 2025; the ledger was signed on"
    ):
        case_on(exported, PILOT, office.policy_of, TRUST, noon(-2))
    cosign(office.ledger, Witness(WITNESS, tmp_path / "coach"), 0, seconds(noon(5)))
    seen = export(office.ledger.snapshot())
    assert case_on(seen, PILOT, office.policy_of, TRUST, noon(4))
    with pytest.raises(
        RefusedError, match="clock here says January 4, 2026; the ledger was signed on January 6, 2026"
    ):
        case_on(seen, PILOT, office.policy_of, TRUST, noon(3))


def test_a_ledger_does_not_go_back_behind_what_was_seen(office: Office, tmp_path: Path) -> None:
    memory = LedgerMemory(tmp_path / "seen")
    shutil.copytree(tmp_path, tmp_path.parent / "old")
    take(office, "start_pilot", "sol", "data_steward")
    assert case_in(office, PILOT, TRUST, memory, noon(1)).state == "pilot"
    assert case_in(office, PILOT, TRUST, memory, noon(1)).state == "pilot"
    for beside in tmp_path.glob("ledger.db*"):
        beside.unlink()
    shutil.copy(tmp_path.parent / "old" / "ledger.db", tmp_path)
    with pytest.raises(RefusedError, match="ledger, cut back"):
        case_in(office, PILOT, TRUST, memory, noon(1))
    assert (
        case_in(office, PILOT, TRUST, LedgerMemory(tmp_path / "new"), noon(1)).state == "approved_for_pilot"
    )
