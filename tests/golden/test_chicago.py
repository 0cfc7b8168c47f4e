"""Chicago's published method on the last 60 days of the file, beside a list that knows only the inspector.

Measured by `civic-ai run pilots/chicago-food-inspections`, and once more by other code from the raw file.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from civic_ai.records.evaluation import TimeToFind
from civic_ai.results import PilotRun
from tests.golden.real_cities import DATA, ROOT, needs, told_by_readme, verdicts

pytestmark = needs("chicago_food")
PILOT = ROOT / "pilots" / "chicago-food-inspections"
LAST_LIST = "2014-02-15"
NUMBERS = [
    "pastfail", "pastcritical", "pastserious", "timesincelast", "ageatinspection",
    "consumption_on_premises_incidental_activity", "tobacco_retail_over_counter",
    "heat_burglary", "heat_garbage", "heat_sanitation",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(chicago: PilotRun) -> PilotRun:
    return chicago


@pytest.fixture(scope="module")
def lockbox(made: PilotRun) -> pd.DataFrame:
    """Columns label, day, and a column of scores for each candidate; one row an inspection."""
    table = made.workspace.blobs.table(made.evaluation.lockbox_blob).to_pandas()
    wide = table.pivot(index="unit", columns="candidate", values="score")
    first = table.drop_duplicates("unit").set_index("unit")
    return wide.assign(label=first["label"], day=first["due_in_days"])


def found_by(made: PilotRun, candidate: str) -> TimeToFind:
    return next(
        found
        for found in made.evaluation.time_to_find
        if (found.candidate, found.split) == (candidate, "lockbox")
    )


def test_the_last_sixty_days_are_held_back(lockbox: pd.DataFrame) -> None:
    assert (len(lockbox), lockbox["label"].sum()) == (1_454, 258)
    assert lockbox["day"].between(1, 60).all()


def test_model_and_inspector_find_violations_equally_early(made: PilotRun) -> None:
    model, inspector = found_by(made, "logistic_glm"), found_by(made, "observer_rate")
    assert model.days_earlier.value == pytest.approx(12.1, abs=0.4)
    assert inspector.days_earlier.value == pytest.approx(11.8, abs=0.4)
    assert model.first_half_today.value == inspector.first_half_today.value == pytest.approx(0.484, abs=0.01)
    assert model.first_half.value == pytest.approx(0.81, abs=0.02)
    assert inspector.first_half.value == pytest.approx(0.79, abs=0.02)
    for one, other in ((model, inspector), (inspector, model)):
        assert one.days_earlier.lower < other.days_earlier.value < one.days_earlier.upper
        assert one.first_half.lower < other.first_half.value < one.first_half.upper


def test_within_one_inspectors_list_the_model_gains_nothing_that_is_sure(made: PilotRun) -> None:
    within = found_by(made, "logistic_glm").within_observer
    assert within.value == pytest.approx(1.6, abs=0.5)
    assert within.lower < 0 < within.upper


def test_the_readme_tells_what_the_run_found(made: PilotRun) -> None:
    """Every figure of the README's table, with its bounds, rounded as it is written there."""
    page = (PILOT / "README.md").read_text("utf-8")
    model, inspector = found_by(made, "logistic_glm"), found_by(made, "observer_rate")
    in_days = (model.days_earlier, inspector.days_earlier, model.within_observer)
    written = [f"{one.value:.1f} ({one.lower:.1f} to {one.upper:.1f})" for one in in_days]
    for share in (model.first_half, inspector.first_half, model.first_half_today):
        value, lower, upper = (round(100 * one) for one in (share.value, share.lower, share.upper))
        written.append(f"{value} % ({lower} to {upper})")
    for area in (model.area_under_roc, inspector.area_under_roc):
        written.append(f"{area.value:.3f} ({area.lower:.2f} to {area.upper:.2f})")
    assert [text for text in written if f"| {text} |" not in page] == []


def test_both_lists_rank_alike(lockbox: pd.DataFrame) -> None:
    """The area under the curve, resampling days of inspection: the intervals of the two overlap."""
    model, inspector = (auc_by_days(lockbox, name) for name in ("logistic_glm", "observer_rate"))
    assert model == pytest.approx([0.710, 0.739, 0.768], abs=0.015)
    assert inspector == pytest.approx([0.700, 0.731, 0.760], abs=0.015)
    assert inspector[1] >= 0.9 * model[1]


def test_other_code_says_the_same_from_the_raw_file(lockbox: pd.DataFrame) -> None:
    raw = pd.read_csv(DATA / "chicago_food" / "inspections_train.csv.gz")
    clusters = pd.get_dummies(raw["inspector_assigned"]).astype(float)
    columns = np.hstack([raw[NUMBERS].to_numpy(), clusters.to_numpy()])
    past = (raw["inspection_date"] <= LAST_LIST).to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
    model.fit(columns[past], raw["critical_found"][past])
    auc = roc_auc_score(raw["critical_found"][~past], model.predict_proba(columns[~past])[:, 1])
    assert auc == pytest.approx(roc_auc_score(lockbox["label"], lockbox["logistic_glm"]), abs=0.01)


def test_nothing_that_is_known_afterwards_is_a_feature(made: PilotRun) -> None:
    names = {feature.name for feature in made.panel.features}
    assert not {name for name in names if name.startswith("outcome_") or name == "critical_found"}
    assert "temperaturemax" not in names
    assert made.panel.leaks_found == 0


def test_a_simple_list_is_the_best_baseline_and_the_gates_do_not_all_pass(made: PilotRun) -> None:
    assert made.evaluation.best_baseline == "observer_rate"
    assert made.evaluation.lift_over_best_baseline.value == pytest.approx(1.03, abs=0.02)
    assert verdicts(made)["reporting-bias-examined"] == "unknown"
    assert told_by_readme(PILOT, made) == verdicts(made)
    assert not made.is_ready


def test_groups_are_too_small_to_tell_and_the_audit_says_what_it_needs(made: PilotRun) -> None:
    leading = [found for found in made.audit.disparities if found.metric in made.audit.leading]
    assert made.audit.worst_verdict == "insufficient_evidence"
    assert {found.verdict for found in leading} == {"pass", "insufficient_evidence"}
    assert all(found.needed for found in leading if found.verdict == "insufficient_evidence")
    assert max(found.needed or 0 for found in leading) == pytest.approx(5262, rel=0.15)


def auc_by_days(lockbox: pd.DataFrame, candidate: str) -> list[float]:
    """Lower end, value and upper end of the area under the curve; 90 %, days of inspection resampled."""
    rng = np.random.default_rng(20240101)
    days = [np.flatnonzero(lockbox["day"] == day) for day in sorted(lockbox["day"].unique())]
    label, score = lockbox["label"].to_numpy(), lockbox[candidate].to_numpy()

    def drawn() -> NDArray[np.int64]:
        return np.concatenate([days[i] for i in rng.integers(0, len(days), len(days))])

    resampled = [roc_auc_score(label[rows], score[rows]) for rows in (drawn() for _ in range(500))]
    low, high = np.quantile(resampled, [0.05, 0.95])
    return [float(low), float(roc_auc_score(label, score)), float(high)]
