"""A step made of what a person types. The whole way: tests/journey/test_decision.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civic_ai.cli.office import Desk, Typed
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.policy.load import load_policy
from civic_ai.review.key_files import make_key_file
from civic_ai.review.keys import enrol
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.office import Office
from civic_ai.review.step_evidence import proposed_level
from civic_ai.store.workspace import Workspace
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_ledger import LOG, append, key_file, said
from tests.unit.review.made_office import TO_APPROVAL, Calendar, office_in, take

HOLDERS = [{"person": p, "role": r, "is_community": p == COMMUNITY and r == "member"} for p, r in PEOPLE]


class Today(Calendar):
    """The real day, since a step is dated by the clock of the machine."""

    def __call__(self):  # type: ignore[no-untyped-def]
        from civic_ai.review.ledger import now

        return now()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(office_in(tmp_path, Today()))


def typed(folder: Path, desk: Desk, holder: str = "ona", role: str = "owner") -> Typed:
    """A person with a new, enrolled key of their own."""
    key = folder / f"{holder}.key"
    made = make_key_file(key, "ed25519", holder)
    append(desk.office.ledger, said(enrol(made.public_key), key_file("off")))
    return Typed(Path("streets"), key, role)


def test_who_and_when_need_not_be_typed(desk: Desk, tmp_path: Path) -> None:
    entered = desk.take("open_case", {"people": HOLDERS}, typed(tmp_path, desk))
    assert (entered.step.action.by, entered.step.action.role) == ("ona", "owner")
    assert entered.step.pilot == "streets"
    assert entered.case.state == "draft"


def test_a_key_that_nobody_enrolled_takes_no_step(desk: Desk, tmp_path: Path) -> None:
    make_key_file(tmp_path / "eve.key", "ed25519", "ona")
    with pytest.raises(RefusedError, match="this key is not enrolled"):
        desk.take("open_case", {"people": HOLDERS}, Typed(Path("streets"), tmp_path / "eve.key", "owner"))


def test_a_step_that_there_is_not_names_those_that_there_are(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no step of the workflow") as refused:
        desk.take("approve", {}, typed(tmp_path, desk))
    assert "close_vote" in str(refused.value)


def test_every_field_that_is_wrong_is_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        desk.take("open_case", {"people": [{"person": "", "role": "king"}]}, typed(tmp_path, desk))
    assert "open_case.people.0.person" in str(refused.value)
    assert "open_case.people.0.role" in str(refused.value)
    assert desk.office.steps("streets") == ()


def test_a_field_that_there_is_not_names_one_like_it(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        desk.take("open_case", {"peeple": HOLDERS}, typed(tmp_path, desk))
    told = {mistake.about: mistake.text() for mistake in refused.value.mistakes}
    assert "Did you mean people?" in told["open_case.peeple"]
    assert "is missing" in told["open_case.people"]


def test_a_step_that_the_state_does_not_know_is_refused_before_its_fields(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="open the case") as refused:
        desk.take("start_pilot", {}, typed(tmp_path, desk))
    assert "start the pilot" in str(refused.value)


def test_no_level_is_proposed_of_a_pilot_without_its_questionnaire(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"impact\.yaml gives no level"):
        proposed_level(tmp_path, load_policy())


def test_a_step_that_does_not_exist_is_said_so_also_where_it_names_a_file(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no step of the workflow"):
        desk.take("waiv", {}, replace(typed(tmp_path, desk), files=("letter.txt",)))


def test_nothing_is_entered_where_an_older_copy_of_the_ledger_was_put_back(tmp_path: Path) -> None:
    """What was decided since would be lost unseen: the next steps would stand in its place."""

    def city(name: str, *steps: tuple[str, str, str, dict[str, Any]]) -> Office:
        (tmp_path / name).mkdir()
        office = office_in(tmp_path / name)
        for kind, by, role, given in steps:
            take(office, kind, by, role, **given)
        return office

    opened, comment = TO_APPROVAL[0], ("comment", "coa", "coach", {})
    others = (opened[0], "ona", "owner", {**opened[3], "people": PEOPLE[::-1]})
    home = Workspace(tmp_path / "home")
    now = city("now", opened)
    Desk(now, home).require_continued(LOG.public)  # nothing was seen yet
    LedgerMemory(home.seen).keep(LOG.public, now.ledger.snapshot().checkpoint.encode())
    for good in (now, city("continued", opened, comment)):
        Desk(good, home).require_continued(LOG.public)
    for wrong, told in ((city("older"), "cut back"), (city("other", others, comment), "rewritten")):
        with pytest.raises(RefusedError, match=f"ledger, {told}"):
            Desk(wrong, home).require_continued(LOG.public)
