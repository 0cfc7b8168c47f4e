"""The workflow once more, from the issue and STANDARDS section 4, in another shape: facts and predicates.

A world is a set of facts (plain tuples); a deed is a plain dictionary. Nothing of ``civic_ai`` is imported.
Days are counted from day 0. ``allowed`` says whether a deed may be done, ``after`` what is true then.
"""

from __future__ import annotations

from functools import cache
from typing import Any

World = frozenset[tuple[Any, ...]]
Deed = dict[str, Any]

DRAWING = """
draft            submit               submitted
returned         submit               submitted
lapsed           submit               submitted
voided           submit               submitted
pilot_suspended  submit               submitted
use_suspended    submit               submitted
submitted        propose_level        submitted
submitted        confirm_level        triaged
triaged          review               in_review
in_review        review               in_review
renewal_review   review               renewal_review
triaged          attest_reproduction  in_review
in_review        attest_reproduction  in_review
renewal_review   attest_reproduction  renewal_review
submitted        return_case          returned
triaged          return_case          returned
in_review        return_case          returned
renewal_review   return_case          in_use
in_review        hand_to_board        board_pilot
pilot_evaluated  hand_to_board        board_use
renewal_review   hand_to_board        board_renewal
stopped          hand_to_board        board_stop
board_pilot      close:approve        approved_for_pilot
board_pilot      close:return         returned
board_pilot      close:reject         rejected
board_use        close:approve        approved_for_use
board_use        close:extend         approved_for_pilot
board_use        close:return         pilot_evaluated
board_use        close:reject         stopped
board_renewal    close:approve        renewed
board_renewal    close:return         in_use
board_renewal    close:reject         stopped
board_stop       close:approve        retired
board_stop       close:return         stopped
approved_for_pilot  start_pilot       pilot
pilot            report_pilot         pilot_evaluated
approved_for_use start_use            in_use
renewed          start_use            in_use
in_use           request_renewal      renewal_review
renewed          request_renewal      renewal_review
pilot_suspended  lift_suspension      approved_for_pilot
use_suspended    lift_suspension      approved_for_use
rejected         appeal               submitted
stopped          appeal               submitted
"""
ARROWS = {(a, deed): b for a, deed, b in (line.split() for line in DRAWING.split("\n") if line.strip())}

PILOT = {"approved_for_pilot", "pilot"}
USE = {"approved_for_use", "in_use", "renewal_review", "board_renewal", "renewed"}
HELD = {"pilot_suspended", "use_suspended"}
BETWEEN = {"pilot_evaluated", "board_use"}
MEETS = {"board_pilot": "G3", "board_use": "G4", "board_renewal": "G5", "board_stop": "G6"}
BEFORE = {"submitted", "triaged", "in_review", "returned", "board_pilot"}
ENDED = {"rejected", "stopped", "board_stop", "lapsed", "voided"}
OPEN = {"draft"} | BEFORE | PILOT | USE | HELD | BETWEEN | ENDED
JUDGED = {"triaged", "in_review", "renewal_review", "board_pilot", "board_use", "board_renewal"}

STAYS = {
    "assign": OPEN,
    "release": OPEN,
    "declare_conflict": OPEN,
    "comment": OPEN,
    "waive": JUDGED,
    "open_meeting": set(MEETS),
    "vote": set(MEETS),
    "endorse": set(MEETS),
    "adjourn": set(MEETS),
    "post_notice": OPEN - {"draft"},
    "public_comment": OPEN - {"draft"},
    "meet_condition": PILOT | USE | HELD | BETWEEN,
    "resident_appeal": PILOT | USE | HELD | BETWEEN | {"stopped"},
    "answer_resident": PILOT | USE | HELD | BETWEEN | {"stopped"},
}

