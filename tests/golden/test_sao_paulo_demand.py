"""What was found in São Paulo's requests of 2015 to 2019: how many come, by district, service and week.

Measured by `civic-ai run pilots/sao-paulo-demand`.
"""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from civic_ai.records.evaluation import Coverage
from civic_ai.records.figure import Figure
from civic_ai.results import PilotRun
from tests.golden.real_cities import DATA, ROOT, needs, run_pilot, told_by_readme, verdicts

pytestmark = needs("sao_paulo")
PILOT = ROOT / "pilots" / "sao-paulo-demand"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    return run_pilot(PILOT, tmp_path_factory.mktemp("demand"))


def covered(made: PilotRun) -> dict[str | None, Coverage]:
    """The champion's coverage in the lockbox, by type and stretch of the horizon (None: all)."""
    return {
        found.group: found
        for found in made.evaluation.coverage
        if (found.candidate, found.split) == (made.champion, "lockbox")
    }


def test_five_files_are_one_source(made: PilotRun) -> None:
    requests = made.snapshot.source("requests")
    assert sorted(requests.raw_files) == [f"solicitacoes_{year}.csv.gz" for year in range(2015, 2020)]
    assert (requests.rows_read, requests.duplicates, requests.quarantined) == (298_624, 51, 0)


def test_no_service_of_the_question_was_left_out_of_the_hand_over(made: PilotRun) -> None:
    with (DATA / "sao_paulo" / "services.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = {row["service"]: [row[f"n_{year}"] for year in range(2015, 2020)] for row in rows}
    asked = made.workspace.blobs.table(made.panel.units_blob)["type"].unique()
    assert len(asked) == 17
    assert years["Reclamação de falta de varrição"].count("ABSENT") == 3
    assert years["Reclamações sobre coleta de lixo domiciliar"][2:] == ["4831", "0", "7564"]


def test_a_gap_is_not_zero_demand(made: PilotRun) -> None:
    """Storm drains: no row in 20 days in which 63 requests were to be expected. Labels touching it are blank;
    counts are of the other days, scaled up, or blank where these are fewer than half."""
    panel = made.workspace.blobs.table(made.panel.blob).to_pandas(date_as_object=False)
    drains = panel[panel["unit"].str.endswith("/galeria_pluvial")]
    asked = drains["as_of"] == pd.Timestamp("2016-11-07")  # its weeks ahead begin on 8, 15, ... November
    blank = drains[asked].groupby("step")["label"].apply(lambda labels: labels.isna().all())
    assert list(blank[blank].index) == [2, 3, 4, 5]
    counted = drains[drains["as_of"] == pd.Timestamp("2016-12-05")]  # 12 days of the gap lie behind it
    assert counted["requests_count_7d"].isna().all()
    whole_rows = counted["requests_count_28d"] * 16 / 28
    assert np.allclose(whole_rows, whole_rows.round(), atol=1e-4)
    assert whole_rows.sum() > 0
    assert made.panel.rows_in_gaps == drains["label"].isna().sum() > 0


def test_a_model_beats_the_mean_of_the_last_year(made: PilotRun) -> None:
    evaluation = made.evaluation
    assert evaluation.best_baseline == "year_count"
    assert evaluation.lift_over_best_baseline.value == pytest.approx(1.07, abs=0.02)
    assert evaluation.lift_over_best_baseline.lower > 1.02
    assert evaluation.lockbox_lift.value == pytest.approx(1.04, abs=0.02)
    assert not evaluation.champion_is_baseline


def test_intervals_hold_in_the_lockbox_overall_and_for_each_service(made: PilotRun) -> None:
    coverage = covered(made)
    assert 0.90 <= coverage[None].covered.value <= 0.94
    assert coverage[None].verdict == "pass"
    assert min(found.covered.value for found in coverage.values()) >= 0.87
    assert len(coverage) >= 18


def test_staffing_by_the_forecast_loses_fewer_hours(made: PilotRun) -> None:
    hours = cheaper(made, None)
    assert hours.value == pytest.approx(-57, abs=12)
    assert hours.upper < 0


def test_for_dead_animals_the_simple_rule_is_as_good(made: PilotRun) -> None:
    """The mean of 52 weeks has the smaller error on the tests, and staffing by the model saves nothing."""
    scored = made.predictions
    scored = scored[scored["unit"].astype(str).str.endswith("/animal_morto") & scored["label"].notna()]
    error = {name: mean_deviance(rows) for name, rows in scored.groupby("candidate", observed=True)}
    assert error["year_count"] < error[made.champion]
    assert error["year_count"] == pytest.approx(1.40, abs=0.03)
    hours = cheaper(made, "animal_morto")
    assert hours.value > 0
    assert hours.lower < 0 < hours.upper


def test_richer_and_poorer_districts_are_forecast_alike(made: PilotRun) -> None:
    assert made.audit.worst_verdict == "pass"
    ratios = [found.ratio for found in made.audit.disparities if found.metric == "bias_ratio"]
    assert all(0.85 < ratio.lower < ratio.upper < 1.2 for ratio in ratios)


def test_five_services_changed_what_counts(made: PilotRun) -> None:
    changed = {found.stratum: found for found in made.audit.label_changes}
    assert set(changed) == {
        "coleta_seletiva", "container_seletiva", "lixeira_instalar", "lixeira_consertar", "guias_postes"
    }  # fmt: skip
    bins = changed["lixeira_instalar"]
    assert (bins.before.value, bins.after.value) == (
        pytest.approx(0.47, abs=0.03),
        pytest.approx(1.63, abs=0.05),
    )


def test_what_the_gates_say(made: PilotRun) -> None:
    said = verdicts(made)
    passed = {"beats-simple-rule", "reaches-every-group", "calibrated", "intervals-hold", "lockbox-agrees"}
    assert {said[gate] for gate in passed} == {"pass"}
    assert said["licence-and-owner-named"] == "fail"
    assert said["reporting-bias-examined"] == said["places-not-observers"] == "unknown"
    assert told_by_readme(PILOT, made) == said
    assert not made.is_ready


def cheaper(made: PilotRun, service: str | None) -> Figure:
    """Hours lost a period if staffed by the champion, less those by the simple rule (None: all services)."""
    [found] = [
        staffing.cheaper_than_baseline
        for staffing in made.evaluation.staffing
        if (staffing.candidate, staffing.type) == (made.champion, service)
    ]
    return found


def mean_deviance(rows: pd.DataFrame) -> float:
    """Mean Poisson deviance, forecasts of nothing taken as one request in 2,000 weeks."""
    label, score = rows["label"].to_numpy(), rows["score"].to_numpy().clip(min=1 / 2000)
    logs = np.log(np.divide(label, score, out=np.ones_like(score), where=label > 0))
    return float(2 * np.mean(label * logs - (label - score)))
