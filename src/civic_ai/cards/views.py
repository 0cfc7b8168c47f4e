"""What cards show of tables that are no records: scores and errors by place, one series of forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.cards.error_map import ErrorMap, map_errors
from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.fan import Fan, read_fan
from civic_ai.cards.score_map import ScoreMap, map_scores
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class Views:
    """Everything that is read from tables, once for one audience."""

    scores: ScoreMap
    errors: ErrorMap
    fan: Fan

    def facts(self) -> Facts:
        """Their numbers as facts."""
        return self.scores.facts() | self.errors.facts() | self.fan.facts()


def read_views(records: Records, blobs: Blobs) -> Views:
    """The views of one evidence. Raises :class:`RefusedError` when a table was altered."""
    return Views(map_scores(records, blobs), map_errors(records, blobs), read_fan(records, blobs))