REVIEWERS = {"technical_reviewer", "equity_reviewer", "privacy_reviewer"}
ALL = {"owner", "developer", "data_steward", "governance_officer", "chair", "member", "approver", *REVIEWERS}
ROLES = {
    "open_case": {"owner"},
    "submit": {"owner"},
    "appeal": {"owner"},
    "request_renewal": {"owner"},
    "report_pilot": {"owner"},
    "propose_level": {"governance_officer"},
    "confirm_level": {"governance_officer", "chair", "equity_reviewer", "privacy_reviewer"},
    "review": REVIEWERS,
    "attest_reproduction": {"technical_reviewer"},
    "return_case": {"governance_officer"},
    "hand_to_board": {"governance_officer"},
    "open_meeting": {"chair"},
    "close_vote": {"chair"},
    "adjourn": {"chair"},
    "vote": {"chair", "member"},
    "endorse": {"approver"},
    "start_pilot": {"data_steward", "governance_officer"},
    "start_use": {"data_steward", "governance_officer"},
    "lift_suspension": {"chair"},
    "suspend": ALL,
    "declare_conflict": ALL,
    "waive": ALL,
    "stop": {"owner", "governance_officer", "chair"},
    "lapse": {"governance_officer"},
    "void": {"owner", "developer", "data_steward", "technical_reviewer", "governance_officer"},
    "comment": ALL | {"coach"},
    "post_notice": {"owner", "governance_officer"},
    "answer_resident": REVIEWERS | {"governance_officer", "chair", "member"},
}
for _office_only in (
    "assign",
    "release",
    "public_comment",
    "resident_appeal",
    "meet_condition",
    "miss_condition",
):
    ROLES[_office_only] = {"governance_officer"}

REQUEST = {"submit", "appeal", "request_renewal"}
REVIEW = {
    "propose_level",
    "confirm_level",
    "review",
    "attest_reproduction",
    "return_case",
    "hand_to_board",
    "meet_condition",
    "answer_resident",
}
APPROVE = {"waive", "open_meeting", "vote", "endorse", "adjourn", "close_vote", "lift_suspension"}
DEPLOY = {"start_pilot", "start_use"}
FORBIDDEN = [
    {"build", "review"},
    {"build", "approve"},
    {"build", "deploy"},
    {"own", "review"},
    {"own", "approve"},
    {"own", "deploy"},
    {"request", "approve"},
    {"request", "deploy"},
    {"approve", "deploy"},
]
ABOUT_THE_DOSSIER = {
    "propose_level",
    "confirm_level",
    "review",
    "attest_reproduction",
    "waive",
    "return_case",
    "hand_to_board",
    "open_meeting",
    "vote",
    "endorse",
    "close_vote",
    "post_notice",
}
NEEDED_REVIEWS = {
    "I": {"technical_reviewer"},
    "II": {"technical_reviewer", "equity_reviewer"},
    "III": REVIEWERS,
    "IV": REVIEWERS,
}
OUTSIDERS = {"I": 0, "II": 1, "III": 1, "IV": 2}
COMMENT_DAYS = {"I": 0, "II": 0, "III": 30, "IV": 30}
TERM_DAYS = {"I": 730, "II": 365, "III": 365, "IV": 365}
WAIVED_BY = {"g-chair": "chair", "g-tech": "technical_reviewer", "g-none": None, "g-low": "chair"}
NEVER_WAIVED_FROM_II = {"g-low"}
EVIDENCE = {"G0": {"F0"}, "G1": {"F1"}, "G2": {"F2"}, "G3": {"F3"}, "G4": {"F4"}, "G5": {"F5"}, "G6": {"F6"}}
ONLY_FROM_III = {"G3": {"F3b"}}


@cache
def duty_of(kind: str) -> str | None:
    """What is done to the model by this deed."""
    names = {"request": REQUEST, "review": REVIEW, "approve": APPROVE, "deploy": DEPLOY}
    return next((duty for duty, kinds in names.items() if kind in kinds), None)


def one(world: World, name: str) -> tuple[Any, ...] | None:
    """The only fact of this name, without its name."""
    found = all_of(world, name)
    assert len(found) <= 1, found
    return found[0] if found else None


def all_of(world: World, name: str) -> list[tuple[Any, ...]]:
    """All facts of this name."""
    return [fact[1:] for fact in world if fact[0] == name]


def state(world: World) -> str:
    """Where the case stands."""
    found = one(world, "at")
    return found[0] if found else "unopened"


