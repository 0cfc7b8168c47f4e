"""Small worlds of predicted waits: lists of cases with curves, some of them lost sight of."""

from __future__ import annotations

import numpy as np

from civic_ai.evaluation.lists import Lists
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.scores import make_scope
from civic_ai.models.curves import grid_days
from tests.unit.evaluation.worlds import lists_of, terms

TAU = 30
DAYS = np.array(grid_days(TAU))


def draw_waits(
    *, dates: int = 12, cases: int = 30, seed: int = 0, lost: float = 60.0
) -> dict[str, np.ndarray]:
    """(dates, cases) arrays: true ``mean``, ``wait``, and what was seen of it: ``label`` and ``ended``.

    Cases are lost sight of on a day drawn evenly up to ``lost``.
    """
    rng = np.random.default_rng(seed)
    mean = rng.choice([4.0, 12.0, 40.0], (dates, cases))
    wait = rng.exponential(mean)
    watched = np.minimum(np.ceil(rng.uniform(0, lost, mean.shape)), TAU)
    return {
        "mean": mean,
        "wait": wait,
        "label": np.minimum(wait, watched),
        "ended": (wait <= watched).astype(float),
    }


def restricted(mean: np.ndarray) -> np.ndarray:
    """Restricted mean of exponential waits."""
    return np.asarray(mean * -np.expm1(-TAU / mean))


def predict(mean: np.ndarray) -> dict[str, np.ndarray]:
    """Score and chances of being open of exponential waits with these means."""
    return {"score": restricted(mean), **{f"open_after_{day}": np.exp(-day / mean) for day in DAYS}}


def waiting_lists(world: dict[str, np.ndarray], mean: np.ndarray | None = None) -> Lists:
    """The world as a candidate that predicts ``mean`` (the truth, unless given) would list it."""
    said = predict(world["mean"] if mean is None else mean)
    return lists_of(said.pop("score"), world["label"], None, ended=world["ended"], **said)


def whole(lists: Lists) -> Scope:
    """A scope over all dates."""
    everything = terms(kind="duration", question="durations", capacity=None, overlap=1)
    return make_scope("all", lists, lists.split >= 0, everything)
