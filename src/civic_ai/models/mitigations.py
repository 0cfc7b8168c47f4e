"""Mitigations: a candidate's lists in another order, at the same capacity, as the city could have made them.

Each as-of date's changed order takes over the candidate's own sorted scores of that date, so a mitigated
candidate is measured like any other: its lists, its calibration, its groups. What it learns from is what was
known on the as-of date: labels that had matured by then, on lists that the candidate had made before, unseen.
Sources: METHODS 4.1 (Rodolfa, Lamba and Ghani 2021), 4.2 (fairlearn), 4.3 (reporting).

``recall_parity`` learns how deep to go in each group, and nothing else: scores sort within a group, break
ties and stand in for outcomes that a group lacks. It learns it from the candidate's own lists of the year
before whose outcomes are known, all counted alike; not from the training rows, which the candidate has seen,
nor from other candidates (4.1 takes one period, t - 1).
So it fails, or does nothing, in these cases:

- the first lists: nothing has matured, and the candidate's list stands as it is;
- a group's need or its scores have moved within the year: depths lag behind;
- a model trained anew sorts a group otherwise than the one whose past lists were counted;
- few outcomes in a group: its depths are noise; with none at all its scores stand in, as they are;
- outcomes known of visited units alone: the others are not counted, and a group that nobody visited in
  the year comes last, again and again. Explore by lot there, or order without labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from civic_ai.models.candidates import Candidate
from civic_ai.models.mitigated_order import (
    Floats,
    Integers,
    OneList,
    depths_of_past,
    expected_parity,
    least_visits,
    take_over,
    with_floors,
)
from civic_ai.models.mitigation_groups import UnitGroups
from civic_ai.models.reductions import decide
from civic_ai.models.rows import PanelRows, Positions, Training
from civic_ai.models.table import Scored
from civic_ai.pilot.mitigation import METHODS, Mitigation, MitigationMethod
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.predictions import CandidateRecord, Settings

PAST_DAYS = 364
"""Outcomes of the year before the list is made tell depths and need."""
AFTER_MODELS = 100
"""Added to the simplicity of its candidate: a mitigation is never the simpler way."""
BASE_SCORE = "base_score"
"""The column of the predictions with what the candidate itself said."""


@dataclass(frozen=True, eq=False)
class Served:
    """One mitigation over the lists of its candidate. ``positions`` (rows of the panel) and ``score`` hold
    every list that the candidate made, oldest first."""

    spec: PilotSpec
    asked: Mitigation
    units: UnitGroups
    positions: Positions
    score: Floats

    @property
    def rows(self) -> PanelRows:
        """The panel."""
        return self.units.rows

    @property
    def capacity(self) -> int:
        """Visits on each date. The rules of a spec see to it that there is one."""
        assert self.spec.capacity.units_per_period is not None
        return self.spec.capacity.units_per_period

    @cached_property
    def group(self) -> Integers:
        """(units,): the group that each unit counts for; its district where no attribute is asked for."""
        return self.units.district if self.asked.attribute is None else self.units.group(self.asked.attribute)

    @cached_property
    def key(self) -> Integers:
        """One number for each list among ``positions``."""
        day = self.rows.as_of[self.positions].astype(np.int64)
        step = self.rows.frame["step"].to_numpy()[self.positions].astype(np.int64)
        return np.asarray(day * 1000 + step)

    def one(self, chosen: Integers, *, with_label: bool = False) -> OneList:
        """The rows ``chosen`` (places in ``positions``) as a list."""
        at = self.positions[chosen]
        unit = self.units.unit[at]
        label = self.rows.label[at] if with_label else None
        return OneList(self.score[chosen], self.group[unit], self.units.tie[unit], unit, label)

    def past(self, day: np.datetime64) -> Iterator[OneList]:
        """The candidate's own earlier lists of at most a year ago whose outcomes were known on ``day``."""
        known = self._known(self.positions, day)
        for key in np.unique(self.key[known]):
            yield self.one(np.flatnonzero(known & (self.key == key)), with_label=True)

    def need(self, day: np.datetime64) -> Floats:
        """(districts,): what happened in each over the past year, as it was known on ``day``."""
        everywhere = np.arange(len(self.rows.label))
        at = everywhere[self._known(everywhere, day)]
        district, size = self.group[self.units.unit[at]], int(self.group.max()) + 1
        return np.bincount(district, self.rows.label[at], size).astype(np.float64)

    def _known(self, positions: Positions, day: np.datetime64) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        recent = self.rows.as_of[positions] >= day - np.timedelta64(PAST_DAYS, "D")
        in_time = self.rows.matured_on[positions] <= day
        return np.asarray(recent & in_time & ~np.isnan(self.rows.label[positions]))


