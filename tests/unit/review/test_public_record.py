"""What is gathered for the public: receipts that anybody can check, and no receipt of a vote."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from civic_ai.cards.verification import verify
from civic_ai.core.errors import RefusedError
from civic_ai.review.findings import Finding
from civic_ai.review.public_record import PublicRecord, gather
from civic_ai.review.receipt import check_receipt
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import made_folder
from tests.unit.review.made_ledger import LOG, OTHER_LOG
from tests.unit.review.made_office import office_in, to_approval

ON = date(2026, 1, 2)
PILOT = "made-potholes"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> PublicRecord:
    dossier = made_folder(City())
    office = office_in(tmp_path_factory.mktemp("office"))
    to_approval(office, PILOT, verify(dossier).digest)
    to_approval(office, "another")
    return gather(office, {PILOT: dossier}, LOG.public, ON)


def test_each_decision_has_a_receipt_that_the_logs_key_proves(record: PublicRecord) -> None:
    (row,) = record.register.rows
    assert [made.entry for made in row.decisions] == list(record.receipts)
    for entry, text in record.receipts.items():
        received = check_receipt(text, LOG.public)
        assert not isinstance(received, Finding)
        assert (received.entry.number, received.checkpoint.size) == (entry, record.register.ledger_size)
        assert isinstance(check_receipt(text, OTHER_LOG.public), Finding)


def test_no_receipt_shows_who_voted_how(record: PublicRecord) -> None:
    """A receipt holds the whole signed statement: only that of a closed vote may be handed out."""
    for text in record.receipts.values():
        received = check_receipt(text, LOG.public)
        assert not isinstance(received, Finding)
        said = json.loads(received.entry.envelope.content)
        assert said["predicate"]["kind"] == "close_vote"
        assert "votes" not in said["predicate"]


def test_a_pilot_without_a_dossier_is_named_all_the_same(record: PublicRecord) -> None:
    assert [(each.pilot, each.state) for each in record.register.unshown] == [
        ("another", "approved_for_pilot")
    ]
    (report,) = record.reports
    assert set(report.states) == {PILOT, "another"}


def test_the_log_publishes_in_its_own_name(record: PublicRecord) -> None:
    assert (record.register.publisher, record.log) == (LOG.name, LOG.public)


def test_the_city_publishes_in_the_name_that_its_policy_gives(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    named = replace(office, policy=office.policy.model_copy(update={"city": "City of Example"}))
    assert gather(named, {}, LOG.public, ON).register.publisher == "City of Example"


def test_the_key_of_another_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"is not signed by other\.example/ledger"):
        gather(office_in(tmp_path), {}, OTHER_LOG.public, ON)
