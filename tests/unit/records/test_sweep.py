from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.figure import Figure
from civic_ai.records.sweep import Sweep, Trial
from civic_ai.records.text import Text


def trial(leaves: str) -> Trial:
    figure = Figure(value=0.5, n=3)
    names = {"spec": "", "predictions": "", "champion": "", "best_candidate": "", "best_baseline": ""}
    return Trial(
        settings={"models.settings.lightgbm.num_leaves": leaves}, objective=figure, lift=figure, **names
    )


def sweep(*trials: Trial, method: str = "grid") -> Sweep:
    return Sweep(
        sweep="a-sweep", question=Text(en="?"), pilot="p", policy="", metric="m", method=method,
        is_comparable=True, trials=trials, best=0,
    )  # fmt: skip


def test_the_digest_changes_with_any_setting_and_their_order() -> None:
    digests = {
        sweep(trial("7"), trial("31")).digest,
        sweep(trial("31"), trial("7")).digest,
        sweep(trial("7"), trial("15")).digest,
    }
    assert len(digests) == 3
    assert sweep(trial("7")).digest == sweep(trial("7")).digest


def test_a_record_read_back_is_the_same() -> None:
    record = sweep(trial("7"))
    assert Sweep.model_validate_json(record.to_json()) == record


def test_an_unknown_search_is_refused() -> None:
    with pytest.raises(ValidationError):
        sweep(trial("7"), method="guess")
