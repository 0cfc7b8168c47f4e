"""How well features tell a protected attribute: fully where one is its copy, not at all where none is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from civic_ai.audit.given import read_given
from civic_ai.explanation.proxies import find_proxies
from civic_ai.store.blobs import Blobs

from .judged import Judged, judge


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judge(Blobs(tmp_path_factory.mktemp("proxies")), "poisson_glm")


def explained(judged: Judged, features: tuple[str, ...], **changed):
    given = read_given(judged.pilot.spec, judged.evaluation, judged.blobs)
    frame = judged.cases.frame.assign(noise=0.0)
    random = np.random.default_rng(1).normal(size=frame["unit"].nunique())
    frame["noise"] = random[frame["unit"].factorize()[0]]
    (made,) = find_proxies(replace(given, **changed), frame, features, 0.9)
    assert made.attribute == "income"
    return made.explained


def test_a_copy_tells_it_and_noise_does_not(world: Judged) -> None:
    """Income is cut in two at the median of the road's age: a line explains most of a step (about 0.75)."""
    told, noise = explained(world, ("road_age",)), explained(world, ("noise",))
    assert told.value > 0.6
    assert noise.value < 0.1
    assert told.lower <= told.value <= told.upper
    assert told.n == world.cases.frame["unit"].nunique()


def test_areas_are_left_out_whole(world: Judged) -> None:
    """Where all units lie in a few areas, nothing can be said of areas that were not seen."""
    units = read_given(world.pilot.spec, world.evaluation, world.blobs).units
    few = units.set_column(1, "area", [[f"a{i % 4}" for i in range(units.num_rows)]])
    made = explained(world, ("road_age",), units=few)
    assert made.value is None
    assert made.why_missing == "too_few"


def test_it_is_the_same_each_time(world: Judged) -> None:
    assert explained(world, ("road_age", "noise")) == explained(world, ("road_age", "noise"))
