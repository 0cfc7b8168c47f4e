"""What two public versions tell together: who reads both knows how a count moved from one to the other.

A few rows more in a group are a small count too, those of the people who were added. So a group that is shown
in an earlier version is hidden in the next where its counts moved by few and the rounding of both versions
together leaves less than ``minimum`` open; one that was hidden stays so until all its counts have moved by
at least ``minimum``, because the others may stand as they were (differencing: Willenborg and de Waal 2001).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from civic_ai.audit.protection import is_small
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.policy import Suppression
from civic_ai.records.record import Record

Group = tuple[str, str]
Cells = Mapping[str, float]
R = TypeVar("R", bound=Record)

SHARE_BLUR = 0.005
"""Shares are told in whole percent, so a count that is a share of w is told to half a percent of w."""


@dataclass(frozen=True)
class Published(Generic[R]):
    """A record that was published: as it was made, and as the public read it."""

    full: R
    public: R


def hidden_in_audit(earlier: Published[AuditReport]) -> frozenset[Group]:
    """Attribute and group of what the public did not see."""
    return frozenset((count.attribute, count.group) for count in earlier.public.counts if count.suppressed)


def hidden_in_evaluation(earlier: Published[Evaluation]) -> frozenset[Group]:
    """Candidate and split of the scores that the public did not see."""
    scores = (*earlier.public.scores, *earlier.public.lockbox)
    return frozenset(
        (score.candidate, score.split) for score in scores if score.figure.why_missing == "suppressed"
    )


@dataclass(frozen=True)
class Change:
    """The counts of the same groups before and now; ``wholes`` names those of which shares are told."""

    before: Mapping[Group, Cells]
    now: Mapping[Group, Cells]
    wholes: Collection[str]

    def to_hide(self, hidden_before: Collection[Group], policy: Suppression) -> frozenset[Group]:
        """The groups that the new version must hide because the earlier one is public."""
        return frozenset(
            group
            for group in self.before.keys() & self.now.keys()
            if (self._stays(group, policy) if group in hidden_before else self._tells(group, policy))
        )

    def _moved(self, group: Group) -> list[float]:
        """How far each count moved; counts that are empty in both versions are left out."""
        before, now = self.before[group], self.now[group]
        both = [(before.get(name, 0.0), now.get(name, 0.0)) for name in {*before, *now}]
        return [abs(new - old) for old, new in both if old or new]

    def _stays(self, group: Group, policy: Suppression) -> bool:
        return min(self._moved(group), default=0.0) < policy.minimum

    def _tells(self, group: Group, policy: Suppression) -> bool:
        """Whether a count moved by few, and both versions together tell how many, within a narrow range."""
        open_range = 2 * (self._blur(self.before[group], policy) + self._blur(self.now[group], policy))
        moved_by_few = any(is_small(moved, policy.minimum) for moved in self._moved(group))
        return moved_by_few and open_range < policy.minimum

    def _blur(self, cells: Cells, policy: Suppression) -> float:
        """How far a count may lie from what is told of it, by its own rounding or that of a share."""
        wholes = [cells[name] for name in self.wholes if cells.get(name, 0.0) > 0]
        return min([policy.round_counts_to / 2, *(SHARE_BLUR * whole for whole in wholes)])
