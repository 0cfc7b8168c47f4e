"""Reasons put to the test: what most models would say as well holds, what only one says does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from civic_ai.explanation import explain, trials
from civic_ai.explanation.contributions import Contributions
from civic_ai.explanation.deletion import Deletion
from civic_ai.explanation.explain import explain_champion
from civic_ai.explanation.stability import resample_weeks
from civic_ai.explanation.trials import Tried, not_trained, try_reasons, verdict_of
from civic_ai.records.explanation import AcrossModels, Trials
from civic_ai.records.figure import Figure
from civic_ai.store.blobs import Blobs

from .judged import POLICY, Judged, judge


def explained(judged: Judged) -> Trials:
    made = explain_champion(judged.pilot.spec, judged.evaluation, POLICY, judged.blobs).trials
    assert made is not None
    return made


@pytest.fixture(scope="module")
def told(champions: Mapping[str, Judged]) -> Mapping[str, Trials]:
    return {name: explained(champions[name]) for name in ("poisson_glm", "lightgbm")}


@pytest.mark.parametrize("champion", ["poisson_glm", "lightgbm"])
def test_reasons_of_a_clear_world_hold(told: Mapping[str, Trials], champion: str) -> None:
    made = told[champion]
    seeds = {"lightgbm": trials.SEEDS, "poisson_glm": 0}  # another seed would be the same GLM
    assert made.models == seeds[champion] + trials.STRETCHES
    assert made.first.lowest <= made.first.mean <= made.first.highest <= 1
    assert made.first.mean >= 0.8
    assert made.first_two.mean >= 0.7
    assert made.deleted.value > 1.5
    assert made.deleted_agrees.value > 0.8
    assert made.shuffled.value < 0.5
    assert made.verdict == "pass"
    assert {part.attribute for part in made.proxies} == {"income"}


def test_every_reason_that_is_shown_was_tried(
    champions: Mapping[str, Judged], told: Mapping[str, Trials]
) -> None:
    judged = champions["lightgbm"]
    examples = explain_champion(judged.pilot.spec, judged.evaluation, POLICY, judged.blobs).examples
    shown = [(each.name, reason) for each in examples for reason in each.reasons]
    assert [(part.example, part.reason) for part in told["lightgbm"].reasons] == shown
    assert all(part.is_stable == (part.agreement >= 0.8) for part in told["lightgbm"].reasons)


def test_a_world_without_causes_has_no_reasons_that_hold(tmp_path: Path) -> None:
    """Outcomes by chance: a model of shuffled outcomes moves scores as far as the champion's."""

    def nothing(frame: pd.DataFrame) -> np.ndarray:
        return np.full(len(frame), -0.7)

    made = explained(judge(Blobs(tmp_path), "lightgbm", truth=nothing))
    assert made.verdict != "pass"


def test_a_rule_is_not_trained(champions: Mapping[str, Judged]) -> None:
    made = explained(champions["year_count"])
    assert made == not_trained()
    assert (made.models, made.verdict) == (0, "pass")


def contributions(parts: Any) -> Contributions:
    parts = np.asarray(parts, dtype=float)
    return Contributions(
        features=("a", "b", "c"), families=("history", "season", "area"), link="log", values=parts,
        parts=parts, base=0.0, raw=parts.sum(axis=1), said=parts.sum(axis=1), judged=parts.sum(axis=1),
    )  # fmt: skip


def tried(own: Any, *others: Any) -> Tried:
    days = np.array(["2024-01-01", "2024-01-08"], dtype="datetime64[D]")
    weeks = resample_weeks(days, 1, seed=1, level=0.9)
    made = [contributions(each) for each in others]
    return Tried(contributions(own), tuple(made), contributions(np.zeros((2, 3))), None, weeks)


def test_agreement_by_hand() -> None:
    own = [[3, 2, 1], [1, 2, 3]]
    same, other = [[9, 2, 1], [0, 2, -7]], [[1, 2, 3], [3, 2, 1]]
    made = try_reasons(tried(own, same, other), [])
    assert made.first == AcrossModels(mean=0.5, lowest=0.0, highest=1.0)
    two = made.first_two
    assert (two.mean, two.lowest, two.highest) == pytest.approx((2 / 3, 1 / 3, 1.0))
    assert made.shuffled.value == 0
    assert made.verdict == "unknown"


def test_order_of_families_by_hand() -> None:
    own = [[3, 2, 1], [3, 2, 1]]
    made = try_reasons(tried(own, [[5, 4, 0], [5, 4, 0]], [[1, 2, 3], [1, 2, 3]]), [])
    assert made.rank == AcrossModels(mean=0.0, lowest=-1.0, highest=1.0)


@pytest.mark.parametrize(
    ("first", "deleted", "shuffled", "verdict"),
    [
        (0.8, 1.1, 0.5, "pass"),
        (0.79, 1.1, 0.5, "fail"),
        (0.8, 1.0, 0.5, "fail"),
        (0.8, 1.1, 0.51, "fail"),
        (0.9, None, 0.1, "unknown"),
    ],
)
def test_all_three_must_hold(first: float, deleted: float | None, shuffled: float, verdict: str) -> None:
    made = not_trained().model_copy(
        update={
            "first": AcrossModels(mean=first, lowest=0, highest=1),
            "deleted": Figure(value=deleted, n=9),
            "shuffled": Figure(value=shuffled, n=9),
        }
    )
    assert verdict_of(made) == verdict


def test_every_scored_row_is_added_up(
    champions: Mapping[str, Judged], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One altered score beyond the sample is seen."""
    judged = champions["poisson_glm"]
    monkeypatch.setattr(explain, "SAMPLE_ROWS", 5)
    cases = judged.cases
    altered = cases.frame.copy()
    altered.loc[len(altered) - 1, "judged"] *= 1.01
    monkeypatch.setattr(explain, "read_cases", lambda *_: replace(cases, frame=altered))
    made = explain_champion(judged.pilot.spec, judged.evaluation, POLICY, judged.blobs)
    assert made.rows_added_up == len(altered)
    assert made.additivity_error == pytest.approx(0.01, rel=0.05)


def test_scores_that_are_no_numbers_leave_it_unknown() -> None:
    nothing = np.full(2, np.nan)
    made = replace(
        tried([[3, 2, 1], [1, 2, 3]]), deletion=Deletion(nothing, nothing, np.arange(2.0), nothing)
    )
    told = try_reasons(replace(made, others=made.others or (made.own,)), [])
    assert (told.deleted.value, told.deleted_agrees.value, told.verdict) == (None, None, "unknown")
