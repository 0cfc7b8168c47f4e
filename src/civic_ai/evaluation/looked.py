"""Everything that an evaluation looks at, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from civic_ai.evaluation.choose import Chosen, choose_champion
from civic_ai.evaluation.rows import read_rows
from civic_ai.evaluation.scores import Terms, terms_of
from civic_ai.evaluation.trial import Trial, open_lockbox, try_on_tests
from civic_ai.models.fit import LockboxScores, score_lockbox
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs


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


def look(spec: PilotSpec, predictions: Predictions, policy: Policy, blobs: Blobs) -> Looked:
    """Everyone tried on the tests, the champion chosen, and then the lockbox opened, for champion and best
    baseline only.

    Raises :class:`DataError` when the test periods hold no event, or when candidates differ in their rows.
    """
    terms = terms_of(spec, predictions, policy)
    panel = blobs.record(PanelManifest, predictions.panel)
    tests = try_on_tests(blobs.table(predictions.blob), terms)
    chosen = choose_champion(
        predictions.candidates,
        {one.name: tests.objective(one.name) for one in predictions.candidates},
        terms.objective,
        tests.whole.resampled,
        spec.models.preferred,
    )
    opened = score_lockbox(spec, predictions, [one.name for one in chosen.looked_at], blobs)
    return Looked(
        spec=spec,
        policy=policy,
        predictions=predictions,
        panel=panel,
        units=blobs.table(panel.units_blob),
        tests=tests,
        chosen=chosen,
        opened=opened,
        lockbox=open_lockbox(blobs.table(opened.blob), terms),
    )
