"""Candidates tried on the same as-of dates: the test splits, or the lockbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.evaluation.lists import Lists, read_lists
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scope import NO_ROWS, Scope
from civic_ai.evaluation.scores import ALL, Terms, make_scope, objective_of, score_lists
from civic_ai.evaluation.statistic import Statistic
from civic_ai.evaluation.visits import IS_BASELINE
from civic_ai.panel.split import LOCKBOX, matured_on
from civic_ai.records.evaluation import Score
from civic_ai.records.figure import Figure, missing
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import CandidateRecord

NO_COMPARISON = "nothing_to_compare_with"


@dataclass(frozen=True, eq=False)
class Trial:
    """The table of scores, its lists by candidate, and scopes over their dates, the widest first."""

    table: pa.Table
    lists: Mapping[str, Lists]
    scopes: tuple[Scope, ...]
    terms: Terms

    @property
    def whole(self) -> Scope:
        """The scope over all dates."""
        return self.scopes[0]

    @property
    def anyone(self) -> Lists:
        """The lists of any candidate: dates, units and labels are the same for all."""
        return next(iter(self.lists.values()))

    def objective(self, candidate: str) -> Statistic:
        """The declared objective of a candidate over all dates."""
        return objective_of(self.lists[candidate], self.terms)

    def scores(self, candidates: Iterable[CandidateRecord]) -> tuple[Score, ...]:
        """Every metric of each candidate in each scope."""
        return tuple(
            score
            for candidate in candidates
            for score in score_lists(candidate, self.lists[candidate.name], self.scopes, self.terms)
        )

    def lift(self, candidate: str, baseline: str) -> Figure:
        """Objective of a candidate over a baseline's, paired over time; more than 1 is better."""
        lists = self.lists[candidate]
        if candidate == baseline:
            return missing(IS_BASELINE)
        if not len(lists.sizes):
            return missing(NO_ROWS)
        objective = self.terms.objective
        told = METRICS[objective.lift_on or objective.name]
        ours, theirs = (told.measure(self.lists[name], self.terms.kind) for name in (candidate, baseline))
        basis = self.whole.basis(lists, told).without_value(NO_COMPARISON)
        return basis.compared(ours, theirs, told.gain)

    def unmatured(self, candidate: str, panel: PanelManifest) -> int:
        """Rows of a candidate whose label was not known yet; no list holds them.

        A label may also be blank because its window touches a gap in what was handed over. Where the panel
        holds such rows, those whose window had ended by the last day known are not counted here.
        """
        is_blank = pc.and_(pc.equal(self.table["candidate"], candidate), pc.is_null(self.table["label"]))
        rows = self.table.filter(is_blank)
        if not panel.rows_in_gaps:
            return int(rows.num_rows)
        ends = matured_on(rows["as_of"].to_numpy(), rows["step"].to_numpy(), panel.horizon_days)
        return int((ends > np.datetime64(panel.last_known_on)).sum())


def try_on_tests(table: pa.Table, terms: Terms) -> Trial:
    """The trial on the test splits: a scope over all of them, and one for each."""
    lists = read_lists(table, terms.setting)
    anyone = next(iter(lists.values()))
    every = make_scope(ALL, anyone, anyone.split >= 0, terms)
    each = (make_scope(name, anyone, anyone.split == at, terms) for at, name in enumerate(terms.splits))
    return Trial(table, lists, (every, *each), terms)


def open_lockbox(table: pa.Table, terms: Terms) -> Trial:
    """The trial on the last period."""
    lists = read_lists(table, replace(terms.setting, splits=(LOCKBOX,)))
    anyone = next(iter(lists.values()))
    return Trial(table, lists, (make_scope(LOCKBOX, anyone, anyone.split >= 0, terms),), terms)
