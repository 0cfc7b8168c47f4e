"""The one check: every reason for a no, each named rightly; and the one yes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from civic_ai.cards.dossier import sealed_file
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import written_date
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.approval import Declared, require_approval, why_not
from civic_ai.records.case import RUNNING
from civic_ai.records.decision import Condition, Waiver
from civic_ai.records.dossier import Dossier
from civic_ai.records.policy import Policy

from .conftest import DECIDED, ENDS, PILOT, TODAY, Sealed

ONE_DAY = timedelta(days=1)


def refusal(sealed: Sealed, case: Any = None, day: date = TODAY, declared: Declared | None = None) -> str:
    with pytest.raises(RefusedError) as refused:
        require_approval(case or sealed.case(), sealed.dossier, day, sealed.policy, declared)
    assert all(mistake.remedy is not None for mistake in refused.value.mistakes)
    return str(refused.value)


def declared(sealed: Sealed, **changed: Any) -> Declared:
    pilot = sealed.pilot
    contracts = {name: contract.digest for name, contract in load_contracts(pilot).items()}
    return Declared(pilot.spec.model_copy(update=changed), contracts)


def test_what_was_approved_may_be_used(sealed: Sealed) -> None:
    decision = sealed.decision()
    assert require_approval(sealed.case(), sealed.dossier, TODAY, sealed.policy) == decision
    found = require_approval(sealed.case(), sealed.dossier, ENDS, sealed.policy, declared(sealed))
    assert found == decision


@pytest.mark.parametrize("state", sorted(RUNNING))
def test_in_every_state_in_which_a_model_is_at_work(sealed: Sealed, state: str) -> None:
    assert require_approval(sealed.case(state=state), sealed.dossier, TODAY, sealed.policy)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("unopened", "the board has not approved this model"),
        ("in_review", "the board has not approved this model"),
        ("board_pilot", "the board has not approved this model"),
        ("approved_for_pilot", "nobody has started the pilot"),
        ("approved_for_use", "nobody has put it to use"),
        ("pilot_suspended", "is suspended"),
        ("use_suspended", "is suspended"),
        ("rejected", "refused"),
        ("returned", "sent the model back"),
        ("lapsed", f"the approval lapsed after {written_date(ENDS, 'en')}"),
        ("voided", "is void"),
        ("stopped", "was stopped"),
        ("board_stop", "stopped until the board has decided"),
        ("retired", "was retired"),
        ("pilot_evaluated", "the pilot has ended"),
        ("board_use", "the pilot has ended"),
    ],
)
def test_no_other_state_is_enough(sealed: Sealed, state: str, says: str) -> None:
    assert says in refusal(sealed, sealed.case(state=state))


def test_a_case_at_work_without_a_decision(sealed: Sealed) -> None:
    assert "has not approved" in refusal(sealed, sealed.case(approval=None))
    unbound = sealed.decision(binding=None)
    assert "has not approved" in refusal(sealed, sealed.case(unbound))
    endless = sealed.decision(expires_on=None)
    assert "the decision approves nothing" in refusal(sealed, sealed.case(endless))


def test_it_lapses_after_its_last_day(sealed: Sealed) -> None:
    assert require_approval(sealed.case(), sealed.dossier, ENDS, sealed.policy)
    assert f"{PILOT}: the approval lapsed after {written_date(ENDS, 'en')}" in refusal(
        sealed, day=ENDS + ONE_DAY
    )


def test_the_earlier_of_its_two_ends_counts(sealed: Sealed) -> None:
    says = f"the approval lapsed after {written_date(TODAY - ONE_DAY, 'en')}"
    early = sealed.decision(expires_on=TODAY - ONE_DAY)
    assert says in refusal(sealed, sealed.case(early))
    bound = sealed.binding.model_copy(update={"ends_on": TODAY - ONE_DAY})
    assert says in refusal(sealed, sealed.case(sealed.decision(binding=bound)))


def test_it_does_not_hold_before_it_was_made(sealed: Sealed) -> None:
    assert f"holds from {written_date(DECIDED, 'en')} on" in refusal(sealed, day=DECIDED - ONE_DAY)
    assert require_approval(sealed.case(), sealed.dossier, DECIDED, sealed.policy)


def test_a_waiver_that_ended(sealed: Sealed) -> None:
    waiver = Waiver(gate="reaches-every-group", reason="data comes in May", grantor="cha", ends_on=TODAY)
    case = sealed.case(sealed.decision(waivers=(waiver,)))
    assert require_approval(case, sealed.dossier, TODAY, sealed.policy)
    said = refusal(sealed, case, TODAY + ONE_DAY)
    asks = next(gate.asks.in_language("en") for gate in sealed.policy.gates if gate.id == waiver.gate)
    assert f"the waiver of gate {waiver.gate} ({asks}) ended on {written_date(TODAY, 'en')}" in said


def test_a_condition_that_was_missed(sealed: Sealed) -> None:
    told: dict[str, Any] = {"id": "translate-notice", "text": "Translate the notice.", "owner": "ona"}
    told |= {"due_on": TODAY, "proof": "the page", "if_missed": "suspend"}
    owed = Condition.model_validate(told)
    case = sealed.case(owed=(owed,))
    assert require_approval(case, sealed.dossier, TODAY, sealed.policy)
    said = refusal(sealed, case, TODAY + ONE_DAY)
    assert f"condition translate-notice was due on {written_date(TODAY, 'en')} and is not met" in said
    assert "ona owes it" in said
    lenient = sealed.case(owed=(owed.model_copy(update={"if_missed": "report"}),))
    assert require_approval(lenient, sealed.dossier, TODAY + ONE_DAY, sealed.policy)


def test_another_pilot(sealed: Sealed) -> None:
    said = refusal(sealed, sealed.case(pilot="houston-potholes"))
    assert f"is of pilot {PILOT}, not of houston-potholes" in said
    foreign = declared(sealed, pilot="houston-potholes")
    assert f"is of pilot {PILOT}, not of houston-potholes" in refusal(sealed, declared=foreign)


@pytest.mark.parametrize("name", ["dossier", "bundle", "features"])
def test_another_digest_is_named_with_both(sealed: Sealed, name: str) -> None:
    other = sealed.binding.model_copy(update={name: "f" * 64})
    said = refusal(sealed, sealed.case(sealed.decision(binding=other)))
    assert f"{name}: approved was {'f' * 64}, found is {getattr(sealed.binding, name)}" in said


def test_another_contract_is_named(sealed: Sealed) -> None:
    contracts = sealed.binding.contracts
    other = sealed.binding.model_copy(update={"contracts": {**contracts, "requests": "f" * 64}})
    said = refusal(sealed, sealed.case(sealed.decision(binding=other)))
    assert f"contracts.requests: approved was {'f' * 64}, found is {contracts['requests']}" in said
    fewer = sealed.binding.model_copy(update={"contracts": {"requests": contracts["requests"]}})
    said = refusal(sealed, sealed.case(sealed.decision(binding=fewer)))
    assert f"contracts.weather: approved was nothing, found is {contracts['weather']}" in said


def test_the_dossier_itself_has_no_tolerance(sealed: Sealed) -> None:
    near = sealed.binding.model_copy(update={"capacity": sealed.binding.capacity + 1})
    assert "capacity: approved was 151, found is 150" in refusal(
        sealed, sealed.case(sealed.decision(binding=near))
    )


@pytest.mark.parametrize(
    ("units", "is_fine"), [(150, True), (165, True), (135, True), (166, False), (134, False)]
)
def test_a_declared_capacity_may_differ_by_the_policys_tolerance(
    sealed: Sealed, units: int, is_fine: bool
) -> None:
    capacity = sealed.pilot.spec.capacity.model_copy(update={"units_per_period": units})
    now = declared(sealed, capacity=capacity)
    if is_fine:
        assert require_approval(sealed.case(), sealed.dossier, TODAY, sealed.policy, now)
    else:
        assert f"capacity: approved was 150, found is {units}" in refusal(sealed, declared=now)


def test_a_policy_that_says_nothing_tolerates_nothing(sealed: Sealed) -> None:
    capacity = sealed.pilot.spec.capacity.model_copy(update={"units_per_period": 151})
    mute = Policy(policy="mute", version="1", gates=())
    assert require_approval(sealed.case(), sealed.dossier, TODAY, mute, declared(sealed))
    with pytest.raises(RefusedError, match="found is 151"):
        require_approval(sealed.case(), sealed.dossier, TODAY, mute, declared(sealed, capacity=capacity))


def test_other_features_and_contracts_in_the_citys_files(sealed: Sealed) -> None:
    spec = sealed.pilot.spec
    assert "features: approved was" in refusal(sealed, declared=declared(sealed, features=spec.features[:-1]))
    swapped = Declared(spec, {**declared(sealed).contracts, "areas": "e" * 64})
    assert f"contracts.areas: approved was {sealed.binding.contracts['areas']}" in refusal(
        sealed, declared=swapped
    )


@pytest.mark.parametrize(
    "path", ["bundle/booster.txt", "bundle/model.json", "contracts/areas.json", "spec.json"]
)
def test_an_altered_file_is_named(sealed: Sealed, tmp_path: Path, path: str) -> None:
    copy = sealed.copied(tmp_path)
    content = (copy.dossier / path).read_bytes()
    (copy.dossier / path).write_bytes(content[:-5] + b"7" + content[-4:])
    assert f"altered after it was sealed: {path}" in refusal(copy, sealed.case())


def test_a_file_that_went_or_came_is_named(sealed: Sealed, tmp_path: Path) -> None:
    copy = sealed.copied(tmp_path)
    (copy.dossier / "bundle" / "more.txt").write_text("?")
    assert "bundle/more.txt" in refusal(copy, sealed.case())


def test_a_dossier_made_again_around_another_model_is_another_dossier(sealed: Sealed, tmp_path: Path) -> None:
    """Whoever writes all digests anew has an intact dossier, but not the one that was approved."""
    copy = sealed.copied(tmp_path)
    remake(copy.dossier, "bundle/booster.txt", lambda text: text.replace(b"tree", b"tree ", 1))
    said = refusal(copy, sealed.case())
    assert f"dossier: approved was {sealed.binding.dossier}" in said
    assert f"bundle: approved was {sealed.binding.bundle}" in said


def remake(folder: Path, path: str, change: Any) -> None:
    """Change a model file and make every digest above it again: bundle, evaluation is left out of it."""
    body = change((folder / path).read_bytes())
    contents = {path: body}
    bundle = json.loads((folder / "bundle/bundle.json").read_bytes())
    bundle["files"][Path(path).name] = digest_of_bytes(body)
    contents["bundle/bundle.json"] = json.dumps(bundle, sort_keys=True, separators=(",", ":")).encode()
    evidence = json.loads((folder / "evidence.json").read_bytes())
    evidence["bundle"] = digest_of_bytes(contents["bundle/bundle.json"])
    contents["evidence.json"] = json.dumps(evidence, sort_keys=True, separators=(",", ":")).encode()
    gates = json.loads((folder / "gates.json").read_bytes())
    gates["evidence"] = digest_of_bytes(contents["evidence.json"])
    from civic_ai.core.canonical import canonical_json

    contents["gates.json"] = canonical_json(gates)
    contents["evidence.json"] = canonical_json(evidence)
    gates["evidence"] = digest_of_bytes(contents["evidence.json"])
    contents["gates.json"] = canonical_json(gates)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    manifest = Dossier.model_validate_json((folder / "manifest.json").read_bytes())
    files = tuple(
        sealed_file(file.path, contents[file.path]) if file.path in contents else file
        for file in manifest.files
    )
    told = {
        "files": files,
        "evidence": digest_of_bytes(contents["evidence.json"]),
        "gates": digest_of_bytes(contents["gates.json"]),
    }
    made = manifest.model_copy(update=told)
    (folder / "manifest.json").write_bytes(made.to_json())
    (folder / "manifest.sha256").write_bytes(f"{made.digest}  manifest.json\n".encode())


def test_of_several_approvals_the_last_one_is_said_to_have_lapsed(sealed: Sealed) -> None:
    days = (date(2026, 12, 1), date(2027, 3, 1))
    granted = tuple(sealed.decision(expires_on=day) for day in days)
    case = sealed.case(state="lapsed", approval=None, decisions=granted)
    assert str(why_not(case)) == "the approval lapsed after March 1, 2027"
