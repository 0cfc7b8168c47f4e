"""How far each feature moved each score, on the model's own (log, logit or log odds of waiting) scale.

Trees: TreeSHAP (Lundberg et al. 2020) as LightGBM computes it. Linear models: coefficient times the
distance from the mean training row, which is exact. Rules: the count or the rate itself, or how far a
group's curve lies from that of all. All explain the rows of
the lockbox, because the sealed model was trained before them and its scores of them were judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.bundle import open_bundle
from civic_ai.models.mitigations import BASE_SCORE
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.models.scorer import MEANS, Floats, Scorer, feature_matrix
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs

Positions = NDArray[np.int64]

_LEAST_SCORE = 1e-12
_AT_ONCE = 20_000
KEY = ["unit", "as_of", "step"]
"""What a scored row is known by."""
RULE_FAMILIES = {
    "baseline_last_value": "history",
    "baseline_seasonal_naive": "history",
    "baseline_recent_count": "history",
    "baseline_quarter_count": "history",
    "baseline_year_count": "history",
    "baseline_season_index": "season",
    "baseline_arrival": "case",
    "baseline_group": "case",
    "baseline_group_rate": "case",
    "baseline_observer_rate": "observer",
    "exposure": "area",
}
"""The families of the reserved columns of the panel that a champion may read."""


@dataclass(frozen=True, eq=False)
class Cases:
    """The champion, and the rows of the lockbox that it scored: one a unit, as-of date and step.

    ``frame`` holds unit, as_of, step, ``judged`` (the score that the evaluation judged) and the features;
    ``families`` names the family of each feature of the scorer.
    """

    scorer: Scorer
    frame: pd.DataFrame
    families: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Contributions:
    """``parts`` (rows x features) plus ``base`` make a row's raw score.

    ``values`` (rows x features) are the features, NaN where not known; ``raw`` is the score by the
    library that fitted the model. On the scale of what is predicted: ``said`` is what the scorer says now,
    ``judged`` what the evaluation judged.
    """

    features: tuple[str, ...]
    families: tuple[str, ...]
    link: str
    values: Floats
    parts: Floats
    base: float
    raw: Floats
    said: Floats
    judged: Floats

    @property
    def additivity_error(self) -> float | None:
        """Largest relative difference between what the parts add up to and the score they explain.

        Against the library's raw score (absolute below 1), and against the score that was judged:
        reasons that add up to another score explain another model. None where one is no finite number.
        The mean days of a hazard are no function of its raw score, so there the scorer itself is asked again.
        """
        total = self.parts.sum(axis=1) + self.base
        raw = np.abs(total - self.raw) / np.maximum(1.0, np.abs(self.raw))
        predicted = MEANS[self.link](total) if self.link in MEANS else self.said
        judged = np.abs(predicted - self.judged) / np.maximum(_LEAST_SCORE, np.abs(self.judged))
        worst = float(np.max(np.maximum(raw, judged), initial=0.0))
        return worst if np.isfinite(worst) else None

    @cached_property
    def by_family(self) -> dict[str, Floats]:
        """The parts of each family added up row by row, families in the order of their first feature.

        Features that say nearly the same share their credit by chance; their sum does not.
        """
        columns = {family: np.array(self.families) == family for family in dict.fromkeys(self.families)}
        return {family: self.parts[:, chosen].sum(axis=1) for family, chosen in columns.items()}

    def take(self, rows: Positions) -> Contributions:
        """The contributions of some rows, by position."""
        columns = ("values", "parts", "raw", "said", "judged")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})


def read_cases(evaluation: Evaluation, blobs: Blobs) -> Cases:
    """The champion and every row of the lockbox that it scored, in order of as-of date, unit and step.

    Raises :class:`DataError` when a scored row is not in the panel,
    :class:`~civic_ai.core.errors.RefusedError` when the bundle was altered.
    """
    predictions = blobs.record(Predictions, evaluation.predictions)
    manifest = blobs.record(PanelManifest, predictions.panel)
    scorer = open_bundle(evaluation.bundle, blobs)
    known = {feature.name: feature.family for feature in manifest.features} | RULE_FAMILIES
    columns = blobs.table(manifest.blob).select(list(dict.fromkeys([*KEY, *scorer.features])))
    frame = _with_features(_judged(evaluation, blobs), columns.to_pandas(date_as_object=False))
    return Cases(scorer, frame, tuple(known[name] for name in scorer.features))


def contribute(cases: Cases, rows: Positions) -> Contributions:
    """What moved the scores of ``rows`` (positions in the cases)."""
    scorer, frame = cases.scorer, cases.frame.iloc[rows]
    made = scorer.contributions(frame)
    return Contributions(
        features=scorer.features,
        families=cases.families,
        link=scorer.link,
        values=feature_matrix(frame, scorer.features),
        parts=made[:, :-1],
        base=float(made[0, -1]),
        raw=library_scores(scorer, frame),
        said=scorer.score(frame),
        judged=frame["judged"].to_numpy(dtype=np.float64),
    )


def additivity_of_all(cases: Cases) -> float | None:
    """The largest additivity error over every scored row; None where one of them is no finite number."""
    positions = np.arange(len(cases.frame))
    worst = 0.0
    for start in range(0, len(positions), _AT_ONCE):
        error = contribute(cases, positions[start : start + _AT_ONCE]).additivity_error
        if error is None:
            return None
        worst = max(worst, error)
    return worst


def library_scores(scorer: Scorer, frame: pd.DataFrame) -> Floats:
    """Raw scores, one a row, that owe nothing to the contributions.

    LightGBM's prediction does not; a pipeline's own score is made of its contributions, so here
    scikit-learn predicts, on one thread, so that the last bits do not depend on the machine's cores.
    """
    if not isinstance(scorer, PipelineScorer):
        return scorer.raw_scores(frame)
    matrix, offset = scorer.matrix(frame), scorer.offset(frame).sum(axis=1)
    with threadpool_limits(1):
        if scorer.link == "logit":
            return np.asarray(scorer.pipeline.decision_function(matrix))
        return np.asarray(np.log(scorer.pipeline.predict(matrix)) + offset)


def _judged(evaluation: Evaluation, blobs: Blobs) -> pd.DataFrame:
    """The scores that reasons must add up to: a mitigation's are those of its candidate, before the order was
    changed."""
    table = blobs.table(evaluation.lockbox_blob)
    rows = table.filter(pc.equal(table["candidate"], evaluation.champion))
    said = BASE_SCORE if BASE_SCORE in rows.column_names else "score"
    frame: pd.DataFrame = rows.select([*KEY, said]).to_pandas(date_as_object=False)
    return frame.rename(columns={said: "judged"}).astype({"unit": "str"})


def _with_features(judged: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    joined = judged.merge(panel, on=KEY, how="left", validate="one_to_one", indicator=True)
    strays = int((joined["_merge"] != "both").sum())
    if strays or joined.empty:
        raise DataError.because(
            say("{strays} of {rows} judged rows are not in the panel", strays=strays, rows=len(joined)),
            about="lockbox",
            remedy=say("Run the pilot again: the scores belong to another panel."),
        )
    return joined.drop(columns="_merge").sort_values(["as_of", "unit", "step"], ignore_index=True)
