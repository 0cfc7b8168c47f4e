from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_judged import judge_database, judge_database_aside, judge_export, judge_since
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.policies import policies_kept
from civic_ai.review.standing import StandingReader
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


def test_what_a_reader_verified_is_only_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, home, trust = office_in(tmp_path), Workspace(tmp_path), Trust(LOG.public)
    reader = StandingReader(office.ledger, office.policy_of)
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    size = reader.read().size
    whole = judge_database(f"sqlite:///{tmp_path}/ledger.db", home, trust)
    with monkeypatch.context() as patched:
        patched.setattr("civic_ai.review.admission.verifies", lambda *given: 1 / 0)
        found = judge_since(reader, home, trust)
    assert found is not None
    assert (found.is_good, found.size, found.findings) == (True, size, whole.findings)
    assert judge_since(reader, home, Trust(OTHER_LOG.public)) is None
    assert LedgerMemory(home.seen).last(LOG.public).size == size


def test_what_came_after_the_reading_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that is entered between the reading and the comparison is no fault, and not yet verified."""
    office, home, trust = office_in(tmp_path), Workspace(tmp_path), Trust(LOG.public)
    reader = StandingReader(office.ledger, office.policy_of)
    standing = reader.read()
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    assert len(office.ledger.entries()) == standing.size + 1
    monkeypatch.setattr(StandingReader, "read", lambda _: standing)
    found = judge_since(reader, home, trust)
    assert found is not None
    assert (found.is_good, found.size) == (True, standing.size)


def test_another_process_tells_all_but_the_entries(tmp_path: Path) -> None:
    office, home, trust = office_in(tmp_path), Workspace(tmp_path), Trust(LOG.public)
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    url = f"sqlite:///{tmp_path}/ledger.db"
    whole, aside = judge_database(url, home, trust), judge_database_aside(url, home, trust)
    assert len(whole.admitted) == whole.size
    assert aside == replace(whole, admitted=())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 2",
        "DELETE FROM entries WHERE number = 3",
        "DELETE FROM checkpoints WHERE size > 5",
        None,
    ],
)
def test_where_anything_was_altered_a_comparison_does_not_do(tmp_path: Path, change: str | None) -> None:
    office, home, trust = office_in(tmp_path), Workspace(tmp_path), Trust(LOG.public)
    reader = StandingReader(office.ledger, office.policy_of)
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    assert judge_since(reader, home, trust) is not None
    with office.ledger.engine.begin() as connection:
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for told in (change, *(again for _, again in triggers)) if change else ():  # None: they stay away
            connection.execute(text(told))
    assert judge_since(reader, home, trust) is None
    assert not judge_database_aside(f"sqlite:///{tmp_path}/ledger.db", home, trust).is_good
