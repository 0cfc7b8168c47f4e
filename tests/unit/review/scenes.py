"""Parts of the workflow, each small enough to be walked to its last state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from civic_ai.core.errors import RefusedError
from civic_ai.records.action import Action
from civic_ai.records.case import Case
from civic_ai.review.workflow import next_case
from tests.unit.review import specification as spec
from tests.unit.review.made_case import ACTIONS, COMMUNITY, PEOPLE, act, deed, policy, world

Deeds = list[spec.Deed]


class Scene(NamedTuple):
    """Where it begins, the deeds that lead on, and those that are only tried in every state."""

    begin: Deeds
    follow: Deeds
    tried: Deeds


def open_case(people: Iterable[tuple[str, str]] = PEOPLE) -> spec.Deed:
    return deed("open_case", "ona", "owner", people=tuple(people), community=COMMUNITY)


def walk(scene: Scene) -> tuple[int, int]:
    """All states that the scene reaches, and all deeds tried: the two workflows must agree on each."""
    case, facts = Case(), spec.World()
    for one in scene.begin:
        then, facts = both(case, facts, one, act(one))
        assert then is not None, f"the scene cannot begin: {one}"
        case = then
    deeds = [(one, act(one), one in scene.follow) for one in (*scene.follow, *scene.tried)]
    seen, waiting, tried = {facts}, [(case, facts)], 0
    while waiting:
        case, facts = waiting.pop()
        for one, action, leads_on in deeds:
            then, told = both(case, facts, one, action)
            tried += 1
            if then is not None and leads_on and told not in seen:
                seen.add(told)
                waiting.append((then, told))
    return len(seen), tried


def both(case: Case, facts: spec.World, one: spec.Deed, action: Action) -> tuple[Case | None, spec.World]:
    """The case and the facts after a deed, on which both must agree; None and the facts when refused."""
    then, refused = _tried(case, action)
    expected = spec.allowed(facts, one)
    assert expected == (refused is None), f"specification: {expected}\n{one}\n{sorted(facts)}\n{refused}"
    if then is None:
        return None, facts
    told = spec.after(facts, one)
    assert world(then) == told, f"{one}\n{sorted(world(then) ^ told)}"
    return then, told


def _tried(case: Case, action: Action) -> tuple[Case | None, RefusedError | None]:
    try:
        return next_case(case, action, policy()), None
    except RefusedError as error:
        return None, error


def everything() -> Deeds:
    """Each kind of deed by everybody, each in a role held, and by one who claims a role that is not held."""
    about: dict[str, dict[str, Any]] = {
        "open_case": {"people": PEOPLE, "community": COMMUNITY},
        "assign": {"holder": ("new", "member")},
        "release": {"holder": ("mem", "member")},
        "declare_conflict": {"person": "mem"},
    }
    who = [*PEOPLE, ("ona", "chair"), ("dee", "technical_reviewer"), ("aud", "governance_officer")]
    return [deed(kind, by, role, **about.get(kind, {})) for kind in ACTIONS for by, role in who]


def wrong_details() -> Deeds:
    """Deeds by the right person with something amiss."""
    return [
        deed("submit", "ona", "owner", answered=()),
        deed("submit", "ona", "owner", gates=("no-such-gate",)),
        deed("propose_level", "off", "governance_officer", answered=("F0",)),
        deed("propose_level", "off", "governance_officer", dossier="C"),
        deed("confirm_level", "cha", "chair", level="III"),
        deed("review", "tec", "technical_reviewer", dossier="C"),
        deed("review", "tec", "technical_reviewer", blocking=True),
        deed("attest_reproduction", "tec", "technical_reviewer", agrees=False),
        deed("hand_to_board", "off", "governance_officer", answered=()),
        deed("hand_to_board", "off", "governance_officer", dossier="C"),
        deed("open_meeting", "cha", "chair", answered=("F2",)),
        deed("open_meeting", "cha", "chair", present=("cha", "com"), absent=()),
        deed("open_meeting", "cha", "chair", present=("cha", "com", "ona"), absent=("mem",)),
        deed("open_meeting", "cha", "chair", present=("cha", "com", "mem"), absent=("mem",)),
        deed("vote", "mem", "member", verdict="extend"),
        deed("vote", "mem", "member", dossier="C"),
        deed("close_vote", "cha", "chair", dossier="C"),
        deed("close_vote", "cha", "chair", binding=None),
        deed("close_vote", "cha", "chair", binding="C"),
        deed("close_vote", "cha", "chair", end=None),
        deed("close_vote", "cha", "chair", end=0),
        deed("close_vote", "cha", "chair", end=900),
        deed("close_vote", "cha", "chair", use_ends=-1),
        deed("close_vote", "cha", "chair", verdict="extend"),
        deed("close_vote", "cha", "chair", verdict="return"),
        deed(
            "close_vote",
            "cha",
            "chair",
            verdict="reject",
            binding=None,
            end=None,
            conditions=(("c", "ona", 9, "suspend"),),
        ),
        deed("close_vote", "cha", "chair", verdict="return", binding=None),
        deed("close_vote", "cha", "chair", verdict="reject", end=None),
        deed("close_vote", "cha", "chair", conditions=(("c", "nobody", 9, "suspend"),)),
        deed("close_vote", "cha", "chair", conditions=(("c", "ona", -1, "suspend"),)),
        deed("close_vote", "cha", "chair", conditions=(("c", "ona", 9, "report"),)),
        deed("start_pilot", "sol", "data_steward", dossier="C"),
        deed("start_pilot", "sol", "data_steward", at=201),
        deed("start_use", "sol", "data_steward", at=201),
        deed("start_use", "sol", "data_steward", dossier="C"),
        deed("report_pilot", "ona", "owner", dossier="C"),
        deed("lift_suspension", "cha", "chair", at=201),
        deed("lift_suspension", "cha", "chair", at=10),
        deed("lapse", "off", "governance_officer", at=200),
        deed("lapse", "off", "governance_officer", at=201),
        deed("lapse", "off", "governance_officer", at=301),
        deed("void", "off", "governance_officer", found="A"),
        deed("appeal", "ona", "owner", at=30),
        deed("appeal", "ona", "owner", at=31),
        deed("appeal", "ona", "owner", dossier="A"),
        deed("meet_condition", "off", "governance_officer", condition="other"),
        deed("miss_condition", "off", "governance_officer", condition="other"),
        deed("miss_condition", "off", "governance_officer", at=9),
        deed("miss_condition", "off", "governance_officer", at=10),
        deed("answer_resident", "equ", "equity_reviewer", appeal="other"),
        deed("declare_conflict", "mem", "member", person="equ"),
        deed("declare_conflict", "cha", "chair", person="equ"),
        deed("declare_conflict", "off", "governance_officer", person="nobody"),
        deed("assign", "off", "governance_officer", holder=("tec", "developer")),
        deed("assign", "off", "governance_officer", holder=("new", "developer")),
        deed("assign", "off", "governance_officer", holder=("sol", "owner")),
        deed("assign", "off", "governance_officer", holder=("mem", "member")),
        deed("release", "off", "governance_officer", holder=("cha", "chair")),
        deed("release", "off", "governance_officer", holder=("com", "member")),
        deed("release", "off", "governance_officer", holder=("ona", "chair")),
        deed("release", "off", "governance_officer", holder=("off", "governance_officer")),
        deed("open_case", "ona", "owner", people=PEOPLE[:3], community="x"),
        *(deed("waive", "cha", "chair", gate=gate) for gate in spec.WAIVED_BY),
        deed("waive", "tec", "technical_reviewer", gate="g-tech"),
        deed("waive", "cha", "chair", end=0),
        deed("waive", "cha", "chair", end=366),
    ]


TRIED = [*everything(), *wrong_details()]
AT_A_MEETING = [
    one
    for one in TRIED
    if one["kind"]
    in {"vote", "close_vote", "open_meeting", "endorse", "adjourn", "assign", "release", "waive"}
]


def prepared(level: str, people: Iterable[tuple[str, str]] = PEOPLE, gates: tuple[str, ...] = ()) -> Deeds:
    """A case whose level is confirmed."""
    return [
        open_case(people),
        deed("submit", "ona", "owner", gates=gates),
        deed("propose_level", "off", "governance_officer", level=level),
        deed("confirm_level", "equ", "equity_reviewer", level=level),
    ]


def at_the_board(
    level: str, people: Iterable[tuple[str, str]] = PEOPLE, gates: tuple[str, ...] = ()
) -> Deeds:
    """A case that the board can meet on."""
    return [
        *prepared(level, people, gates),
        *(deed("review", who, role) for who, role in PEOPLE[3:6]),
        deed("attest_reproduction", "tec", "technical_reviewer"),
        deed("hand_to_board", "off", "governance_officer"),
        deed("post_notice", "off", "governance_officer", at=-40),
    ]


def voted(verdict: str, *seats: str, **closing: Any) -> Deeds:
    """A meeting at which these vote alike, and its end."""
    absent = tuple(person for person in ("cha", "com", "mem") if person not in seats)
    roles = dict(PEOPLE)
    return [
        deed("open_meeting", "cha", "chair", present=seats, absent=absent, **_of(closing)),
        *(deed("vote", person, roles[person], verdict=verdict, **_of(closing)) for person in seats),
        deed("close_vote", "cha", "chair", verdict=verdict, **closing),
    ]


def _of(closing: dict[str, Any]) -> dict[str, Any]:
    return {name: closing[name] for name in ("dossier", "at") if name in closing}
