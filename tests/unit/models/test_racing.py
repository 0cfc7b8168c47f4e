from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import sem
from sklearn.metrics import mean_poisson_deviance

from civic_ai.models import fit as fit_module
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.models.racing import LOSSES, RACED_SPLITS, Outcomes, drop_losers
from civic_ai.models.rows import PanelRows, read_rows
from civic_ai.models.table import Scored
from civic_ai.panel.split import Split, make_splits
from civic_ai.pilot.spec import Objective
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import Pilot, crossed, make_pilot, simulate

POLICY = Policy(policy="race", version="1", gates=())
DEMAND = {"objective": "mean_poisson_deviance", "capacity": {"who": "nobody"}}


def outcomes(score: list[float], label: list[float], capacity: int | None = None) -> Outcomes:
    n = len(score)
    as_of = np.array(["2020-01-06"] * (n // 2) + ["2020-01-13"] * (n - n // 2), dtype="datetime64[D]")
    return Outcomes(as_of, np.array(score), np.array(label), np.full(n, 2.0), capacity)


def test_missed_share_is_what_two_visits_a_date_leave() -> None:
    made = outcomes([3, 2, 1, 9, 8, 7], [1, 0, 4, 0, 2, 3], capacity=2)
    assert made.missed_share() == pytest.approx(1 - (1 + 2) / 10)


def test_equal_scores_stand_in_random_order() -> None:
    label = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    score = [5.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    rng = np.random.default_rng(0)
    found = []
    for _ in range(4000):
        jitter = np.array(score) + rng.random(8) * 1e-6
        found.append(1 - outcomes(list(jitter), label, 2).missed_share())
    assert 1 - outcomes(score, label, 2).missed_share() == pytest.approx(np.mean(found), abs=0.02)


def test_a_capacity_above_the_number_of_units_misses_nothing() -> None:
    assert outcomes([1, 2, 3, 4], [1, 0, 2, 1], capacity=99).missed_share() == 0.0


def test_deviance_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    label, score = rng.poisson(2.0, 100).astype(float), rng.gamma(2.0, 1.0, 100)
    assert outcomes(list(score), list(label)).deviance() == pytest.approx(mean_poisson_deviance(label, score))


def test_scaled_error_leaves_out_units_that_never_changed() -> None:
    made = outcomes([1.0, 2.0, 3.0, 4.0], [3.0, 2.0, 3.0, 4.0])
    assert made.scaled_error() == pytest.approx(0.5)
    still = Outcomes(made.as_of, made.score, made.label, np.array([0.0, 2.0, 2.0, 2.0]), None)
    assert still.scaled_error() == 0.0


def test_every_loss_is_an_objective_and_falls_for_better_scores() -> None:
    assert [TypeAdapter(Objective).validate_python(name) for name in LOSSES] == list(LOSSES)
    rng = np.random.default_rng(2)
    mean = rng.gamma(1.0, 2.0, 400)
    label = rng.poisson(mean).astype(float)
    for loss in LOSSES.values():
        good, bad = (loss(outcomes(list(score), list(label), 20)) for score in (mean, mean[::-1]))
        assert good < bad


@pytest.fixture
def world(blobs: Blobs) -> tuple[Pilot, PanelRows, list[Split]]:
    validation = {"splits": 6, "test_days": 42, "lockbox_days": 42}
    pilot = make_pilot(blobs, simulate(units=20, dates=80), validation=validation, **DEMAND)
    rows = read_rows(pilot.panel, blobs)
    return pilot, rows, list(make_splits(pilot.spec))[:RACED_SPLITS]


def run(world: tuple[Pilot, PanelRows, list[Split]], made: dict[str, Callable[[np.ndarray], np.ndarray]]):  # type: ignore[no-untyped-def]
    """Race candidates whose scores are some function of the label that they should have known."""
    pilot, rows, splits = world
    scored = [
        Scored(name, split, score(rows.label[rows.of(split)]))
        for name, score in made.items()
        for split in splits
    ]
    return drop_losers(scored, rows, pilot.spec)


def test_who_is_clearly_behind_is_dropped_with_its_distance(
    world: tuple[Pilot, PanelRows, list[Split]],
) -> None:
    [lost] = run(world, {"good": lambda label: label + 0.5, "bad": lambda label: np.full(len(label), 9.0)})
    assert (lost.candidate, lost.after_split, lost.measure) == ("bad", "4", "mean_poisson_deviance")
    assert lost.behind > 2 * lost.standard_error > 0
    _, rows, splits = world
    labels = [rows.label[rows.of(split)] for split in splits]
    behind = [
        mean_poisson_deviance(label, np.full(len(label), 9.0)) - mean_poisson_deviance(label, label + 0.5)
        for label in labels
    ]
    assert lost.behind == pytest.approx(np.mean(behind))
    assert lost.standard_error == pytest.approx(sem(behind))


def test_who_is_a_little_behind_or_behind_by_chance_stays(
    world: tuple[Pilot, PanelRows, list[Split]],
) -> None:
    rng = np.random.default_rng(0)
    dropped = 0
    for _ in range(60):
        noise = {
            name: lambda label: np.exp(rng.normal(0.3, 0.5, len(label))) + 0.2 for name in ("one", "other")
        }
        dropped += len(run(world, noise))
    assert dropped <= 15, "of two equals one is dropped by chance in about one race of ten"


def test_equals_both_stay(world: tuple[Pilot, PanelRows, list[Split]]) -> None:
    assert run(world, {"one": lambda label: label + 1.0, "other": lambda label: label + 1.0}) == ()


def test_an_objective_that_is_not_listed_drops_nobody(world: tuple[Pilot, PanelRows, list[Split]]) -> None:
    pilot, rows, splits = world
    spec = pilot.spec.model_copy(update={"objective": "days_earlier"})
    scored = [Scored(name, split, np.full(len(rows.of(split)), 1.0)) for name in "ab" for split in splits]
    assert drop_losers(scored, rows, spec) == ()


def raced(blobs: Blobs, splits: int) -> tuple[Pilot, Predictions]:
    """A world in which trees win, tried on so many splits."""
    validation = {"splits": splits, "test_days": 42, "lockbox_days": 42}
    models = {"candidates": ["poisson_glm", "lightgbm"]}
    frame = simulate(crossed, units=25, dates=110)
    pilot = make_pilot(blobs, frame, validation=validation, models=models, **DEMAND)
    made = fit_candidates(pilot.spec, pilot.panel, POLICY, blobs)
    blobs.put_record(made)
    return pilot, made


def test_a_dropped_candidate_is_told_of_and_nowhere_else(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[object] = []
    run_all = fit_module.run_all
    monkeypatch.setattr(fit_module, "run_all", lambda calls: fitted.append(calls) or run_all(calls))
    pilot, made = raced(blobs, 6)
    assert [lost.candidate for lost in made.dropped] == ["poisson_glm"]
    assert "poisson_glm" not in {candidate.name for candidate in made.candidates}
    table = blobs.table(made.blob).to_pandas()
    assert "poisson_glm" not in set(table["candidate"])
    assert set(table.loc[table["candidate"] == "lightgbm", "split"]) == {str(split) for split in range(1, 7)}
    assert [len(calls) for calls in fitted] == [8, 2], "two of its six fits were never made"
    lockbox = score_lockbox(pilot.spec, made, ["lightgbm"], blobs)
    assert set(lockbox.bundles) == {"lightgbm"}


def test_a_race_changes_no_score_of_those_who_stay(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    _, with_race = raced(blobs, 6)
    monkeypatch.setattr(fit_module, "LEAST_SPLITS", 99)
    _, without = raced(blobs, 6)
    assert without.dropped == ()
    tables = [blobs.table(made.blob).to_pandas() for made in (with_race, without)]
    both = [table[table["candidate"] == "lightgbm"].reset_index(drop=True) for table in tables]
    assert both[0].equals(both[1])
    assert len(tables[1]) > len(tables[0])


def test_with_fewer_splits_nobody_races(blobs: Blobs) -> None:
    _, made = raced(blobs, 5)
    assert made.dropped == ()
    assert {"poisson_glm", "lightgbm"} <= {candidate.name for candidate in made.candidates}
