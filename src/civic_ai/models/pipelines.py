"""Generalised linear models as scikit-learn pipelines: Poisson for counts, logistic for events.

Steps: log1p of counts, the median and a flag where a value is not known (if that ever was so in training, see
:mod:`stand_ins`), each column held within the
range it had in training (a linear model must not run away on a day unlike any other), standardised,
then the model with a normal prior of standard deviation 1 on each coefficient. Counts with an exposure e are
fitted as rates y / e with weight e, the same likelihood as with an offset log(e) (McCullagh and Nelder 1989).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, TypeAlias

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.rows import PanelRows, Training, learned_from
from civic_ai.models.scorer import Floats, ModelScorer
from civic_ai.models.skops_bytes import dump_estimator, load_estimator
from civic_ai.models.stand_ins import COUNTED
from civic_ai.records.predictions import FittedModel, Settings

Glm: TypeAlias = PoissonRegressor | LogisticRegression

MAX_ITERATIONS = 200
PRIOR_SD = 1.0
SETTINGS: Settings = {
    "prior_sd": PRIOR_SD,
    "solver": "newton-cholesky",
    "max_iter": MAX_ITERATIONS,
    "logged": "+".join(COUNTED),
    "held_in_training_range": True,
    "missing": "median and flag, or stand-in",
}


@dataclass(frozen=True)
class Coefficient:
    """The weight of one standardised column: a feature's ``value``, or its ``missing`` flag."""

    feature: str
    part: str
    weight: float


@dataclass(frozen=True)
class PipelineScorer(ModelScorer):
    """A fitted pipeline. Scores are sums over each row alone: the other rows change no bit of them."""

    file_name: ClassVar[str] = "pipeline.skops"
    pipeline: Pipeline

    @property
    def intercept(self) -> float:
        """The raw score of the mean training row."""
        return float(np.ravel(self.pipeline["glm"].intercept_)[0])

    @cached_property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """One a transformed column, in the order of the pipeline's last step."""
        logged = list(self.pipeline["log"].transformers[0][2])
        order = logged + [i for i in range(len(self.model.features)) if i not in logged]
        flagged = [order[i] for i in self.pipeline["missing"].indicator_.features_]
        parts = [(i, "value") for i in order] + [(i, "missing") for i in flagged]
        weights = np.ravel(self.pipeline["glm"].coef_)
        return tuple(
            Coefficient(self.model.features[i], part, float(weight))
            for (i, part), weight in zip(parts, weights, strict=True)
        )

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """Log of the expected count, or log odds, one a row."""
        return np.asarray(self.contributions(frame).sum(axis=1))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Weight x standardised value, summed by feature; the last column is the intercept."""
        standardised = self.pipeline[:-1].transform(self.matrix(frame))
        made = np.zeros((len(frame), len(self.model.features)))
        for column, coefficient in enumerate(self.coefficients):
            feature = self.model.features.index(coefficient.feature)
            made[:, feature] += coefficient.weight * standardised[:, column]
        base = np.full((len(frame), 1), self.intercept)
        return np.hstack([made, self.offset(frame), base])

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """Every training row has a part in every coefficient."""
        return len(frame)

    def to_bytes(self) -> bytes:
        """Canonical skops."""
        return dump_estimator(self.pipeline)

    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> PipelineScorer:
        """The pipeline of the skops file, if it holds nothing but what our own pipelines are made of."""
        return cls(model, load_estimator(content))


def plan_poisson(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], ModelScorer]]:
    """Fits of a Poisson regression, one a split, still to be run."""
    return [partial(_fit, training, model, _poisson) for training in trainings]


def plan_logistic(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], ModelScorer]]:
    """Fits of a logistic regression, one a split, still to be run."""
    return [partial(_fit, training, model, _logistic) for training in trainings]


def _poisson(prior_sd: float, weight: float) -> PoissonRegressor:
    """scikit-learn divides the likelihood by the ``weight`` of all rows, and so the prior."""
    return PoissonRegressor(
        alpha=1.0 / (prior_sd**2 * weight), solver="newton-cholesky", max_iter=MAX_ITERATIONS
    )


def _logistic(prior_sd: float, _: float) -> LogisticRegression:
    return LogisticRegression(C=prior_sd**2, solver="newton-cholesky", max_iter=MAX_ITERATIONS)


def _fit(training: Training, model: FittedModel, family: Callable[[float, float], Glm]) -> PipelineScorer:
    exposure = training.relative_exposure
    glm = family(float(model.settings["prior_sd"]), float(exposure.sum()))
    pipeline = Pipeline(
        [
            ("log", _log_counts(training.rows)),
            ("missing", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
            ("range", MinMaxScaler(clip=True)),
            ("scale", StandardScaler()),
            ("glm", glm),
        ]
    )
    pipeline.fit(training.matrix, training.label / exposure, glm__sample_weight=exposure)
    if int(np.max(glm.n_iter_)) >= MAX_ITERATIONS:
        raise DataError.because(
            say(
                "{candidate} did not settle in {steps} steps on split {split}",
                candidate=model.candidate,
                steps=MAX_ITERATIONS,
                split=training.split.name,
            ),
            remedy=say("Look for features that are nearly copies of each other, and drop one of each."),
        )
    return PipelineScorer(learned_from(training, model), pipeline)


def _log_counts(rows: PanelRows) -> ColumnTransformer:
    counted = [i for i, feature in enumerate(rows.features) if feature.family in COUNTED]
    return ColumnTransformer([("log", FunctionTransformer(np.log1p), counted)], remainder="passthrough")
