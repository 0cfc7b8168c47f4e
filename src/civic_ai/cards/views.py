"""What cards show of tables that are no records: scores and errors by place, one series of forecasts."""

from __future__ import annotations

from dataclasses import dataclass, field

from civic_ai.cards.error_map import ErrorMap, map_errors
from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.fan import Fan, read_fan
from civic_ai.cards.reporting_view import ReportingView, view_reporting
from civic_ai.cards.score_map import ScoreMap, map_scores
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class Views:
    """Everything that is read from tables, once for one audience."""

    scores: ScoreMap
    errors: ErrorMap
    fan: Fan
    reporting: ReportingView = field(default_factory=ReportingView)

    def facts(self) -> Facts:
        """Their numbers as facts."""
        return self.scores.facts() | self.errors.facts() | self.fan.facts() | self.reporting.facts()


def read_views(records: Records, blobs: Blobs) -> Views:
    """The views of one evidence. Raises :class:`RefusedError` when a table was altered."""
    scores, errors = map_scores(records, blobs), map_errors(records, blobs)
    return Views(scores, errors, read_fan(records, blobs), view_reporting(records, blobs))
