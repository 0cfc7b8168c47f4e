"""lightgbm_dask: one LightGBM whose training rows lie on several workers, through ``lightgbm.dask``.

Histograms are summed over the workers (data parallel: Meng et al. 2016), so no worker holds all rows in bins.
Row i lies on worker i mod ``partitions``, because each worker finds the bins of its share of the features on
its own rows alone. Therefore the number of partitions changes the model, as another seed would, and stands in
its settings; which machines the workers are changes nothing. Rounds are found as for ``lightgbm``: every
worker watches the whole last block, or they would stop at different rounds. The trained model is a booster
like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from civic_ai.models import boosting
from civic_ai.models.boosting import BoosterScorer, Objective, grown, stopping_blocks, targets
from civic_ai.models.cluster import Span, refuse_without_dask, spanning
from civic_ai.models.rows import Training
from civic_ai.models.scorer import Floats
from civic_ai.records.predictions import FittedModel, Settings

SETTINGS: Settings = {**boosting.SETTINGS, "partitions": 2, "same_model_only_with": "the same partitions"}
PATIENCE_MINUTES = 5
"""How long workers wait for each other before the fit fails."""
_OF_THE_PLACE = ("machines", "local_listen_port", "num_threads")
"""Lines of a model's text that say where it was trained."""
_QUIET = logging.getLogger("civic_ai.lightgbm")


def plan_dask(trainings: Sequence[Training], model: FittedModel) -> list[Callable[[], BoosterScorer]]:
    """Fits with the likelihood of the label's kind, one a split, still to be run.

    Raises :class:`ConfigError` where Dask is not installed.
    """
    refuse_without_dask(model.candidate)
    return [partial(_fit, training, model) for training in trainings]


def _fit(training: Training, model: FittedModel) -> BoosterScorer:
    """Trained on all training rows with the rounds that predict the last block best, or that are named."""
    [objective] = boosting.BY_LINK[model.link]
    named = boosting.settled(model, [objective])
    _be_quiet()
    with spanning(int(model.settings["partitions"])) as span:
        spread = _Spread(training, model, objective, span)
        rounds = named[1] if named else spread.rounds(*stopping_blocks(training))
        made = spread.train(training.positions, rounds)
    text = _without_place(made.booster_.model_to_string())
    return grown(training, model, {**objective.settings, boosting.ROUNDS: rounds}, text)


@dataclass(frozen=True)
class _Spread:
    """The training of one model over the workers of ``span``; positions are those of the panel's rows."""

    training: Training
    model: FittedModel
    objective: Objective
    span: Span

    def rounds(self, learn: NDArray[np.int64], stop: NDArray[np.int64]) -> int:
        """Rounds after which the training rows ``stop`` are no longer predicted better."""
        learn, stop = self.training.positions[learn], self.training.positions[stop]
        label, weight = targets(self.training, stop)
        watched = {
            "eval_X": (self._copied(self._matrix(stop)),),
            "eval_y": (self._copied(label),),
            "eval_sample_weight": None if weight is None else [self._copied(weight)],
            "callbacks": [lgb.early_stopping(boosting.PATIENCE_ROUNDS, verbose=False)],
        }
        return int(self.train(learn, boosting.MAX_ROUNDS, watched).best_iteration_)

    def train(
        self, positions: NDArray[np.int64], rounds: int, watched: dict[str, Any] | None = None
    ) -> lgb.LGBMModel:
        """Trees of the rows at ``positions``; a regressor also for events: the objective decides."""
        parameters = self.objective.parameters(self.model) | {"time_out": PATIENCE_MINUTES}
        own = {name: value for name, value in parameters.items() if name != "num_threads"}
        made = lgb.DaskLGBMRegressor(client=_InOrder(self.span), n_estimators=rounds, **own)
        label, weight = targets(self.training, positions, self.objective.power)
        return made.fit(
            self._dealt(self._matrix(positions)),
            self._dealt(label),
            sample_weight=None if weight is None else self._dealt(weight),
            feature_name=list(self.model.features),
            **(watched or {}),
        )

    def _matrix(self, positions: NDArray[np.int64]) -> Floats:
        return self.training.rows.matrix[positions]

    def _dealt(self, values: Floats) -> Any:
        """Row i on worker i mod their number."""
        workers = len(self.span.workers)
        return self._parts([np.ascontiguousarray(values[k::workers]) for k in range(workers)])

    def _copied(self, values: Floats) -> Any:
        """All rows on every worker."""
        return self._parts([values] * len(self.span.workers))

    def _parts(self, parts: Sequence[Floats]) -> Any:
        """One Dask array of these parts, one a worker."""
        import dask.array
        from dask import delayed

        sent = [delayed(self.span.client.scatter(part, hash=False)) for part in parts]
        arrays = [
            dask.array.from_delayed(there, part.shape, part.dtype)
            for there, part in zip(sent, parts, strict=True)
        ]
        return dask.array.concatenate(arrays)


@dataclass(frozen=True)
class _InOrder:
    """A client that lays the k-th part on the k-th worker, and says so in that order.

    LightGBM trains where the parts are and ranks workers as the client lists them. Dask would lay a part
    where there is room and list in the order of a set: the same rows would give another model each time.
    """

    span: Span

    def compute(self, parts: Sequence[Any]) -> list[Any]:
        """What each part will be, on its own worker."""
        client, workers = self.span.client, self.span.workers
        return [
            client.compute(part, workers=[worker], allow_other_workers=False)
            for part, worker in zip(parts, workers, strict=True)
        ]

    def who_has(self, futures: Sequence[Any]) -> dict[Any, Sequence[str]]:
        """The workers that hold each of ``futures``, by key."""
        return {future.key: self.span.client.who_has([future])[future.key] for future in futures}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.span.client, name)


def _be_quiet() -> None:
    """LightGBM says here which ports it looks for to a logger that nobody hears."""
    _QUIET.addHandler(logging.NullHandler())
    _QUIET.propagate = False
    lgb.register_logger(_QUIET)


def _without_place(text: str) -> str:
    """A model's text without ports, hosts and cores, so that the same trees have the same bytes."""
    places = tuple(f"[{name}: " for name in _OF_THE_PLACE)
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(places))
