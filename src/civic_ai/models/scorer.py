"""What a fitted candidate or baseline can do: score rows, and say which features a score came from.

The seam between ``fit`` and the families of models:

- A candidate (``candidates``) has a ``plan(trainings, model)`` that returns one fit a training: a callable
  without arguments, cheap to pickle (``fanout``), that returns a :class:`ModelScorer`.
- A baseline (``rules.Baseline``) names the panel columns that it needs and has a ``fit(training)`` that
  returns a :class:`ModelScorer` too, whether it learns from the training rows or was declared before them.
- ``Scorer.columns`` gives further columns of the predictions table beside the score, one value a row:
  ``lower`` and ``upper`` where the model itself bounds the outcome, ``open_after_<d>`` for durations.
- A :class:`ModelScorer` is sealed as one file under ``file_name`` (``to_bytes``, ``from_bytes``) beside
  ``model.json``; ``bundle.KINDS`` lists every kind.
- Where the panel has an ``exposure``, counts are modelled per exposure: the raw score is what the features
  say plus log(exposure / typical), and ``exposure`` stands in ``features`` with that as its contribution.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.stand_ins import without_strange_blanks
from civic_ai.records.predictions import FittedModel

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]
EXPOSURE = "exposure"
"""The panel's reserved column with how much there is to ask for in a unit."""

MEANS: Mapping[str, Callable[[Floats], Floats]] = {"identity": np.asarray, "log": np.exp, "logit": expit}
"""From a model's own scale to what it predicts, by the name of the link."""


class Scorer(Protocol):
    """A rule or a fitted model. Frames may hold other columns; NaN means not known on the day."""

    @property
    def model(self) -> FittedModel:
        """What was fitted, and with which settings."""

    @property
    def candidate(self) -> str:
        """The name of the candidate or baseline."""

    @property
    def features(self) -> tuple[str, ...]:
        """The panel columns that it reads, in order."""

    @property
    def link(self) -> str:
        """``log`` (counts), ``logit`` (events), ``hazard`` (durations) or ``identity`` (rules)."""

    def score(self, frame: pd.DataFrame) -> Floats:
        """Probability (events), expected count within the horizon (counts, rules) or mean days of at most
        the horizon (durations), one a row."""

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """The same on the model's own scale, where contributions add up."""

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """One column a feature, then the base; each row sums to its raw score."""

    def columns(self, frame: pd.DataFrame) -> Columns:
        """Further columns of the predictions table, one value a row; often none."""


@dataclass(frozen=True)
class ModelScorer(ABC):
    """A fitted model or a simple rule: a :class:`Scorer` that can be sealed into a bundle.

    ``file_name`` names the one file beside ``model.json`` that holds it.
    """

    file_name: ClassVar[str]
    model: FittedModel

    @property
    def candidate(self) -> str:
        """The name of the candidate."""
        return self.model.candidate

    @property
    def features(self) -> tuple[str, ...]:
        """The panel columns that it reads, in order; the exposure, where there is one, last."""
        return self.model.features + ((EXPOSURE,) if self.model.typical_exposure is not None else ())

    @property
    def link(self) -> str:
        """``log``, ``logit`` or ``hazard``."""
        return self.model.link

    def matrix(self, frame: pd.DataFrame) -> Floats:
        """Rows x features of the model itself, without the exposure; NaN only where the model has learned
        what a blank means (:mod:`stand_ins`)."""
        return without_strange_blanks(feature_matrix(frame, self.model.features), self.model)

    def offset(self, frame: pd.DataFrame) -> Floats:
        """One column with log(exposure / typical), or no column where counts have no exposure."""
        if self.model.typical_exposure is None:
            return np.empty((len(frame), 0))
        return np.log(exposure_of(frame) / self.model.typical_exposure)[:, None]

    def score(self, frame: pd.DataFrame) -> Floats:
        """Probability (events) or expected count within the horizon, one a row."""
        return np.asarray(MEANS[self.link](self.raw_scores(frame)))

    @abstractmethod
    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Log odds (events) or log of the expected count, one a row."""

    @abstractmethod
    def contributions(self, frame: pd.DataFrame) -> Floats:
        """One column a feature, then the base; each row sums to its raw score."""

    def columns(self, frame: pd.DataFrame) -> Columns:
        """Nothing beside the score, unless the family says otherwise."""
        return {}

    @abstractmethod
    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """Fewest rows of ``frame`` (the training rows) behind any one value that the model keeps."""

    @abstractmethod
    def to_bytes(self) -> bytes:
        """The fitted model as the content of its file: the same model, the same bytes; no pickle."""

    @classmethod
    @abstractmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> Self:
        """The scorer that ``to_bytes`` wrote; it predicts the same, bit for bit."""


def exposure_of(frame: pd.DataFrame) -> Floats:
    """The exposure of each row.

    Raises :class:`DataError` where it is not a positive number: a count per nothing means nothing.
    """
    exposure = feature_matrix(frame, (EXPOSURE,))[:, 0]
    unusable = int((~(exposure > 0)).sum())
    if unusable:
        raise DataError.because(
            say("the exposure is blank or not positive in {rows} rows", rows=unusable),
            about="label.exposure",
            remedy=say("Leave units without exposure out, or correct the column."),
        )
    return exposure


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
