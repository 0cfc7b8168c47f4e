"""What the steps of one demo pilot rest on: its sealed dossier, its answers, the report of its second run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from civic_ai.cards.pilot_record import Declared, record_of
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.cards.verification import MANIFEST
from civic_ai.core.canonical import digest_of_file
from civic_ai.pilot.answers import Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.impact_answers import pilot_answers
from civic_ai.policy.impact_level import find_level
from civic_ai.policy.impact_questionnaire import shipped_questionnaire
from civic_ai.records.answers import Answers
from civic_ai.records.impact_level import ImpactLevel
from civic_ai.records.pilot_record import Decided
from civic_ai.records.policy import Policy
from civic_ai.records.reproduction import Reproduction
from civic_ai.review.decided import decided_of
from civic_ai.review.handed_in import open_gates
from civic_ai.review.history import Event
from civic_ai.web.demo.pilots import DemoPilot

REPORT = "reproduction.json"


@dataclass(frozen=True)
class Kept:
    """One pilot's files, each read once."""

    pilot: DemoPilot
    policy: Policy
    folder: Path
    """Where the city keeps what it says of the pilot."""
    dossier: Path

    @cached_property
    def sealed(self) -> Sealed:
        """The dossier as the board may see it."""
        return read_sealed(self.dossier, "board")

    @cached_property
    def open_gates(self) -> tuple[str, ...]:
        """The gates that do not pass."""
        return open_gates(self.dossier, self.policy)

    @cached_property
    def report(self) -> bytes:
        """The report of the second run."""
        return (self.folder / REPORT).read_bytes()

    @property
    def second_run(self) -> dict[str, Any]:
        """Whether a second run agrees, and which dossier it was held against."""
        found = Reproduction.model_validate_json(self.report)
        return {"dossier": found.dossier, "agrees": found.agrees}

    @cached_property
    def impact(self) -> ImpactLevel:
        """The level that the questionnaire gives."""
        questions = shipped_questionnaire()
        return find_level(questions, pilot_answers(self.folder, questions), self.policy)

    @property
    def level(self) -> dict[str, Any]:
        """The level to propose, and the digest of the answers that give it."""
        answers = pilot_answers(self.folder, shipped_questionnaire())
        return {"level": self.impact.level, "answers": answers.digest}

    def decided(self, events: Iterable[Event]) -> Mapping[str, Decided]:
        """The fields that these steps fill."""
        return decided_of(events, self.dossier_digest, lambda _: self.policy)

    @cached_property
    def dossier_digest(self) -> str:
        """What people sign."""
        return digest_of_file(self.dossier / MANIFEST)

    def answered(self, decided: Mapping[str, Decided]) -> tuple[str, ...]:
        """The fields of the record that stand with evidence, together with these."""
        declared = Declared(answers=self._answers, decided=decided, impact=self.impact)
        return tuple(sorted(record_of(self.sealed, declared, shipped_crosswalk()).answered))

    @cached_property
    def _answers(self) -> Answers | None:
        return load_answers(Beside(shipped_crosswalk(), self.pilot.name, self.folder))
