"""What is kept between two readings is what a whole reading finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from civic_ai.core.errors import RefusedError
from civic_ai.records.ledger import PublicKey, Signature
from civic_ai.review.ledger import Ledger
from civic_ai.review.office import Office
from civic_ai.review.signatures import verifies
from civic_ai.review.standing import StandingOffice, StandingReader, is_custodian
from civic_ai.review.verified import Verified
from tests.unit.review.made_case import PEOPLE
from tests.unit.review.made_office import TO_APPROVAL, office_in, take, take_as


class Counted:
    """A ledger that notes from which entry on it was read."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.read_from = ledger, list[int]()

    def lines_from(self, number: int, most: int | None = None) -> tuple[bytes, ...]:
        self.read_from.append(number)
        return self.ledger.lines_from(number, most)

    def moment(self) -> str:
        return self.ledger.moment()


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
    for role in ("member", "coach"):
        take(office, "assign", "off", "governance_officer", holder=("zed", role))
    assert reader.read().pilots_of("zed", "coach") == {"streets"}
    take(office, "release", "off", "governance_officer", holder=("zed", "coach"))
    for standing in (reader.read(), StandingReader(office.ledger, office.policy_of).read()):
        held = standing.case("streets").people
        parts = {(holder.person, role) for holder in held for role in (None, holder.role)}
        assert {part for part, pilots in standing.parts.items() if pilots == {"streets"}} == parts
        assert all(not standing.pilots_of(*part) for part in set(standing.parts) - parts)
        assert (standing.pilots_of("zed"), standing.pilots_of("zed", "coach")) == ({"streets"}, frozenset())
        assert standing.pilots_of("nobody") == frozenset()


def test_a_custodian_is_who_enrols_others_now(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    standing = StandingReader(office.ledger, office.policy_of).read()
    assert is_custodian("off", standing)
    assert not is_custodian("ona", standing)


def verified_in(tmp_path: Path) -> tuple[Office, Verified]:
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL:
        take(office, kind, by, role, **given)
    return office, StandingReader(office.ledger, office.policy_of).verified_so_far()


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The id of each key of which a signature was checked."""
    seen: list[str] = []

    def noted(key: PublicKey, signature: Signature, message: bytes) -> bool:
        seen.append(key.id)
        return verifies(key, signature, message)

    monkeypatch.setattr("civic_ai.review.admission.verifies", noted)
    return seen


@pytest.mark.parametrize("at_once", [2, 7, 2000])
def test_what_was_verified_before_comes_to_the_same_and_is_not_verified_again(
    tmp_path: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("civic_ai.review.standing.AT_ONCE", at_once)
    office, before = verified_in(tmp_path)
    whole = StandingReader(office.ledger, office.policy_of).read()
    assert before.size == before.whole_size == whole.size
    checked.clear()
    again = StandingReader(office.ledger, office.policy_of, before)
    assert again.read() == whole
    assert len(checked) == len(PEOPLE), "what is about keys, and no step"
    take(office, "comment", "coa", "coach", text="Look at the map.")
    checked.clear()
    assert again.read().size == whole.size + 1
    assert len(checked) == 1, "what came since"
    so_far = again.verified_so_far()
    assert (so_far.size, so_far.whole_size, so_far.whole_at) == (whole.size + 1, whole.size, before.whole_at)


@pytest.mark.parametrize("wrong", [{"root": "0" * 64}, {"size": 5}, {"size": 99}])
def test_a_note_about_other_entries_is_not_believed(
    tmp_path: Path, checked: list[str], wrong: dict[str, object]
) -> None:
    office, before = verified_in(tmp_path)
    checked.clear()
    reader = StandingReader(office.ledger, office.policy_of, before.model_copy(update=wrong))
    size = reader.read().size
    assert len(checked) >= size
    assert reader.verified_so_far().whole_size == size


def test_an_entry_that_was_altered_since_it_was_verified_is_not_shown(tmp_path: Path) -> None:
    office, before = verified_in(tmp_path)
    with office.ledger.engine.begin() as connection:
        for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(
            text("UPDATE entries SET envelope = replace(envelope, 'sig', 'gis') WHERE number = 13")
        )
    with pytest.raises(RefusedError, match="entry 13 of the ledger cannot be read, or may not stand"):
        StandingReader(office.ledger, office.policy_of, before).read()


class Swapped:
    """A ledger whose lines are others when they are read a second time."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        self.ledger, self.number = ledger, number

    def leaves_under(self, root: str, size: int) -> list[bytes]:
        leaves = self.ledger.leaves_under(root, size)
        with self.ledger.engine.begin() as connection:
            for name in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f'DROP TRIGGER "{name}"'))
            changed = "UPDATE entries SET at = replace(at, '.000000Z', '.000001Z') WHERE number = :number"
            assert connection.execute(text(changed), {"number": self.number}).rowcount == 1
        return leaves

    def __getattr__(self, name: str) -> object:
        return getattr(self.ledger, name)


def test_what_is_altered_between_the_two_readings_of_a_start_is_not_believed(
    tmp_path: Path, checked: list[str]
) -> None:
    office, before = verified_in(tmp_path)
    checked.clear()
    reader = StandingReader(Swapped(office.ledger, 14), office.policy_of, before)  # type: ignore[arg-type]
    size = reader.read().size
    assert len(checked) >= size, "all is verified, as without a note"
    assert reader.verified_so_far().root != before.root


def test_people_who_open_many_cases_are_held_once(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for pilot in ("streets", "trees"):
        take_as(office, pilot, TO_APPROVAL[0])
    found = StandingReader(office.ledger, office.policy_of).read()
    assert found.case("streets").people is found.case("trees").people
