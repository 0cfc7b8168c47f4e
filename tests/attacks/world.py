"""A small city with everything that is attacked: dossier, ledger with witness, release, key files.

Attacks work on a copy each. What they meet is the real thing: the verbs of the command line, the office in
which steps are entered, files on the disk.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from unittest import mock

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cli import deployment
from civic_ai.cli import ledger as ledger_verbs
from civic_ai.core.errors import CivicError
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.release import write_release
from civic_ai.deployment.standing import case_in
from civic_ai.pilot.load import load_pilot
from civic_ai.records.action import Action, OnDossier, OpenCase
from civic_ai.records.decision import Binding
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.binding import binding_of
from civic_ai.review.ledger import Ledger, open_ledger
from civic_ai.review.ledger_export import export, write_export
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.office import Office
from civic_ai.review.policies import write_policies
from civic_ai.review.witness import Witness
from civic_ai.runner import run
from civic_ai.store.blobs import Blobs
from tests.journey.tiny import quick, write_tiny_pilot
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence
from tests.unit.deployment.conftest import without_mitigations
from tests.unit.explanation.judged import judge
from tests.unit.review.made_case import act, day, deed, policy
from tests.unit.review.made_ledger import LOG, WITNESS, cosign, key_file, said, seconds, write_log_key
from tests.unit.review.made_office import TO_APPROVAL, office_in

PILOT, ON = "example-potholes", "2024-12-02"
LAST, DUE = 200, 100
"""Days, counted from the first: the approval's last one, and when its condition is due."""
_CONDITION = ("drill", "ona", DUE, "suspend")


@dataclass(frozen=True)
class Told:
    """What a check said: its code (kind of a finding, or class of an error), and the sentence."""

    code: str
    says: str


@dataclass(frozen=True)
class World:
    """One city's folders. ``day``: the day that its clocks show, counted from the first."""

    folder: Path
    day: int = 1

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def record(self) -> Path:
        """The exported ledger with its policies."""
        return self.folder / "record"

    @property
    def release(self) -> Path:
        return self.folder / "release"

    @property
    def dossier(self) -> Path:
        [found] = (self.workspace / "dossiers" / PILOT).iterdir()
        return found

    @property
    def database(self) -> Path:
        return self.workspace / "ledger.db"

    @property
    def log_pub(self) -> Path:
        return self.workspace / "keys" / "log.key.pub"

    @property
    def ledger(self) -> Ledger:
        return open_ledger(f"sqlite:///{self.database}", LOG, lambda: noon(self.day))

    @property
    def office(self) -> Office:
        return Office(self.ledger, policy(), Blobs(self.workspace / "blobs"))

    @property
    def binding(self) -> Binding:
        return bound(self.dossier)

    def on(self, number: int) -> World:
        """The same city on another day."""
        return replace(self, day=number)

    def copied(self, to: Path) -> World:
        """A city of its own, which an attack may alter."""
        shutil.copytree(self.folder, to, symlinks=True)
        return replace(self, folder=to)

    def signed(self, kind: str, by: str, role: str, **given: Any) -> SignedEnvelope:
        """A step as its person signs it today."""
        action = about(act(deed(kind, by, role, at=self.day, **given)), self.binding)
        return said(self.office.prepare(PILOT, action), key_file(by))

    def take(self, kind: str, by: str, role: str, **given: Any) -> None:
        self.office.enter(self.signed(kind, by, role, **given))

    def enters(self, envelope: SignedEnvelope) -> list[Told]:
        """What the office says of an envelope."""
        return list(told_by(lambda: self.office.enter(envelope)))

    def exports(self) -> None:
        """The record as the ledger stands now."""
        shutil.rmtree(self.record, ignore_errors=True)
        office = self.office
        write_policies(office.steps(PILOT), office.policy_of, self.record)
        write_export(export(office.ledger.snapshot()), self.record)

    def scores(self, **options: Any) -> list[Told]:
        """What `civic-ai score` says; it writes nothing where it refuses."""
        to = self.folder / "lists" / "list.csv"
        to.parent.mkdir(exist_ok=True)
        given: dict[str, Any] = {"workspace": self.workspace, "ledger": f"sqlite:///{self.database}"}
        with mock.patch.object(deployment, "_now", return_value=noon(self.day)):
            told = list(
                told_by(lambda: deployment.score(str(self.folder / "pilot"), ON, to, **given | options))
            )
        assert bool(told) != to.exists(), "a list stands exactly where nothing was refused"
        return told

    def scores_from_release(self, **options: Any) -> list[Told]:
        """The same where no workspace stands."""
        log = self.folder / "log.pub"
        return self.scores(release=self.release, log=log, workspace=self.folder / "none", **options)

    def verifies(self, *options: object) -> list[Told]:
        """The faults that `civic-ai ledger verify` finds, with the coach's key and copy."""
        words = ["verify", self.record, "--log", self.folder / "log.pub", "--json"]
        words += ["--witness", self.folder / "witness.pub", "--remembered", self.folder / "coach.txt"]
        code, out = _run(*words, *options)
        told = json.loads(out)
        faults = [Told(one["kind"], _numbered(one)) for one in told["findings"] if one["is_fault"]]
        assert (code, told["is_good"]) == ((3, False) if faults else (0, True))
        return faults

    def checks(self, receipt: str) -> list[Told]:
        """What `civic-ai ledger check` finds wrong with a receipt."""
        file = self.folder / "receipt.txt"
        file.write_text(receipt)
        code, out = _run("check", file, "--log", self.folder / "log.pub")
        kind, _, says = out.strip().partition(": ")
        return [] if code == 0 else [Told(kind.split(" #")[0], f"{kind}: {says}")]


