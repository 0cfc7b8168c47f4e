"""What could be done about it: found per visit against disparity, for every way of choosing the list.

Every way is measured on the same test rows and the same resampled places, so differences against the champion
are paired. Where it is known how fast areas report, the same is told against need (``need_sums``). A sweep
moves the champion's list from its own depths by group towards equal expected recall, and beyond: the price of
reaching groups evenly (METHODS 4.1; Rodolfa, Lamba and Ghani 2021). It gives no verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy import stats

from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.bootstrap import Integers
from civic_ai.audit.cells import CELLS, Floats, Scored, list_cells
from civic_ai.audit.disparity import Measured, judge_disparities, measure
from civic_ai.audit.given import Given, matured, period_of
from civic_ai.audit.metrics import METRICS, asked_of
from civic_ai.audit.need_sums import NEED_METRICS, Corrected, correct
from civic_ai.audit.rates import GroupSums, few_clusters, rates, sum_groups
from civic_ai.audit.reported_share import ReportedShares, codes_in
from civic_ai.evaluation.chance import visit_chance
from civic_ai.models.mitigated_order import OneList, interpolated
from civic_ai.models.mitigation_groups import steered_group
from civic_ai.panel.groups import Grouping
from civic_ai.records.audit import Disparity
from civic_ai.records.figure import Figure, Period, missing
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay, WayKind
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord

STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""How far a sweep goes from the list as it is (0) to equal expected recall (1)."""
ORDERS_ONLY = ("arrival_order",)
"""Rules whose score is no number of anything, so that no recall can be expected from it."""


class Way(NamedTuple):
    """One way of choosing: who, and the chance of each row to be visited."""

    name: str
    kind: WayKind
    chance: Floats
    record: CandidateRecord | None = None
    strength: float | None = None


class Pair(NamedTuple):
    """The metric, attribute and groups whose ratio all ways are compared on."""

    metric: str
    attribute: str
    group: str
    reference_group: str


@dataclass(frozen=True, eq=False)
class Rows:
    """The test rows whose outcome is known: the same for every candidate."""

    given: Given
    table: pa.Table
    reporting: AreaReporting | None = None

    @cached_property
    def shares(self) -> ReportedShares | None:
        """The share of problems that is ever reported, by area; None where need is not known."""
        return None if self.reporting is None else self.reporting.shares

    @cached_property
    def area(self) -> Integers:
        """(units,): the position of each unit's area in ``shares``."""
        return codes_in(() if self.reporting is None else self.reporting.names, self.given.areas)

    @cached_property
    def champion(self) -> Scored:
        """The champion's rows."""
        return self.of(self.given.evaluation.champion)

    @cached_property
    def period(self) -> Period:
        """First and last as-of date."""
        return period_of(matured(self.table, self.given.evaluation.champion))

    @property
    def capacity(self) -> int:
        """Visits on each date. Only of lists."""
        assert self.given.evaluation.capacity is not None
        return self.given.evaluation.capacity

    @cached_property
    def lists(self) -> int:
        """Test dates."""
        return len(np.unique(self.champion.day))

    def of(self, candidate: str) -> Scored:
        """The rows as one candidate scored them."""
        return self.given.scored(matured(self.table, candidate))


def measure_frontier(given: Given, policy: Policy, reporting: AreaReporting | str) -> Frontier | None:
    """Every candidate, rule and mitigation, and a sweep; None where the question makes no list.

    ``reporting``: how fast each area reports, or why that is not known; then all is against reports only.
    Raises :class:`~civic_ai.core.errors.DataError` where no test row has an outcome yet.
    """
    if given.evaluation.capacity is None:
        return None
    known = None if isinstance(reporting, str) else reporting
    rows = Rows(given, given.blobs.table(given.predictions.blob), known)
    tried = list(_tried(rows))
    first = _Measured(rows, tried[0], policy)
    pair = first.pair
    if pair is None:
        return None
    grouping = next(part for part in given.groupings if part.attribute == pair.attribute)
    swept = _swept(given)
    ways = [first, *(_Measured(rows, way, policy) for way in (*tried[1:], *_sweep(rows, swept, grouping)))]
    return Frontier(
        champion=given.evaluation.champion,
        **pair._asdict(),
        capacity=rows.capacity,
        lists=rows.lists,
        swept=swept,
        life_days=known.life_days if known and first.need is not None else None,
        ways=tuple(way.told(first, pair) for way in ways),
        visits=tuple(part for way in ways for part in way.visits(first)),
    )


def _tried(rows: Rows) -> Iterator[Way]:
    """The champion, then everybody else in the order of the predictions."""
    champion = rows.given.evaluation.champion
    for one in sorted(rows.given.predictions.candidates, key=lambda one: one.name != champion):
        scored = rows.of(one.name)
        yield Way(one.name, _kind(one, champion), visit_chance(scored.day, scored.score, rows.capacity), one)


