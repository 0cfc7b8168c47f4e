"""What the golden tests share: the city data, one run of a pilot, and what its gates said."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from civic_ai.reproduction import not_mirrored
from civic_ai.results import PilotRun
from civic_ai.runner import Options, run

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CIVIC_AI_DATA", ROOT.parent / "shared" / "data")).resolve()


def needs(city: str) -> list[pytest.MarkDecorator]:
    """Marks of a test on the data of ``city``: skipped, and said so, where the folder is absent."""
    reason = f"no folder {DATA}/{city}: set CIVIC_AI_DATA"
    return [pytest.mark.data, pytest.mark.slow, pytest.mark.skipif(not (DATA / city).is_dir(), reason=reason)]


def run_pilot(pilot: Path, workspace: Path) -> PilotRun:
    """The whole journey of a pilot on the data of the real cities, without MLflow."""
    environment = {**os.environ, "CIVIC_AI_DATA": str(DATA)}
    return run(pilot, Options(workspace=workspace, environment=environment, mirror=not_mirrored))


def verdicts(made: PilotRun) -> dict[str, str]:
    """What each gate said."""
    return {check.gate: check.verdict for check in made.gates.checks}


_ROW = re.compile(
    r"^\| ([^|]+) \| (Pass|Fail|Not known|Sí|Sim|No|Não|No se sabe|Não se sabe) \|", re.MULTILINE
)
_WORDS = {
    "Pass": "pass", "Sí": "pass", "Sim": "pass", "Fail": "fail", "No": "fail", "Não": "fail",
    "Not known": "unknown", "No se sabe": "unknown", "Não se sabe": "unknown",
}  # fmt: skip


def told_by_readme(pilot: Path, made: PilotRun) -> dict[str, str]:
    """What the table of gates in a pilot's README says of each; a row that names none is all the others."""
    rows = _ROW.findall((pilot / "README.md").read_text("utf-8"))
    named = {gate: _WORDS[said] for gates, said in rows for gate in re.findall("`([a-z-]+)`", gates)}
    rest = {_WORDS[said] for gates, said in rows if "`" not in gates}
    assert len(rest) <= 1, "two rows for all the others"
    others = {check.gate: said for check in made.gates.checks for said in rest}
    return others | named