def level(world: World) -> str | None:
    """The confirmed level."""
    found = one(world, "level")
    return found[0] if found else None


def kept_out(world: World, person: str, duty: str) -> bool:
    """A conflict, or another duty done before."""
    has_left = duty in {"review", "approve", "deploy"} and ("out", person) in world
    return has_left or any({did, duty} in FORBIDDEN for did, who in all_of(world, "did") if who == person)


def arrow(world: World, deed: Deed) -> str | None:  # noqa: PLR0911
    """Where the deed leads; None when it cannot be done here."""
    here, kind = state(world), deed["kind"]
    if kind == "open_case":
        return "draft" if here == "unopened" else None
    if kind == "close_vote":
        return ARROWS.get((here, f"close:{deed['verdict']}"))
    if kind in ("suspend", "miss_condition"):
        return _held(world, deed, here)
    if kind in ("lapse", "void"):
        return {"lapse": "lapsed", "void": "voided"}[kind] if here in PILOT | USE | HELD else None
    if kind == "stop":
        can_stop = here in OPEN - {"draft", "rejected", "stopped", "board_stop"}
        return "stopped" if can_stop else None
    if here in STAYS.get(kind, ()):
        return here
    return ARROWS.get((here, kind))


def _held(world: World, deed: Deed, here: str) -> str | None:
    missed = [fact for fact in all_of(world, "owed") if fact[0] == deed.get("condition")]
    stays_on = deed["kind"] == "miss_condition" and (not missed or missed[0][3] == "report")
    if here in PILOT and not stays_on:
        return "pilot_suspended"
    if here in USE and not stays_on:
        return "use_suspended"
    may_stay = deed["kind"] == "miss_condition" and here in PILOT | USE | HELD | BETWEEN
    return here if may_stay else None


def allowed(world: World, deed: Deed) -> bool:
    """Whether the deed may be done in this world."""
    kind, by, role = deed["kind"], deed["by"], deed["role"]
    duty = duty_of(kind)
    return (
        arrow(world, deed) is not None
        and (("role", by, role) in world or (kind == "open_case" and (by, role) in deed["people"]))
        and role in ROLES[kind]
        and not (duty and kept_out(world, by, duty))
        and needed_fields(world, deed) <= set(deed.get("answered", ()))
        and (kind not in ABOUT_THE_DOSSIER or one(world, "dossier") == (deed["dossier"],))
        and WHAT_IT_TAKES.get(kind, lambda world, deed: True)(world, deed)
    )


def gate_of(kind: str, here: str) -> str | None:
    """At which gate this deed is done in this state."""
    if kind == "hand_to_board" and here in ("in_review", "renewal_review"):
        return "G2"
    if kind == "open_meeting":
        return MEETS[here]
    return {"submit": "G0", "appeal": "G0", "propose_level": "G1"}.get(kind)


def needed_fields(world: World, deed: Deed) -> set[str]:
    """What the pilot's record must answer."""
    gate = gate_of(deed["kind"], state(world))
    if gate is None:
        return set()
    more = ONLY_FROM_III.get(gate, set()) if level(world) in (None, "III", "IV") else set()
    return EVIDENCE[gate] | more


def board(world: World) -> set[str]:
    """Chair and members."""
    return {person for person, role in all_of(world, "role") if role in ("chair", "member")}


def voters(world: World) -> set[str]:
    """Those of the board who may decide this."""
    return {person for person in board(world) if not kept_out(world, person, "approve")}


def there(world: World) -> set[str]:
    """Voters at the meeting."""
    return {person for (person,) in all_of(world, "present")} & voters(world)


def result(world: World) -> str:
    """What the votes say."""
    votes = [verdict for _, verdict in all_of(world, "vote")]
    size = len(board(world)) if level(world) in ("III", "IV") else len(there(world))
    winners = [v for v in set(votes) - {"abstain"} if votes.count(v) > size / 2]
    return winners[0] if winners else "return"


