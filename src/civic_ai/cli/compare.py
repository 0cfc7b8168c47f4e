"""``civic-ai compare``: the pilots of a workspace beside each other, one row a sealed dossier."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.table import format_table
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.cards.compare import Comparison
    from civic_ai.records.figure import Figure

HEADS = (
    "pilot", "question", "champion", "best rule", "lift", "lockbox lift", "intervals held", "worst group",
    "gates +/-/?",
)  # fmt: skip
NOTE = (
    "lift: best model over best simple rule on the test periods, above 1 is better, with its 90 % interval; "
    "worst group: the lowest coverage among groups with enough rows to tell"
)


def compare(
    dossiers: Annotated[
        list[Path] | None, typer.Argument(help="Dossier folders; without any, each pilot's newest.")
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Put sealed dossiers beside each other: champion, lift, lockbox, coverage, gates."""
    from civic_ai.cards.compare import compare_frame

    rows = compare_frame(dossiers or newest_dossiers(workspace))
    print(json.dumps(_json(rows), ensure_ascii=False) if as_json else _text(rows))
    return 0


def newest_dossiers(workspace: Path | None) -> list[Path]:
    """The dossier that was written last of each pilot, by the pilot's name.

    Raises :class:`ConfigError` where the workspace holds none.
    """
    from civic_ai.store.workspace import open_workspace

    folder = open_workspace(os.environ, workspace).folder
    newest: dict[str, Path] = {}
    for manifest in sorted(
        folder.glob("dossiers/*/*/manifest.json"), key=lambda path: path.stat().st_mtime_ns
    ):
        newest[manifest.parent.parent.name] = manifest.parent
    if not newest:
        raise ConfigError.because(
            say("there is no sealed dossier here"),
            about=str(folder),
            remedy=say("Run a pilot first: civic-ai run pilots/example-potholes"),
        )
    return [newest[pilot] for pilot in sorted(newest)]


def _json(rows: list[Comparison]) -> dict[str, object]:
    return {"schema": "compare/1", "dossiers": [row.model_dump(mode="json") for row in rows]}


def _text(rows: list[Comparison]) -> str:
    return f"{format_table(HEADS, [_row(row) for row in rows])}\n\n{NOTE}"


def _row(row: Comparison) -> tuple[str, ...]:
    champion = f"{row.champion} (rule)" if row.champion_is_baseline else row.champion
    worst = row.worst_covered
    group = "" if worst is None else f"{_share(worst.figure)} {worst.attribute}: {worst.group}"
    gates = f"{row.passed}/{row.failed}/{row.unknown}"
    figures = (_ratio(row.lift), _ratio(row.lockbox_lift), _share(row.coverage), group)
    return (row.pilot, row.question, champion, row.best_baseline, *figures, gates)


def _ratio(figure: Figure) -> str:
    return _with_bounds(figure, "{:.3f}")


def _share(figure: Figure) -> str:
    return _with_bounds(figure, "{:.2f}")


def _with_bounds(figure: Figure, form: str) -> str:
    if figure.value is None:
        return f"not measured ({figure.why_missing})"
    if figure.lower is None or figure.upper is None:
        return form.format(figure.value)
    return f"{form.format(figure.value)} ({form.format(figure.lower)} to {form.format(figure.upper)})"
