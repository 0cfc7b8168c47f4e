"""Rules on what gets a score: one form of unit, its types, and cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec


def _unit_has_one_form(spec: PilotSpec) -> Iterator[Broken]:
    unit = spec.unit
    forms = [form for form in ("grid", "hexagons", "area") if getattr(unit, form) is not None]
    if unit.case and forms not in ([], ["area"]):
        yield ("unit", forms[0]), say("a case is a row, not a cell: leave out '{form}'", form=forms[0]), None
    if not unit.case and len(forms) != 1:
        says = say(
            "give one of 'grid' or 'hexagons' (cells), 'area' (a column that names the area) or 'case'"
        )
        yield ("unit",), says, None
    if {"grid", "hexagons"} & set(forms) and unit.inside is None:
        yield ("unit",), say("cells need 'inside': the source whose polygons they cover"), None


def _inside_has_polygons(spec: PilotSpec) -> Iterator[Broken]:
    unit = spec.unit
    area = spec.sources.get(unit.inside or "")
    has_polygons = area is not None and (area.polygons is not None or area.example is not None)
    if unit.inside is not None and area is not None and not has_polygons:
        yield ("unit", "inside"), say("the source {name} has no polygons", name=unit.inside), None


def _types_are_whole(spec: PilotSpec) -> Iterator[Broken]:
    types = spec.unit.types
    if types is None:
        return
    if spec.unit.case:
        yield (
            ("unit", "types"),
            say("a case has its type among its own columns"),
            say("Take the column as a feature: categories: [{column}].", column=types.column),
        )
    if spec.label.source != spec.unit.source:
        yield (
            ("label", "from"),
            say("with types the label counts rows of unit.from ({name})", name=spec.unit.source),
            None,
        )
    meant = Counter(value for values in types.values.values() for value in values)
    for value in sorted(value for value, times in meant.items() if times > 1):
        yield ("unit", "types", "values"), say("{value} stands under two types", value=value), None
    for name in sorted(set(types.called) - set(types.values)):
        known = ", ".join(types.values)
        yield (
            ("unit", "types", "called", name),
            say("there is no type called {name}", name=name),
            say("Known: {known}.", known=known),
        )


def _only_cases_are_due(spec: PilotSpec) -> Iterator[Broken]:
    if spec.unit.due_on is not None and not spec.unit.case:
        yield (
            ("unit", "due_on"),
            say("only a case is due on a day"),
            say("Name under unit.case the columns that together name one case."),
        )
    if spec.unit.case and spec.cohort.seen_within_days is not None:
        yield (
            ("cohort", "seen_within_days"),
            say("every case is scored once, so there is no cohort"),
            say("Leave out 'cohort'."),
        )


RULES: Rules = {
    _unit_has_one_form: "unit",
    _inside_has_polygons: "sources unit",
    _types_are_whole: "unit label",
    _only_cases_are_due: "unit cohort",
}
