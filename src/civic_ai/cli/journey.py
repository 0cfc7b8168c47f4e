"""``civic-ai run``: the whole way to a sealed dossier."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.table import format_table
from civic_ai.cli.tracking import sync_text
from civic_ai.journey import JOURNEY

if TYPE_CHECKING:
    from civic_ai.results import PilotRun

NOT_READY = 3
AFTER_HELP = "The dossier that was published before: the two versions then tell nothing by their difference."
ENGINE_HELP = "Who counts or fits: spark://local, dask://host:8786. May be given twice."


class ProgressLines:
    """One line a stage on standard error, with the time it took and the time it was expected to."""

    def __init__(self) -> None:
        self.names = [stage.package for stage in JOURNEY if stage.runs and stage.package != "pilot"]
        self.questions = {stage.package: stage.question for stage in JOURNEY}
        self.done = 0
        self.is_open = False

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *_: object) -> None:
        """An error begins on a line of its own."""
        if self.is_open:
            print(file=sys.stderr, flush=True)

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """``[3/9] panel: What was known when? (about 5 s)``."""
        self.done += 1
        self.is_open = True
        expected = "" if expected_seconds is None else f" (last time {expected_seconds:.0f} s)"
        line = f"[{self.done}/{len(self.names)}] {stage}: {self.questions[stage]}{expected}"
        print(line, end=" ... ", file=sys.stderr, flush=True)

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """``4.2 s``, or that nothing had changed."""
        self.is_open = False
        print("unchanged" if skipped else f"{seconds:.1f} s", file=sys.stderr, flush=True)


def run(
    pilot: Annotated[str, typer.Argument(help="The pilot's folder or its pilot.yaml.")],
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The board's policy file.")] = None,
    engine: Annotated[list[str] | None, typer.Option(help=ENGINE_HELP)] = None,
    after: Annotated[Path | None, typer.Option(help=AFTER_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> int:
    """Train, compare, audit, explain and seal a dossier. Exit code 3: done, but a gate says no."""
    from civic_ai.runner import Options, Silent
    from civic_ai.runner import run as run_pilot

    with ProgressLines() as lines:
        reporter = Silent() if quiet else lines
        options = Options(workspace, policy, reporter=reporter, engines=tuple(engine or ()), after=after)
        finished = run_pilot(pilot, options)
    print(json.dumps(finished.to_json(), ensure_ascii=False) if as_json else summary(finished))
    return 0 if finished.is_ready else NOT_READY


def summary(run: PilotRun) -> str:
    """What a person reads at the end of a run."""
    verdict = "Ready for the board's decision" if run.is_ready else "Not ready"
    evaluation = run.evaluation
    kind = "a simple rule" if evaluation.champion_is_baseline else "a trained model"
    gates = [(check.gate, check.verdict, _short(check.observed), check.must_be) for check in run.gates.checks]
    return "\n\n".join(
        [
            f"{run.pilot} ({evaluation.question}): {verdict}",
            f"Champion: {run.champion} ({kind}), chosen by {evaluation.chosen_by}",
            format_table(("candidate", "tests", "lockbox"), score_rows(run), title=evaluation.objective),
            "Best model over best simple rule (above 1 is better): "
            + _interval(evaluation.lift_over_best_baseline),
            format_table(("what", "figure"), [(name, _interval(part)) for name, part in run.answers]),
            format_table(("gate", "verdict", "observed", "must be"), gates, title="Gates"),
            f"Looks into this lockbox so far: {run.lockbox_looks}",
            sync_text(run.tracking),
            f"Dossier: {run.dossier}\nReport:  {run.report}",
        ]
    )


def score_rows(run: PilotRun) -> list[tuple[str, str, str]]:
    """Each candidate's objective over all tests and in the lockbox, with intervals."""
    evaluation = run.evaluation
    rows = []
    for name in dict.fromkeys(score.candidate for score in evaluation.scores):
        tests = evaluation.score(name, evaluation.objective, "all")
        lockbox = evaluation.score(name, evaluation.objective, "lockbox")
        shown = f"{name} (champion)" if name == evaluation.champion else name
        rows.append((shown, _interval(tests), _interval(lockbox) if lockbox else "not looked at"))
    return rows


def _interval(figure: object) -> str:
    value, lower, upper = (getattr(figure, name, None) for name in ("value", "lower", "upper"))
    if value is None:
        return f"not measured ({getattr(figure, 'why_missing', None)})"
    bounds = f" (between {lower:.3f} and {upper:.3f})" if lower is not None and upper is not None else ""
    return f"{value:.3f}{bounds}, n {getattr(figure, 'n', 0):,}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
