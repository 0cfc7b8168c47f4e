"""``civic-ai sweep``: a grid of settings, each tried on the test periods only."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.journey import ENGINE_HELP
from civic_ai.cli.language import reader_language
from civic_ai.cli.table import format_table
from civic_ai.cli.tracking import sync_text
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.figure import Figure
    from civic_ai.records.sweep import Sweep, Trial
    from civic_ai.sweeps.sweep import SweepRun


def sweep(
    plan: Annotated[Path, typer.Argument(help="The sweep's YAML file.")],
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The board's policy file.")] = None,
    engine: Annotated[list[str] | None, typer.Option(help=ENGINE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> int:
    """Try a grid of settings on the test periods; the lockbox is not opened."""
    from civic_ai.runner import Options
    from civic_ai.sweeps.sweep import sweep as run_sweep

    options = Options(workspace=workspace, policy=policy, engines=tuple(engine or ()))
    finished = run_sweep(plan, options, heard=None if quiet else _tell)
    print(json.dumps(sweep_json(finished), ensure_ascii=False) if as_json else summary(finished))
    return 0


def _tell(number: int, trial: Trial) -> None:
    settings = " ".join(f"{place}={_shown(trial, place)}" for place in trial.settings)
    print(f"[{number}] {settings}: {_interval(trial.objective)}", file=sys.stderr, flush=True)


def sweep_json(finished: SweepRun) -> dict[str, object]:
    """The whole record, and where it stands."""
    record = finished.sweep.model_dump(mode="json")
    return {"schema": "sweep/1", "folder": str(finished.folder), **record}


def summary(finished: SweepRun) -> str:
    """Every trial, the best marked, and what the table must not be read as."""
    record, language = finished.sweep, reader_language()
    notes = [say("The lockbox was not opened: these are figures of the test periods.")]
    if not record.is_comparable:
        notes.append(say("Some settings change what is predicted: compare the lift, not the objective."))
    return "\n\n".join(
        [
            f"{record.sweep}: {record.question.in_language(language)}",
            format_table(_heads(record), [_row(record, at) for at in range(len(record.trials))]),
            "\n".join(note.text(language) for note in notes),
            sync_text(finished.tracking),
            f"{finished.folder}",
        ]
    )


def _places(record: Sweep) -> list[str]:
    return sorted({place for trial in record.trials for place in trial.settings})


def _heads(record: Sweep) -> list[str]:
    return [*_places(record), "champion", record.metric, "lift over best rule"]


def _row(record: Sweep, at: int) -> list[str]:
    trial = record.trials[at]
    champion = f"{trial.champion} (best)" if at == record.best else trial.champion
    settings = [_shown(trial, place) for place in _places(record)]
    return [*settings, champion, _interval(trial.objective), _interval(trial.lift)]


def _shown(trial: Trial, place: str) -> str:
    """A setting as it was written: text without quotes, anything else as JSON."""
    value = json.loads(trial.settings[place])
    return value if isinstance(value, str) else trial.settings[place]


def _interval(figure: Figure) -> str:
    if figure.value is None:
        return f"not measured ({figure.why_missing})"
    if figure.lower is None or figure.upper is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.lower:.3f} to {figure.upper:.3f})"
