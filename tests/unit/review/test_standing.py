"""What is kept between two readings is what a whole reading finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from civic_ai.core.errors import RefusedError
from civic_ai.review.ledger import Ledger
from civic_ai.review.standing import StandingOffice, StandingReader, is_custodian
from tests.unit.review.made_office import TO_APPROVAL, office_in, take


class Counted:
    """A ledger that notes from which entry on it was read."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.read_from = ledger, list[int]()

    def lines_from(self, number: int) -> tuple[bytes, ...]:
        self.read_from.append(number)
        return self.ledger.lines_from(number)


def test_after_each_step_it_stands_as_a_whole_reading_says(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    reader = StandingReader(office.ledger, office.policy_of)
    for kind, by, role, given in TO_APPROVAL:
        take(office, kind, by, role, **given)
        standing = reader.read()
        assert standing.cases == office.cases()
        assert standing.case("streets") == office.case("streets")
        assert standing.events["streets"] == office.events("streets")
        assert standing.register == office.ledger.register()
        assert standing.size == len(office.ledger.entries())
    assert standing.case("nowhere").state == "unopened"


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    counted = Counted(office.ledger)
    reader = StandingReader(counted, office.policy_of)  # type: ignore[arg-type]
    size = reader.read().size
    assert reader.read() is reader.read()
    assert counted.read_from == [0, size - 1, size - 1]


def test_another_ledger_in_its_place_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = office_in(tmp_path / "one"), office_in(tmp_path / "two")
    for office, steps in ((one, TO_APPROVAL[:5]), (two, TO_APPROVAL[:7])):
        for kind, by, role, given in steps:
            take(office, kind, by, role, **given)
    reader = StandingReader(one.ledger, one.policy_of)
    reader.read()
    reader.ledger = replace(one.ledger, engine=two.ledger.engine)
    assert reader.read().cases == two.cases()


@pytest.mark.parametrize("change", ["envelope = replace(envelope, 'sig', 'gis')", "envelope = 'x'"])
def test_an_entry_that_was_altered_is_not_shown(tmp_path: Path, change: str) -> None:
    office = office_in(tmp_path)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    reader = StandingReader(office.ledger, office.policy_of)
    with office.ledger.engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text(f"UPDATE entries SET {change} WHERE number = 13"))
    with pytest.raises(RefusedError, match="entry 13 of the ledger cannot be read, or may not stand"):
        reader.read()


def test_an_office_that_stands_prepares_and_enters_as_any_other(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    standing = StandingOffice.of(office)
    for kind, by, role, given in TO_APPROVAL:
        take(standing, kind, by, role, **given)
        assert standing.case("streets") == office.case("streets")
        assert standing.events("streets") == office.events("streets")
    assert standing.case("streets").state == "approved_for_pilot"


def test_who_has_a_part_in_which_case_is_known_from_each_step(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    reader = StandingReader(office.ledger, office.policy_of)
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(office, kind, by, role, **given)
    take(office, "assign", "off", "governance_officer", holder=("zed", "member"))
    for standing in (reader.read(), StandingReader(office.ledger, office.policy_of).read()):
        people = {holder.person for holder in standing.case("streets").people}
        assert "zed" in people
        assert {person: frozenset({"streets"}) for person in people} == dict(standing.parts)
        assert standing.pilots_of("nobody") == frozenset()


def test_a_custodian_is_who_enrols_others_now(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    standing = StandingReader(office.ledger, office.policy_of).read()
    assert is_custodian("off", standing)
    assert not is_custodian("ona", standing)