def build(folder: Path, *, is_run: bool = False, champion: str = "lightgbm") -> World:
    """The city on its second day: approved with a condition, started, the coach as witness.

    ``is_run``: with the dossier of a real run, so that a list can be made; else one sealed by hand, of a
    ``champion`` that may be a simple rule.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder)
    pilot = write_tiny_pilot(folder / "pilot", without_mitigations())
    world.workspace.mkdir()
    office = office_in(world.workspace)
    _seal_by_run(pilot, world) if is_run else _seal_by_hand(pilot, world, champion)
    steps = [*TO_APPROVAL[:-1], ("close_vote", "cha", "chair", {"conditions": (_CONDITION,)})]
    for kind, by, role, given in [*steps, ("start_pilot", "sol", "data_steward", {})]:
        action = about(act(deed(kind, by, role, **given)), world.binding)
        office.enter(said(office.prepare(PILOT, action), key_file(by)))
    _keys(world)
    signed = cosign(office.ledger, Witness(WITNESS, folder / "coach"), 0, seconds(noon(0)))
    (folder / "coach.txt").write_text(signed)
    world.take("comment", "coa", "coach")
    world.take("comment", "ona", "owner")
    world.exports()
    write_release(world.release, world.office, world.dossier, noon(1))
    remember(world)
    return world


def remember(world: World) -> None:
    """This machine has seen the ledger as it stands."""
    memory = LedgerMemory(world.workspace / "seen")
    case_in(world.office, PILOT, Trust(LOG.public), memory, noon(world.day))


def noon(number: int) -> datetime:
    return datetime.combine(day(number), time(18), UTC)


def bound(dossier: Path) -> Binding:
    """What an approval of this dossier binds."""
    return binding_of(dossier, "the whole city", "crews look at cells first", day(LAST))


def about(action: Action, binding: Binding) -> Action:
    """The action, about this pilot and what its dossier really holds."""
    if isinstance(action, OpenCase):
        return action.model_copy(update={"pilot": PILOT})
    if not isinstance(action, OnDossier):
        return action
    moved = {"binding": binding} if getattr(action, "binding", None) is not None else {}
    return action.model_copy(update={"dossier": binding.dossier, **moved})


def told_by(act: Any) -> Iterator[Told]:
    """Every mistake of the error that ``act`` raises; none where it raises none."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            act()
    except CivicError as error:
        yield from (Told(type(error).__name__, mistake.text()) for mistake in error.mistakes)


def _seal_by_run(pilot: Path, world: World) -> None:
    run(pilot, quick(world.workspace))


def _seal_by_hand(pilot: Path, world: World, champion: str) -> None:
    """A dossier of the pilot's own spec and contracts and a model that was really trained; its records are
    another city's, for nothing here reads a figure."""
    blobs = Blobs(world.workspace / "blobs")
    loaded = load_pilot(pilot, {})
    made = make_evidence(blobs, City())
    named = {"spec": blobs.put_record(loaded.spec), "pilot": PILOT}
    contracts = {name: blobs.put_record(one) for name, one in load_contracts(loaded).items()}
    named |= {"contracts": contracts, "bundle": judge(blobs, champion, kind="event").evaluation.bundle}
    evidence = made.evidence.model_copy(update=named)
    gates = made.gates.model_copy(update={"evidence": evidence.digest})
    cards = {"public/model_card.en.html": b"<h1>Model card</h1>"}
    dossier = seal(evidence, gates, cards, blobs)
    write_dossier(dossier, blobs, world.workspace / "dossiers" / PILOT / dossier.digest[:12])


def _keys(world: World) -> None:
    write_log_key(world.workspace)
    (world.folder / "log.pub").write_text(LOG.public.text + "\n")
    (world.folder / "witness.pub").write_text(WITNESS.public.text + "\n")


def _run(*words: object) -> tuple[int, str]:
    """Exit code and output of a verb of `civic-ai ledger`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = ledger_verbs.app(args=[str(word) for word in words], standalone_mode=False)
    return int(code or 0), out.getvalue()


def _numbered(finding: dict[str, Any]) -> str:
    where = "" if finding["entry"] is None else f" #{finding['entry']}"
    return f"{finding['kind']}{where}: {finding['says']}"
