"""Does anything in the panel know the future?

Counts are leak-free by construction (``known``), but only as far as the city's own columns tell the truth.
So the contracts, the tables and the panel itself are searched for seven forms of leak:

==========================  ==============================================================================
known_afterwards            a feature uses a column that the contract says is only filled in afterwards
label_known_afterwards      the label does: then labels that count as matured were not final
written_later               rows were written after the day on which they are said to be known
incident_across_cutoff      reports of one incident lie on both sides of an as-of date
single_feature              one feature alone nearly decides the label within a unit
shifted_label               one feature is the label of another date whose window reaches into the future
future_total                a column fits later totals more closely than chance allows
==========================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_ai.panel.findings import panel_finding
from civic_ai.panel.leak_columns import find_afterwards
from civic_ai.panel.leak_rows import find_incidents_across, find_written_later
from civic_ai.panel.leak_scores import LEAST_ROWS, find_deciding, sample_rows
from civic_ai.panel.leak_totals import find_future_totals
from civic_ai.panel.parts import Parts
from civic_ai.records.contract import Contract
from civic_ai.records.panel import LeakFinding
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import Finding


@dataclass(frozen=True)
class Search:
    """What the search found; ``is_complete`` is False where there was too little to search in."""

    leaks: tuple[LeakFinding, ...]
    findings: tuple[Finding, ...]
    is_complete: bool

    @property
    def leaks_found(self) -> int | None:
        """How many; None where none was found but not everything could be searched."""
        return len(self.leaks) if self.leaks or self.is_complete else None


def search_leaks(parts: Parts, contracts: Mapping[str, Contract], policy: Policy) -> Search:
    """Every form of leak, looked for in every column and source that the panel uses."""
    told = [
        *find_afterwards(parts.scope.city, contracts),
        *find_written_later(parts.scope.city, contracts),
        *find_incidents_across(parts, contracts),
    ]
    rows = sample_rows(parts)
    if rows.fewest < LEAST_ROWS:
        source = parts.scope.city.spec.label.source
        values: dict[str, str | int | float] = {"needed": LEAST_ROWS, "found": rows.fewest}
        reason = panel_finding("leak_search_not_possible", source, "problem", values=values)
        return Search(tuple(told), (reason,), is_complete=False)
    deciding, strong = find_deciding(parts, rows, policy.limits.leak_single_feature_auc)
    leaks = (*told, *deciding, *find_future_totals(parts))
    return Search(leaks, strong, is_complete=True)
