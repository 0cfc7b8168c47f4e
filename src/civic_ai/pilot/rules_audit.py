"""Rules on the audit: whole attributes, none of them a feature, and reporting that can be looked at."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.audit_block import Attribute
from civic_ai.pilot.feature_blocks import CategoryFeature, ColumnFeature
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import Path_


def _attributes_are_whole(spec: PilotSpec) -> Iterator[Broken]:
    for name, attribute in spec.audit.attributes.items():
        place: Path_ = ("audit", "attributes", name)
        forms = [attribute.quantiles is not None, attribute.categories, bool(attribute.shares)]
        if sum(forms) != 1:
            yield place, say("give one of 'quantiles', 'categories: true' or 'shares'"), None
        elif attribute.shares and attribute.of is None:
            yield place, say("shares need 'of': the column with the number of people"), None
        elif not attribute.shares and attribute.column is None:
            yield place, say("needs 'column'"), None
        groups = _known_groups(attribute)
        if groups and attribute.reference_group not in groups:
            yield (
                (*place, "reference_group"),
                say("there is no group called {name}", name=attribute.reference_group),
                say("Known: {known}.", known=", ".join(groups)),
            )
        source = spec.sources.get(attribute.source)
        if source is not None and source.key is None:
            yield (*place, "from"), say("the source {name} needs 'key'", name=attribute.source), None


def _known_groups(attribute: Attribute) -> tuple[str, ...]:
    if attribute.quantiles is not None:
        return tuple(f"q{i}" for i in range(1, attribute.quantiles + 1))
    return tuple(attribute.shares)


def _protected_columns_are_no_features(spec: PilotSpec) -> Iterator[Broken]:
    """A column by which groups are compared must not enter a score: no feature, no exposure, no rate."""
    protected = {
        (attribute.source, column)
        for attribute in spec.audit.attributes.values()
        for column in (attribute.column, *attribute.shares.values())
    }
    for place, source, column in _columns_that_enter(spec):
        if (source, column) in protected:
            yield (
                place,
                say("{column} is a protected attribute of the audit", column=column),
                say("A protected attribute is used to check the model, not to train it."),
            )


def _columns_that_enter(spec: PilotSpec) -> Iterator[tuple[Path_, str, str]]:
    """Place, source and name of every column that a score may look at by itself."""
    for i, block in enumerate(spec.features):
        if isinstance(block, ColumnFeature):
            yield from ((("features", i, "columns"), block.source, column) for column in block.columns)
        if isinstance(block, CategoryFeature):
            yield from ((("features", i, "categories"), block.source, column) for column in block.categories)
    if spec.label.exposure is not None:
        yield ("label", "exposure", "column"), spec.label.exposure.source, spec.label.exposure.column
    if spec.models.rate_by is not None:
        yield ("models", "rate_by"), spec.unit.source, spec.models.rate_by


_NEEDED = {
    "duplicates": ("source", "incident", "attribute"),
    "linkage": ("source", "linkage", "attribute"),
    "neighbours": ("source", "event", "attribute"),
    "none": (),
}
"""What each method of looking at reporting cannot do without."""

_WITH_REPEATS = ("duplicates", "linkage")


def _reporting_is_whole(spec: PilotSpec) -> Iterator[Broken]:
    reporting, place = spec.audit.reporting, ("audit", "reporting")
    for field in _NEEDED[reporting.method]:
        if getattr(reporting, field) is None:
            written = "from" if field == "source" else field
            yield (
                place,
                say("the method '{method}' needs '{field}'", method=reporting.method, field=written),
                None,
            )
    if reporting.attribute is not None and reporting.attribute not in spec.audit.attributes:
        known = ", ".join(spec.audit.attributes)
        says = say("there is no attribute called {name}", name=reporting.attribute)
        yield (*place, "attribute"), says, say("Known: {known}.", known=known)
    if reporting.life_days is not None and reporting.method not in _WITH_REPEATS:
        says = say("only repeat reports tell which share of all problems is reported")
        remedy = say("Leave 'life_days' out, or use the method duplicates or linkage.")
        yield (*place, "life_days"), says, remedy


def _reporting_can_be_compared(spec: PilotSpec) -> Iterator[Broken]:
    """The survey stands by area, and an event does not end before it begins."""
    survey, event = spec.audit.reporting.condition, spec.audit.reporting.event
    place: Path_ = ("audit", "reporting")
    if survey is not None and survey.source in spec.sources and spec.sources[survey.source].key is None:
        yield (*place, "condition", "from"), say("the source {name} needs 'key'", name=survey.source), None
    if event is not None and event.last < event.first:
        yield (*place, "event", "last"), say("the event ends before it begins"), None


RULES: Rules = {
    _attributes_are_whole: "sources audit",
    _protected_columns_are_no_features: "unit label features models audit",
    _reporting_is_whole: "audit",
    _reporting_can_be_compared: "sources audit",
}
