"""What the public may see of an explanation: no exact sums.

The contribution of a rule's feature is a mean of counts: mean times n is the exact number of requests, and
the difference between two versions that of the people who came in between. So every number keeps two
significant digits and every n is rounded, whichever record holds them. That each example stands for enough
cases is seen to where it is made (:mod:`civic_ai.explanation.examples`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from civic_ai.audit.moves import hide_moves
from civic_ai.audit.versions import Published
from civic_ai.records.explanation import Explanation
from civic_ai.records.policy import Policy
from civic_ai.records.record import Record

DIGITS = 2
_COUNTS = re.compile(r"n$|rows_|cases$")
"""Fields that count rows or cases."""
R = TypeVar("R", bound=Record)


def mask_explanation(
    explanation: Explanation, policy: Policy, earlier: Published[Explanation] | None = None
) -> Explanation:
    """The public version. Idempotent; verdicts, names and orders stay. ``earlier``: what the public read
    before."""
    masked = _record(explanation, policy.suppression.round_counts_to)
    return hide_moves(explanation, masked, earlier, policy.suppression)


def significant(value: float) -> float:
    """``value`` with two significant digits."""
    return float(f"{value:.{DIGITS}g}")


def _record(record: R, to: int) -> R:
    values = {name: getattr(record, name) for name in type(record).model_fields}
    counts = {k: _rounded(v, to) for k, v in values.items() if isinstance(v, int) and _COUNTS.match(k)}
    return record.model_copy(update={k: _coarse(v, to) for k, v in values.items()} | counts)


def _coarse(value: object, to: int) -> object:
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, Record):
        return _record(value, to)
    if isinstance(value, tuple):
        return tuple(_coarse(part, to) for part in value)
    if isinstance(value, Mapping):
        return {name: _coarse(part, to) for name, part in value.items()}
    return value


def _rounded(count: int, to: int) -> int:
    return int(count / to + 0.5) * to
