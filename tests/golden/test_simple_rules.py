"""Where a simple rule is as good, it is said so: two questions cut out of the pilots.

Houston's potholes by whole area instead of by street cell, and São Paulo's dead animals alone.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from civic_ai.results import PilotRun
from tests.golden.real_cities import ROOT, needs, run_pilot, verdicts

pytestmark = [*needs("houston"), *needs("sao_paulo")]
BY_AREA = {
    "  grid: {lat: lat, lon: lon, size_m: 1000}": "  area: area_id",
    "  kind: event": "  kind: count",
    "[logistic_glm, lightgbm]": "[poisson_glm, lightgbm]",
    "units_per_period: 100": "units_per_period: 15",
}
ONE_CANDIDATE = {"[poisson_glm, lightgbm, lightgbm_tweedie]": "[poisson_glm]"}


def write_changed(pilot: str, folder: Path, changes: dict[str, str]) -> Path:
    """The ``pilot.yaml`` of a copy of ``pilot`` in ``folder``, each change made once."""
    shutil.copytree(ROOT / "pilots" / pilot, folder)
    text = (folder / "pilot.yaml").read_text("utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "pilot.yaml").write_text(text, "utf-8")
    return folder / "pilot.yaml"


def keep_one_type(spec: Path, name: str) -> None:
    """Leave out every other type of request, and the gaps, which are of another type."""
    unit, sources = spec.read_text("utf-8").split("\nsources:\n")
    lines = re.findall(rf"^(?!      (?!{name}\b)\w+: [\[{{]).*$", unit, flags=re.MULTILINE)
    without_gaps = re.sub(r"    gaps:\n(?: {6}.*\n)+", "", sources)
    spec.write_text("\n".join(lines) + "\n\nsources:\n" + without_gaps, "utf-8")


@pytest.fixture(scope="module")
def areas(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    folder = tmp_path_factory.mktemp("areas")
    return run_pilot(write_changed("houston-potholes", folder / "pilot", BY_AREA), folder / "workspace")


@pytest.fixture(scope="module")
def dead_animals(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    folder = tmp_path_factory.mktemp("dead")
    spec = write_changed("sao-paulo-demand", folder / "pilot", ONE_CANDIDATE)
    keep_one_type(spec, "animal_morto")
    return run_pilot(spec, folder / "workspace")


def test_by_whole_area_the_count_of_the_last_year_is_the_champion(areas: PilotRun) -> None:
    evaluation = areas.evaluation
    assert areas.champion == evaluation.best_baseline == "year_count"
    assert evaluation.champion_is_baseline
    assert evaluation.lift_over_best_baseline.value == pytest.approx(0.99, abs=0.01)
    assert evaluation.lift_over_best_baseline.upper < 1.01
    assert verdicts(areas)["beats-simple-rule"] == "fail"


def test_dead_animals_are_all_that_is_asked(dead_animals: PilotRun) -> None:
    assert dead_animals.panel.types == ("animal_morto",)
    assert dead_animals.panel.units == 96


def test_for_dead_animals_no_model_is_shown_to_beat_the_mean_of_52_weeks(dead_animals: PilotRun) -> None:
    evaluation = dead_animals.evaluation
    assert evaluation.best_baseline == "year_count"
    assert evaluation.lift_over_best_baseline.lower < 1.005
    assert evaluation.lift_over_best_baseline.value == pytest.approx(1.017, abs=0.015)
    assert evaluation.lockbox_lift is None or evaluation.lockbox_lift.value == pytest.approx(1, abs=0.01)
