"""The copy of the champion's model: it predicts the same, is there once, and holds nothing it should not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Run

from civic_ai.core.environment import library_versions
from civic_ai.core.errors import RefusedError
from civic_ai.models.bundle import open_bundle
from civic_ai.models.scorer import ModelScorer
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.log import DossierLog
from civic_ai.tracking.model_copy import ModelCopy, has_copy, save_copy
from civic_ai.tracking.registry import aliases, find_version, model_name
from civic_ai.tracking.runs import Sender, experiment_of
from tests.unit.explanation.judged import Judged, judge
from tests.unit.models.simulated import rule_scorer

from .city import describe, seal_city
from .mirrored import shown
from .test_runs import Died, MortalClient

KINDS = {"lightgbm": "count", "poisson_glm": "count", "logistic_glm": "event"}


@dataclass(frozen=True)
class Champion:
    """A sealed dossier whose champion is a fitted model."""

    workspace: Workspace
    judged: Judged
    folder: Path

    @property
    def scorer(self) -> ModelScorer:
        return open_bundle(str(self.judged.evaluation.bundle), self.workspace.blobs)

    def send(self, store: str, client: MlflowClient | None = None) -> str:
        log = describe(self.workspace, self.folder)
        client = client or MlflowClient(store)
        artifacts = (self.workspace.folder / "mlartifacts").as_uri()
        sender = Sender(client, experiment_of(client, log.pilot, artifacts), log)
        return sender.send(self.workspace.blobs, self.workspace.folder / "staging")


@pytest.fixture(params=KINDS)
def champion(request: pytest.FixtureRequest, workspace: Workspace) -> Champion:
    judged = judge(workspace.blobs, request.param, kind=KINDS[request.param])
    folder = seal_city(workspace, pilot="test-city", champion=request.param, bundle=judged.evaluation.bundle)
    return Champion(workspace, judged, folder)


def sent_folder(champion: Champion, store: str) -> Path:
    champion.send(store)
    client = MlflowClient(store)
    (model,) = client.search_logged_models([_experiment(client)])
    return Path(client.get_logged_model(model.model_id).artifact_location.removeprefix("file://"))


def _experiment(client: MlflowClient) -> str:
    return str(client.get_experiment_by_name("civic-ai/test-city").experiment_id)


def test_the_copy_predicts_what_the_bundle_predicts(champion: Champion, default_store: str) -> None:
    """Read here with MLflow's own loader, as a scientist would; we never do that on a way to use."""
    folder = sent_folder(champion, default_store)
    frame = champion.judged.cases.frame.head(200)
    inputs = frame[list(champion.scorer.features)].astype(float)
    predicted = np.asarray(mlflow.pyfunc.load_model(str(folder)).predict(inputs))
    if predicted.ndim == 2:
        predicted = predicted[:, 1]
    np.testing.assert_allclose(predicted, champion.scorer.score(frame), rtol=1e-12)


def test_it_is_an_output_of_the_parent_run_and_named_by_digests(champion: Champion, local_store: str) -> None:
    run_id = champion.send(local_store)
    client = MlflowClient(local_store)
    (model,) = client.search_logged_models([_experiment(client)])
    log = describe(champion.workspace, champion.folder)
    assert (model.name, str(model.status)) == (champion.judged.evaluation.champion, "READY")
    assert model.source_run_id == run_id
    assert model.tags["civic_ai.bundle"] == champion.judged.evaluation.bundle
    assert model.tags["civic_ai.key"] == log.digest
    assert [out.model_id for out in client.get_run(run_id).outputs.model_outputs] == [model.model_id]


def test_signature_and_requirements_are_stated(champion: Champion, default_store: str) -> None:
    folder = sent_folder(champion, default_store)
    info = mlflow.models.get_model_info(str(folder))
    assert info.signature.inputs.input_names() == list(champion.scorer.features)
    assert {str(kind) for kind in info.signature.inputs.input_types()} == {"DataType.double"}
    required = (folder / "requirements.txt").read_text().split()
    versions = library_versions()
    pinned = {line.split("==")[0]: line.split("==")[1] for line in required}
    assert pinned.pop("mlflow") == mlflow.__version__
    assert pinned == {name: versions[name] for name in pinned}
    library = "lightgbm" if champion.scorer.candidate == "lightgbm" else "scikit-learn"
    assert library in pinned


def test_no_pickle_no_example_no_row(champion: Champion, local_store: str) -> None:
    folder = sent_folder(champion, local_store)
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kinds = {name.rsplit(".", 1)[-1] for name in files}
    assert not kinds & {"pkl", "pickle", "joblib", "cloudpickle"}
    assert not any("example" in name for name in files)
    assert b"input_example" not in files["MLmodel"]
    everything = b"".join(files.values())
    units = champion.judged.cases.frame["unit"].unique()
    assert len(units) > 10
    assert not any(unit.encode() in everything for unit in units)


