from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.records.policy import Policy
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


def test_a_policy_of_yesterday_rules_what_it_ruled(tmp_path: Path) -> None:
    """Since then policies have gained a field; on the ledger stands the digest of what was in force."""
    office = office_in(tmp_path)
    told = json.loads(policy().to_json())
    del told["standards_max_age_days"]
    yesterday = Policy.from_json(canonical_json(told))
    assert yesterday.digest != policy().digest
    office.blobs.put_record(yesterday)
    before = type(office)(office.ledger, yesterday, office.blobs)
    to_approval(before)
    today = type(office)(office.ledger, policy(), office.blobs)
    assert {step.policy for step in today.steps(PILOT)} == {yesterday.digest}
    write_policies(today.steps(PILOT), today.policy_of, tmp_path / "export")
    assert list(faults_of(today.ledger.entries(), policies_in(tmp_path / "export"))) == []
