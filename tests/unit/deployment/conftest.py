"""A tiny city whose champion is a trained model, sealed once; tests work on copies or leave it as it is."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.policy.load import load_policy
from civic_ai.records.case import Case
from civic_ai.records.decision import Binding, Decision
from civic_ai.records.policy import Policy
from civic_ai.review.binding import binding_of
from civic_ai.runner import run
from civic_ai.store.blobs import Blobs
from tests.journey.tiny import EXAMPLE, quick, write_tiny_pilot
from tests.once import once

PILOT = "example-potholes"
LAST = date(2024, 12, 2)
DECIDED, TODAY, ENDS = date(2026, 10, 1), date(2026, 11, 23), date(2027, 6, 30)


def without_mitigations() -> dict[str, str]:
    """The change of the example's spec that leaves a trained model to be judged."""
    text = (EXAMPLE / "pilot.yaml").read_text("utf-8")
    start = text.index("  candidates:")
    block = text[start : text.index("validation:")]
    return {block: "  candidates: [lightgbm]\n  preferred: lightgbm\n"}


ALL_LANGUAGES = {"languages: [en, es, pt]": "languages: [en, es, pt]"}


@dataclass(frozen=True)
class Sealed:
    """A pilot's folder, the workspace of its run, its dossier, and a case in which that was approved."""

    pilot_folder: Path
    workspace: Path
    dossier: Path
    policy: Policy

    @property
    def pilot(self) -> Pilot:
        return load_pilot(self.pilot_folder, os.environ)

    @property
    def blobs(self) -> Blobs:
        return Blobs(self.workspace / "blobs")

    @property
    def binding(self) -> Binding:
        return binding_of(self.dossier, "the whole city", "crews look at cells first", ENDS)

    def decision(self, **changed: Any) -> Decision:
        told: dict[str, Any] = {
            "question": "G3",
            "dossier": self.binding.dossier,
            "verdict": "approve",
            "decided_on": DECIDED,
            "present": ("cha", "mem", "com"),
            "absent": (),
            "recused": (),
            "votes": (),
            "expires_on": ENDS,
            "binding": self.binding,
            "policy": self.policy.digest,
        }
        return Decision.model_validate(told | changed)

    def case(self, decision: Decision | None = None, **changed: Any) -> Case:
        approval = decision or self.decision()
        return Case.model_validate(
            {"pilot": PILOT, "state": "pilot", "approval": approval, "decisions": (approval,)} | changed
        )

    def copied(self, to: Path) -> Sealed:
        """The same with a dossier and a pilot of its own, which a test may change."""
        shutil.copytree(self.dossier, to / "dossier")
        shutil.copytree(self.pilot_folder, to / "pilot")
        return replace(self, dossier=to / "dossier", pilot_folder=to / "pilot")


def deploy(base: Path) -> None:
    """The city's pilot and the workspace of its run."""
    pilot = write_tiny_pilot(base / "tiny-potholes", without_mitigations() | ALL_LANGUAGES)
    run(pilot, quick(base / "workspace"))


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    base = once(tmp_path_factory, "deployed", deploy)
    pilot = base / "tiny-potholes"
    made = run(pilot, quick(base / "workspace"))
    assert not made.evaluation.champion_is_baseline, "the champion must be a trained model"
    return Sealed(pilot, base / "workspace", made.dossier, load_policy())
