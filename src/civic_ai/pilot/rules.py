"""Rules between the parts of a spec: what each part alone cannot know.

Each rule yields the place, the sentence and (where it is not obvious) the remedy. All rules run,
so that a city sees every mistake at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from civic_ai.core.dates import dates_every, days_between
from civic_ai.core.messages import Message, say
from civic_ai.pilot.spec import Attribute, ColumnFeature, CountFeature, PilotSpec, TrailingFeature
from civic_ai.pilot.where import WhereError, parse_where
from civic_ai.records.text import Text
from civic_ai.store.yaml import Path_

Broken = tuple[Path_, Message, Message | None]
Rule = Callable[[PilotSpec], Iterator[Broken]]


def broken_rules(spec: PilotSpec, parts: frozenset[str]) -> Iterator[Broken]:
    """Every rule that ``spec`` breaks, among the rules whose parts are sound."""
    for needed, rule in RULES:
        if needed <= parts:
            yield from rule(spec)


def _sources_exist(spec: PilotSpec) -> Iterator[Broken]:
    named: list[tuple[Path_, str]] = [
        (("unit", "from"), spec.unit.source),
        (("label", "from"), spec.label.source),
    ]
    if spec.unit.inside is not None:
        named.append((("unit", "inside"), spec.unit.inside))
    for i, block in enumerate(spec.features):
        if isinstance(block, CountFeature | TrailingFeature | ColumnFeature):
            named.append((("features", i, "from"), block.source))
    for name, attribute in spec.audit.attributes.items():
        named.append((("audit", "attributes", name, "from"), attribute.source))
    if spec.audit.reporting.source is not None:
        named.append((("audit", "reporting", "from"), spec.audit.reporting.source))
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


def _unit_has_one_form(spec: PilotSpec) -> Iterator[Broken]:
    unit = spec.unit
    if (unit.grid is None) == (unit.area is None):
        yield ("unit",), say("give either 'grid' (cells) or 'area' (a column that names the area)"), None
    if unit.grid is not None and unit.inside is None:
        yield ("unit",), say("a grid needs 'inside': the source whose polygons it covers"), None
    area = spec.sources.get(unit.inside or "")
    has_polygons = area is not None and (area.polygons is not None or area.example is not None)
    if unit.inside is not None and area is not None and not has_polygons:
        yield ("unit", "inside"), say("the source {name} has no polygons", name=unit.inside), None


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


def _dates_make_sense(spec: PilotSpec) -> Iterator[Broken]:
    first, last = spec.as_of.first, spec.as_of.last
    if last <= first:
        yield ("as_of", "last"), say("must come after 'first' ({first})", first=first), None
        return
    tested = spec.validation.splits * spec.validation.test_days + spec.validation.lockbox_days
    needed = tested + spec.label.horizon_days + spec.as_of.every_days
    span = days_between(first, last)
    if span < needed:
        yield (
            ("validation",),
            say("{needed} days are needed, but as_of covers {span}", needed=needed, span=span),
            say("Use fewer splits, shorter test periods, or earlier data."),
        )
    if len(list(dates_every(first, last, spec.as_of.every_days))) > 5000:
        yield ("as_of", "every_days"), say("gives more than 5000 as-of dates"), None
    if spec.validation.lockbox_days < spec.as_of.every_days:
        yield ("validation", "lockbox_days"), say("is shorter than one step of as_of"), None


def _time_zone_exists(spec: PilotSpec) -> Iterator[Broken]:
    try:
        ZoneInfo(spec.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield (
            ("time_zone",),
            say("is not a time zone: {name}", name=spec.time_zone),
            say("Write it as in the IANA list, for example America/Bogota."),
        )


_GLM_FOR = {"logistic_glm": "event", "poisson_glm": "count"}
_OBJECTIVES = {
    "event": ("recall_at_capacity", "precision_at_capacity", "average_precision"),
    "count": ("recall_at_capacity", "mean_poisson_deviance"),
}


def _models_fit_the_label(spec: PilotSpec) -> Iterator[Broken]:
    allowed = _OBJECTIVES[spec.label.kind]
    if spec.objective not in allowed:
        yield (
            ("objective",),
            say(
                "{objective} cannot be used with a label of kind {kind}",
                objective=spec.objective,
                kind=spec.label.kind,
            ),
            say("Use one of: {allowed}.", allowed=", ".join(allowed)),
        )
    for i, name in enumerate(spec.models.candidates):
        if _GLM_FOR.get(name, spec.label.kind) != spec.label.kind:
            says = say("{name} cannot predict a label of kind {kind}", name=name, kind=spec.label.kind)
            fitting = [other for other, kind in _GLM_FOR.items() if kind == spec.label.kind]
            yield ("models", "candidates", i), says, say("Use one of: {allowed}.", allowed=", ".join(fitting))


def _nothing_twice(spec: PilotSpec) -> Iterator[Broken]:
    lists: list[tuple[Path_, tuple[str, ...]]] = [
        (("models", "candidates"), spec.models.candidates),
        (("models", "baselines"), spec.models.baselines),
        (("review", "languages"), spec.review.languages),
    ]
    for place, names in lists:
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield place, say("{name} is given twice", name=name), None


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
    protected = {
        (attribute.source, column)
        for attribute in spec.audit.attributes.values()
        for column in (attribute.column, *attribute.shares.values())
    }
    for i, block in enumerate(spec.features):
        if isinstance(block, ColumnFeature):
            for column in block.columns:
                if (block.source, column) in protected:
                    yield (
                        ("features", i, "columns"),
                        say("{column} is a protected attribute of the audit", column=column),
                        say("A protected attribute is used to check the model, not to train it."),
                    )


def _reporting_is_whole(spec: PilotSpec) -> Iterator[Broken]:
    reporting, place = spec.audit.reporting, ("audit", "reporting")
    if reporting.method == "none":
        return
    for field, value in (
        ("from", reporting.source),
        ("incident", reporting.incident),
        ("attribute", reporting.attribute),
    ):
        if value is None:
            yield place, say("the method 'duplicates' needs '{field}'", field=field), None
    if reporting.attribute is not None and reporting.attribute not in spec.audit.attributes:
        known = ", ".join(spec.audit.attributes)
        says = say("there is no attribute called {name}", name=reporting.attribute)
        yield (*place, "attribute"), says, say("Known: {known}.", known=known)


def _cost_has_a_currency(spec: PilotSpec) -> Iterator[Broken]:
    if spec.capacity.cost_per_unit is not None and spec.capacity.currency is None:
        yield ("capacity", "cost_per_unit"), say("needs 'currency', for example USD"), None


def _languages_are_written(spec: PilotSpec) -> Iterator[Broken]:
    texts: list[tuple[Path_, Text]] = [(("title",), spec.title), (("decision",), spec.decision)]
    texts += [(("never_for", i), text) for i, text in enumerate(spec.never_for)]
    for place, text in texts:
        for language in spec.review.languages:
            if text.any is None and getattr(text, language) is None:
                yield (
                    place,
                    say("is not written in {language}, a language of the review", language=language),
                    None,
                )


def _parts(names: str) -> frozenset[str]:
    return frozenset(names.split())


RULES: tuple[tuple[frozenset[str], Rule], ...] = (
    (_parts("sources unit label features audit"), _sources_exist),
    (_parts("sources"), _source_has_one_origin),
    (_parts("sources unit"), _unit_has_one_form),
    (_parts("sources label features"), _timed_sources_know_when),
    (_parts("label features"), _conditions_parse),
    (_parts("as_of validation label"), _dates_make_sense),
    (_parts("time_zone"), _time_zone_exists),
    (_parts("label objective models"), _models_fit_the_label),
    (_parts("models review"), _nothing_twice),
    (_parts("sources audit"), _attributes_are_whole),
    (_parts("features audit"), _protected_columns_are_no_features),
    (_parts("audit"), _reporting_is_whole),
    (_parts("capacity"), _cost_has_a_currency),
    (_parts("title decision never_for review"), _languages_are_written),
)