def _kind(one: CandidateRecord, champion: str) -> WayKind:
    if one.name == champion:
        return "champion"
    if one.is_baseline:
        return "rule"
    return "candidate" if one.mitigates is None else "mitigation"


def _swept(given: Given) -> str | None:
    """Whose list is swept: the champion's, or of a mitigation its candidate's; the best candidate's where the
    champion's score is only an order."""
    own = next(one for one in given.predictions.candidates if one.name == given.evaluation.champion)
    return given.evaluation.best_candidate if own.name in ORDERS_ONLY else own.mitigates or own.name


def _sweep(rows: Rows, swept: str | None, grouping: Grouping) -> Iterator[Way]:
    """The swept list at every strength, towards equal expected recall of the groups of one attribute."""
    if swept is None:
        return
    scored, group = rows.of(swept), steered_group(grouping)
    tie = np.random.default_rng(rows.given.spec.seed).permutation(len(group))
    for strength in STRENGTHS:
        chance = np.zeros(len(scored.score))
        for day in np.unique(scored.day):
            at = np.flatnonzero(scored.day == day)
            unit = scored.unit[at]
            one = OneList(scored.score[at], group[unit], tie[unit], unit)
            chance[at[interpolated(one, rows.capacity, strength)[: rows.capacity]]] = 1.0
        yield Way(f"depth_{round(100 * strength)}", "sweep", chance, strength=strength)


