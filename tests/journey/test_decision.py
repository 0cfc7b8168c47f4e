"""From a sealed dossier to a decision that binds: by command line, seven people with a key each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import ruamel.yaml

from civic_ai.cards.verification import verify
from civic_ai.cli.main import main
from civic_ai.core.messages import governance_folder
from civic_ai.runner import run
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import alias_moves
from tests.journey.tiny import quick, write_tiny_pilot
from tests.unit.deployment.conftest import without_mitigations

PEOPLE = {
    "Ona Owner": "owner",
    "Dee Developer": "developer",
    "Tec Reviewer": "technical_reviewer",
    "Equ Reviewer": "equity_reviewer",
    "Olga Officer": "governance_officer",
    "Cha Chair": "chair",
    "Com Resident": "member",
}
TODAY = datetime.now(UTC).date()
ENDS = str(TODAY + timedelta(days=200))
Say = Callable[..., int]


def open_policy(folder: Path) -> Path:
    """The starter policy with the gates that a tiny city can pass."""
    yaml = ruamel.yaml.YAML()
    policy = yaml.load((governance_folder() / "policy.yaml").read_text("utf-8"))
    policy["gates"] = [gate for gate in policy["gates"] if gate["id"] in ("labels-matured", "reasons-add-up")]
    for rules in policy["levels"].values():
        rules["gates_not_waivable"] = []
    with (folder / "policy.yaml").open("w", encoding="utf-8") as target:
        yaml.dump(policy, target)
    return folder / "policy.yaml"


class City:
    """A workspace with a ledger, everybody's enrolled key, and a sealed dossier."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.workspace, self.policy = folder / "workspace", open_policy(folder)
        self.pilot = write_tiny_pilot(folder / "tiny-potholes", without_mitigations())
        self.dossier = run(self.pilot, quick(self.workspace, policy=self.policy)).dossier
        self.digest = verify(self.dossier).digest
        keys = self.workspace / "keys"
        self.says("keys", "new", keys / "log.key", "--name", "city.example/ledger", "--kind", "log")
        for person in PEOPLE:
            self.says("keys", "new", self.key(person), "--name", person)
        self.says("ledger", "new", "--sign-with", self.key("Olga Officer"))
        for person in PEOPLE:
            if person != "Olga Officer":
                public = f"{self.key(person)}.pub"
                self.says("keys", "enroll", public, "--sign-with", self.key("Olga Officer"))

    def key(self, person: str) -> Path:
        return self.folder / "people" / f"{person.split(maxsplit=1)[0]}.key"

    def says(self, *words: object) -> str:
        """What the command line prints; it must succeed."""
        code, told = self.tries(*words)
        assert code == 0, told
        return told

    def tries(self, *words: object) -> tuple[int, str]:
        """Exit code, and what is printed on either stream."""
        self.capsys.readouterr()
        code = main([str(word) for word in words])
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def decides(self, step: str, person: str, *fields: str, **options: object) -> tuple[int, str]:
        """One step by its person, in the role that the person has."""
        role = options.pop("role", PEOPLE[person])
        words = ["decide", step, self.pilot, "--key", self.key(person), "--role", role]
        words += ["--dossier", self.dossier, "--policy", self.policy]
        for field in fields:
            words += ["--set", field]
        return self.tries(*words)

    def must(self, step: str, person: str, *fields: str) -> str:
        code, told = self.decides(step, person, *fields)
        assert code == 0, told
        return told

    def before_the_board(self) -> None:
        """Every step up to the meeting."""
        people = ", ".join(
            f"{{person: {person}, role: {role}, is_community: {str(role == 'member').lower()}}}"
            for person, role in PEOPLE.items()
        )
        self.must("open_case", "Ona Owner", f"people=[{people}]")
        self.says("submit", self.pilot, "--dossier", self.dossier, "--key", self.key("Ona Owner"),
                  "--policy", self.policy)  # fmt: skip
        self.must("propose_level", "Olga Officer")
        self.must("confirm_level", "Cha Chair", "level=II")
        for person in ("Tec Reviewer", "Equ Reviewer"):
            self.says("review", self.pilot, "--key", self.key(person), "--role", PEOPLE[person], "--reason",
                      "I read the dossier and its data.", "--policy", self.policy)  # fmt: skip
        self.must("attest_reproduction", "Tec Reviewer", f"report={'ab' * 32}", "agrees=true")
        self.must("hand_to_board", "Olga Officer")
        self.must("post_notice", "Olga Officer", f"notice={'cd' * 32}", "where=city hall")
        self.must("open_meeting", "Cha Chair", "present=[Cha Chair, Com Resident]")

    def vote(self, verdict: str) -> None:
        for person in ("Cha Chair", "Com Resident"):
            self.must("vote", person, f"verdict={verdict}", "reason=I heard the residents.")


