"""A real sweep over the tiny city: resumed, shut out of the lockbox, and told to MLflow."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from civic_ai.records.figure import Figure
from civic_ai.records.sweep import Sweep, Trial
from civic_ai.records.text import Text
from civic_ai.store.workspace import Workspace
from civic_ai.sweeps.sweep import SweepRun, results_csv, sweep
from civic_ai.tracking.log_sweep import describe_sweep
from civic_ai.tracking.outbox import waiting
from civic_ai.tracking.target import choose_target
from tests.journey.tiny import quick, write_tiny_pilot

PLAN = """\
sweep: priors
question: Does a tighter prior help?
pilot: pilot
grid:
  models.settings.logistic_glm.prior_sd: [0.05, 1.0]
  models.candidates: [[logistic_glm]]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    write_tiny_pilot(folder / "pilot")
    (folder / "sweep.yaml").write_text(PLAN, "utf-8")
    return folder


class Stages:
    """A reporter that keeps which stages were really run."""

    def __init__(self) -> None:
        self.run: list[str] = []

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """Nothing to keep yet."""

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """Keep a stage that was not skipped."""
        if not skipped:
            self.run.append(stage)


@pytest.fixture(scope="module")
def first(folder: Path) -> tuple[SweepRun, Stages]:
    stages = Stages()
    return sweep(folder / "sweep.yaml", quick(folder / "workspace", stages)), stages


def test_each_setting_is_fitted_once_on_one_panel(first: tuple[SweepRun, Stages]) -> None:
    finished, stages = first
    assert stages.run == ["data", "panel", "models", "models"]
    assert [trial.settings["models.settings.logistic_glm.prior_sd"] for trial in finished.sweep.trials] == [
        '"0.05"',
        '"1.0"',
    ]
    assert len({trial.predictions for trial in finished.sweep.trials}) == 2, "the setting changed nothing"
    assert finished.sweep.is_comparable


def test_a_second_sweep_makes_nothing_again(first: tuple[SweepRun, Stages], folder: Path) -> None:
    stages = Stages()
    again = sweep(folder / "sweep.yaml", quick(folder / "workspace", stages))
    assert stages.run == []
    assert again.sweep.digest == first[0].sweep.digest


def test_the_lockbox_stays_shut(first: tuple[SweepRun, Stages], folder: Path) -> None:
    assert not (folder / "workspace" / "lockbox").exists()
    assert not list((folder / "workspace").glob("dossiers/*/*"))


def test_the_best_is_the_best(first: tuple[SweepRun, Stages]) -> None:
    values = [trial.objective.value or 0.0 for trial in first[0].sweep.trials]
    assert first[0].best.objective.value == max(values)


def test_trials_are_compared_by_their_model_even_where_a_rule_is_champion(
    first: tuple[SweepRun, Stages], folder: Path
) -> None:
    """Objective over lift is the best rule's own figure, which no setting of a model can change."""
    trials = first[0].sweep.trials
    assert "year_count" in {trial.champion for trial in trials}
    rule = [(trial.objective.value or 0.0) / (trial.lift.value or 1.0) for trial in trials]
    assert rule[0] == pytest.approx(rule[1])
    assert trials[0].objective.value != trials[1].objective.value


def test_the_table_holds_every_trial(first: tuple[SweepRun, Stages]) -> None:
    rows = list(csv.DictReader((first[0].folder / "results.csv").read_text("utf-8").splitlines()))
    trials = first[0].sweep.trials
    assert [float(row["recall_at_capacity.value"]) for row in rows] == [
        trial.objective.value for trial in trials
    ]
    assert [row["models.candidates"] for row in rows] == ['["logistic_glm"]'] * 2


def test_mlflow_would_get_a_parent_and_a_child_a_trial(first: tuple[SweepRun, Stages], folder: Path) -> None:
    workspace = Workspace(folder / "workspace")
    noted = waiting(workspace, choose_target(workspace, {}))
    assert [entry.kind for entry in noted] == ["sweep"]
    log = describe_sweep(noted[0].digest, noted[0].folder, workspace.blobs)
    assert len(log.children) == 2
    assert {child.tags["civic_ai.dossier"] for child in log.children} == {log.parent.key}
    assert log.children[0].params["models.settings.logistic_glm.prior_sd"] == '"0.05"'
    assert {measure.name for measure in log.parent.measures} >= {
        "recall_at_capacity",
        "recall_at_capacity.lower",
    }


def test_a_trial_without_an_objective_is_never_best() -> None:
    def trial(value: float | None) -> Trial:
        figure = Figure(value=value, n=0, why_missing=None if value is not None else "no_events")
        names = {"spec": "", "predictions": "", "champion": "", "best_candidate": "", "best_baseline": ""}
        return Trial(settings={"a": '"1"'}, objective=figure, lift=figure, **names)

    record = Sweep(
        sweep="a-sweep", question=Text(en="?"), pilot="p", policy="", metric="m", method="grid",
        is_comparable=True, trials=(trial(None), trial(2.0)), best=1,
    )  # fmt: skip
    assert results_csv(record).splitlines()[1].startswith('"""1""",,,,')
