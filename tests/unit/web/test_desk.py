"""What every page has at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.review import queue
from civic_ai.review.queue import waiting_for
from civic_ai.web import desk as desks
from civic_ai.web.desk import Desk, Turns, open_desk
from civic_ai.web.settings import DeskSettings
from tests.unit.review.made_ledger import write_log_key
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take


def test_a_desk_without_its_key_or_ledger_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"log\.key"):
        open_desk(DeskSettings(home=tmp_path))
    write_log_key(tmp_path)
    with pytest.raises(ConfigError, match="no ledger stands here"):
        open_desk(DeskSettings(home=tmp_path))


def test_who_is_waited_for_is_what_the_domain_says_and_found_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, by, role, given in TO_APPROVAL[:3]:
        take(desk.office, kind, by, role, **given)
    case = desk.standing().case(PILOT)
    assert desk.waited_for()[PILOT] == waiting_for(case, desk.today(), desk.policy)
    monkeypatch.setattr(desks, "waiting_for", lambda *given: pytest.fail("asked again"))
    assert desk.waited_for()[PILOT]
    monkeypatch.setattr(desks, "waiting_for", queue.waiting_for)
    take(desk.office, *TO_APPROVAL[3][:3])
    assert desk.waited_for()[PILOT] == waiting_for(desk.standing().case(PILOT), desk.today(), desk.policy)


def test_another_day_is_asked_anew(desk: Desk) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    turns, cases = Turns(desk.policy), desk.standing().cases
    today = desk.today()
    assert turns.of(cases, today) == turns.of(cases, today.replace(year=today.year + 1))


def test_a_pilot_without_a_dossier_is_called_by_its_name(desk: Desk) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    assert desk.title(PILOT, desk.standing().case(PILOT), "es") == PILOT
    assert desk.dossiers(PILOT) == ()
    assert desk.dossier_at_hand(PILOT, "a" * 64) is None
