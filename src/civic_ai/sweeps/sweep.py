"""Run a sweep: one trial after the other, each as far as the test periods and no further."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from civic_ai.core.errors import ConfigError
from civic_ai.pilot.load import Pilot, load_pilot, read_pilot
from civic_ai.records.panel import PanelManifest
from civic_ai.records.sweep import Sweep, Trial
from civic_ai.runner import Options, Stages, begin
from civic_ai.store.blobs import write_atomically
from civic_ai.sweeps.plan import SweepPlan, blamed_on_grid, load_plan, with_settings
from civic_ai.sweeps.search import Settings, as_text, search
from civic_ai.tracking.outbox import post

if TYPE_CHECKING:
    from civic_ai.evaluation.metric import Metric
    from civic_ai.tracking.sync import SyncReport

Heard = Callable[[int, Trial], None]


@dataclass(frozen=True)
class SweepRun:
    """A finished sweep, where it stands, and whether MLflow has it."""

    sweep: Sweep
    folder: Path
    tracking: SyncReport

    @property
    def best(self) -> Trial:
        """The trial with the best objective on the test periods."""
        return self.sweep.trials[self.sweep.best]


def sweep(path: str | Path, options: Options | None = None, *, heard: Heard | None = None) -> SweepRun:
    """Try every setting of the sweep file at ``path`` and keep the result in the workspace.

    No trial opens the lockbox, so however many are tried, the last period stays unseen. Trials that stand
    already are not run again. ``heard`` is called with the number and record of each trial. Raises what
    :func:`civic_ai.runner.run` raises.
    """
    plan, chosen = load_plan(Path(path)), options or Options()
    work = _Work(plan, load_pilot(plan.pilot, chosen.environment), chosen)
    trials: list[Trial] = []
    with chosen.on_engines():
        for trial in search(plan.spec, work.attempt, lower_is_better=work.metric.direction == "lower"):
            trials.append(trial)
            if heard is not None:
                heard(len(trials), trial)
    return work.finish(tuple(trials))


@dataclass(frozen=True)
class _Work:
    plan: SweepPlan
    pilot: Pilot
    options: Options

    @property
    def metric(self) -> Metric:
        """The pilot's objective, by which trials are compared."""
        from civic_ai.evaluation.metrics import METRICS

        return METRICS[self.pilot.spec.objective]

    @cached_property
    def shared_panel(self) -> PanelManifest | None:
        """The panel of the pilot as it is, where no setting changes it."""
        return begin(self.pilot, self.options).to_the_panel() if self.plan.shares_its_panel else None

    def attempt(self, settings: Settings) -> Trial:
        """One trial: the pilot with these settings, as far as the test periods."""
        try:
            document = with_settings(self.pilot.document, settings)
            changed = read_pilot(document, self.pilot.folder, self.options.environment)
        except ConfigError as error:
            raise blamed_on_grid(error, self.plan, settings) from error
        stages = begin(changed, self.options)
        return _try(stages, self.shared_panel or stages.to_the_panel(), settings)

    def finish(self, trials: tuple[Trial, ...]) -> SweepRun:
        """Keep the record and a table of it, and tell MLflow."""
        stages = begin(self.pilot, self.options)
        record = Sweep(
            sweep=self.plan.spec.sweep,
            question=self.plan.spec.question,
            pilot=self.pilot.spec.pilot,
            policy=stages.policy.digest,
            metric=self.metric.name,
            method=self.plan.spec.search.method,
            is_comparable=self.plan.is_comparable,
            trials=trials,
            best=_best(trials, self.metric),
        )
        folder = stages.workspace.folder / "sweeps" / record.sweep / record.digest[:12]
        write_atomically(folder / "results.csv", results_csv(record).encode())
        write_atomically(folder / "manifest.json", record.to_json())
        post(stages.workspace, folder, kind="sweep")
        return SweepRun(record, folder, self.options.mirror(stages.workspace))


def _try(stages: Stages, panel: PanelManifest, settings: Settings) -> Trial:
    from civic_ai.evaluation.choose import choose_champion
    from civic_ai.evaluation.scores import terms_of
    from civic_ai.evaluation.trial import try_on_tests

    predictions = stages.predictions_of(panel)
    blobs = stages.workspace.blobs
    terms = terms_of(stages.pilot.spec, predictions, stages.policy)
    tests = try_on_tests(blobs.table(predictions.blob), terms)
    objectives = {one.name: tests.objective(one.name) for one in predictions.candidates}
    chosen = choose_champion(predictions.candidates, objectives, terms.objective, tests.whole.resampled)
    best = tests.lists[chosen.best_candidate.name]
    return Trial(
        settings=as_text(settings),
        spec=blobs.put_record(stages.pilot.spec),
        predictions=predictions.digest,
        champion=chosen.champion.name,
        best_candidate=chosen.best_candidate.name,
        best_baseline=chosen.best_baseline.name,
        objective=tests.whole.figure(best, terms.objective, terms.kind),
        lift=tests.lift(chosen.best_candidate.name, chosen.best_baseline.name),
    )


def _best(trials: tuple[Trial, ...], metric: Metric) -> int:
    """The first of those with the best objective."""
    sign = 1.0 if metric.direction == "lower" else -1.0
    values = [trial.objective.value for trial in trials]
    return min(range(len(trials)), key=lambda at: (values[at] is None, sign * (values[at] or 0.0), at))


def results_csv(record: Sweep) -> str:
    """One row a trial: its settings, its champion, the objective and the lift with their intervals."""
    places = sorted({place for trial in record.trials for place in trial.settings})
    heads = ("value", "lower", "upper", "n")
    columns = [*places, "champion", "best_candidate", "best_baseline"]
    columns += [f"{name}.{head}" for name in (record.metric, "lift") for head in heads]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    for trial in record.trials:
        figures = [getattr(figure, head) for figure in (trial.objective, trial.lift) for head in heads]
        names = (trial.champion, trial.best_candidate, trial.best_baseline)
        writer.writerow([*(trial.settings.get(place, "") for place in places), *names, *figures])
    return written.getvalue()
