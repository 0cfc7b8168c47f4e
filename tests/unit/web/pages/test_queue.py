from __future__ import annotations

import pytest

from civic_ai.core.dates import add_days
from civic_ai.web.desk import Desk
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_office import PILOT, take, to_approval
from tests.unit.web.made_desk import reader


def test_the_queue_names_what_waits_for_the_reader_and_nobody_else(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    mine, other = (reader(person).get("/").content.decode() for person in ("ona", "mem"))
    assert "One step waits for you" in mine
    assert "Hand in a dossier" in mine
    assert "Nothing waits for you" in other
    assert "The one case in which you have a part" in other
    assert 'href="/portfolio/?attention=mine"' in other


def test_the_queue_speaks_the_readers_language(desk: Desk) -> None:
    response = reader("ona", "es").get("/")
    assert response.headers["Content-Language"] == "es"
    assert '<html lang="es">' in response.content.decode()


def test_who_has_not_signed_in_is_asked_to(desk: Desk) -> None:
    response = reader(None).get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/")


def test_a_day_that_is_set_stands_beside_what_hangs_on_it(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    assert "no day set" in reader("ona").get("/").content.decode()
    to_approval(desk.office, "another")
    page = reader("off").get("/").content.decode()
    assert "Start the pilot" in page
    assert "the approval ends" in page


def test_what_is_late_stands_first_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    to_approval(desk.office)
    ends = desk.standing().case(PILOT).approval
    assert ends is not None
    assert ends.ends_on is not None
    monkeypatch.setattr(type(desk), "today", lambda self: add_days(ends.ends_on, 1))
    page = reader("off").get("/").content.decode()
    assert "Record that the approval has ended" in page
    assert "<strong>Late</strong>" in page


def test_who_reads_the_ledger_finds_it_and_nobody_else_is_led_there(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    assert 'href="/ledger/"' in reader("aud").get("/").content.decode()
    assert 'href="/ledger/"' not in reader("ona").get("/").content.decode()