def examined(world: World) -> bool:
    """All reviews in, by enough people, none blocking, and run again."""
    reviews = all_of(world, "said")
    grade = level(world) or "IV"
    return (
        NEEDED_REVIEWS[grade] <= {role for _, role, _ in reviews}
        and len({person for person, _, _ in reviews}) >= OUTSIDERS[grade]
        and not any(blocking for _, _, blocking in reviews)
        and one(world, "rerun") is not None
    )


def holds(world: World, day: int) -> bool:
    """An approval stands on that day."""
    approval = one(world, "approval")
    return approval is not None and day <= approval[1]


def _new_dossier(world: World, deed: Deed) -> bool:
    return ("refused", deed["dossier"]) not in world and set(deed["gates"]) <= set(WAIVED_BY)


def _confirm(world: World, deed: Deed) -> bool:
    proposed = one(world, "proposed")
    return proposed is not None and proposed[0] == deed["level"] and proposed[1] != deed["by"]


def _review(world: World, deed: Deed) -> bool:
    reviews = all_of(world, "said")
    first = NEEDED_REVIEWS[level(world) or "IV"] <= {role for _, role, _ in reviews}
    return first or (deed["by"], deed["role"]) not in {(person, role) for person, role, _ in reviews}


def _hand(world: World, deed: Deed) -> bool:
    here = state(world)
    settled = not all_of(world, "owed") and not all_of(world, "complaint")
    return {
        "in_review": level(world) != "IV" and examined(world),
        "pilot_evaluated": settled,
        "renewal_review": settled and examined(world),
        "stopped": True,
    }[here]


def _open_meeting(world: World, deed: Deed) -> bool:
    notice = one(world, "notice")
    waited = notice is not None and deed["at"] - notice[0] >= COMMENT_DAYS[level(world) or "IV"]
    named = list(deed["present"]) + list(deed["absent"])
    return (
        ("meeting",) not in world
        and (state(world) != "board_pilot" or waited)
        and any(role == "chair" for _, role in all_of(world, "role"))
        and any(person in board(world) for (person,) in all_of(world, "community"))
        and len(named) == len(set(named))
        and set(named) == board(world)
    )


def _vote(world: World, deed: Deed) -> bool:
    possible = {verdict.removeprefix("close:") for a, verdict in ARROWS if a == state(world)} | {"abstain"}
    return (
        ("meeting",) in world
        and deed["by"] in there(world)
        and deed["by"] not in {person for person, _ in all_of(world, "vote")}
        and deed["verdict"] in possible
        and not (deed["verdict"] == "extend" and ("extended",) in world)
    )


def _close(world: World, deed: Deed) -> bool:
    counts = (
        ("meeting",) in world
        and len(there(world)) > len(voters(world)) / 2
        and there(world) <= {person for person, _ in all_of(world, "vote")}
        and deed["verdict"] == result(world)
    )
    if deed["verdict"] in ("approve", "extend") and state(world) != "board_stop":
        return counts and _grant(world, deed)
    return counts and deed["binding"] is None and deed["end"] is None and not deed["conditions"]


def _grant(world: World, deed: Deed) -> bool:
    now, grade = deed["at"], level(world) or "IV"
    waived = {gate for gate, _, end in all_of(world, "waived") if end >= now}
    involved = {person for person, _ in all_of(world, "role")}
    return (
        examined(world)
        and deed["binding"] is not None
        and (deed["binding"],) == one(world, "dossier")
        and deed["use_ends"] >= now
        and deed["end"] is not None
        and now < deed["end"] <= now + TERM_DAYS[grade]
        and {gate for (gate,) in all_of(world, "gate")} <= waived
        and not (deed["verdict"] == "extend" and ("extended",) in world)
        and (grade in ("I", "II") or one(world, "endorsed") is not None)
        and all(
            owner in involved and due >= now and (grade == "I" or missed == "suspend")
            for _, owner, due, missed in deed["conditions"]
        )
    )


def _waive(world: World, deed: Deed) -> bool:
    gate = deed["gate"]
    never = gate in NEVER_WAIVED_FROM_II and level(world) != "I"
    in_time = deed["at"] < deed["end"] <= deed["at"] + 365
    return ("gate", gate) in world and not never and WAIVED_BY[gate] == deed["role"] and in_time


