"""Where more or less came than was predicted over the tests, by place, in five classes.

Cases follow Pearson's residual, (came - predicted) / sqrt(predicted): beyond 2 it is more than chance alone
often does. Days are no counts, so durations follow what came over what was predicted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from civic_ai.cards.facts import Records
from civic_ai.records.record import Scalar
from civic_ai.store.blobs import Blobs

CLASSES = ("far_less", "less", "as_predicted", "more", "far_more")
_OF_CASES = (-2.0, -1.0, 1.0, 2.0)
_OF_DAYS = (0.8, 0.91, 1.1, 1.25)


@dataclass(frozen=True)
class ErrorMap:
    """Places of each class of ``CLASSES``; none where errors were not kept or may not be seen."""

    places: dict[str, tuple[str, ...]]

    def facts(self) -> dict[str, Scalar]:
        """How many places are in each class."""
        return {f"error_map.{name}": len(self.places.get(name, ())) for name in CLASSES}


def map_errors(records: Records, blobs: Blobs) -> ErrorMap:
    """The places of the residuals' table by class. The public's evaluation names no such table."""
    errors = records.evaluation.errors
    if errors is None or errors.residuals_blob is None:
        return ErrorMap({})
    classes = defaultdict(list)
    is_days = records.evaluation.question == "durations"
    edges = _OF_DAYS if is_days else _OF_CASES
    for row in blobs.table(errors.residuals_blob).to_pylist():
        if row["predicted"] > 0:
            apart = row["came"] / row["predicted"] if is_days else row["residual"]
            classes[CLASSES[sum(apart >= edge for edge in edges)]].append(str(row["place"]))
    return ErrorMap({name: tuple(sorted(classes[name])) for name in CLASSES})
