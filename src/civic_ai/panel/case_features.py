"""The features of cases: their own row, their area, what happened around them, the weather, the season.

A case's own row is taken as it stands in the extract, so a column that is only filled in afterwards is
refused (``data.afterwards``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.data.afterwards import known_too_late
from civic_ai.panel.case_columns import is_of_case
from civic_ai.panel.case_rows import Cases
from civic_ai.panel.feature_categories import codes_of, make_indicators, values_before
from civic_ai.panel.features import columns_of_block, refuse_repeated
from civic_ai.panel.known import day_numbers
from civic_ai.panel.parts import STEP
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.pilot.feature_blocks import CategoryFeature, ColumnFeature
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.panel import Category, Feature
from civic_ai.store.yaml import dotted

Ints = NDArray[np.int64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class CaseColumn:
    """A feature and its value for each case; NaN stands for not known on that day. ``category``: of an
    indicator, what its name stands for."""

    record: Feature
    values: Values
    category: Category | None = None


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
    features, the simplest rule or the audit's observer look at."""
    mistakes = [
        Mistake(about=dotted(place), says=says, remedy=remedy)
        for place, says, remedy in known_too_late(spec, contract)
    ]
    if mistakes:
        raise ConfigError(mistakes)


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
        indicators = make_indicators(name, texts.filter(pa.array(is_before)), most, self.scope.fewest_rows)
        codes = codes_of(texts, indicators)
        return [
            CaseColumn(
                values_before(self._record(each.name, name), self.scope), each.of(codes), each.category
            )
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
    return CaseColumn(column.record, np.where(is_outside, np.float32(np.nan), values), column.category)