@pytest.mark.parametrize("before", [True, False], ids=["before the request", "after it, answer lost"])
def test_dying_at_any_request_leaves_one_model(
    workspace: Workspace, local_store: str, template_database: Path, tmp_path: Path, before: bool
) -> None:
    """Only the model's own requests: those of the runs are tried in test_runs."""
    judged = judge(workspace.blobs, "poisson_glm")
    folder = seal_city(workspace, pilot="test-city", champion="poisson_glm", bundle=judged.evaluation.bundle)
    log = describe(workspace, folder)
    assert log.model is not None
    undisturbed = MlflowClient(local_store)
    place = experiment_of(undisturbed, log.pilot, (tmp_path / "artifacts").as_uri())
    send_model(undisturbed, _parent(undisturbed, place, log), log, workspace)
    wanted = shown(local_store)
    assert [model["status"] for model in wanted["models"]] == ["READY"]
    for lives in range(6):
        store = tmp_path / f"{lives}.db"
        store.write_bytes(template_database.read_bytes())
        client = MlflowClient(f"sqlite:///{store}")
        run = _parent(client, experiment_of(client, log.pilot, (tmp_path / "artifacts").as_uri()), log)
        with pytest.raises(Died):
            send_model(MortalClient(client, lives, before), run, log, workspace)
        send_model(client, run, log, workspace)
        assert shown(f"sqlite:///{store}") == wanted


def send_model(client: Any, run: Run, log: DossierLog, workspace: Workspace) -> None:
    assert log.model is not None
    ModelCopy(client, run, log.digest, log.model).send(workspace.blobs, workspace.folder / "staging")


def _parent(client: MlflowClient, experiment_id: str, log: DossierLog) -> Run:
    return client.create_run(experiment_id, run_name="parent", tags=log.parent.tags)


def test_a_double_of_the_model_is_removed(workspace: Workspace, local_store: str) -> None:
    judged = judge(workspace.blobs, "poisson_glm")
    folder = seal_city(workspace, pilot="test-city", champion="poisson_glm", bundle=judged.evaluation.bundle)
    champion = Champion(workspace, judged, folder)
    run_id = champion.send(local_store)
    wanted, client = shown(local_store), MlflowClient(local_store)
    key = describe(workspace, folder).digest
    client.create_logged_model(_experiment(client), name="double", tags={"civic_ai.key": key})
    client.update_run(run_id, status="RUNNING")
    champion.send(local_store)
    assert shown(local_store) == wanted


def test_a_model_that_is_there_is_not_uploaded_again(workspace: Workspace, local_store: str) -> None:
    judged = judge(workspace.blobs, "poisson_glm")
    folder = seal_city(workspace, pilot="test-city", champion="poisson_glm", bundle=judged.evaluation.bundle)
    log, client = describe(workspace, folder), MlflowClient(local_store)
    run = _parent(client, experiment_of(client, log.pilot, None), log)
    send_model(client, run, log, workspace)
    requests: list[str] = []

    class Watched(MortalClient):
        def __getattr__(self, name: str) -> Any:
            requests.append(name)
            return super().__getattr__(name)

    send_model(Watched(client, 10**6, False), run, log, workspace)
    assert requests == ["search_logged_models", "get_run"]


def test_an_altered_bundle_is_not_sent(workspace: Workspace, local_store: str) -> None:
    judged = judge(workspace.blobs, "lightgbm")
    bundle = str(judged.evaluation.bundle)
    folder = seal_city(workspace, pilot="test-city", champion="lightgbm", bundle=bundle)
    path = workspace.blobs.path(bundle)
    path.write_bytes(path.read_bytes().replace(b"bundle/1", b"bundle/2"))
    with pytest.raises(RefusedError):
        Champion(workspace, judged, folder).send(local_store)
    assert shown(local_store)["models"] == []


def test_a_scorer_without_a_format_of_its_own_is_refused(tmp_path: Path) -> None:
    place = LoggedModel("0", "m-1", "rule", "file:///nowhere", 0, 0)
    rule = rule_scorer("year_count", 28)
    with pytest.raises(TypeError, match="no copy without pickle for RuleScorer"):
        save_copy(rule, library_versions(), place, tmp_path / "copy")  # type: ignore[arg-type]
    assert not (tmp_path / "copy").exists()


def test_what_mlflow_has_no_form_for_is_known_beforehand(champion: Champion) -> None:
    scorer = champion.scorer
    assert has_copy(scorer)
    per_km = replace(scorer, model=scorer.model.model_copy(update={"typical_exposure": 2.0}))
    assert not has_copy(per_km), "the copy would predict per km what the sealed model predicts in all"


def test_a_simple_rule_leaves_no_copy_and_is_a_version_all_the_same(
    workspace: Workspace, local_store: str
) -> None:
    """MLflow has no form for it; the version names the sealed bundle, and that is what anybody opens."""
    judged = judge(workspace.blobs, "year_count")
    folder = seal_city(workspace, pilot="test-city", champion="year_count", bundle=judged.evaluation.bundle)
    champion, client = Champion(workspace, judged, folder), MlflowClient(local_store)
    assert not has_copy(champion.scorer)
    run = client.get_run(champion.send(local_store))
    assert run.info.status == "FINISHED"
    assert not run.outputs.model_outputs
    version = find_version(client, "test-city", describe(workspace, folder).digest)
    assert version is not None
    assert run.data.tags["civic_ai.bundle"] == judged.evaluation.bundle == version.tags["civic_ai.bundle"]
    assert version.tags["civic_ai.candidate"] == "year_count"
    assert aliases(client, model_name("test-city")) == {"candidate": str(version.version)}
