"""Search over candidates and splits: through LightGBM's scikit-learn API, and as civic-ai does it.

Both sides find rounds (and the Tweedie power) on the last block of each split's training dates, train again
on all of them and score the split's test rows. Run
`PYTHONPATH=experiments:. .venv/bin/python experiments/003-search-speed/run.py`.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from measure import alternately, ratio, write_results
from numpy.typing import NDArray
from tests.unit.models.simulated import Pilot, make_pilot, simulate

from civic_ai.models import boosting, fit, racing
from civic_ai.models.rows import PanelRows, Training, read_rows, training_of
from civic_ai.models.table import Scored
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.panel import Feature
from civic_ai.store.blobs import Blobs

UNITS, DATES, FEATURES, SPLITS = 60, 234, 30, 8
NAMES = ("lightgbm", "lightgbm_tweedie")
OBJECTIVES = {"lightgbm": boosting.POISSON, "lightgbm_tweedie": boosting.TWEEDIE}


def make_world(blobs: Blobs) -> Pilot:
    """Weekly counts that trees can learn, with features that say nothing beside those that do."""
    frame = simulate(truth, units=UNITS, dates=DATES)
    rng = np.random.default_rng(5)
    noise = pd.DataFrame({f"noise_{i:02}": rng.normal(size=len(frame)).round(2) for i in range(FEATURES - 6)})
    pilot = make_pilot(
        blobs,
        pd.concat([frame, noise], axis=1),
        validation={"splits": SPLITS, "test_days": 70, "lockbox_days": 70},
        models={"candidates": list(NAMES)},
        objective="mean_poisson_deviance",
        capacity={"who": "nobody"},
    )
    more = (Feature(name=name, source="noise", known_by="as_of", family="weather") for name in noise)
    panel = pilot.panel.model_copy(update={"features": (*pilot.panel.features, *more)})
    blobs.put_record(panel)
    return Pilot(pilot.spec, panel, blobs)


def truth(frame: pd.DataFrame) -> NDArray[np.float64]:
    wet = np.sign(frame["rain_7d"]) * np.sign(frame["road_age"])
    return np.asarray(-1.5 + 0.6 * np.log1p(frame["requests_28d"]) + 0.5 * wet)


@dataclass
class Job:
    """One pilot's search, from rows that have been read."""

    pilot: Pilot

    def rows(self) -> tuple[PilotSpec, PanelRows, list[Training]]:
        rows = read_rows(self.pilot.panel, self.pilot.blobs)
        splits = make_splits(self.pilot.spec)[:-1]
        return self.pilot.spec, rows, [training_of(rows, split) for split in splits]

    def by_scikit_learn(self) -> list[Scored]:
        _, rows, trainings = self.rows()
        return [search(name, training, rows) for name in NAMES for training in trainings]

    def shared(self) -> list[Scored]:
        """Bins shared, two fits at once; nobody is dropped."""
        fit.LEAST_SPLITS = SPLITS + 1
        return fit._race(*self.rows())[0]

    def raced(self) -> list[Scored]:
        """As a run does it."""
        fit.LEAST_SPLITS = racing.LEAST_SPLITS
        return fit._race(*self.rows())[0]


def search(name: str, training: Training, rows: PanelRows) -> Scored:
    learn, stop = boosting.stopping_blocks(training)
    matrix, label = training.matrix, training.label
    tried = []
    for objective in OBJECTIVES[name]:
        model = regressor(objective, boosting.MAX_ROUNDS)
        model.fit(
            matrix[learn],
            label[learn],
            eval_set=[(matrix[stop], label[stop])],
            callbacks=[lgb.early_stopping(boosting.PATIENCE_ROUNDS, verbose=False)],
        )
        loss = model.best_score_["valid_0"][objective.metric]
        tried.append((loss, model.best_iteration_, objective))
    _, rounds, objective = min(tried, key=lambda each: each[0])
    test = rows.of(training.split)
    return Scored(
        name, training.split, regressor(objective, rounds).fit(matrix, label).predict(rows.matrix[test])
    )


def regressor(objective: boosting.Objective, rounds: int) -> lgb.LGBMRegressor:
    settings = {**boosting.TREES, **objective.settings, "metric": objective.metric}
    del settings["num_threads"]
    return lgb.LGBMRegressor(n_estimators=rounds, random_state=7, n_jobs=1, **settings)


def losses(scored: Sequence[Scored], job: Job) -> dict[str, NDArray[np.float64]]:
    spec, rows, _ = job.rows()
    return racing._losses(scored, rows, spec)


def champion(scored: Sequence[Scored], job: Job) -> str:
    made = losses(scored, job)
    best = min(made, key=lambda name: made[name].mean())
    return f"{best} {made[best].mean():.4f}"


def main() -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        job = Job(make_world(Blobs(Path(folder))))
        sides = {"scikit-learn API": job.by_scikit_learn, "bins shared": job.shared, "and raced": job.raced}
        times = alternately(sides, rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 1)
        base = times["scikit-learn API"]
        write_results(
            __file__,
            [
                {
                    "side": name,
                    **took.row(),
                    "cpu_ratio": ratio(base, took),
                    "wall_ratio": round(base.wall[-1] / took.wall[-1], 2),
                    "fits_kept": len(took.result),
                    "champion_and_deviance": champion(took.result, job),
                }
                for name, took in times.items()
            ],
        )


if __name__ == "__main__":
    main()
