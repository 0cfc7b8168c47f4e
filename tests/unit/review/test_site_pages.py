"""What the pages say, in words: no code, no ISO date, every table with the report's own rows."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from civic_ai.cards.render import render_template
from civic_ai.core.messages import LANGUAGES
from civic_ai.records.public_register import Register, RegisterRow
from civic_ai.records.yearly_report import YearlyReport
from civic_ai.review.site_pages import SitePages, teller_in
from tests.unit.cards.reading import read_card
from tests.unit.review.test_catalog import row

ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
DAY = date(2026, 3, 9)
DECISION = {
    "question": "G3", "verdict": "approve", "decided_on": DAY, "reason": "It finds more.",
    "votes": ({"verdict": "approve", "reason": "yes"}, {"verdict": "abstain", "reason": "new here"}),
    "conditions": ({"condition": "drill", "text": "Try the fallback.", "owner": "owner", "due_on": DAY},),
    "waivers": ({"gate": "g-map", "asks": {"en": "Is the map new?", "es": "¿Es nuevo el mapa?"},
                 "reason": "One year.", "ends_on": DAY},),
    "expires_on": DAY, "dossier": "ab" * 32, "policy": "cd" * 32, "entry": 26,
}  # fmt: skip
REPORT = YearlyReport.model_validate(
    {
        "year": 2026, "until": DAY, "first_entry": 3, "last_entry": 40,
        "states": {"streets": "pilot_suspended", "bus": "in_review", "trees": "in_review"},
        "decisions": ({"pilot": "streets", "question": "G3", "verdict": "approve", "decided_on": DAY,
                       "votes": {"approve": 3, "reject": 1}, "present": 4, "absent": 1, "recused": 2,
                       "entry": 26},),
        "conditions": tuple(
            {"pilot": "streets", "condition": name, "text": name, "due_on": DAY, "status": status}
            for name, status in (("a", "met"), ("b", "met_late"), ("c", "missed"), ("d", "overdue"),
                                 ("e", "open"), ("f", "dropped"))
        ),
        "waivers": ({"pilot": "streets", "gate": "g-map", "reason": "One year.", "ends_on": DAY},),
        "approvals": ({"pilot": "streets", "dossier": "ab" * 32, "decided_on": DAY, "ends_on": DAY},),
        "endings": ({"pilot": "bus", "ended_on": DAY, "how": "voided"},),
        "objections": ({"pilot": "streets", "objection": "elm", "received_on": DAY, "answered_on": DAY,
                        "is_upheld": False},
                       {"pilot": "streets", "objection": "oak", "received_on": DAY}),
        "comments": 5, "team_appeals": 6, "suspensions": 7,
    }
)  # fmt: skip


def pages(language: str, **changed: Any) -> SitePages:
    one = row(state="pilot_suspended", decisions=(DECISION,), comment_days=30, **changed)
    unshown = ({"pilot": "bus", "state": "in_review"},)
    register = Register(
        on=DAY, publisher="city", ledger_size=41, rows=(RegisterRow.model_validate(one),), unshown=unshown
    )
    return SitePages(register, [REPORT], language)


def said(language: str, name: str) -> str:
    """The words of one page, as they are seen."""
    made = pages(language)
    view = {"register": made.index, "register_year": lambda: made.year(REPORT)}.get(
        name, lambda: made.pilot(made.register.rows[0])
    )()
    return str(read_card(render_template(name, teller_in(language), view).decode()).seen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["register", "register_pilot", "register_year"])
def test_no_page_shows_a_code_or_a_date_for_machines(name: str, language: str) -> None:
    told = said(language, name)
    assert (CODE.findall(told), ISO.findall(told)) == ([], [])


def test_the_pilot_is_told_with_its_decision_and_how_to_check_it() -> None:
    told = said("en", "register_pilot")
    for part in (
        "Pilot suspended.", "May it be tried in a pilot? Approved, March 9, 2026", "It finds more.",
        "Approved: 1, Abstained: 1", "Try the fallback. (the owner of the pilot, by March 9, 2026)",
        "Is the map new? One year. (until March 9, 2026)", "26.txt", "node verify.mjs 26.txt log.pub",
        "roads@city.example", "comment on the notice for 30 days",
    ):  # fmt: skip
        assert part in told, part


def test_the_year_is_told_as_it_was_counted() -> None:
    told = said("en", "register_year")
    for part in (
        "Entries of the ledger: 3 to 40.", "Decisions of the board: 1", "Conditions met: 2",
        "Conditions missed or overdue: 2", "Conditions still to be met: 1", "Approvals that ended: 1",
        "Objections of residents answered: 1", "Objections of residents still open: 1",
        "Comments of residents: 5", "Appeals of teams against a refusal: 6", "Suspensions: 7",
        "Approved: 3, Refused: 1", "4 of 5", "Is the map new?", "Something had been changed", "Not upheld",
    ):  # fmt: skip
        assert part in told, part


def test_pilots_are_counted_by_state_and_lead_to_their_pages() -> None:
    states = pages("en").year(REPORT)["tables"][0]  # type: ignore[index]
    told = [(cells[0], cells[1]) for cells in states.rows]
    assert told == [("Pilot suspended", "1"), ("Under review", "2")]
    assert '<a href="../streets/index.html">' in states.rows[0][2]
    assert states.rows[1][2] == "bus, trees"


def test_a_table_without_rows_is_left_out_and_a_pilot_without_a_dossier_has_no_link() -> None:
    empty = REPORT.model_copy(update={"endings": (), "objections": ()})
    assert len(pages("en").year(empty)["tables"]) == 5  # type: ignore[arg-type]
    rows = pages("en").index()["pilots"].rows  # type: ignore[attr-defined]
    assert rows[1] == ("bus", "Under review", "–", "–", "–")
