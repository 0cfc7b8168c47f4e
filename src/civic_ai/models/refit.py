"""The same candidate fitted again: with another seed, without a stretch of its past, on shuffled outcomes.

A scorer is one draw. What is said of the champion should not depend on the seed, on one season of the
training dates, or hold for outcomes that mean nothing. These fits are never sealed and never score a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import parallel_config
from numpy.typing import NDArray

from civic_ai.models.candidates import Candidate, Fit
from civic_ai.models.fanout import run_all
from civic_ai.models.rows import PanelRows, training_of
from civic_ai.models.scorer import ModelScorer
from civic_ai.panel.split import Split
from civic_ai.records.predictions import Settings

_OUTCOME = ("label", "ended")


@dataclass(frozen=True)
class Again:
    """A candidate and the split (the lockbox's) whose training rows it is fitted to again.

    ``settings``: those of the sealed model, with what its training found (its rounds, say), so that it is
    the same model and nothing is searched again. Shuffled outcomes are fitted from the start.
    """

    candidate: Candidate
    rows: PanelRows
    split: Split
    settings: Settings

    def with_seeds(self, seeds: Sequence[int]) -> list[ModelScorer]:
        """One fit a seed, on the same rows."""
        return _run([self._fit(self.rows, seed, self.settings) for seed in seeds])

    def without_stretches(self, stretches: int, seed: int) -> list[ModelScorer]:
        """One fit for each of so many equal stretches of the training dates, which it does not see."""
        dates = np.array(self.split.training_dates, dtype="datetime64[D]")
        left_out = np.array_split(dates, stretches)
        kept = [self._kept(~np.isin(self.rows.as_of, part)) for part in left_out]
        return _run([self._fit(rows, seed, self.settings) for rows in kept])

    def on_shuffled_outcomes(self, seed: int) -> ModelScorer:
        """A fit to outcomes that were shuffled among all rows whose outcome is known.

        Within a date, a season or the weather would still tell how much happened on it.
        """
        frame, known = self.rows.frame.copy(), np.flatnonzero(~np.isnan(self.rows.label))
        order = np.random.default_rng(seed).permutation(known)
        for name in _OUTCOME:
            if name in frame.columns:
                values = frame[name].to_numpy().copy()
                values[known] = values[order]
                frame[name] = values
        shuffled = PanelRows(frame, self.rows.panel, self.rows.blobs)
        (made,) = _run([self._fit(shuffled, seed, self.candidate.settings)])
        return made

    def _kept(self, kept: NDArray[np.bool_]) -> PanelRows:
        frame = self.rows.frame[kept].reset_index(drop=True)
        return PanelRows(frame, self.rows.panel, self.rows.blobs)

    def _fit(self, rows: PanelRows, seed: int, settings: Settings) -> Fit:
        """Raises :class:`~civic_ai.core.errors.DataError` where too little is left to learn from."""
        seen = replace(self.split, is_lockbox=False)  # what is measured of a model to be sealed is not needed
        model = self.candidate.unfitted(rows, seed).model_copy(update={"settings": settings})
        return self.candidate.plan([training_of(rows, seen)], model)[0]


def _run(fits: Sequence[Fit]) -> list[ModelScorer]:
    """On this machine whatever the engine: rows that were changed have no address to be sent by."""
    with parallel_config("threading"):
        return run_all(fits)