@dataclass(frozen=True, eq=False)
class _Measured:
    """One way with its sums."""

    rows: Rows
    way: Way
    policy: Policy

    @cached_property
    def cells(self) -> Floats:
        """(units, cells): what this way finds and visits, of reports."""
        return list_cells(self.rows.champion, self.way.chance, self.rows.given.units.num_rows)

    @cached_property
    def sums(self) -> tuple[GroupSums, ...]:
        """By attribute; the same draws for every way, for seed and places are the same."""
        given = self.rows.given
        return sum_groups(self.cells, given.groupings, seed=given.spec.seed, clusters=given.clusters)

    @cached_property
    def need(self) -> Corrected | None:
        """The same against need; None where it is not known, or the leading metric counts no cases."""
        if self.rows.shares is None or self.metric not in NEED_METRICS:
            return None
        return correct(self.rows.given, self.cells, self.rows.shares, self.rows.area)

    @property
    def _reports(self) -> list[Measured]:
        """The leading metric against reports."""
        return measure(self.sums, METRICS[self.metric], self.rows.period)

    @cached_property
    def metric(self) -> str:
        """The leading metric of the question."""
        given = self.rows.given
        return asked_of(given.panel.question, given.spec.intervention).leading[0]

    @cached_property
    def disparities(self) -> list[Disparity]:
        """The leading metric's ratios in the groups that decide a verdict."""
        made = judge_disparities(self._reports, self.policy)
        deciding = {
            (part.grouping.attribute, group)
            for part in self.sums
            for group in part.grouping.deciding_groups(part.events)
        }
        return [item for item in made if (item.attribute, item.group) in deciding]

    @property
    def widest(self) -> Disparity | None:
        """The ratio furthest from 1: of those with enough to tell, else of all that have a value."""
        measured = [item for item in self.disparities if item.ratio.value is not None]
        told = [item for item in measured if item.verdict in ("pass", "fail")]
        return max(told or measured, key=_distance, default=None)

    @property
    def pair(self) -> Pair | None:
        """What this way is worst at."""
        worst = self.widest
        return (
            None if worst is None else Pair(self.metric, worst.attribute, worst.group, worst.reference_group)
        )

    def told(self, champion: _Measured, pair: Pair) -> FrontierWay:
        """The record of this way."""
        widest, record = self.widest, self.way.record
        settings = {} if record is None else record.settings
        attribute = settings.get("attribute") if self.way.strength is None else pair.attribute
        return FrontierWay(
            way=self.way.name,
            kind=self.way.kind,
            of=None if record is None else record.mitigates,
            method=str(settings["method"]) if record is not None and record.mitigates else None,
            attribute=None if attribute is None else str(attribute),
            decides_by_attribute=bool(settings.get("decides_by_attribute", self.way.strength is not None)),
            strength=self.way.strength,
            found_per_visit=self._found(),
            found_per_visit_change=self._found_change(champion),
            ratio=self._ratio(pair),
            ratio_change=self._ratio_change(champion, pair),
            need_per_visit=self._need_per_visit(),
            need_ratio=self._need_ratio(pair),
            widest=missing("too_few") if widest is None else widest.ratio,
            widest_attribute=None if widest is None else widest.attribute,
            widest_group=None if widest is None else widest.group,
        )

    def _found(self) -> Figure:
        value, drawn = per_visit(self.sums[0])
        return self._figure(value, self._half(drawn, self._places))

    def _found_change(self, champion: _Measured) -> Figure:
        (value, drawn), (other, others) = per_visit(self.sums[0]), per_visit(champion.sums[0])
        return self._figure(value - other, self._half(drawn - others, self._places))

    def _need_per_visit(self) -> Figure | None:
        """Problems found per visit, whether reported or not, with the errors of places and of rates."""
        if self.need is None:
            return None
        (value, places), (_, rates) = per_visit(self.need.sums[0]), per_visit(self.need.drawn[0])
        return self._figure(value, self._half(places + rates - rates.mean(), self._places))

    def _need_ratio(self, pair: Pair) -> Figure | None:
        """The pair's ratio against need."""
        if self.need is None:
            return None
        made = judge_disparities(self.need.measured(self._reports), self.policy)
        return next(i.ratio for i in made if (i.attribute, i.group) == (pair.attribute, pair.group))

    @property
    def _places(self) -> float:
        """How many places (or areas) are resampled."""
        return float(len(np.unique(self.rows.given.clusters)))

    def _half(self, drawn: Floats, places: float) -> float | None:
        """Half the width of the interval: Student's t over places."""
        if not places > 1:
            return None
        widened = float(drawn.std() * few_clusters(np.array([places]))[0])
        level = self.policy.tolerances.confidence_level
        return widened * float(stats.t.ppf((1 + level) / 2, places - 1))

    def _figure(self, value: float, half: float | None) -> Figure:
        selected = float(self.sums[0].totals[-1, CELLS.index("selected")])
        return Figure(
            value=value,
            lower=None if half is None else value - half,
            upper=None if half is None else value + half,
            level=self.policy.tolerances.confidence_level,
            n=round(selected),
            period=self.rows.period,
        )

    def _disparity(self, pair: Pair) -> Disparity | None:
        wanted = (pair.attribute, pair.group)
        return next((item for item in self.disparities if (item.attribute, item.group) == wanted), None)

    def _ratio(self, pair: Pair) -> Figure:
        found = self._disparity(pair)
        return missing("too_few") if found is None else found.ratio

    def _log_ratios(self, pair: Pair) -> tuple[float, Floats, float]:
        """The pair's log ratio, its replicates and its effective number of places."""
        sums = next(part for part in self.sums if part.grouping.attribute == pair.attribute)
        made = rates(sums, METRICS[pair.metric])
        at, to = sums.grouping.groups.index(pair.group), sums.grouping.reference
        places = float(min(sums.units[at], sums.units[to]))
        return float(made.log[at] - made.log[to]), made.logs[:, at] - made.logs[:, to], places

    def _ratio_change(self, champion: _Measured, pair: Pair) -> Figure:
        """The pair's ratio over the champion's, on the log scale."""
        (log, logs, places), (other, others, _) = self._log_ratios(pair), champion._log_ratios(pair)
        if not math.isfinite(log - other):
            return missing("too_few")
        half = self._half(logs - others, places)
        made = self._figure(math.exp(log - other), None)
        if half is None:
            return made
        ends = {"lower": math.exp(log - other - half), "upper": math.exp(log - other + half)}
        return made.model_copy(update=ends)

    def visits(self, champion: _Measured) -> Iterator[FrontierVisits]:
        """What every group gets, and how much more or less than from the champion."""
        for own, theirs in zip(self.sums, champion.sums, strict=True):
            for i, group in enumerate(own.grouping.groups):
                yield self._visited(own, theirs, (i, group))

    def _visited(self, own: GroupSums, theirs: GroupSums, at: tuple[int, str]) -> FrontierVisits:
        i, group = at
        selected = own.counts[:, CELLS.index("selected")]
        before = float(theirs.counts[i, CELLS.index("selected")])
        return FrontierVisits(
            way=self.way.name,
            attribute=own.grouping.attribute,
            group=group,
            selected=float(selected[i]),
            hits=float(own.counts[i, CELLS.index("hits")]),
            found=float(own.counts[i, CELLS.index("found")]),
            per_list=float(selected[i]) / self.rows.lists,
            share=float(selected[i] / selected.sum()),
            change=(float(selected[i]) - before) / self.rows.lists,
        )


def per_visit(sums: GroupSums) -> tuple[float, Floats]:
    """Found per visit over all units, and its replicates."""
    found, selected = CELLS.index("found"), CELLS.index("selected")
    drawn = sums.replicates[:, -1]
    return float(sums.totals[-1, found] / sums.totals[-1, selected]), drawn[:, found] / drawn[:, selected]


def _distance(item: Disparity) -> float:
    return abs(math.log(item.ratio.value)) if item.ratio.value else math.inf
