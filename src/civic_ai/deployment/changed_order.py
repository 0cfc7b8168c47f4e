"""A mitigation's list of today: its candidate's scores, in the order that the approved method gives them.

The bundle holds the candidate's model. The order is made anew for each list, as it was in the tests, of what
is known on the day: groups and districts, need of the past year, and the model's own past lists whose
outcomes are known. Past lists are those that the sealed model had not seen: from its last training day on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from civic_ai.cards.sealed import SealedBlobs
from civic_ai.cards.verification import of_another_version, read_manifest
from civic_ai.deployment.cohort import Today, rows_of
from civic_ai.models.mitigation_groups import UnitGroups
from civic_ai.models.mitigations import PAST_DAYS, Served, ordered_anew
from civic_ai.models.rows import PanelRows
from civic_ai.models.scorer import Floats, ModelScorer
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evidence import Evidence
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class SealedPlan:
    """What the approved dossier says of how its list is made; the city's own files are not asked.

    ``cutoff``: the sealed model learned from nothing that happened after that day.
    """

    spec: PilotSpec
    policy: Policy
    panel: PanelManifest
    cutoff: date


def read_plan(folder: Path) -> SealedPlan:
    """The plan of the sealed dossier in ``folder``.

    Raises :class:`ConfigError` where another version of civic-ai wrote it.
    """
    try:
        return _read(folder)
    except ValueError as error:
        raise of_another_version(folder) from error


def _read(folder: Path) -> SealedPlan:
    blobs = SealedBlobs(folder, read_manifest(folder))
    evidence = blobs.record(Evidence, read_manifest(folder).evidence)
    predictions = blobs.record(Predictions, evidence.predictions)
    return SealedPlan(
        blobs.record(PilotSpec, evidence.spec),
        blobs.record(Policy, evidence.policy),
        blobs.record(PanelManifest, evidence.panel),
        date.fromisoformat(predictions.splits[-1].cutoff),
    )


def todays_scores(scorer: ModelScorer, plan: SealedPlan, today: Today, blobs: Blobs) -> Floats:
    """What the champion says of each row of today's list: its model's scores, handed out in another order
    where it is a mitigation."""
    if scorer.candidate not in plan.spec.models.mitigations:
        return scorer.score(today.frame)
    past = rows_of(plan.spec, list(past_dates(plan.spec, today.as_of)), today.snapshot, plan.policy, blobs)
    rows = panel_rows(pd.concat([past, today.frame]), plan, today, blobs)
    is_today = rows.as_of == np.datetime64(today.as_of)
    listed = np.flatnonzero(is_today | (rows.as_of >= np.datetime64(plan.cutoff)))
    asked = plan.spec.models.mitigations[scorer.candidate]
    said = scorer.score(rows.frame.iloc[listed])
    served = Served(plan.spec, asked, UnitGroups(plan.spec, rows), listed, said)
    return ordered_anew(served, np.flatnonzero(is_today[listed]))


def past_dates(spec: PilotSpec, as_of: date) -> Iterator[date]:
    """The dates of lists in the past year, in the rhythm of the pilot and back from today."""
    for back in range(PAST_DAYS // spec.as_of.every_days, 0, -1):
        day = as_of - timedelta(days=back * spec.as_of.every_days)
        if day >= spec.as_of.first:
            yield day


def panel_rows(frame: pd.DataFrame, plan: SealedPlan, today: Today, blobs: Blobs) -> PanelRows:
    """The rows as a panel that stands on today's data."""
    units = frame[["unit", "area"]].drop_duplicates("unit").sort_values("unit")
    text = {name: pa.array(units[name], pa.string()) for name in units}
    blobs.put_record(today.snapshot)
    found = {"snapshot": today.snapshot.digest, "units_blob": blobs.put_table(pa.table(text))}
    return PanelRows(frame, plan.panel.model_copy(update=found), blobs)
