"""The analysis of errors on a real run over the tiny city."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from civic_ai.evaluation.errors import analyse_errors
from civic_ai.pilot.load import load_pilot
from civic_ai.pilot.spec import PilotSpec
from civic_ai.policy.load import load_policy
from civic_ai.records.evaluation import ErrorAnalysis
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from civic_ai.runner import begin
from civic_ai.store.blobs import Blobs
from tests.journey.tiny import quick, write_tiny_pilot


class Fitted:
    """The tiny city as far as its predictions."""

    def __init__(self, folder: Path) -> None:
        write_tiny_pilot(folder / "pilot")
        stages = begin(load_pilot(folder / "pilot", {}), quick(folder / "workspace"))
        self.predictions = stages.predictions_of(stages.to_the_panel())
        self.spec, self.blobs = stages.pilot.spec, stages.workspace.blobs

    def analysis(self, candidate: str) -> ErrorAnalysis:
        return analyse_errors(self.spec, self.predictions, candidate, load_policy(None), self.blobs)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return Fitted(tmp_path_factory.mktemp("errors"))


@pytest.fixture(scope="module")
def analysis(fitted: Fitted) -> ErrorAnalysis:
    return fitted.analysis("logistic_glm")


def matured_rows(blobs: Blobs, predictions: Predictions, candidate: str) -> pa.Table:
    table = blobs.table(predictions.blob)
    return table.filter(pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"])))


def test_places_add_up_to_all_that_was_predicted_and_came(fitted: Fitted, analysis: ErrorAnalysis) -> None:
    rows = matured_rows(fitted.blobs, fitted.predictions, "logistic_glm")
    places = fitted.blobs.table(str(analysis.residuals_blob))
    assert pc.sum(places["came"]).as_py() == pytest.approx(pc.sum(rows["label"]).as_py())
    assert pc.sum(places["predicted"]).as_py() == pytest.approx(pc.sum(rows["score"]).as_py())


def test_quarters_cover_the_test_dates(fitted: Fitted, analysis: ErrorAnalysis) -> None:
    rows = matured_rows(fitted.blobs, fitted.predictions, "logistic_glm")
    assert sum(figure.n for figure in analysis.by_period.values()) <= rows.num_rows
    assert sum(figure.n for figure in analysis.by_period.values()) > 0.8 * rows.num_rows
    assert list(analysis.by_period) == sorted(analysis.by_period)


def test_every_other_candidate_has_its_overlap(fitted: Fitted, analysis: ErrorAnalysis) -> None:
    others = {one.name for one in fitted.predictions.candidates} - {"logistic_glm"}
    assert {overlap.other for overlap in analysis.overlaps} == others
    assert all(0 <= (overlap.share.value or 0) <= 1 for overlap in analysis.overlaps)


def test_the_list_differs_from_the_rest_in_what_the_model_reads(analysis: ErrorAnalysis) -> None:
    differences = [abs(one.standardised_difference or 0) for one in analysis.crosstabs]
    assert differences[0] > 0.5
    assert any("pothole_count" in one.feature for one in analysis.crosstabs[:3])


def test_neighbours_are_known_and_tested(analysis: ErrorAnalysis) -> None:
    assert analysis.morans_i.value is not None
    assert analysis.p_value is not None
    assert 0 < analysis.p_value <= 1


def test_the_same_again(fitted: Fitted, analysis: ErrorAnalysis) -> None:
    assert fitted.analysis("logistic_glm").digest == analysis.digest


def test_a_doubled_prediction_shows_everywhere(fitted: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    table = fitted.blobs.table(fitted.predictions.blob)
    doubled = table.set_column(
        table.schema.get_field_index("score"), "score", pc.multiply(table["score"], pa.scalar(2.0))
    )
    predictions = fitted.predictions.model_copy(update={"blob": fitted.blobs.put_table(doubled)})
    made = analyse_errors(fitted.spec, predictions, "logistic_glm", load_policy(None), fitted.blobs)
    was = fitted.analysis("logistic_glm")
    for quarter, figure in made.by_period.items():
        assert figure.value == pytest.approx((was.by_period[quarter].value or 0) / 2)


def test_the_panel_and_the_units_agree_on_places(fitted: Fitted) -> None:
    panel = fitted.blobs.record(PanelManifest, fitted.predictions.panel)
    units = fitted.blobs.table(panel.units_blob)
    spec: PilotSpec = fitted.spec
    assert spec.question == "ranking"
    assert np.unique(units["unit"].to_numpy(zero_copy_only=False)).size == units.num_rows
