"""A stranger with the dossier finds who said something else of it than it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_ai.cards.verification import verify
from civic_ai.core.errors import RefusedError
from civic_ai.records.action import Action, Appeal, CloseVote, RequestRenewal, Submit, Vote
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.review.binding import binding_of
from civic_ai.review.findings import Finding
from civic_ai.review.handed_in import contradictions, open_gates
from civic_ai.review.history import Taken
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made

BY = {"by": "ona", "role": "owner", "at": "2026-11-23"}


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal_made(tmp_path_factory.mktemp("handed"), City(groups="unequal", leaks=1), with_model=True)


@pytest.fixture(scope="module")
def policy(dossier: Path) -> Policy:
    return Policy.model_validate_json((dossier / "policy.json").read_bytes())


def checked(dossier: Path, policy: Policy, *actions: Action) -> list[Finding]:
    steps = [
        Taken(n, "0" * 64, "p", "0" * 64, action, policy.digest, True) for n, action in enumerate(actions)
    ]
    return list(contradictions(steps, dossier, lambda digest: policy))


def told(dossier: Path, **more: Any) -> dict[str, Any]:
    return {**BY, "dossier": verify(dossier).digest, "reason": "because", **more}


def hand_ins(dossier: Path, gates: tuple[str, ...]) -> Iterator[Action]:
    for kind in (Submit, Appeal, RequestRenewal):
        fields = told(dossier, open_gates=gates)
        yield kind.model_validate({name: fields[name] for name in fields.keys() & kind.model_fields.keys()})


def test_open_is_whatever_does_not_pass(dossier: Path, policy: Policy) -> None:
    report = GateReport.model_validate_json((dossier / "gates.json").read_bytes())
    found = open_gates(dossier, policy)
    assert found == tuple(check.gate for check in report.checks if check.verdict in ("fail", "unknown"))
    assert len(found) == report.failed + report.unknown > 0


def test_every_way_of_handing_in_is_held_against_the_dossier(dossier: Path, policy: Policy) -> None:
    gates = open_gates(dossier, policy)
    assert checked(dossier, policy, *hand_ins(dossier, tuple(reversed(gates)))) == []
    for said in (gates[1:], (), (*gates, "made-up")):
        found = checked(dossier, policy, *hand_ins(dossier, said))
        assert [(each.kind, each.entry) for each in found] == [("not in dossier", n) for n in range(3)]
        assert all(gates[0] in each.says.text() for each in found)
        assert all(each.is_fault for each in found)


def test_a_gate_is_named_in_the_readers_language(dossier: Path, policy: Policy) -> None:
    gates = open_gates(dossier, policy)
    (submitted, *_) = hand_ins(dossier, ())
    (found,) = checked(dossier, policy, submitted)
    asks = {gate.id: gate.asks for gate in policy.gates}
    for language in ("en", "es", "pt"):
        told = found.says.text(language)
        assert all(f"{gate} ({asks[gate].in_language(language)})" in told for gate in gates)
        assert re.search(r" -; .*\(", told)


def test_a_dossier_judged_by_other_gates_or_limits_is_not_read_as_closed(
    dossier: Path, policy: Policy
) -> None:
    gates = open_gates(dossier, policy)
    looser = policy.model_copy(update={"gates": policy.gates[:1]})
    tolerant = policy.tolerances.model_copy(update={"disparity_ratio": 9.0})
    easier = policy.gates[0].model_copy(update={"must_be": "> 0.1"})
    for other in (
        looser,
        policy.model_copy(update={"tolerances": tolerant}),
        policy.model_copy(update={"gates": (easier, *policy.gates[1:])}),
        policy.model_copy(update={"limits": policy.limits.model_copy(update={"group_events": 3})}),
        policy.model_copy(update={"suppression": policy.suppression.model_copy(update={"minimum": 5})}),
    ):
        with pytest.raises(RefusedError, match="judged by other gates or limits"):
            open_gates(dossier, other)
        assert "judged by other" in checked(dossier, other, *hand_ins(dossier, gates))[0].says.text()


def test_what_measures_nothing_may_change(dossier: Path, policy: Policy) -> None:
    renamed = policy.model_copy(update={"version": "99", "workflow": None, "levels": {}})
    waived = tuple(gate.model_copy(update={"waivable_by": "chair"}) for gate in policy.gates)
    assert open_gates(dossier, renamed.model_copy(update={"gates": waived})) == open_gates(dossier, policy)


def test_an_approval_binds_what_the_dossier_holds(dossier: Path, policy: Policy) -> None:
    bound = binding_of(dossier, "all", "look", date(2027, 6, 30))
    closing = told(dossier, role="chair", verdict="approve", expires_on="2027-06-30")
    honest = CloseVote.model_validate(closing | {"binding": bound})
    assert checked(dossier, policy, honest) == []
    for change in ({"bundle": "a" * 64}, {"features": "b" * 64}, {"capacity": bound.capacity + 1},
                   {"contracts": {}}, {"dossier": "c" * 64}):  # fmt: skip
        other = CloseVote.model_validate(closing | {"binding": bound.model_copy(update=change)})
        found = checked(dossier, policy, other)
        assert {each.kind for each in found} == {"not in dossier"}
        assert next(iter(change)) in found[0].says.text()


def test_steps_about_another_dossier_and_votes_say_nothing_of_it(dossier: Path, policy: Policy) -> None:
    other = Submit.model_validate(BY | {"dossier": "f" * 64, "open_gates": ("x",)})
    vote = Vote.model_validate(told(dossier, role="member", verdict="approve"))
    assert checked(dossier, policy, other, vote) == []


def test_an_altered_dossier_proves_nothing(tmp_path: Path, policy: Policy) -> None:
    folder = seal_made(tmp_path, City())
    (folder / "gates.json").write_bytes(b"{}")
    with pytest.raises(RefusedError, match="altered"):
        checked(folder, policy)
    with pytest.raises(RefusedError, match="altered"):
        open_gates(folder, policy)


def test_what_is_not_known_is_open(tmp_path: Path) -> None:
    folder = seal_made(tmp_path, City(known=False))
    report = GateReport.model_validate_json((folder / "gates.json").read_bytes())
    policy = Policy.model_validate_json((folder / "policy.json").read_bytes())
    unknown = [check.gate for check in report.checks if check.verdict == "unknown"]
    assert set(unknown) <= set(open_gates(folder, policy))
    assert unknown
