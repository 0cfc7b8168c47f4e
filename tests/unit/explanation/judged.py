"""A simulated pilot whose champion was named and scored on the lockbox, without a whole evaluation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from civic_ai.explanation.contributions import Cases, Contributions, contribute, read_cases
from civic_ai.models.baselines import RULES
from civic_ai.models.fit import score_lockbox
from civic_ai.records.evaluation import Calibration, Evaluation, Stability
from civic_ai.records.figure import missing
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import Pilot, log_linear, make_pilot, simulate

POLICY = Policy(policy="test", version="1", gates=())
NOTHING = pa.array([], pa.string())
NOBODY = pa.table({"candidate": NOTHING, "split": NOTHING, "score": pa.array([], pa.float64())})
"""Test scores of nobody: intervals of the lockbox would learn from them."""
Truth = Callable[[pd.DataFrame], np.ndarray]


@dataclass(frozen=True, eq=False)
class Judged:
    """A pilot and an evaluation of it that crowned ``champion``."""

    pilot: Pilot
    evaluation: Evaluation

    @property
    def blobs(self) -> Blobs:
        return self.pilot.blobs

    @property
    def cases(self) -> Cases:
        return read_cases(self.evaluation, self.blobs)

    @property
    def moved(self) -> Contributions:
        """The contributions of every row of the lockbox."""
        cases = self.cases
        return contribute(cases, np.arange(len(cases.frame)))


def judge(
    blobs: Blobs, champion: str, *, kind: str = "count", truth: Truth = log_linear, **changes: Any
) -> Judged:
    """Fit ``champion`` on a simulated pilot and score the lockbox; ``changes`` go to the spec."""
    names = {"candidates": [champion]} if champion.endswith(("glm", "lightgbm")) else {}
    models = {"models": {"candidates": ["lightgbm"], **names}}
    pilot = make_pilot(blobs, simulate(truth, kind=kind), kind=kind, **{**models, **changes})
    return judge_pilot(pilot, champion, kind)


def judge_pilot(pilot: Pilot, champion: str, kind: str) -> Judged:
    predictions = Predictions(
        panel=pilot.panel.digest, blob=pilot.blobs.put_table(NOBODY), rows=0, candidates=(), splits=()
    )
    pilot.blobs.put_record(predictions)
    lockbox = score_lockbox(pilot.spec, predictions, sorted({champion, "recent_count"}), pilot.blobs)
    nothing = missing("not_estimable")
    evaluation = Evaluation(
        predictions=predictions.digest,
        kind=pilot.spec.label.kind,
        objective="recall_at_capacity",
        capacity=pilot.spec.capacity.units_per_period,
        scores=(),
        best_baseline="recent_count",
        best_candidate=champion,
        champion=champion,
        champion_is_baseline=champion in RULES,
        chosen_by="named by the test",
        lift_over_best_baseline=nothing,
        lift_verdict="unknown",
        lockbox=(),
        lockbox_blob=lockbox.blob,
        lockbox_lift=nothing,
        lockbox_agrees="unknown",
        calibration=Calibration(slope=nothing, bias_ratio=nothing, verdict="unknown"),
        stability=Stability(
            worst_split=None,
            worst_ratio=None,
            splits_ahead_of_best_baseline=0,
            splits=2,
            verdict="unknown",
        ),
        unmatured_rows=0,
        bundle=lockbox.bundles[champion],
    )
    return Judged(pilot, evaluation)
