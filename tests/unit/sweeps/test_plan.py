from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, Mistake, Place
from civic_ai.core.messages import say
from civic_ai.store.yaml import Document
from civic_ai.sweeps.plan import FIXED, blamed_on_grid, load_plan, with_settings

TEXT = """\
sweep: leaves
question: Do larger trees help?
pilot: ../pilots/here
grid:
  models.settings.lightgbm.num_leaves: [7, 31]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sweep.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_pilot_stands_relative_to_the_file(tmp_path: Path) -> None:
    plan = load_plan(write(tmp_path, TEXT))
    assert plan.pilot == (tmp_path / "../pilots/here").resolve()
    assert plan.spec.grid == {"models.settings.lightgbm.num_leaves": ("7", "31")}


@pytest.mark.parametrize(
    ("place", "shares", "comparable"),
    [
        ("models.settings.lightgbm.num_leaves", True, True),
        ("capacity.units_per_period", True, False),
        ("features.0.count_days", False, True),
        ("label.horizon_days", False, False),
    ],
)
def test_what_a_place_changes(tmp_path: Path, place: str, shares: bool, comparable: bool) -> None:
    plan = load_plan(write(tmp_path, TEXT.replace("models.settings.lightgbm.num_leaves", place)))
    assert (plan.shares_its_panel, plan.is_comparable) == (shares, comparable)


@pytest.mark.parametrize("place", [*FIXED, "validation", "sources.requests.path"])
def test_the_measure_the_lockbox_and_the_data_cannot_be_swept(tmp_path: Path, place: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_plan(write(tmp_path, TEXT.replace("models.settings.lightgbm.num_leaves", place)))
    assert "cannot be swept" in str(refused.value)
    assert "sweep.yaml:5" in str(refused.value)


def test_a_place_without_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one value"):
        load_plan(write(tmp_path, TEXT.replace("[7, 31]", "[]")))


def test_settings_are_put_in_and_nothing_else_is_touched() -> None:
    before = {"models": {"candidates": ["lightgbm"]}, "features": [{"count_days": ["7"]}, {"calendar": []}]}
    after = with_settings(
        Document("pilot.yaml", before),
        {"models.settings.lightgbm.num_leaves": "7", "features.0.count_days": ["28", "91"]},
    ).value
    assert after == {
        "models": {"candidates": ["lightgbm"], "settings": {"lightgbm": {"num_leaves": "7"}}},
        "features": [{"count_days": ["28", "91"]}, {"calendar": []}],
    }
    assert before["features"] == [{"count_days": ["7"]}, {"calendar": []}]


@pytest.mark.parametrize("place", ["features.7.count_days", "pilot.name.first"])
def test_a_place_that_leads_nowhere_is_refused(place: str) -> None:
    with pytest.raises(ConfigError, match="no place in the pilot"):
        with_settings(Document("pilot.yaml", {"pilot": "a", "features": [{}]}), {place: "1"})


def test_a_mistake_in_a_setting_points_to_the_sweep_and_others_stay(tmp_path: Path) -> None:
    place = "models.settings.lightgbm.num_leaves"
    plan = load_plan(write(tmp_path, TEXT))
    there = Place("pilot.yaml", 3)
    error = ConfigError([Mistake(place, say("is wrong"), there), Mistake("label", say("is wrong"), there)])
    first, second = blamed_on_grid(error, plan, {place: "many"}).mistakes
    assert str(first.place) == f"{tmp_path / 'sweep.yaml'}:5"
    assert second.place == there
