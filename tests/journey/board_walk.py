"""What seven people type from a sealed dossier to a decision. How it is spoken is the caller's: in a process
of each person's own (``experiments/020-two-decisions``) or in this one (``test_decision.py``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TODAY = datetime.now(UTC).date()
ENDS = str(TODAY + timedelta(days=200))
DUE = str(TODAY + timedelta(days=30))
REFUSED = 3
SCOPE = {"area": "the whole city", "use": "crews look first", "ends_on": ENDS, "expires_on": ENDS}
WHY_WAIVED: Mapping[str, str] = {
    "reaches-every-group": "Too few cases to tell; the lottery of the condition will bring them.",
    "reporting-bias-examined": "Known: areas of another language report less; the lot looks there.",
    "places-not-observers": "The city keeps no name of who made a record, so it cannot be asked.",
    "intervals-hold": "The list uses the order only; no interval is used to plan crews.",
}
"""For each gate that may not pass, why the person who may waive it does."""


@dataclass(frozen=True)
class Told:
    """The exit code of a command, its result, and what it printed on standard error."""

    code: int
    out: str
    err: str = ""

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err


Speak = Callable[[str, Sequence[str], str], Told]
"""A person says a command, with something on standard input."""


@dataclass(frozen=True)
class Seat:
    """One person of a case, in one role."""

    person: str
    role: str
    is_community: bool = False


@dataclass(frozen=True)
class City:
    """A city with a ledger of its own, and people with a key file each.

    ``by_policy``: what every command gets that asks for a policy other than the starter policy.
    """

    folder: Path
    pilot: Path
    seats: Sequence[Seat]
    speak: Speak
    by_policy: tuple[str, ...] = ()
    name: str = field(default="example-potholes")

    @property
    def people(self) -> list[str]:
        """Everybody once."""
        return list(dict.fromkeys(seat.person for seat in self.seats))

    @property
    def log(self) -> Path:
        """The log's public key."""
        return self.folder / "workspace" / "keys" / "log.key.pub"

    def holder(self, role: str) -> str:
        """Who holds the role first."""
        return next(seat.person for seat in self.seats if seat.role == role)

    def key(self, person: str) -> Path:
        """The person's private key file, in a folder of their own."""
        return self.folder / "people" / person.split(maxsplit=1)[0].lower() / "my.key"

    def says(self, person: str, *words: object, code: int = 0, stdin: str = "") -> str:
        """What the command prints, on either stream; it must end with ``code``."""
        told = self.speak(person, [str(word) for word in words], stdin)
        assert told.code == code, f"{words}: {told.code}, not {code}: {told.text}"
        return told.text

    def result(self, person: str, *words: object, stdin: str = "") -> str:
        """What the command prints for another program."""
        told = self.speak(person, [str(word) for word in words], stdin)
        assert told.code == 0, f"{words}: {told.code}: {told.text}"
        return told.out

    def step(self, role: str, kind: str, *words: object, by: str | None = None, code: int = 0) -> str:
        """One step of the workflow by the person in that role; ``words``: ``name=value``, or options."""
        person = by or self.holder(role)
        verb = [kind] if kind in ("submit", "review") else ["decide", kind]
        said: list[object] = [*verb, self.pilot, "--key", self.key(person), "--role", role, *self.by_policy]
        for word in words:
            said += ["--set", word] if _is_field(word) else [word]
        return self.says(person, *said, code=code)

    def case(self) -> dict[str, Any]:
        """The case, for a program."""
        told = self.result(self.holder("governance_officer"), "case", self.name, "--json", *self.by_policy)
        found: dict[str, Any] = json.loads(told)["case"]
        return found


def _is_field(word: object) -> bool:
    return isinstance(word, str) and word.partition("=")[0].isidentifier() and "=" in word


def found_city(city: City) -> None:
    """Everybody makes a key; the officer founds the ledger and enrols the others."""
    officer = city.holder("governance_officer")
    city.says(
        officer, "keys", "new", city.log.with_suffix(""), "--name", "city.example/ledger", "--kind", "log"
    )
    for person in city.people:
        city.says(person, "keys", "new", city.key(person), "--name", person)
    city.says(officer, "ledger", "new", "--sign-with", city.key(officer))
    for person in city.people:
        if person != officer:
            city.says(officer, "keys", "enroll", f"{city.key(person)}.pub", "--sign-with", city.key(officer))


