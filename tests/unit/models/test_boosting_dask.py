"""One model over two real processes, beside the model that one process makes of the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.models import cluster
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.cluster import carried_by
from civic_ai.models.fanout import run_all
from civic_ai.models.rows import Training, read_rows, training_of
from civic_ai.models.scorer import ModelScorer
from civic_ai.panel.split import make_splits
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import (
    Pilot,
    log_linear,
    make_pilot,
    mean_poisson_deviance,
    simulate,
    with_exposure,
)

distributed = pytest.importorskip("dask.distributed", reason="civic-ai[dask] is not installed")

WORLDS = {
    "count": ("count", simulate(log_linear, units=60, dates=90)),
    "event": ("event", simulate(log_linear, kind="event", units=200, dates=90)),
    "exposure": ("count", with_exposure(simulate(units=60, dates=90))),
}


def lockbox(pilot: Pilot) -> Training:
    rows = read_rows(pilot.panel, pilot.blobs)
    return training_of(rows, make_splits(pilot.spec)[-1])


def fits(pilot: Pilot, name: str, **settings: float) -> ModelScorer:
    """``name`` fitted on the lockbox's training rows."""
    candidate, training = CANDIDATES[name].tuned(settings), lockbox(pilot)
    [made] = run_all(candidate.plan([training], candidate.unfitted(training.rows, 7)))
    return made


@pytest.fixture(scope="module")
def pilots(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Pilot]:
    return {
        name: make_pilot(Blobs(tmp_path_factory.mktemp(name)), frame, kind=kind)
        for name, (kind, frame) in WORLDS.items()
    }


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def spread(pilots: Mapping[str, Pilot], scheduler: str) -> Mapping[str, ModelScorer]:
    """Each over two processes: the counts on a cluster of their own, the others on the one by engine."""
    alone = {"count": fits(pilots["count"], "lightgbm_dask")}
    with carried_by(scheduler):
        return alone | {name: fits(pilots[name], "lightgbm_dask") for name in ("event", "exposure")}


def loss(kind: str, label: np.ndarray, score: np.ndarray) -> float:
    if kind == "count":
        return mean_poisson_deviance(label, score)
    return float(-np.mean(label * np.log(score) + (1 - label) * np.log1p(-score)))


@pytest.mark.parametrize("name", WORLDS)
def test_two_workers_predict_what_one_process_predicts(
    name: str, pilots: Mapping[str, Pilot], spread: Mapping[str, ModelScorer]
) -> None:
    training = lockbox(pilots[name])
    rows = training.rows.frame.iloc[training.rows.of(training.split)]
    alone, together = fits(pilots[name], "lightgbm").score(rows), spread[name].score(rows)
    assert np.corrcoef(alone, together)[0, 1] > 0.99
    ours, theirs = (loss(WORLDS[name][0], rows["label"].to_numpy(), each) for each in (together, alone))
    assert ours == pytest.approx(theirs, rel=0.03)


def test_both_workers_had_a_part_and_the_text_names_no_place(spread: Mapping[str, ModelScorer]) -> None:
    text = spread["count"].to_bytes().decode()
    for line in ("[num_machines: 2]", "[deterministic: 1]", "[force_row_wise: 1]", "[bagging_fraction: 0.8]",
                 "[min_data_in_leaf: 100]", "[feature_fraction: 0.8]", "[objective: poisson]"):  # fmt: skip
        assert line in text
    for place in ("[machines: ", "127.0.0.1", "[local_listen_port: ", "[num_threads: "):
        assert place not in text


def test_another_cluster_by_engine_gives_the_same_digest(
    scheduler: str, pilots: Mapping[str, Pilot], spread: Mapping[str, ModelScorer]
) -> None:
    """Several such fits at once take turns, also where their workers carry other fits."""
    pilot = pilots["count"]
    candidate, simple = CANDIDATES["lightgbm_dask"], CANDIDATES["poisson_glm"]
    training = lockbox(pilot)
    plans = [
        each.plan([training], each.unfitted(training.rows, 7)) for each in (candidate, simple, candidate)
    ]
    with carried_by(scheduler):
        one, _, other = run_all([fit for plan in plans for fit in plan])
    digests = {seal_bundle(scorer, pilot.blobs) for scorer in (spread["count"], one, other)}
    assert len(digests) == 1


def test_the_number_of_partitions_changes_the_model_and_stands_in_it(
    scheduler: str, pilots: Mapping[str, Pilot], spread: Mapping[str, ModelScorer]
) -> None:
    two = spread["count"].model.settings
    assert two["partitions"] == 2
    assert two["same_model_only_with"] == "the same partitions"
    with (
        carried_by(scheduler),
        pytest.raises(ConfigError, match="one fit spans 3 workers and the cluster has 2"),
    ):
        fits(pilots["count"], "lightgbm_dask", partitions=3)


def test_the_model_is_a_booster_like_any_other(
    pilots: Mapping[str, Pilot], spread: Mapping[str, ModelScorer]
) -> None:
    for name, scorer in spread.items():
        training = lockbox(pilots[name])
        assert isinstance(scorer, BoosterScorer)
        opened = open_bundle(seal_bundle(scorer, pilots[name].blobs), pilots[name].blobs)
        rows = training.frame.iloc[:50]
        assert np.array_equal(opened.score(rows), scorer.score(rows))
        assert opened.contributions(rows).sum(axis=1) == pytest.approx(opened.raw_scores(rows), abs=1e-9)
        assert opened.smallest_cell(training.frame) > 0
        assert opened.model.stand_ins == training.stand_ins


def test_the_own_workers_print_nothing_and_are_gone_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with cluster.spanning(2) as span:
        pids = span.client.run(os.getpid)
        assert len(span.workers) == len(set(pids.values())) == 2
        span.client.run(os.system, "echo connected")
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
    assert "connected" not in capfd.readouterr().out


def test_without_dask_it_is_refused_before_anything_is_fitted(
    pilots: Mapping[str, Pilot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    training = lockbox(pilots["count"])
    candidate = CANDIDATES["lightgbm_dask"]
    model = candidate.unfitted(training.rows, 7)
    with pytest.raises(ConfigError, match="lightgbm_dask is trained through Dask") as refused:
        candidate.plan([training], model)
    assert "civic-ai[dask]" in str(refused.value)
