"""Where and when a candidate is wrong on the test periods. The lockbox is not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.core.dates import add_days
from civic_ai.evaluation.chance import visit_chance
from civic_ai.evaluation.error_lists import crosstabs, overlaps
from civic_ai.evaluation.error_map import PlaceErrors, errors_by_place, moran_test
from civic_ai.evaluation.error_rows import ErrorRows, Errors, read_error_rows
from civic_ai.evaluation.error_slices import find_slices
from civic_ai.evaluation.scores import terms_of
from civic_ai.panel.adjacency import adjacent_places, places_of
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Crosstab, ErrorAnalysis, Overlap
from civic_ai.records.figure import Figure
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

FEWEST_DATES = 2
"""A quarter with fewer test dates is not told apart."""


def analyse_errors(
    spec: PilotSpec, predictions: Predictions, candidate: str, policy: Policy, blobs: Blobs
) -> ErrorAnalysis:
    """Slices, quarters and places where ``candidate`` is off, and how its list differs from the others.

    What came over what was predicted is 1 where nothing is wrong. For durations only rows that could be
    followed up to the horizon are looked at, whatever became of them: leaving out those still open would
    leave out the slow ones.
    """
    panel = blobs.record(PanelManifest, predictions.panel)
    units = blobs.table(panel.units_blob)
    table, terms = blobs.table(predictions.blob), terms_of(spec, predictions, policy)
    rows = read_error_rows(table, candidate, units, _wanted(spec, panel))
    errors = Errors(rows, terms.overlap, terms.level, spec.seed)
    features = _features(panel, rows, units, blobs)
    frame = units.to_pandas()
    places = errors_by_place(rows, places_of(frame))
    snapshot = blobs.record(DataSnapshot, panel.snapshot)
    pairs = adjacent_places(spec, snapshot, frame, places.places, blobs)
    together, p_value = moran_test(places.residual, pairs, seed=spec.seed)
    return ErrorAnalysis(
        candidate=candidate,
        slices=find_slices(errors, features, policy.tolerances.disparity_ratio),
        morans_i=together,
        p_value=p_value,
        by_period=dict(_by_quarter(errors)),
        overlaps=tuple(_overlaps(errors, candidate, table, terms.capacity)),
        crosstabs=_crosstabs(rows, features, terms.capacity),
        residuals_blob=blobs.put_table(_residuals(places)),
    )


def _wanted(spec: PilotSpec, panel: PanelManifest) -> Callable[[pa.Table], pa.Array] | None:
    if spec.question != "durations":
        return None
    latest = add_days(pd.Timestamp(panel.last_known_on).date(), -spec.label.horizon_days)
    return lambda rows: pc.less_equal(rows["as_of"].cast(pa.date32()), pa.scalar(latest, pa.date32()))


def _features(panel: PanelManifest, rows: ErrorRows, units: pa.Table, blobs: Blobs) -> pd.DataFrame:
    """The features of each error row, in its order."""
    names = [feature.name for feature in panel.features]
    table = blobs.table(panel.blob).select(list(dict.fromkeys(("unit", "as_of", "step", *names))))
    unit = pc.index_in(table["unit"].cast(pa.string()), units["unit"].combine_chunks().cast(pa.string()))
    key = _key(
        unit.to_numpy().astype(np.int64),
        table["as_of"].to_numpy().astype("datetime64[D]"),
        table["step"].to_numpy().astype(np.int64),
    )
    found = pd.Index(key).get_indexer(pd.Index(_key(rows.unit, rows.as_of, rows.step)))
    assert (found >= 0).all(), "a prediction has no row in the panel"
    return table.select(names).take(pa.array(found)).to_pandas()


def _key(unit: object, as_of: object, step: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    days = np.asarray(as_of).astype(np.int64)
    return np.asarray((np.asarray(unit) * 100_000 + days) * 32 + np.asarray(step), dtype=np.int64)


def _by_quarter(errors: Errors) -> Iterator[tuple[str, Figure]]:
    """What came over what was predicted in each quarter with test dates."""
    rows = errors.rows
    months = rows.dates.astype("datetime64[M]").astype(np.int64)
    quarter = months // 3
    for one in np.unique(quarter):
        if (quarter == one).sum() >= FEWEST_DATES:
            inside = (quarter == one)[rows.date]
            yield f"{1970 + one // 4}-Q{one % 4 + 1}", errors.figure(errors.ratio(inside), int(inside.sum()))


def _overlaps(errors: Errors, candidate: str, table: pa.Table, capacity: int | None) -> Iterator[Overlap]:
    if capacity is None:
        return
    matured = table.filter(pc.is_valid(table["label"]))
    names = pc.unique(matured["candidate"].cast(pa.string())).to_pylist()
    scores = {
        name: matured.filter(pc.equal(matured["candidate"], name))["score"].to_numpy()
        for name in sorted(names)
    }
    yield from overlaps(errors, candidate, scores, capacity)


def _crosstabs(rows: ErrorRows, features: pd.DataFrame, capacity: int | None) -> tuple[Crosstab, ...]:
    if capacity is None:
        return ()
    return crosstabs(visit_chance(rows.date, rows.predicted, capacity), features)


def _residuals(places: PlaceErrors) -> pa.Table:
    """place, predicted, came, residual: one row a place."""
    return pa.table(
        {
            "place": pa.array(places.places, pa.string()),
            "predicted": places.predicted,
            "came": places.came,
            "residual": places.residual,
        }
    )
