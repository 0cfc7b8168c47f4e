"""Splits lie within each other: their exact counts would tell what came between two cutoffs."""

from __future__ import annotations

from datetime import date

from civic_ai.audit.predictions_suppression import mask_predictions
from civic_ai.records.figure import Period
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord
from tests.unit.audit.made import POLICY, policy

_PERIOD = Period(first=date(2024, 1, 1), last=date(2024, 2, 1))


def _split(name: str, rows: int, events: int, tested: int) -> SplitRecord:
    return SplitRecord(
        name=name, training=_PERIOD, cutoff="2024-02-01", test=_PERIOD,
        training_rows=rows, training_events=events, test_rows=tested,
    )  # fmt: skip


PREDICTIONS = Predictions(
    panel="p",
    blob="b",
    rows=1234,
    candidates=(CandidateRecord(name="glm", is_baseline=False, simplicity=3, settings={"trees": 7}),),
    splits=(_split("1", 5000, 316, 403), _split("2", 5403, 323, 401), _split("lockbox", 5804, 341, 399)),
)


def test_what_two_splits_learned_from_tells_nothing_of_the_few_between_them() -> None:
    one, two, *_ = mask_predictions(PREDICTIONS, POLICY).splits
    assert (one.training_rows, one.training_events, one.test_rows) == (5000, 320, 400)
    assert (two.training_rows, two.training_events, two.test_rows) == (5400, 320, 400)


def test_names_settings_and_periods_stay_and_masking_twice_changes_nothing() -> None:
    public = mask_predictions(PREDICTIONS, POLICY)
    assert public.rows == 1230
    assert mask_predictions(PREDICTIONS.model_copy(update={"rows": 1235}), POLICY).rows == 1240
    assert public.candidates == PREDICTIONS.candidates
    assert [split.test for split in public.splits] == [split.test for split in PREDICTIONS.splits]
    assert mask_predictions(public, POLICY) == public
    assert mask_predictions(PREDICTIONS, policy(round_counts_to=100)).splits[1].training_events == 300
