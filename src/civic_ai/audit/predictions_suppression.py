"""What the public may see of the splits: how much each learned from and was tested on, rounded.

Splits lie within each other: what one learned from beyond another is what came between their cutoffs, so
exact counts of the two tell how many that were. No number in the record itself is a count of few
(``limits.training_events`` sees to it).
"""

from __future__ import annotations

from civic_ai.audit.moves import hide_moves
from civic_ai.audit.versions import Published
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions, SplitRecord

_COUNTS = ("training_rows", "training_events", "test_rows")


def mask_predictions(
    predictions: Predictions, policy: Policy, earlier: Published[Predictions] | None = None
) -> Predictions:
    """The public version. Idempotent. ``earlier``: what the public read before."""
    to = policy.suppression.round_counts_to

    def rounded(split: SplitRecord) -> SplitRecord:
        return split.model_copy(update={name: _rounded(getattr(split, name), to) for name in _COUNTS})

    masked = predictions.model_copy(
        update={"rows": _rounded(predictions.rows, to), "splits": tuple(map(rounded, predictions.splits))}
    )
    return hide_moves(predictions, masked, earlier, policy.suppression)


def _rounded(count: int | None, to: int) -> int | None:
    return None if count is None else int(count / to + 0.5) * to
