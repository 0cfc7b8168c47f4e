"""The minutes say what the ledger holds, on a page and in a file."""

from __future__ import annotations

import json
from html import escape

import pytest

from civic_ai.web.desk import Desk
from tests.unit.review.made_case import DIGESTS
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take, to_approval
from tests.unit.web.made_desk import reader


def test_minutes_of_a_decision_say_all_that_was_decided(desk: Desk) -> None:
    number = to_approval(desk.office).entry.number
    page = reader("mem").get(f"/cases/{PILOT}/minutes/{number}/").content.decode()
    text = reader("mem").get(f"/cases/{PILOT}/minutes/{number}.txt").content.decode()
    for said in ("Present: cha, com, mem", "cha: approve. because", "Approved. because", "crew routes",
                 "It holds until July 20, 2026.", "May it be tried in a pilot?"):  # fmt: skip
        assert said in page
        assert f"- {said}" in text or said in text
    assert desk.office.steps(PILOT)[-1].statement in text


def test_minutes_say_what_follows_where_a_condition_is_missed(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:-1]:
        take(desk.office, kind, by, role, **given)
    conditions = (("one", "ona", 9, "suspend"), ("two", "ona", 9, "report"))
    number = take(desk.office, "close_vote", "cha", "chair", conditions=conditions).entry.number
    for page in (f"minutes/{number}/", f"minutes/{number}.txt"):
        said = reader("mem").get(f"/cases/{PILOT}/{page}").content.decode()
        assert "if it is missed, the model is suspended" in said
        assert "if it is missed, it is reported" in said


@pytest.mark.parametrize(("language", "asked"), [("en", "Where <b>first</b>?"), ("es", "\u00bfD\u00f3nde?")])
def test_what_is_signed_and_decided_is_told_under_the_pilots_question(
    desk: Desk, language: str, asked: str
) -> None:
    """A name such as ``lakefield-potholes`` tells a mayor nothing."""
    folder = desk.dossier_folder(PILOT, DIGESTS["A"])
    folder.mkdir(parents=True)
    said = {"title": {"en": "Where <b>first</b>?", "es": "\u00bfD\u00f3nde?"}, "owner": "Roads"}
    (folder / "spec.json").write_text(json.dumps(said))
    number, client = to_approval(desk.office).entry.number, reader("cha", language)
    noted = client.post(f"/cases/{PILOT}/steps/comment/", {"text": "Look at the map."})
    for page in (
        f"/cases/{PILOT}/minutes/{number}/",
        f"/cases/{PILOT}/entries/{number}/",
        noted.headers["Location"],
    ):
        assert f'<p class="desk-kicker">{escape(asked)}</p>' in client.get(page).content.decode()
    text = client.get(f"/cases/{PILOT}/minutes/{number}.txt").content.decode()
    assert text.split("\n")[1] == asked


def test_minutes_of_an_adjourned_meeting_say_so(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(desk.office, kind, by, role, **given)
    number = take(desk.office, "adjourn", "cha", "chair").entry.number
    page = reader("mem").get(f"/cases/{PILOT}/minutes/{number}/").content.decode()
    assert "Adjourned without a decision" in page


def test_no_other_step_has_minutes(desk: Desk) -> None:
    number = to_approval(desk.office).entry.number
    for wrong in (number - 1, number + 1, 0):
        assert reader("mem").get(f"/cases/{PILOT}/minutes/{wrong}/").status_code == 404


def test_minutes_speak_the_readers_language(desk: Desk) -> None:
    number = to_approval(desk.office).entry.number
    file = reader("mem", "es").get(f"/cases/{PILOT}/minutes/{number}.txt")
    assert "20 de julio de 2026" in file.content.decode()
    assert file.headers["Content-Disposition"].endswith(f'minutes-{number}.es.txt"')