def _by_past(served: Served, one: OneList, day: np.datetime64) -> Integers:
    """By the depths of the candidate's own past lists; its list stands where none has an outcome yet."""
    past = list(served.past(day))
    return depths_of_past(past).order(one) if past else one.order


def _by_scores(_: Served, one: OneList, __: np.datetime64) -> Integers:
    return expected_parity(one)


def _by_districts(served: Served, one: OneList, day: np.datetime64) -> Integers:
    least = least_visits(served.need(day), floor=served.asked.floor, capacity=served.capacity)
    return with_floors(one, least, served.capacity)


def _by_corrected(served: Served, one: OneList, day: np.datetime64) -> Integers:
    share = served.units.reported_share(day)[one.unit]
    return np.lexsort((one.tie, -one.score / share))


Order = Callable[[Served, OneList, np.datetime64], Integers]
ORDERS: Mapping[MitigationMethod, Order] = {
    "recall_parity": _by_past,
    "recall_parity_label_free": _by_scores,
    "district_floor": _by_districts,
    "corrected_target": _by_corrected,
}
"""Methods that order a list anew."""


@dataclass(frozen=True, eq=False)
class Mitigator:
    """The mitigations of a pilot over one panel: those of ``names``, or all."""

    spec: PilotSpec
    rows: PanelRows
    names: Sequence[str] | None = None

    @cached_property
    def units(self) -> UnitGroups:
        """Groups and districts, read once, and only where a mitigation asks for them."""
        return UnitGroups(self.spec, self.rows)

    def change(self, scored: Sequence[Scored], trainings: Sequence[Training]) -> list[Scored]:
        """The mitigated scores of every split of ``trainings``, for each mitigation whose candidate stands
        in ``scored`` (all its splits that have been scored, also earlier ones)."""
        made: list[Scored] = []
        for name, asked in self.spec.models.mitigations.items():
            if self.names is not None and name not in self.names:
                continue
            base = sorted(
                (one for one in scored if one.candidate == asked.of), key=lambda one: one.split.cutoff
            )
            if base:
                made += self._changed(name, base, trainings)
        return made

    def _changed(self, name: str, base: Sequence[Scored], trainings: Sequence[Training]) -> Iterator[Scored]:
        asked = self.spec.models.mitigations[name]
        positions = [self.rows.of(one.split) for one in base]
        served = Served(
            self.spec,
            asked,
            self.units,
            np.concatenate(positions),
            np.concatenate([one.scores for one in base]),
        )
        begins = np.cumsum([0, *(len(part) for part in positions)])
        wanted = {training.split.name: training for training in trainings}
        for one, begin, end in zip(base, begins[:-1], begins[1:], strict=True):
            training = wanted.get(one.split.name)
            if training is not None:
                made = _anew(served, np.arange(begin, end), training)
                yield Scored(name, one.split, made, {BASE_SCORE: one.scores})


def _anew(served: Served, chosen: Integers, training: Training) -> Floats:
    """The mitigated scores of one split: its lists in another order, or a chance to be chosen."""
    if served.asked.method in ORDERS:
        return ordered_anew(served, chosen)
    group = served.group[served.units.unit]
    return decide(served.asked.method, training, group, served.positions[chosen], served.spec.seed)


def ordered_anew(served: Served, chosen: Integers) -> Floats:
    """The scores of the rows ``chosen`` (places in ``served.positions``), list by list, in the new order."""
    made, order = np.empty(len(chosen)), ORDERS[served.asked.method]
    keys = served.key[chosen]
    for key in np.unique(keys):
        at = np.flatnonzero(keys == key)
        one = served.one(chosen[at])
        day = served.rows.as_of[served.positions[chosen[at[0]]]]
        made[at] = take_over(one.score, order(served, one, day))
    return made


def bases_of(spec: PilotSpec, names: Sequence[str]) -> list[str]:
    """``names``, and the candidates that mitigations among them start from; nobody twice."""
    asked = spec.models.mitigations
    return list(dict.fromkeys((*names, *(asked[name].of for name in names if name in asked))))


def records_of(spec: PilotSpec, candidates: Sequence[Candidate]) -> list[CandidateRecord]:
    """What the predictions' record says of the pilot's mitigations."""
    simplicity = {each.name: each.simplicity for each in candidates}
    return [
        CandidateRecord(
            name=name,
            is_baseline=False,
            simplicity=simplicity[asked.of] + AFTER_MODELS,
            settings=settings_of(asked),
            mitigates=asked.of,
        )
        for name, asked in spec.models.mitigations.items()
    ]


def settings_of(asked: Mitigation) -> Settings:
    """How the list is changed, as settings."""
    made: Settings = {
        "method": asked.method,
        "of": asked.of,
        "decides_by_attribute": METHODS[asked.method].decides_by_attribute,
    }
    if asked.attribute is not None:
        made["attribute"] = asked.attribute
    if asked.method == "district_floor":
        made["floor"] = asked.floor
    return made
