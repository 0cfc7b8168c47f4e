"""What a fitted candidate can do: score rows, and say which features a score came from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.records.predictions import FittedModel

Floats = NDArray[np.float64]

MEANS: Mapping[str, Callable[[Floats], Floats]] = {"identity": np.asarray, "log": np.exp, "logit": expit}
"""From a model's own scale to what it predicts, by the name of the link."""


class Scorer(Protocol):
    """A rule or a fitted model. Frames may hold other columns; NaN means not known on the day."""

    @property
    def candidate(self) -> str:
        """The name of the candidate or baseline."""

    @property
    def features(self) -> tuple[str, ...]:
        """The panel columns that it reads, in order."""

    @property
    def link(self) -> str:
        """``log`` (counts), ``logit`` (events) or ``identity`` (rules)."""

    def score(self, frame: pd.DataFrame) -> Floats:
        """Probability (events) or expected count within the horizon (counts, rules), one a row."""

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """The same on the model's own scale, where contributions add up."""

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """One column a feature, then the base; each row sums to its raw score."""


@dataclass(frozen=True)
class ModelScorer(ABC):
    """A fitted model, as opposed to a rule: a :class:`Scorer` that can be sealed into a bundle."""

    model: FittedModel

    @property
    def candidate(self) -> str:
        """The name of the candidate."""
        return self.model.candidate

    @property
    def features(self) -> tuple[str, ...]:
        """The panel columns that it reads, in order."""
        return self.model.features

    @property
    def link(self) -> str:
        """``log`` or ``logit``."""
        return self.model.link

    def score(self, frame: pd.DataFrame) -> Floats:
        """Probability (events) or expected count within the horizon, one a row."""
        return np.asarray(MEANS[self.link](self.raw_scores(frame)))

    @abstractmethod
    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Log odds (events) or log of the expected count, one a row."""

    @abstractmethod
    def contributions(self, frame: pd.DataFrame) -> Floats:
        """One column a feature, then the base; each row sums to its raw score."""

    @abstractmethod
    def smallest_cell(self, matrix: Floats) -> int:
        """Fewest training rows (``matrix``) behind any one value that the model keeps."""


def feature_matrix(frame: pd.DataFrame, features: tuple[str, ...]) -> Floats:
    """The columns ``features`` of ``frame`` as float64, in C order (rows x features).

    Raises :class:`DataError` when a column is missing or holds an infinite value.
    """
    absent = [name for name in features if name not in frame.columns]
    if absent:
        raise DataError.because(
            say("the model needs columns that the table does not have: {names}", names=", ".join(absent)),
            remedy=say("Build the panel from the spec that the model was trained with."),
        )
    matrix = np.ascontiguousarray(frame[list(features)].to_numpy(dtype=np.float64))
    infinite = np.isinf(matrix).sum(axis=0)
    if infinite.any():
        worst = int(infinite.argmax())
        raise DataError.because(
            say("{column} is infinite in {rows} rows", column=features[worst], rows=int(infinite[worst])),
            remedy=say("Write blanks where a value is not known."),
        )
    return matrix
