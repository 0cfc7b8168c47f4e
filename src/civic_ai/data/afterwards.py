"""Columns of a case's own row that nobody can look at on the day of the list.

A case's own row is taken as it stands in the extract. So no column may be used that is only filled in
afterwards: what the contract says so of, what the label looks at, and when it was known, are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from civic_ai.core.messages import Message, say
from civic_ai.data.contract_rules import Broken
from civic_ai.pilot.feature_blocks import (
    CalendarFeature,
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    FeatureBlock,
    TrailingFeature,
)
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import columns_of, parse_where
from civic_ai.records.contract import ColumnContract, Contract
from civic_ai.store.yaml import Path_

_OBSERVER: Path_ = ("audit", "observer")


def is_afterwards(column: ColumnContract) -> bool:
    """Only filled in later: said so, or blank as long as it "has not happened yet"."""
    return column.known == "afterwards" or column.blank == "not_yet"


def known_too_late(spec: PilotSpec, contract: Contract) -> list[Broken]:
    """Every column of a case's own row that is only known afterwards, although features, the simplest rule
    or the audit's observer look at it; each with its place in the pilot. None where units are places.

    ``contract`` is that of the cases' source.
    """
    return [
        (place, say("{column} is only known afterwards: {why}", column=name, why=why), _remedy(place))
        for place, name in own_columns(spec)
        if (why := _afterwards(name, spec, contract)) is not None
    ]


def own_columns(spec: PilotSpec) -> Iterator[tuple[Path_, str]]:
    """Place in the spec and column, for everything that is taken from the rows of cases, or that chooses
    which cases are counted (unless rows come with their outcome, so that every row counted had one)."""
    if not spec.unit.case:
        return
    for number, block in enumerate(spec.features):
        if not isinstance(block, CalendarFeature) and block.source == spec.unit.source:
            yield from ((("features", number), name) for name in _looked_at(block, spec))
    if spec.models.rate_by is not None:
        yield ("models", "rate_by"), spec.models.rate_by
    if spec.audit.observer is not None:
        yield _OBSERVER, spec.audit.observer


def _looked_at(block: FeatureBlock, spec: PilotSpec) -> Iterable[str]:
    if isinstance(block, ColumnFeature):
        return block.columns
    if isinstance(block, CategoryFeature):
        return block.categories
    if isinstance(block, TrailingFeature):
        return dict.fromkeys((*block.mean, *block.sum))
    if isinstance(block, CountFeature) and block.where is not None and not _comes_with_outcome(spec):
        return sorted(columns_of(parse_where(block.where)))
    return ()


def _comes_with_outcome(spec: PilotSpec) -> bool:
    label = spec.label
    settled = label.ended_at if label.kind == "duration" else label.known_at
    return spec.sources[spec.unit.source].known_at == settled


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


def _remedy(place: Path_) -> Message:
    if place == _OBSERVER:
        return say("Who makes the record must be known beforehand: name such a column, or leave it out.")
    return say("Leave it out: on the day of the list nobody can look at it.")
