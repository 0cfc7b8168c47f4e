"""Cases with who observed them, the model's score, and what a model without the observer says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.bootstrap import Floats, Integers
from civic_ai.audit.given import Given, period_of
from civic_ai.audit.pairs import Flags
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.records.figure import Period
from civic_ai.records.policy import Policy

OBSERVER_RATE = "baseline_observer_rate"
"""The panel's column with how often cases of the same observer had turned out so by the date."""


@dataclass(frozen=True, eq=False)
class Observed:
    """Cases of the tests, then of the lockbox where the model was looked at there; one entry a case.

    ``list``, ``observer`` (a blank is one more) and ``cluster``: codes from 0. ``score``: the model's;
    ``rate``: the observer's; ``without``: that of the same model trained without the observer, the model's
    own where it does not know the observer, None where it knows nothing else.
    """

    candidate: str
    is_event: Flags
    in_lockbox: Flags
    list: Integers
    observer: Integers
    cluster: Integers
    score: Floats
    rate: Floats
    without: Floats | None
    knows_observer: bool
    period: Period

    @property
    def observers(self) -> int:
        """How many different observers made the records."""
        return int(self.observer.max(initial=-1)) + 1

    @property
    def is_mixed(self) -> bool:
        """Whether there are both events and quiet cases."""
        return bool(self.is_event.any() and not self.is_event.all())

    @cached_property
    def list_and_observer(self) -> Integers:
        """A code for each observer's cases of a list."""
        return _codes(self.list * self.observers + self.observer)


def read_observed(given: Given, policy: Policy) -> Observed:
    """Everything that the observer test looks at; trains once more where the model knows the observer."""
    evaluation, blobs = given.evaluation, given.blobs
    model = evaluation.best_candidate if evaluation.champion_is_baseline else evaluation.champion
    tests = _known(blobs.table(given.predictions.blob), model)
    lockbox = _known(blobs.table(evaluation.lockbox_blob), model)
    rows = pa.concat_tables([part.select(_COLUMNS) for part in (tests, lockbox)])
    unit = given.codes(rows)
    names = pc.fill_null(given.units["observer"].cast(pa.string()), "").to_numpy()[unit]
    panel = blobs.table(given.panel.blob)
    knows = any(feature.family == "observer" for feature in given.panel.features)
    without = _trained_without(given, model, policy, has_lockbox=bool(lockbox.num_rows)) if knows else [rows]
    return Observed(
        candidate=model,
        is_event=rows["label"].to_numpy() > 0,
        in_lockbox=np.arange(rows.num_rows) >= tests.num_rows,
        list=_codes(rows["as_of"].cast(pa.date32()).cast(pa.int32()).to_numpy()),
        observer=_codes(names.astype(str)),
        cluster=_codes(given.clusters[unit]),
        score=rows["score"].to_numpy(),
        rate=_by_unit(given, [panel], OBSERVER_RATE)[unit],
        without=_by_unit(given, without, "score")[unit] if without else None,
        knows_observer=knows,
        period=period_of(rows),
    )


_COLUMNS = ["unit", "as_of", "score", "label"]


def _trained_without(given: Given, model: str, policy: Policy, *, has_lockbox: bool) -> list[pa.Table]:
    """The scores of the same model, on the same splits, trained on the panel without the observer's columns;
    empty where nothing else is left."""
    left = tuple(feature for feature in given.panel.features if feature.family != "observer")
    if not left:
        return []
    blobs, spec = given.blobs, given.spec
    alone = spec.model_copy(update={"models": spec.models.model_copy(update={"candidates": (model,)})})
    panel = given.panel.model_copy(update={"features": left})
    blobs.put_record(panel)
    predictions = fit_candidates(alone, panel, policy, blobs)
    made = [_known(blobs.table(predictions.blob), model)]
    if has_lockbox:
        blobs.put_record(predictions)
        made.append(_known(blobs.table(score_lockbox(alone, predictions, [model], blobs).blob), model))
    return made


def _known(table: pa.Table, candidate: str) -> pa.Table:
    """The rows of one candidate whose outcome is known; there may be none."""
    return table.filter(pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"])))


def _by_unit(given: Given, tables: list[pa.Table], column: str) -> Floats:
    """(units,): a column by the code of its case (each stands on one list); NaN where it has no row."""
    made = np.full(given.units.num_rows, np.nan)
    for table in tables:
        made[given.codes(table)] = table[column].cast(pa.float64()).to_numpy()
    return made


def _codes(values: np.ndarray) -> Integers:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
