"""The features of cases: their own row, their area, what happened around them, the weather, the season.

A case's own row is taken as it stands in the extract. So no column may be used that is only filled in
afterwards: what the contract says so of, what the label looks at, and when it was known, are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, say
from civic_ai.panel.case_columns import is_of_case, settled_column
from civic_ai.panel.case_rows import Cases
from civic_ai.panel.feature_categories import codes_of, make_indicators, values_before
from civic_ai.panel.features import columns_of_block, refuse_repeated
from civic_ai.panel.known import day_numbers
from civic_ai.panel.leak_columns import is_afterwards
from civic_ai.panel.parts import STEP
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.feature_blocks import (
    CalendarFeature,
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    TrailingFeature,
)
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import columns_of, parse_where
from civic_ai.records.contract import Contract
from civic_ai.records.panel import Feature

Ints = NDArray[np.int64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class CaseColumn:
    """A feature and its value for each case; NaN stands for not known on that day."""

    record: Feature
    values: Values


def make_case_features(spec: PilotSpec, scope: Scope, cases: Cases) -> tuple[CaseColumn, ...]:
    """All features in the order of the spec; ``scope`` spans the areas and the as-of dates.

    Raises :class:`ConfigError` for names used twice and for what the tables do not hold.
    """
    own = _OwnRow(spec, scope, cases)
    date = np.searchsorted(scope.dates, cases.as_of)
    area = scope.units.positions(cases.columns["area"].to_pandas())
    columns: list[CaseColumn] = []
    for block in spec.features:
        if isinstance(block, ColumnFeature | CategoryFeature) and is_of_case(block, spec):
            columns += own.columns(block)
        else:
            columns += [_gathered(column, scope, date, area) for column in columns_of_block(block, scope)]
    refuse_repeated([STEP, *(column.record.name for column in columns)])
    return tuple(columns)


def refuse_known_afterwards(spec: PilotSpec, contract: Contract) -> None:
    """Raise :class:`ConfigError` for every column of a case's own row that is only known afterwards, and that
    features, or the simplest rule, look at."""
    mistakes = [
        Mistake(
            about=about,
            says=say("{column} is only known afterwards: {why}", column=name, why=why),
            remedy=say("Leave it out: on the day of the list nobody can look at it."),
        )
        for about, name in _own_columns(spec)
        if (why := _afterwards(name, spec, contract)) is not None
    ]
    if mistakes:
        raise ConfigError(mistakes)


def _own_columns(spec: PilotSpec) -> Iterator[tuple[str, str]]:
    """Place in the spec and column, for everything that is taken from the row of a case, or that chooses
    which cases are counted (unless rows come with their outcome, so that every row counted had one)."""
    come_with_outcome = spec.sources[spec.unit.source].known_at == settled_column(spec)
    for number, block in enumerate(spec.features):
        if isinstance(block, CalendarFeature | TrailingFeature) or block.source != spec.unit.source:
            continue
        if isinstance(block, CountFeature):
            where = block.where if not come_with_outcome else None
            names: Iterable[str] = sorted(columns_of(parse_where(where))) if where else ()
        else:
            names = block.columns if isinstance(block, ColumnFeature) else block.categories
        yield from ((f"features[{number}]", name) for name in names)
    if spec.models.rate_by is not None:
        yield "models.rate_by", spec.models.rate_by


def _afterwards(name: str, spec: PilotSpec, contract: Contract) -> Message | None:
    label = spec.label
    looked_at = columns_of(parse_where(label.where)) if label.where and label.kind == "event" else frozenset()
    if name in looked_at:
        return say("the label looks at it")
    if name in (label.known_at, label.ended_at):
        return say("it says when the outcome was known")
    if name in contract.columns and is_afterwards(contract.columns[name]):
        return say("the contract says so")
    return None


@dataclass(frozen=True)
class _OwnRow:
    """What features take from the row of the case itself."""

    spec: PilotSpec
    scope: Scope
    cases: Cases

    def columns(self, block: ColumnFeature | CategoryFeature) -> list[CaseColumn]:
        """Numbers as they are, categories as indicators."""
        if isinstance(block, ColumnFeature):
            return [CaseColumn(self._record(name, name), self.cases.number(name)) for name in block.columns]
        return [column for name in block.categories for column in self._indicators(name, block.most)]

    def _indicators(self, name: str, most: int) -> list[CaseColumn]:
        """The values are chosen among the cases of the lists before the first cutoff."""
        texts = self.cases.text(name)
        is_before = self.cases.as_of < day_numbers([self.scope.splits[0].cutoff])[0]
        indicators = make_indicators(name, texts.filter(pa.array(is_before)), most)
        codes = codes_of(texts, indicators)
        return [
            CaseColumn(values_before(self._record(each.name, name), self.scope), each.of(codes))
            for each in indicators
        ]

    def _record(self, name: str, column: str) -> Feature:
        return Feature(
            name=name,
            source=self.spec.unit.source,
            known_by="known_at" if self.spec.unit.due_on is None else "due_on",
            family="observer" if column == self.spec.audit.observer else "case",
        )


def _gathered(column: FeatureColumn, scope: Scope, date: Ints, area: Ints) -> CaseColumn:
    """The values of each case's date and area; not known where it lies in no area."""
    values = column.at(scope, date, area).astype(np.float32)
    is_outside = np.zeros_like(area, dtype=bool) if column.is_citywide else area < 0
    return CaseColumn(column.record, np.where(is_outside, np.float32(np.nan), values))
