"""Are the features that are said to matter the ones that matter? Take them away and ask again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.explanation.contributions import Contributions
from civic_ai.models.scorer import Floats, Scorer

DELETED = 3
"""Features taken away from each row, at most half of all."""


@dataclass(frozen=True, eq=False)
class Deletion:
    """One entry a row, on the model's own scale: how far the score moved when the features that had moved it
    most were set to their mean (``most``) and when as many others were (``others``); ``told``: what the
    former had contributed, ``moved``: how far the score then moved, with its sign."""

    most: Floats
    others: Floats
    told: Floats
    moved: Floats

    @property
    def agreement(self) -> float | None:
        """Pearson's correlation of what was told with what happened; None where either is constant or no
        finite number."""
        if not (self.told.std() > 0 and self.moved.std() > 0):
            return None
        return float(np.corrcoef(self.told, self.moved)[0, 1])


def delete(scorer: Scorer, frame: pd.DataFrame, moved: Contributions, seed: int) -> Deletion | None:
    """``frame`` and ``moved`` row by row. None where there are fewer than two features to choose from."""
    number = min(DELETED, len(moved.features) // 2)
    if number == 0:
        return None
    order = np.argsort(-np.abs(moved.parts), axis=1, kind="stable")
    rest = np.random.default_rng(seed).permuted(order[:, number:], axis=1)
    most, others = (_marked(chosen[:, :number], moved.parts.shape) for chosen in (order, rest))
    change = moved.raw - scorer.raw_scores(_without(frame, moved, most))
    return Deletion(
        most=np.abs(change),
        others=np.abs(moved.raw - scorer.raw_scores(_without(frame, moved, others))),
        told=(moved.parts * most).sum(axis=1),
        moved=change,
    )


def _marked(chosen: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    marks = np.zeros(shape, dtype=bool)
    np.put_along_axis(marks, chosen, True, axis=1)
    return marks


def _without(frame: pd.DataFrame, moved: Contributions, marked: NDArray[np.bool_]) -> pd.DataFrame:
    """The rows with the marked values at the mean of their column (blank where nothing of it is known)."""
    known = ~np.isnan(moved.values)
    total = np.where(known, moved.values, 0.0).sum(axis=0)
    mean = np.divide(total, known.sum(axis=0), out=np.full(len(total), np.nan), where=known.any(axis=0))
    values = np.where(marked, mean, moved.values)
    return frame.assign(**dict(zip(moved.features, values.T, strict=True)))
