"""Everything that an evaluation looks at, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from civic_ai.evaluation.choose import Chosen
from civic_ai.evaluation.rows import read_rows
from civic_ai.evaluation.scores import Terms
from civic_ai.evaluation.trial import Trial
from civic_ai.models.fit import LockboxScores
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Looked:
    """What was declared, what was predicted, who was chosen, and the two trials.

    ``units`` is the units' table of the panel. ``lockbox`` holds the champion and the best baseline only.
    """

    spec: PilotSpec
    policy: Policy
    predictions: Predictions
    panel: PanelManifest
    units: pa.Table
    tests: Trial
    chosen: Chosen
    opened: LockboxScores
    lockbox: Trial

    @property
    def terms(self) -> Terms:
        """What the evaluation is held to."""
        return self.tests.terms

    @property
    def champion(self) -> str:
        """The name of the champion."""
        return self.chosen.champion.name

    @property
    def baseline(self) -> str:
        """The name of the best baseline."""
        return self.chosen.best_baseline.name

    @property
    def shown(self) -> tuple[str, ...]:
        """Who stands in every comparison: champion, best candidate, best baseline; nobody twice."""
        return tuple(dict.fromkeys((self.champion, self.chosen.best_candidate.name, self.baseline)))

    def rows(self, trial: Trial, candidate: str) -> pd.DataFrame:
        """The matured rows of a candidate in a trial, with area, type and observer."""
        return read_rows(trial.table, candidate, self.units, trial.lists[candidate])