def _conflict(world: World, deed: Deed) -> bool:
    person = deed["person"]
    may_name = deed["by"] == person or deed["role"] in ("chair", "governance_officer")
    known = any(who == person for who, _ in all_of(world, "role"))
    return may_name and known and ("out", person) not in world


def _assign(world: World, deed: Deed) -> bool:
    person, role = deed["holder"]
    duty = {"developer": "build", "owner": "own"}.get(role)
    seat_in_meeting = role in ("chair", "member") and ("meeting",) in world
    return (
        ("role", person, role) not in world
        and not seat_in_meeting
        and not (duty and kept_out(world, person, duty))
    )


def _release(world: World, deed: Deed) -> bool:
    person, role = deed["holder"]
    seat_in_meeting = role in ("chair", "member") and ("meeting",) in world
    officers = [fact for fact in all_of(world, "role") if fact[1] == "governance_officer"]
    is_last = role == "governance_officer" and len(officers) == 1
    return ("role", person, role) in world and not seat_in_meeting and not is_last


def _start(world: World, deed: Deed) -> bool:
    approval = one(world, "approval")
    return _ready(world, deed) and approval is not None and approval[0] == deed["dossier"]


def _ready(world: World, deed: Deed) -> bool:
    return holds(world, deed["at"]) and all(due >= deed["at"] for _, _, due, _ in all_of(world, "owed"))


def _report(world: World, deed: Deed) -> bool:
    approval = one(world, "approval")
    return approval is not None and approval[0] == deed["dossier"]


def _appeal(world: World, deed: Deed) -> bool:
    last = one(world, "last")
    return (
        last is not None
        and last[0] == "reject"
        and deed["at"] - last[1] <= 30
        and ("appealed",) not in world
        and _new_dossier(world, deed)
    )


def _owed(world: World, deed: Deed) -> bool:
    return any(
        name == deed["condition"] and owner != deed["by"] for name, owner, _, _ in all_of(world, "owed")
    )


def _missed(world: World, deed: Deed) -> bool:
    return any(name == deed["condition"] and deed["at"] > due for name, _, due, _ in all_of(world, "owed"))


WHAT_IT_TAKES = {
    "open_case": lambda world, deed: (
        len(set(deed["people"])) == len(deed["people"])
        and "governance_officer" in {role for _, role in deed["people"]}
    ),
    "submit": _new_dossier,
    "request_renewal": _new_dossier,
    "appeal": _appeal,
    "confirm_level": _confirm,
    "review": _review,
    "hand_to_board": _hand,
    "open_meeting": _open_meeting,
    "vote": _vote,
    "endorse": lambda world, deed: ("meeting",) in world,
    "adjourn": lambda world, deed: ("meeting",) in world,
    "close_vote": _close,
    "waive": _waive,
    "declare_conflict": _conflict,
    "assign": _assign,
    "release": _release,
    "start_pilot": _start,
    "start_use": _start,
    "report_pilot": _report,
    "lift_suspension": _ready,
    "meet_condition": _owed,
    "miss_condition": _missed,
    "resident_appeal": lambda world, deed: ("complaint", deed["appeal"]) not in world,
    "answer_resident": lambda world, deed: ("complaint", deed["appeal"]) in world,
    "lapse": lambda world, deed: not holds(world, deed["at"]),
    "void": lambda world, deed: one(world, "approval")[:1] != (deed["found"],),
}


def after(world: World, deed: Deed) -> World:
    """What is true once the deed is done."""
    kind, by = deed["kind"], deed["by"]
    to = arrow(world, deed)
    moves = to != state(world) or kind in ("attest_reproduction", "review")
    told = EFFECTS.get(kind, lambda world, deed: (set(), set()))
    gone, new = told(world, deed)
    if moves:
        gone |= _named(world, "meeting", "present", "vote", "endorsed")
    if duty := duty_of(kind):
        new |= {("did", duty, by)}
    return (world - _named(world, "at") - gone) | new | {("at", to)}


def _named(world: World, *names: str) -> set[tuple[Any, ...]]:
    return {fact for fact in world if fact[0] in names}


