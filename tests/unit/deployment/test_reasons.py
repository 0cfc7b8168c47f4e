"""Reasons of a unit: the families that moved its score, with a mark where most models would say otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from civic_ai.cards.sealed import read_sealed
from civic_ai.deployment.loader import open_approved
from civic_ai.deployment.reasons import Reasons, read_reasons
from civic_ai.models.scorer import ModelScorer

from .conftest import Sealed


class Told(ModelScorer):
    """A scorer whose contributions are what the test says."""

    parts: np.ndarray

    @property
    def features(self) -> tuple[str, ...]:
        return ("a", "b", "c")

    def contributions(self, frame: pd.DataFrame) -> np.ndarray:
        return np.asarray(frame[["a", "b", "c", "base"]].to_numpy())

    raw_scores = smallest_cell = to_bytes = from_bytes = None  # type: ignore[assignment]


REASONS = Reasons({"a": "history", "b": "weather", "c": "history"}, frozenset({"history_raises"}))


def codes(*parts: float) -> tuple[str, ...]:
    frame = pd.DataFrame([[*parts, 9.0]], columns=["a", "b", "c", "base"])
    [told] = REASONS.codes(Told(None), frame)  # type: ignore[arg-type]
    return told


def test_features_of_a_family_are_added_up_and_the_base_is_left_out() -> None:
    assert codes(1.0, -0.5, 1.0) == ("history_raises", "weather_lowers")
    assert codes(1.0, -0.5, -1.0) == ("weather_lowers",)
    assert codes(0.0, 0.0, 0.0) == ()


@pytest.mark.parametrize(("weather", "is_said"), [(0.12, True), (0.05, False)])
def test_what_hardly_moves_a_score_is_no_reason(weather: float, is_said: bool) -> None:
    assert ("weather_raises" in codes(0.5, weather, 0.4)) == is_said


def test_a_reason_that_is_not_stable_carries_a_mark_in_each_language() -> None:
    told = ("history_raises", "weather_lowers")
    assert REASONS.unstable(told) == 1
    english = REASONS.text(told, "en")
    assert english.endswith("(not stable: other models give another reason)")
    assert english.count("not stable") == 1
    assert REASONS.text((), "en") == ""


def test_what_the_dossier_says_is_stable(sealed: Sealed) -> None:
    reasons = read_reasons(sealed.dossier)
    trials = read_sealed(sealed.dossier, "board").records.explanation.trials
    assert trials is not None
    listed = [each for each in trials.reasons if each.example == "list"]
    assert reasons.stable == {each.reason for each in listed if each.is_stable}
    scorer = open_approved(sealed.dossier / "bundle", sealed.binding)
    assert set(scorer.features) <= set(reasons.families)
