"""The champion's model as MLflow keeps it: a copy to look at and compare, never the record.

It is read from the sealed bundle, checked by digest, and written without pickle: LightGBM's own text,
or skops with our own closed list of types. No row of data goes with it; its requirements are stated.
What MLflow has no form for (curves of waiting times, counts per exposure) has no copy: a booster alone would
predict something else. The run's tags name the sealed bundle in either case.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import mlflow.lightgbm
import mlflow.sklearn
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, Run
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec

from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.bundle import open_bundle
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.models.scorer import ModelScorer
from civic_ai.models.skops_bytes import TYPES
from civic_ai.store.blobs import Blobs
from civic_ai.tracking.log import SealedModel

_BOOSTER_NEEDS = ("lightgbm", "numpy", "scipy")
_PREDICT = {"log": "predict", "logit": "predict_proba"}
_PIPELINE_NEEDS = ("scikit-learn", "skops", "numpy", "scipy")


class ModelCopy:
    """The one logged model of a dossier: an output of the parent ``run``."""

    def __init__(self, client: MlflowClient, run: Run, dossier: str, sealed: SealedModel) -> None:
        self.client = client
        self.run = run
        self.dossier = dossier
        self.sealed = sealed

    def send(self, blobs: Blobs, staging: Path) -> str | None:
        """Log the model unless it is there; its id, None where MLflow has no form for it. ``staging`` may be
        emptied.

        Raises :class:`~civic_ai.core.errors.RefusedError` when the bundle was altered.
        """
        scorer = open_bundle(self.sealed.bundle, blobs)
        if not has_copy(scorer):
            return None
        model = self._one_model()
        if model.status != LoggedModelStatus.READY:
            shutil.rmtree(staging, ignore_errors=True)
            save_copy(scorer, self.sealed.libraries, model, staging)
            self.client.log_model_artifacts(model.model_id, str(staging))
            self.client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
            shutil.rmtree(staging)
        outputs = self.client.get_run(self.run.info.run_id).outputs
        if model.model_id not in {output.model_id for output in outputs.model_outputs}:
            self.client.log_outputs(self.run.info.run_id, [LoggedModelOutput(model.model_id, step=0)])
        return str(model.model_id)

    def _one_model(self) -> LoggedModel:
        """Found (doubles removed) or made."""
        wanted = f"tags.`civic_ai.key` = '{self.dossier}'"
        found = self.client.search_logged_models([self.run.info.experiment_id], wanted)
        models = sorted(found, key=lambda m: (m.status != LoggedModelStatus.READY, m.creation_timestamp))
        for double in models[1:]:
            self.client.delete_logged_model(double.model_id)
        return models[0] if models else self._made()

    def _made(self) -> LoggedModel:
        tags = {
            "civic_ai.key": self.dossier,
            "civic_ai.bundle": self.sealed.bundle,
            "civic_ai.candidate": self.sealed.champion,
        }
        info = self.run.info
        return self.client.create_logged_model(
            info.experiment_id, name=self.sealed.champion, source_run_id=info.run_id, tags=tags
        )


def has_copy(scorer: ModelScorer) -> bool:
    """Whether MLflow's own form of the model would predict what the sealed one predicts."""
    return isinstance(scorer, BoosterScorer | PipelineScorer) and scorer.model.typical_exposure is None


def save_copy(scorer: ModelScorer, libraries: dict[str, str], model: LoggedModel, folder: Path) -> None:
    """Write the model in MLflow's format into ``folder``, which must not exist.

    Requirements are stated: working them out costs MLflow sixty times as long. Raises ``TypeError``
    for a scorer that has no format without pickle.
    """
    about = Model(model.artifact_location, run_id=model.source_run_id, model_id=model.model_id)
    if isinstance(scorer, BoosterScorer):
        mlflow.lightgbm.save_model(
            scorer.booster,
            str(folder),
            mlflow_model=about,
            signature=_signature(scorer),
            pip_requirements=_requirements(libraries, _BOOSTER_NEEDS),
        )
    elif isinstance(scorer, PipelineScorer):
        mlflow.sklearn.save_model(
            scorer.pipeline,
            str(folder),
            mlflow_model=about,
            signature=_signature(scorer),
            pip_requirements=_requirements(libraries, _PIPELINE_NEEDS),
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_SKOPS,
            skops_trusted_types=sorted(TYPES),
            pyfunc_predict_fn=_PREDICT[scorer.link],
        )
    else:
        raise TypeError(f"no copy without pickle for {type(scorer).__name__}")


def _signature(scorer: ModelScorer) -> ModelSignature:
    """Doubles in (not known: NaN); out a double a row, or two from a classifier (quiet, event)."""
    inputs = Schema([ColSpec("double", name) for name in scorer.features])
    is_classifier = isinstance(scorer, PipelineScorer) and scorer.link == "logit"
    shape = (-1, 2) if is_classifier else (-1,)
    return ModelSignature(inputs, Schema([TensorSpec(np.dtype(np.float64), shape)]))


def _requirements(libraries: dict[str, str], needed: tuple[str, ...]) -> list[str]:
    return [f"{name}=={libraries[name]}" for name in needed]
