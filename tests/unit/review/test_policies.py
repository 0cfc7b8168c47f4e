from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.review.history import faults_of
from civic_ai.review.policies import policies_in, read_policies, write_policies
from tests.unit.review.made_case import policy
from tests.unit.review.made_office import PILOT, office_in, take, to_approval


def test_an_export_holds_every_policy_that_ruled(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    later = type(office)(office.ledger, policy(quorum_share=0.9), office.blobs)
    take(later, "comment", "coa", "coach")
    write_policies(later.steps(PILOT), later.policy_of, tmp_path / "export")
    assert len(list((tmp_path / "export" / "policies").iterdir())) == 2
    assert list(faults_of(office.ledger.entries(), policies_in(tmp_path / "export"))) == []


def test_another_policy_under_the_name_of_the_one_that_ruled_is_found(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    write_policies(office.steps(PILOT), office.policy_of, tmp_path)
    (path,) = (tmp_path / "policies").iterdir()
    path.write_bytes(policy(quorum_share=0.9).to_json())
    with pytest.raises(RefusedError, match="is not at hand"):
        policies_in(tmp_path)(path.stem)
    assert {fault.kind for fault in faults_of(office.ledger.entries(), policies_in(tmp_path))} == {"policy"}


def test_every_policy_of_an_export_reads_back(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    write_policies(office.steps(PILOT), office.policy_of, tmp_path)
    assert read_policies(tmp_path) == (office.policy,)
    (path,) = (tmp_path / "policies").iterdir()
    told = path.read_bytes()
    path.unlink()
    with pytest.raises(RefusedError, match="is not at hand, so nobody can judge it"):
        policies_in(tmp_path)(path.stem)
    unread = b'{"policy":1}'
    (tmp_path / "policies" / f"{digest_of_bytes(unread)}.json").write_bytes(unread)
    with pytest.raises(RefusedError, match="cannot be read by this version"):
        read_policies(tmp_path)
    assert told == office.policy.to_json()
