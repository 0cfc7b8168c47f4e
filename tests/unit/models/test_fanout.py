from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from functools import partial

import pytest
from joblib import parallel_config
from threadpoolctl import threadpool_info

from civic_ai.models.bundle import seal_bundle
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.fanout import FITS_AT_ONCE, run_all
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import KINDS, Fitted, fit_on
from tests.unit.models.simulated import Pilot, make_pilot, simulate


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_two_calls_at_once_with_one_thread_inside() -> None:
    before = blas_threads()
    inside = run_all([blas_threads] * 3)
    assert FITS_AT_ONCE == 2
    assert all(set(counts) == {1} for counts in inside)
    assert blas_threads() == before


def test_what_is_returned_stands_in_the_order_of_the_calls() -> None:
    assert run_all([partial(pow, 2, power) for power in range(20)]) == [2**power for power in range(20)]


@pytest.mark.parametrize("backend", ["sequential", "loky"])
def test_every_back_end_makes_the_same_models(backend: str, blobs: Blobs) -> None:
    """``loky`` sends each fit to another process, as a cluster would."""
    pilots = {
        name: make_pilot(blobs, simulate(kind=kind, units=20, dates=60), kind=kind)
        for name, kind in KINDS.items()
    }
    here = {name: sealed(pilot, name) for name, pilot in pilots.items()}
    with parallel_config(backend=backend):
        assert {name: sealed(pilot, name) for name, pilot in pilots.items()} == here
        assert (run_all([os.getpid]) != [os.getpid()]) == (backend == "loky")


def sealed(pilot: Pilot, name: str) -> list[str]:
    return [seal_bundle(model, pilot.blobs) for model in fit_on(pilot, name).scorers]


@pytest.mark.parametrize("name", KINDS)
def test_a_fit_pickles_as_an_address_whatever_the_size_of_the_panel(name: str, blobs: Blobs) -> None:
    sizes = []
    for units in (10, 80):
        pilot = make_pilot(blobs, simulate(kind=KINDS[name], units=units, dates=60), kind=KINDS[name])
        fit = fit_on(pilot, name)
        fits = CANDIDATES[name].plan(fit.trainings, fit.last.model)
        sizes.append(max(len(pickle.dumps(each)) for each in fits))
    assert max(sizes) < 10_000
    assert abs(sizes[1] - sizes[0]) < 200


def test_a_pickled_training_is_the_same_training(fitted: Mapping[str, Fitted]) -> None:
    training = fitted["lightgbm"].trainings[1]
    sent = pickle.loads(pickle.dumps(training))
    assert sent.split == training.split
    assert sent.positions.tobytes() == training.positions.tobytes()
    assert sent.matrix.tobytes() == training.matrix.tobytes()
    again = pickle.loads(pickle.dumps(fitted["lightgbm"].trainings[2]))
    assert again.rows is sent.rows, "a process reads the panel once"
