"""The audit of the champion: for whom the list works less well, and who does not report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.audited import audit_sums, check_figures, check_suppression, unchecked
from civic_ai.audit.cells import Scored, count_cells, visit_chance
from civic_ai.audit.disparity import group_counts
from civic_ai.audit.duplicates import examine_reporting
from civic_ai.audit.findings import find_about_attributes, find_about_groups
from civic_ai.audit.groups import area_groupings
from civic_ai.audit.metrics import LEADING, METRICS_FOR
from civic_ai.audit.rates import sum_groups
from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.data.snapshot import open_tables
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Period
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

if TYPE_CHECKING:
    import pandas as pd


NOT_MEASURED = (
    "need_apart_from_reports",
    "differences_within_areas",
    "intersections",
    "observer_test",
    "exposure_by_rank",
    "mitigation_frontier",
    "feedback",
)
"""What this audit does not look at; every card says so."""


def audit_champion(spec: PilotSpec, evaluation: Evaluation, policy: Policy, blobs: Blobs) -> AuditReport:
    """The full audit of ``evaluation.champion`` over all test splits, for the board (public: ``mask_audit``).

    Raises :class:`ConfigError` or :class:`DataError` where an attribute or a score cannot be read.
    """
    predictions = blobs.record(Predictions, evaluation.predictions)
    panel = blobs.record(PanelManifest, predictions.panel)
    snapshot = blobs.record(DataSnapshot, panel.snapshot)
    tables = open_tables(snapshot, blobs)
    units = blobs.table(panel.units_blob).select(["unit", "area"]).to_pydict()
    scored, period = read_scored(blobs.table(predictions.blob), evaluation.champion, units["unit"])
    chance = visit_chance(scored.day, scored.score, evaluation.capacity)
    cells = count_cells(scored, chance, len(units["unit"]))
    groupings = area_groupings(spec, tables, units["area"])
    sums = sum_groups(cells, groupings, seed=spec.seed)
    metrics = metrics_for(spec.intervention, evaluation)
    audited = audit_sums(sums, metrics, LEADING[spec.intervention], period, policy)
    report = AuditReport(
        evaluation=evaluation.digest,
        candidate=evaluation.champion,
        intervention=spec.intervention,
        attributes=tuple(grouping.record() for grouping in groupings),
        counts=tuple(count for part in sums for count in group_counts(part)),
        groups=audited.groups,
        leading=LEADING[spec.intervention],
        disparities=audited.disparities,
        worst=audited.worst,
        worst_verdict=audited.worst_verdict,
        reporting=examine_reporting(spec, tables, policy),
        suppression=unchecked(policy),
        not_measured=(*NOT_MEASURED, *sorted(set(METRICS_FOR[spec.intervention]) - set(metrics))),
        findings=(*find_about_groups(sums, policy), *find_about_attributes(spec, snapshot, period)),
    )
    return check_figures(check_suppression(report, policy), evaluation, policy)


def metrics_for(intervention: str, evaluation: Evaluation) -> tuple[str, ...]:
    """The metrics to be measured; without the bias ratio for a rule, whose scores predict no number."""
    names = METRICS_FOR[intervention]
    return tuple(name for name in names if not (name == "bias_ratio" and evaluation.champion_is_baseline))


def read_scored(table: pa.Table, candidate: str, units: Sequence[str]) -> tuple[Scored, Period]:
    """The matured test rows of one candidate, and their first and last as-of date.

    ``units`` in the order of their codes. Raises :class:`DataError` where there are none.
    """
    chosen = pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"]))
    rows = table.filter(chosen)
    if not rows.num_rows:
        raise DataError.because(
            say("no test row has an outcome yet"),
            about=candidate,
            remedy=say("Move as_of.last back, or wait until the horizon of the last lists has passed."),
        )
    days = rows["as_of"].cast(pa.date32())
    first, last = pc.min(days).as_py(), pc.max(days).as_py()
    unit = pc.index_in(rows["unit"].cast(pa.string()), pa.array(units, pa.string()))
    scored = Scored(
        unit=unit.to_numpy().astype(np.int64),
        day=days.cast(pa.int32()).to_numpy().astype(np.int64),
        score=rows["score"].cast(pa.float64()).to_numpy(),
        label=rows["label"].cast(pa.float64()).to_numpy(),
    )
    return scored, Period(first=first, last=last)


def audit_frame(report: AuditReport) -> pd.DataFrame:
    """One row a group and metric: attribute, group, metric, value, lower, upper, n, ratio, verdict.

    ``ratio`` and ``verdict`` are blank for the reference group.
    """
    import pandas as pd

    judged = {(item.attribute, item.group, item.metric): item for item in report.disparities}
    rows = []
    for item in report.groups:
        disparity = judged.get((item.attribute, item.group, item.metric))
        rows.append(
            {
                "attribute": item.attribute,
                "group": item.group,
                "metric": item.metric,
                "value": item.figure.value,
                "lower": item.figure.lower,
                "upper": item.figure.upper,
                "n": item.figure.n,
                "ratio": None if disparity is None else disparity.ratio.value,
                "verdict": None if disparity is None else disparity.verdict,
            }
        )
    return pd.DataFrame(rows)