def open_case(city: City) -> None:
    """The owner names everybody who takes part."""
    people = city.folder / "people" / "people.yaml"
    people.write_text(json.dumps({"people": [vars(seat) for seat in city.seats]}, indent=1), "utf-8")
    city.step("owner", "open_case", "--from", people)


def hand_in(city: City, dossier: Path, code: int = 0) -> str:
    """The owner hands in the dossier."""
    return city.step("owner", "submit", "--dossier", dossier, code=code)


def before_the_board(city: City, level: str, dossier: Path, report: Path) -> None:
    """Level, reviews, re-run and notice. ``report``: of a second run, which agrees."""
    city.step("governance_officer", "propose_level")
    city.step("chair", "confirm_level", f"level={level}")
    city.step("technical_reviewer", "attest_reproduction", "--file", report)
    city.step("technical_reviewer", "review", "--reason", "I ran it again and read the model card.",
              "--finding", "repeats: minor: Some repeat reports count as new holes.")  # fmt: skip
    city.step("governance_officer", "hand_to_board", code=REFUSED)  # a review is missing, and named
    city.step("equity_reviewer", "review", "--reason",
              "Areas that report less are served less. The board should look there by lot.",
              "--finding", "silence: major: A list of reports passes over who does not report.")  # fmt: skip
    city.step("governance_officer", "hand_to_board")
    notice = dossier / "public" / "public_notice.en.html"
    city.step(
        "governance_officer", "post_notice", "--file", notice, "where=City hall, and the city's website"
    )


def meet(city: City) -> None:
    """The chair opens the meeting of the whole board."""
    seats = [seat.person for seat in city.seats if seat.role in ("chair", "member")]
    city.step("chair", "open_meeting", f"present=[{', '.join(seats)}]")


def vote(city: City, person: str, verdict: str, reason: str, dissent: str | None = None) -> None:
    """One vote."""
    role = next(
        seat.role for seat in city.seats if seat.person == person and seat.role in ("chair", "member")
    )
    more = [] if dissent is None else [f"dissent={dissent}"]
    city.step(role, "vote", f"verdict={verdict}", f"reason={reason}", *more, by=person)


def waive(city: City, waivable_by: Mapping[str, str | None]) -> list[str]:
    """Each open gate is waived by the person who may, with a reason and an end; the gates."""
    gates: list[str] = city.case()["open_gates"]
    for gate in gates:
        role = str(waivable_by[gate])
        city.step(role, "waive", f"gate={gate}", f"reason={WHY_WAIVED[gate]}", f"ends_on={ENDS}")
    return gates


def approve(city: City) -> str:
    """Close the vote as an approval with two conditions."""
    owner = city.holder("owner")
    decision = city.key(city.holder("chair")).with_name("decision.yaml")
    conditions = [
        {"id": "lot", "text": "Choose one in twenty visits by lot.", "owner": owner, "due_on": DUE,
         "proof": "the lists' records", "if_missed": "suspend"},
        {"id": "drill", "text": "Plan two weeks without the list, once.", "owner": owner, "due_on": ENDS,
         "proof": "minutes of the drill", "if_missed": "suspend"},
    ]  # fmt: skip
    reason = "It finds more for the same visits."
    told = {"verdict": "approve", "reason": reason, **SCOPE, "conditions": conditions}
    decision.write_text(json.dumps(told, indent=1), "utf-8")
    return city.step("chair", "close_vote", "--from", decision)


def witnessed(city: City, coach: str, old: int = 0) -> Path:
    """A coach elsewhere, who last signed ``old`` entries, co-signs what stands; the coach's public key."""
    officer, key = city.holder("governance_officer"), city.key(coach)
    if not key.is_file():
        city.says(coach, "keys", "new", key, "--name", "coach.example/witness", "--kind", "witness")
    asked = city.result(officer, "witness", "request", "--old", old)
    signed = city.result(coach, "witness", "cosign", "--key", key, "--log", city.log,
                         "--memory", key.parent / "memory", stdin=asked)  # fmt: skip
    public = key.with_name(key.name + ".pub")
    city.says(officer, "witness", "record", "--witness", public, stdin=signed)
    return public
