"""What can be odd about a panel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civic_ai.panel.known import City, rows_without_known_at
from civic_ai.panel.parts import Parts
from civic_ai.panel.scope import Scope
from civic_ai.panel.where import column_of
from civic_ai.pilot.feature_blocks import CountFeature, TrailingFeature
from civic_ai.records.findings import PANEL_FINDINGS
from civic_ai.records.snapshot import Finding, Severity

MOSTLY = 0.5


def panel_finding(
    code: str,
    source: str,
    severity: Severity,
    *,
    values: dict[str, str | int | float],
    column: str | None = None,
) -> Finding:
    """The finding ``code`` about ``source``; ``values`` fill its sentence (``count`` may be one of them)."""
    assert code in PANEL_FINDINGS, code
    count = values.get("count")
    return Finding(
        code=code,
        source=source,
        severity=severity,
        column=column,
        count=count if isinstance(count, int) else None,
        values=values,
    )


def find_oddities(parts: Parts) -> tuple[Finding, ...]:
    """Everything that a reader of the panel should know, in one order."""
    scope = parts.scope
    return (
        *_unknown_moments(scope),
        *_gaps(scope.city),
        *_types_never_seen(scope.city),
        *_places(parts),
        *_history(parts),
        *_unknown_features(parts),
    )


def _unknown_moments(scope: Scope) -> Iterator[Finding]:
    spec = scope.city.spec
    timed = {block.source for block in spec.features if isinstance(block, CountFeature | TrailingFeature)}
    for source in sorted(timed | {spec.label.source}):
        count = rows_without_known_at(scope.city, source)
        if count:
            yield panel_finding("rows_without_known_at", source, "warning", values={"count": count})


def _gaps(city: City) -> Iterator[Finding]:
    """What the city says was not handed over, in sources that the label or a count looks at."""
    spec = city.spec
    counted = {block.source for block in spec.features if isinstance(block, CountFeature)}
    for source in sorted(counted | {spec.label.source}):
        for gap in spec.sources[source].gaps:
            span = {"first": gap.first.isoformat(), "last": gap.last.isoformat()}
            if gap.types:
                values = span | {"types": ", ".join(gap.types)}
                yield panel_finding("not_handed_over_of_types", source, "warning", values={**values})
            else:
                yield panel_finding("not_handed_over", source, "warning", values={**span})


def _types_never_seen(city: City) -> Iterator[Finding]:
    """Values that the pilot names and no row has: a word that is written otherwise in the data."""
    types = city.spec.unit.types
    if types is None:
        return
    table = city.tables[city.spec.unit.source]
    column = column_of(table, types.column, about="unit.types.column")
    seen = set(table.select(value=column).distinct().to_pyarrow()["value"].to_pylist())
    for name, values in types.values.items():
        for value in (value for value in values if value not in seen):
            yield panel_finding(
                "type_never_seen",
                city.spec.unit.source,
                "warning",
                column=types.column,
                values={"type": name, "value": value},
            )


def _places(parts: Parts) -> Iterator[Finding]:
    units, spec = parts.scope.units, parts.scope.city.spec
    events = parts.label.events
    outside = int(events.n[events.unit < 0].sum())
    if outside:
        found = panel_finding("events_outside_units", spec.label.source, "warning", values={"count": outside})
        yield found.model_copy(update={"share": outside / float(events.n.sum())})
    if units.areas_without_cells:
        source = str(spec.unit.inside)
        yield panel_finding(
            "areas_without_cells", source, "warning", values={"count": units.areas_without_cells}
        )
    if units.width_error:
        percent = round(100 * units.width_error, 2)
        yield panel_finding("cell_width_error", str(spec.unit.inside), "note", values={"percent": percent})


def _history(parts: Parts) -> Iterator[Finding]:
    spec = parts.scope.city.spec
    windows = [
        days for block in spec.features if isinstance(block, CountFeature) for days in block.count_days
    ]
    late = int(parts.label.first_day - (parts.scope.dates[0] - max(windows, default=0) + 1))
    if late > 0:
        yield panel_finding("short_history", spec.label.source, "note", values={"days": late})


def _unknown_features(parts: Parts) -> Iterator[Finding]:
    for column in parts.features:
        share = float(np.isnan(column.values).mean())
        if share > MOSTLY:
            percent = round(100 * share, 1)
            name, source = column.record.name, column.record.source
            yield panel_finding("mostly_unknown", source, "warning", column=name, values={"percent": percent})
