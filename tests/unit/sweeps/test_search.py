from __future__ import annotations

import itertools
import sys

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.records.figure import Figure
from civic_ai.records.sweep import Trial
from civic_ai.records.text import Text
from civic_ai.sweeps.plan import Search, SweepSpec
from civic_ai.sweeps.search import as_text, every_point, search


def spec(method: str = "grid", trials: int = 30) -> SweepSpec:
    return SweepSpec(
        sweep="two-places",
        question=Text(en="?"),
        pilot=".",
        grid={"a": ("1", "2", "3"), "b.c": (["7"], ["7", "28"])},
        search=Search(method=method, trials=trials, seed=4),
    )


def attempt(settings: dict[str, object]) -> Trial:
    """The smallest ``a`` with the longest ``b.c`` is best (0), the rest are worse."""
    value = float(str(settings["a"])) - len(settings["b.c"])  # type: ignore[arg-type]
    figure = Figure(value=value, n=1)
    named = {"spec": "", "predictions": "", "champion": "", "best_candidate": "", "best_baseline": ""}
    return Trial(settings=as_text(settings), objective=figure, lift=figure, **named)


def test_a_grid_tries_every_point_once() -> None:
    points = [tuple(sorted(as_text(point).items())) for point in every_point(spec())]
    wanted = itertools.product(['"1"', '"2"', '"3"'], ['["7"]', '["7","28"]'])
    assert len(points) == len(set(points)) == 6
    assert set(points) == {(("a", a), ("b.c", c)) for a, c in wanted}
    assert len(list(search(spec(), attempt, lower_is_better=True))) == 6


@pytest.mark.parametrize("lower", [True, False])
def test_optuna_finds_the_best_point_and_repeats_itself(lower: bool) -> None:
    trials = [list(search(spec("optuna"), attempt, lower_is_better=lower)) for _ in range(2)]
    assert trials[0] == trials[1]
    assert len(trials[0]) == 30
    values = [trial.objective.value or 0.0 for trial in trials[0]]
    assert (min(values) == -1.0) if lower else (max(values) == 2.0)
    best = -1.0 if lower else 2.0
    assert sum(value == best for value in values[15:]) > 15 / 6, "no better than drawing by lot"


def test_without_optuna_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"civic-ai\[optuna\]"):
        next(search(spec("optuna"), attempt, lower_is_better=True))
