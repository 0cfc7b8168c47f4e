"""Rules on sources: they are there, they say when, their areas have names, and their gaps are gaps."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.feature_blocks import (
    CalendarFeature,
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    TrailingFeature,
)
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import WhereError, parse_where
from civic_ai.store.yaml import Path_


def _sources_exist(spec: PilotSpec) -> Iterator[Broken]:
    named: list[tuple[Path_, str]] = [
        (("unit", "from"), spec.unit.source),
        (("label", "from"), spec.label.source),
    ]
    if spec.unit.inside is not None:
        named.append((("unit", "inside"), spec.unit.inside))
    for i, block in enumerate(spec.features):
        if not isinstance(block, CalendarFeature):
            named.append((("features", i, "from"), block.source))
    if spec.label.exposure is not None:
        named.append((("label", "exposure", "from"), spec.label.exposure.source))
    for name, attribute in spec.audit.attributes.items():
        named.append((("audit", "attributes", name, "from"), attribute.source))
    if spec.audit.reporting.source is not None:
        named.append((("audit", "reporting", "from"), spec.audit.reporting.source))
    if spec.audit.reporting.condition is not None:
        named.append((("audit", "reporting", "condition", "from"), spec.audit.reporting.condition.source))
    for place, source in named:
        if source not in spec.sources:
            known = ", ".join(spec.sources)
            yield (
                place,
                say("there is no source called {name}", name=source),
                say("Known: {known}.", known=known),
            )


def _source_has_one_origin(spec: PilotSpec) -> Iterator[Broken]:
    for name, source in spec.sources.items():
        if (source.path is None) == (source.example is None):
            yield ("sources", name), say("give either 'path' or 'example', not both and not neither"), None
        if source.polygons is not None and source.key is None:
            yield (
                ("sources", name, "polygons"),
                say("polygons need 'key', the column that names the area"),
                None,
            )


def _timed_sources_know_when(spec: PilotSpec) -> Iterator[Broken]:
    timed: list[tuple[Path_, str]] = [(("label", "from"), spec.label.source)]
    for i, block in enumerate(spec.features):
        if isinstance(block, CountFeature | TrailingFeature):
            timed.append((("features", i, "from"), block.source))
    for place, name in timed:
        source = spec.sources.get(name)
        if source is not None and source.known_at is None:
            yield (
                place,
                say("the source {name} does not say when its rows became known", name=name),
                say("Add 'known_at' to the source: the column with that date."),
            )


def _conditions_parse(spec: PilotSpec) -> Iterator[Broken]:
    conditions: list[tuple[Path_, str | None]] = [(("label", "where"), spec.label.where)]
    for i, block in enumerate(spec.features):
        if isinstance(block, CountFeature):
            conditions.append((("features", i, "where"), block.where))
    for place, text in conditions:
        if text is None:
            continue
        try:
            parse_where(text)
        except WhereError as error:
            yield place, error.says, say("Write for example: request_type == 'pothole'")


def _areas_have_a_key(spec: PilotSpec) -> Iterator[Broken]:
    """A source whose columns are taken by area; the cases' own columns need none."""
    named: list[tuple[Path_, str]] = []
    for i, block in enumerate(spec.features):
        is_own = bool(spec.unit.case) and isinstance(block, ColumnFeature | CategoryFeature)
        if isinstance(block, ColumnFeature | CategoryFeature) and not (
            is_own and block.source == spec.unit.source
        ):
            named.append((("features", i, "from"), block.source))
    if spec.label.exposure is not None:
        named.append((("label", "exposure", "from"), spec.label.exposure.source))
    for place, name in named:
        source = spec.sources.get(name)
        if source is not None and source.key is None:
            yield (
                place,
                say("the source {name} does not say which column names its area", name=name),
                say("Add 'key' to the source: the column with the area's id."),
            )


def _gaps_are_gaps(spec: PilotSpec) -> Iterator[Broken]:
    types = () if spec.unit.types is None else tuple(spec.unit.types.values)
    for name, source in spec.sources.items():
        for i, gap in enumerate(source.gaps):
            place: Path_ = ("sources", name, "gaps", i)
            if gap.last < gap.first:
                yield (
                    (*place, "last"),
                    say("must not come before 'first' ({first})", first=str(gap.first)),
                    None,
                )
            if i and gap.first < source.gaps[i - 1].first:
                yield (*place, "first"), say("gaps stand in the order of their first days"), None
            for unknown in sorted(set(gap.types) - set(types)):
                yield (
                    (*place, "types"),
                    say("there is no type called {name}", name=unknown),
                    say("Known: {known}.", known=", ".join(types))
                    if types
                    else say("Without unit.types a gap concerns all rows: leave out 'types'."),
                )


RULES: Rules = {
    _sources_exist: "sources unit label features audit",
    _source_has_one_origin: "sources",
    _timed_sources_know_when: "sources label features",
    _conditions_parse: "label features",
    _areas_have_a_key: "sources unit label features",
    _gaps_are_gaps: "sources unit",
}
