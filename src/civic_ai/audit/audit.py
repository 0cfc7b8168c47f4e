"""The audit of the champion: for whom the list works less well, and who does not report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.audit.cells import CELLS, Scored, count_cells, visit_chance
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disclosure import count_small_cells, count_visible_small_cells
from civic_ai.audit.disparity import group_counts, group_figures, judge_disparities, measure
from civic_ai.audit.duplicates import examine_reporting
from civic_ai.audit.groups import UNKNOWN, Grouping, area_groupings
from civic_ai.audit.metrics import LEADING, METRICS, METRICS_FOR
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.audit.suppression import mask_audit
from civic_ai.data.snapshot import open_tables
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport, Disparity, ReportingBias, SuppressionCheck, Worst
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Figure, Period, Verdict, missing
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot, Finding
from civic_ai.store.blobs import Blobs

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

UNKNOWN_SHARE = 0.05
"""Above this share of all cases, the group ``unknown`` counts in the worst verdict like any other."""

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
    """The full audit of ``evaluation.champion`` over all test splits (for the board; see ``mask_audit``).

    Raises :class:`ConfigError` or :class:`DataError` where an attribute cannot be read.
    """
    predictions = blobs.record(Predictions, evaluation.predictions)
    panel = blobs.record(PanelManifest, predictions.panel)
    snapshot = blobs.record(DataSnapshot, panel.snapshot)
    tables = open_tables(snapshot, blobs)
    units = blobs.table(panel.units_blob).select(["unit", "area"]).to_pydict()
    groupings = area_groupings(spec, tables, units["area"])
    table = blobs.table(predictions.blob)
    scored = read_scored(table, evaluation.champion, units["unit"])
    listed = Listed(scored, evaluation.capacity, _period(table))
    sums = sum_listed(listed, groupings, area_codes(units["area"]), seed=spec.seed)
    champion = Champion(
        evaluation=evaluation.digest,
        name=evaluation.champion,
        intervention=spec.intervention,
        metrics=_metrics(spec.intervention, evaluation.champion_is_baseline),
    )
    findings = (*_unknown_groups(sums), *_attribute_times(spec, snapshot, listed.period))
    examined = examine_reporting(spec, tables, policy)
    return seal_audit(make_report(champion, sums, listed.period, examined, policy), findings, policy)
