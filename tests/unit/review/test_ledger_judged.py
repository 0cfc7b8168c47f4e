from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_judged import judge_database, judge_export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.policies import policies_kept
from civic_ai.store.workspace import Workspace
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_ledger import LOG, OTHER_LOG
from tests.unit.review.made_office import office_in, take


def test_a_good_ledger_is_remembered_and_must_go_on_from_there(tmp_path: Path) -> None:
    office, home, trust = office_in(tmp_path), Workspace(tmp_path), Trust(LOG.public)
    url = f"sqlite:///{tmp_path}/ledger.db"
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    first = judge_database(url, home, trust)
    assert (first.is_good, first.size) == (True, len(office.ledger.entries()))
    exported = export(office.ledger.snapshot())
    assert judge_export(exported, policies_kept(office.blobs), trust).is_good
    assert not judge_export(exported, policies_kept(office.blobs), Trust(OTHER_LOG.public)).is_good
    (tmp_path / "again").mkdir()
    shorter = office_in(tmp_path / "again")
    found = judge_database(f"sqlite:///{tmp_path}/again/ledger.db", home, trust)
    assert len(shorter.ledger.entries()) < first.size
    assert [one.kind for one in found.findings if one.is_fault] == ["cut back"]


def test_a_step_that_no_policy_at_hand_ruled_is_told(tmp_path: Path) -> None:
    office, trust = office_in(tmp_path), Trust(LOG.public)
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    elsewhere = Workspace(tmp_path / "elsewhere").blobs
    found = judge_export(export(office.ledger.snapshot()), policies_kept(elsewhere), trust)
    assert [one.kind for one in found.findings if one.is_fault] == ["policy"]


def test_a_database_that_was_touched_is_told_before_its_entries(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    with office.ledger.engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name[0]}"))
    found = judge_database(f"sqlite:///{tmp_path}/ledger.db", Workspace(tmp_path), Trust(LOG.public))
    assert (found.is_good, found.size) == (False, 0)