def _people(people: Any) -> set[tuple[Any, ...]]:
    new: set[tuple[Any, ...]] = set()
    for person, role in people:
        new |= {("role", person, role)}
        new |= {("did", "build", person)} if role == "developer" else set()
        new |= {("did", "own", person)} if role == "owner" else set()
    return new


def _round(world: World, deed: Deed) -> tuple[set[Any], set[Any]]:
    gone = _named(world, "dossier", "gate", "said", "rerun", "waived")
    new = {("dossier", deed["dossier"]), *(("gate", gate) for gate in deed["gates"])}
    if deed["kind"] != "request_renewal":
        gone |= _named(world, "proposed", "level", "notice", "approval", "owed")
    if deed["kind"] == "appeal":
        new |= {("appealed",)}
    return gone, new


def _left(world: World, deed: Deed) -> tuple[set[Any], set[Any]]:
    person = deed["person"]
    own = {("rerun", person), ("endorsed", person)}
    own |= {fact for fact in world if fact[0] in ("said", "vote") and fact[1] == person}
    own |= {fact for fact in world if fact[0] == "waived" and fact[2] == person}
    return own, {("out", person)}


def _closed(world: World, deed: Deed) -> tuple[set[Any], set[Any]]:
    gone = _named(world, "last", "meeting", "present", "vote", "endorsed")
    new: set[Any] = {("last", deed["verdict"], deed["at"])}
    if deed["verdict"] in ("approve", "extend") and state(world) != "board_stop":
        gone |= _named(world, "approval", "owed")
        used = [end for _, _, end in all_of(world, "waived")]
        new |= {("approval", deed["dossier"], min([deed["end"], deed["use_ends"], *used]))}
        new |= {("owed", *condition) for condition in deed["conditions"]}
        new |= {("extended",)} if deed["verdict"] == "extend" else set()
    if deed["verdict"] == "reject":
        gone |= _named(world, "approval")
        new |= {("refused", deed["dossier"])}
    return gone, new


def _ended(world: World, deed: Deed) -> tuple[set[Any], set[Any]]:
    return _named(world, "approval", "owed"), set()


EFFECTS = {
    "open_case": lambda world, deed: (set(), _people(deed["people"]) | {("community", deed["community"])}),
    "assign": lambda world, deed: (set(), _people([deed["holder"]])),
    "release": lambda world, deed: ({("role", *deed["holder"])}, set()),
    "declare_conflict": _left,
    "submit": _round,
    "appeal": _round,
    "request_renewal": _round,
    "propose_level": lambda w, d: (_named(w, "proposed"), {("proposed", d["level"], d["by"])}),
    "confirm_level": lambda w, d: (_named(w, "level"), {("level", d["level"])}),
    "review": lambda w, d: (
        {fact for fact in w if fact[:3] == ("said", d["by"], d["role"])},
        {("said", d["by"], d["role"], d["blocking"])},
    ),
    "attest_reproduction": lambda w, d: (_named(w, "rerun"), {("rerun", d["by"])} if d["agrees"] else set()),
    "waive": lambda w, d: (
        {fact for fact in w if fact[:2] == ("waived", d["gate"])},
        {("waived", d["gate"], d["by"], d["end"])},
    ),
    "post_notice": lambda w, d: (set(), set() if one(w, "notice") else {("notice", d["at"])}),
    "open_meeting": lambda w, d: (set(), {("meeting",), *(("present", person) for person in d["present"])}),
    "adjourn": lambda w, d: (_named(w, "meeting", "present", "vote", "endorsed"), set()),
    "vote": lambda w, d: (set(), {("vote", d["by"], d["verdict"])}),
    "endorse": lambda w, d: (_named(w, "endorsed"), {("endorsed", d["by"])}),
    "close_vote": _closed,
    "meet_condition": lambda w, d: ({fact for fact in w if fact[:2] == ("owed", d["condition"])}, set()),
    "resident_appeal": lambda w, d: (set(), {("complaint", d["appeal"])}),
    "answer_resident": lambda w, d: ({("complaint", d["appeal"])}, set()),
    "lapse": _ended,
    "void": _ended,
    "stop": _ended,
}
