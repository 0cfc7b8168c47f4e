from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from civic_ai import runner
from civic_ai.cli.journey import ProgressLines, score_rows
from civic_ai.cli.main import main
from civic_ai.records.evaluation import Score
from civic_ai.records.figure import Figure, missing
from civic_ai.runner import Options


def test_each_stage_gets_a_line_with_its_question_and_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ProgressLines()
    lines.started("data", None)
    lines.finished("data", 4.21, False)
    lines.started("panel", 12.3)
    lines.finished("panel", 0.0, True)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "[1/9] data: What did it hand over? ... 4.2 s\n"
        "[2/9] panel: What was known when? (last time 12 s) ... unchanged\n"
    )


def broken_off(lines: ProgressLines) -> None:
    with lines:
        lines.started("data", None)
        raise ValueError("broken")


def test_an_error_begins_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="broken"):
        broken_off(ProgressLines())
    assert capsys.readouterr().err == "[1/9] data: What did it hand over? ... \n"


class Finished(SimpleNamespace):
    """What a run gives back, as far as the command needs it."""

    def to_json(self) -> dict[str, object]:
        return {"pilot": "p", "ready": self.is_ready}


@pytest.mark.parametrize(("ready", "code"), [(True, 0), (False, 3)])
def test_the_exit_code_tells_whether_every_gate_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ready: bool, code: int
) -> None:
    asked: list[tuple[str, Options]] = []

    def fake(pilot: str, options: Options) -> Finished:
        asked.append((pilot, options))
        return Finished(is_ready=ready)

    monkeypatch.setattr(runner, "run", fake)
    assert main(["run", "pilots/x", "--json", "--workspace", "here", "--policy", "mine.yaml"]) == code
    assert json.loads(capsys.readouterr().out) == {"pilot": "p", "ready": ready}
    assert asked[0][0] == "pilots/x"
    assert (asked[0][1].workspace, asked[0][1].policy) == (Path("here"), Path("mine.yaml"))


def test_the_lockbox_of_others_is_not_looked_at() -> None:
    figure = Figure(value=0.25, lower=0.2, upper=0.3, n=1234)
    scores = [Score(candidate=name, split="all", metric="m", figure=figure) for name in ("rule", "model")]
    scores.append(Score(candidate="silent", split="all", metric="m", figure=missing("no_events")))
    lockbox = {("model", "lockbox"): figure}
    evaluation = SimpleNamespace(
        scores=scores,
        objective="m",
        champion="model",
        score=lambda name, metric, split: (
            lockbox.get((name, split))
            or next((s.figure for s in scores if (s.candidate, s.split) == (name, split)), None)
        ),
    )
    assert score_rows(SimpleNamespace(evaluation=evaluation)) == [
        ("rule", "0.250 (between 0.200 and 0.300), n 1,234", "not looked at"),
        (
            "model (champion)",
            "0.250 (between 0.200 and 0.300), n 1,234",
            "0.250 (between 0.200 and 0.300), n 1,234",
        ),
        ("silent", "not measured (no_events)", "not looked at"),
    ]


def test_what_was_published_before_is_handed_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Options] = []

    def fake(pilot: str, options: Options) -> Finished:
        asked.append(options)
        return Finished(is_ready=True)

    monkeypatch.setattr(runner, "run", fake)
    assert main(["run", "pilots/p", "--after", "before/dossier", "--json", "--quiet"]) == 0
    assert main(["run", "pilots/p", "--json", "--quiet"]) == 0
    assert [options.after for options in asked] == [Path("before/dossier"), None]
