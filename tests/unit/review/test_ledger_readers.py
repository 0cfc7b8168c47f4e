from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from civic_ai.review.ledger_readers import hidden_entries, reads_ledger
from civic_ai.review.standing import Standing, StandingReader
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_office import office_in, take


def test_auditors_read_the_ledger_and_a_blind_review_opens_when_all_are_in(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    reader = StandingReader(office.ledger, office.policy_of)
    take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    standing = reader.read()
    assert [person for person, _ in PEOPLE if reads_ledger(standing, person)] == ["aud"]
    assert not reads_ledger(Standing(), "aud")
    take(office, "submit", "ona", "owner")
    take(office, "propose_level", "off", "governance_officer", level="II")
    take(office, "confirm_level", "cha", "chair", level="II")
    number = take(office, "review", "tec", "technical_reviewer").entry.number
    hidden = {
        person: list(hidden_entries(reader.read(), person, office.policy)) for person in ("aud", "equ", "tec")
    }
    assert hidden == {"aud": [number], "equ": [number], "tec": []}
    take(office, "review", "equ", "equity_reviewer")
    assert not list(hidden_entries(reader.read(), "aud", office.policy))


def test_who_audits_is_known_without_a_look_into_each_case() -> None:
    """Every queue asks it; with 10,000 cases the walk through them took three times as long as the page."""
    standing = Standing(parts=MappingProxyType({("ada", "auditor"): frozenset({"a case that is not here"})}))
    assert reads_ledger(standing, "ada")
    assert not reads_ledger(standing, "bob")
