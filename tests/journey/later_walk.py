"""What people type after the first approval: a pilot, its report, use (G4), renewal (G5), an end, stop (G6).

Days are counted from the first approval. On the way a condition is missed, the model suspended and put back,
a resident appeals, and an approval lapses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from civic_ai.core.messages import written_date
from tests.journey.board_walk import REFUSED, SCOPE, TODAY, WHY_WAIVED, City, meet, vote

OVERDUE, EVALUATED, RENEWED, LAPSED = 31, 60, 150, 360
USED_UNTIL, RENEWED_UNTIL = 200, 350
"""Last days of the approvals of use and of renewal."""


@dataclass(frozen=True)
class Later:
    """A city whose pilot was just started. ``ahead``: the city so many days later; ``report``: of a
    second run, which agrees."""

    ahead: Callable[[int], City]
    dossier: Path
    report: Path
    waivable_by: Mapping[str, str | None]

    def paper(self, name: str, text: str) -> Path:
        """A file that a step names by its digest."""
        path = self.ahead(0).folder / name
        path.write_text(text, "utf-8")
        return path

    def scores(self, day: int, name: str, code: int = 0) -> str:
        """The owner asks for a list on that day."""
        city = self.ahead(day)
        to = city.folder / name
        told = city.says("Ona Owner", "score", city.pilot, "--on", "2024-12-02", "--to", to,
                         *city.by_policy, code=code)  # fmt: skip
        assert to.exists() == (code == 0)
        return told


def a_pilot_that_misses_a_condition(later: Later) -> None:
    """It runs; a condition is missed; suspended; met and put back; a resident appeals and is answered."""
    now, then, officer = later.ahead(0), later.ahead(OVERDUE), "governance_officer"
    assert "is due on" in now.step(officer, "miss_condition", "condition=lot", code=REFUSED)
    assert "condition lot was due on" in later.scores(OVERDUE, "overdue.csv", code=REFUSED)
    assert "Pilot suspended" in then.step(officer, "miss_condition", "condition=lot")
    assert "the model is suspended" in later.scores(OVERDUE, "suspended.csv", code=REFUSED)
    proof = later.paper("lot.txt", "The records of both lists.")
    lift = ("chair", "lift_suspension", "reason=The lot is drawn now.", "--file", proof)
    assert "condition lot" in then.step(*lift, code=REFUSED).lower()
    then.step(officer, "meet_condition", "condition=lot", "--file", proof)
    assert "Approved for a pilot" in then.step(*lift)
    then.step(officer, "start_pilot")
    words = later.paper("words.txt", "My street was passed over.")
    then.step(officer, "resident_appeal", "appeal=street", "--file", words)
    answer = ("answer_resident", "appeal=street", "reason=It is on the next list, by lot.", "is_upheld=true")
    later.scores(OVERDUE, "back.csv")
    evaluated = later.ahead(EVALUATED)
    overrides = later.paper("overrides.csv", "unit,changed\n")
    report = later.paper("report.md", "What the pilot found.")
    evaluated.step("owner", "report_pilot", "--file", report, f"--file=overrides={overrides}")
    assert "the pilot has ended" in later.scores(EVALUATED, "ended.csv", code=REFUSED)
    why = evaluated.step(officer, "hand_to_board", code=REFUSED)
    assert "drill" in why
    assert "street" in why
    evaluated.step("equity_reviewer", *answer)
    drill = later.paper("drill.txt", "Minutes of the drill.")
    evaluated.step(officer, "meet_condition", "condition=drill", "--file", drill)
    assert "Before the board, about use" in evaluated.step(officer, "hand_to_board")


def use(later: Later) -> None:
    """G4: the board decides on use, and the model goes to work."""
    city = later.ahead(EVALUATED)
    assert "Approved for use" in _decided(later, city, "approve", USED_UNTIL)
    assert "nobody has put it to use yet" in later.scores(EVALUATED, "unused.csv", code=REFUSED)
    assert "In use" in city.step("governance_officer", "start_use")
    later.scores(EVALUATED, "used.csv")


def renewal(later: Later) -> None:
    """G5: reviewed anew while the model works, and renewed."""
    city = later.ahead(RENEWED)
    watched = later.paper("watched.csv", "month,found\n")
    city.step("owner", "request_renewal", "--dossier", later.dossier, "--file", watched)
    later.scores(RENEWED, "meanwhile.csv")
    city.step("technical_reviewer", "attest_reproduction", "--file", later.report)
    city.step("technical_reviewer", "review", "--reason", "The figures of the term hold.")
    city.step("equity_reviewer", "review", "--reason", "The lot brought cases of areas that report little.")
    city.step("governance_officer", "hand_to_board")
    assert "Renewed" in _decided(later, city, "approve", RENEWED_UNTIL)
    city.step("governance_officer", "start_use")
    later.scores(RENEWED_UNTIL, "last.csv")


def an_end(later: Later) -> None:
    """The approval lapses; nobody renews; G6: the board confirms that it stops."""
    city = later.ahead(LAPSED)
    last = TODAY + timedelta(days=RENEWED_UNTIL)
    shown = written_date(last, "en")
    assert f"the approval lapsed after {shown}" in later.scores(LAPSED, "late.csv", code=REFUSED)
    too_soon = later.ahead(RENEWED_UNTIL).step("governance_officer", "lapse", code=REFUSED)
    assert f"The approval holds until {shown}" in too_soon
    assert "Approval has ended" in city.step("governance_officer", "lapse")
    assert "Stopped" in city.step("owner", "stop", "reason=Nobody asks for another term.")
    city.step("governance_officer", "hand_to_board")
    meet(city)
    for person in ("Cha Chair", "Com Resident"):
        vote(city, person, "approve", "It did its work.")
    told = city.step("chair", "close_vote", "verdict=approve", "reason=It is retired; the archive is kept.")
    assert "Retired" in told
    assert "the model was retired" in later.scores(LAPSED, "never.csv", code=REFUSED)


def _decided(later: Later, city: City, verdict: str, until: int) -> str:
    """The board meets, waives what does not pass, votes, and closes the vote."""
    last = str(TODAY + timedelta(days=until))
    meet(city)
    for person in ("Cha Chair", "Com Resident"):
        vote(city, person, verdict, "I read the report.")
    for gate in city.case()["open_gates"]:
        role = str(later.waivable_by[gate])
        city.step(role, "waive", f"gate={gate}", f"reason={WHY_WAIVED[gate]}", f"ends_on={last}")
    decision = later.paper(
        "decision.json",
        json.dumps(
            {"verdict": verdict, "reason": "It found more.", **SCOPE, "ends_on": last, "expires_on": last}
        ),
    )
    return city.step("chair", "close_vote", "--from", decision)


PARTS = (a_pilot_that_misses_a_condition, use, renewal, an_end)
"""One after the other."""