@pytest.fixture
def city(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path / "workspace"))
    monkeypatch.setenv("CIVIC_AI_LANGUAGE", "en")
    return City(tmp_path, capsys)


def state(city: City) -> str:
    return str(
        json.loads(city.says("case", "example-potholes", "--json", "--policy", city.policy))["case"]["state"]
    )


def test_seven_people_approve_with_a_condition_and_anybody_can_verify_it(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert city.decides("start_pilot", "Olga Officer")[0] == 3
    city.before_the_board()
    refused, why = city.decides("vote", "Dee Developer", "verdict=approve", "reason=mine", role="member")
    assert refused == 3
    assert "Dee Developer" in why
    city.vote("approve")
    condition = (
        f"conditions=[{{id: drill, text: Try the fallback once., owner: Ona Owner, due_on: {ENDS}, "
        "proof: minutes of the drill, if_missed: suspend}]"
    )
    told = city.must(
        "close_vote", "Cha Chair", "verdict=approve", "reason=It finds more.", condition,
        f"expires_on={ENDS}", "area=the whole city", "use=crews look at cells first", f"ends_on={ENDS}",
    )  # fmt: skip
    assert "approved_for_pilot" in told
    shown = city.says("case", "example-potholes", "--policy", city.policy)
    assert "Condition drill, Ona Owner" in shown
    assert "Impact level II." in shown
    (move,) = alias_moves(Workspace(city.workspace))
    assert (move.approved, move.retired) == (city.digest, None)
    city.must("stop", "Olga Officer", "reason=The season is over.")
    (move,) = alias_moves(Workspace(city.workspace))
    assert (move.approved, move.retired) == (None, city.digest)

    exported = tmp_path / "fresh"
    city.says("ledger", "export", "--to", exported)
    log = city.workspace / "keys" / "log.key.pub"
    monkeypatch.setenv("CIVIC_AI_HOME", str(tmp_path / "nothing-here"))
    verified = city.says("ledger", "verify", exported, "--log", log)
    assert verified.startswith("good; entries: ")
    assert "no witness" in verified
    for policy in (exported / "policies").iterdir():
        policy.unlink()
    code, verified = city.tries("ledger", "verify", exported, "--log", log)
    assert code == 3
    assert "is not at hand, so nobody can judge it" in verified


def test_a_refusal_stands_and_nothing_may_run(city: City) -> None:
    city.before_the_board()
    city.vote("reject")
    told = city.must("close_vote", "Cha Chair", "verdict=reject", "reason=Too few cases.")
    assert "rejected" in told
    code, why = city.tries("score", city.pilot, "--on", "2024-12-02", "--to", city.folder / "list.csv",
                           "--policy", city.policy)  # fmt: skip
    assert code == 3, why
    assert not (city.folder / "list.csv").exists()
    site = city.folder / "site"
    city.says("publish", "--to", site, "--policy", city.policy)
    page = (site / "en" / "example-potholes" / "index.html").read_text("utf-8")
    assert "Refused" in page
    assert "Too few cases." in page
    assert "Com Resident" not in page
