"""Why a unit is on the list: families of features in plain words, with a mark where one is not stable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from civic_ai.cards.sealed import SealedBlobs
from civic_ai.cards.verification import read_manifest
from civic_ai.core.messages import say
from civic_ai.explanation.contributions import RULE_FAMILIES
from civic_ai.explanation.reasons import give_reasons, tell_reason
from civic_ai.models.scorer import ModelScorer
from civic_ai.records.evidence import Evidence
from civic_ai.records.explanation import Explanation
from civic_ai.records.panel import PanelManifest

LISTED = "list"
"""The example of an explanation that stands for units that are chosen by their score."""


@dataclass(frozen=True)
class Reasons:
    """``families``: family of each feature. ``stable``: codes that most models trained again give as well to
    units at the top of the list; any other code carries a mark."""

    families: Mapping[str, str]
    stable: frozenset[str]

    def codes(self, scorer: ModelScorer, frame: pd.DataFrame) -> list[tuple[str, ...]]:
        """The codes of each row of ``frame``, the strongest reason first."""
        parts = pd.DataFrame(scorer.contributions(frame)[:, :-1])
        by_family = parts.T.groupby([self.families[name] for name in scorer.features], sort=False).sum().T
        size = by_family.abs().sum(axis=1)
        shares = by_family.div(size.where(size > 0, 1.0), axis=0)
        return [give_reasons(row) for row in shares.to_dict("records")]

    def text(self, codes: Sequence[str], language: str) -> str:
        """The sentences of the codes in ``language``."""
        return " ".join(self._sentence(code, language) for code in codes)

    def unstable(self, codes: Sequence[str]) -> int:
        """How many of the codes carry a mark."""
        return sum(code not in self.stable for code in codes)

    def _sentence(self, code: str, language: str) -> str:
        told = tell_reason(code).text(language)
        mark = say("(not stable: other models give another reason)").text(language)
        return told if code in self.stable else f"{told} {mark}"


def read_reasons(folder: Path) -> Reasons:
    """What the sealed dossier in ``folder`` says of its model's reasons; without trials none is stable."""
    manifest = read_manifest(folder)
    blobs = SealedBlobs(folder, manifest)
    evidence = blobs.record(Evidence, manifest.evidence)
    trials = blobs.record(Explanation, evidence.explanation).trials
    features = blobs.record(PanelManifest, evidence.panel).features
    tried = () if trials is None else trials.reasons
    stable = frozenset(each.reason for each in tried if each.example == LISTED and each.is_stable)
    return Reasons({feature.name: feature.family for feature in features} | RULE_FAMILIES, stable)
