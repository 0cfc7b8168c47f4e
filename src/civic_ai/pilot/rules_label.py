"""Rules on what is predicted: what each question needs, and what it cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from civic_ai.core.dates import dates_every, days_between
from civic_ai.core.messages import say
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import WhereError, columns_of, parse_where


def _places_have_no_outcome_of_their_own(spec: PilotSpec) -> Iterator[Broken]:
    if spec.unit.case:
        return
    if spec.label.known_at is not None:
        yield ("label", "known_at"), say("only a case has an outcome that becomes known on a day"), _NAME_CASE
    if spec.label.while_open != "left_out":
        yield ("label", "while_open"), say("only a case can be open"), _NAME_CASE
    if spec.label.kind == "duration":
        yield ("label", "kind"), say("only a case takes a time"), _NAME_CASE


_NAME_CASE = say("Name under unit.case the columns that together name one case.")


def _cases_turn_out(spec: PilotSpec) -> Iterator[Broken]:
    """What a case needs: its own row, and when its outcome was known."""
    label = spec.label
    if not spec.unit.case:
        return
    if label.source != spec.unit.source:
        says = say("a case's label stands in its own row, in unit.from ({name})", name=spec.unit.source)
        yield ("label", "from"), says, None
    if label.kind == "count":
        yield (
            ("label", "kind"),
            say("a case turns out so or not: it cannot be counted"),
            say("Use kind: event, or kind: duration for how long it takes."),
        )
    if label.kind == "event" and label.where is None:
        yield ("label",), say("needs 'where': which cases turned out so"), None
    if label.kind == "event" and label.known_at is None:
        yield ("label",), say("needs 'known_at': the column that says when a case's outcome was known"), None


def _durations_end(spec: PilotSpec) -> Iterator[Broken]:
    label = spec.label
    if label.kind != "duration":
        if label.ended_at is not None:
            says = say("only a duration has an end")
            yield ("label", "ended_at"), says, say("Use kind: duration, or leave it out.")
        return
    if label.ended_at is None:
        says = say("a duration needs 'ended_at': the column that is blank while a case is open")
        yield ("label",), says, _OPEN_CASES_COUNT
    for field in ("known_at", "while_open"):
        if getattr(label, field) not in (None, "left_out"):
            says = say("a duration is known by 'ended_at': leave out '{field}'", field=field)
            yield ("label", field), says, None


_OPEN_CASES_COUNT = say("Cases that are still open count too: their time so far is known.")


def _durations_keep_open_cases(spec: PilotSpec) -> Iterator[Broken]:
    """A condition on the end leaves only closed cases, and their mean is the wrong answer (METHODS 2.4)."""
    label = spec.label
    if label.kind != "duration" or label.where is None or label.ended_at is None:
        return
    try:
        columns = columns_of(parse_where(label.where))
    except WhereError:
        return  # said by the rule on conditions
    if label.ended_at in columns:
        yield (
            ("label", "where"),
            say("looking at closed cases only leaves out those that still wait, where the city is slowest"),
            say(
                "Take {column} out of the condition: open cases are censored, not left out.",
                column=label.ended_at,
            ),
        )


def _steps_and_exposure_are_for_counts(spec: PilotSpec) -> Iterator[Broken]:
    if spec.label.steps > 1 and not (spec.question == "demand" and spec.label.kind == "count"):
        yield (
            ("label", "steps"),
            say("several steps ahead are told for counts of demand only"),
            say("Leave out 'steps', or use kind: count without capacity.units_per_period."),
        )
    if spec.label.exposure is not None and spec.label.kind != "count":
        says = say("an exposure is for counts, not for a label of kind {kind}", kind=spec.label.kind)
        yield ("label", "exposure"), says, None


def _capacity_fits_the_question(spec: PilotSpec) -> Iterator[Broken]:
    capacity = spec.capacity
    if spec.question == "demand" and spec.label.kind == "event":
        yield (
            ("capacity",),
            say("an event is asked to find places that come first, and such a list needs 'units_per_period'"),
            say("Say how many units can be visited between two as-of dates. Only counts can do without."),
        )
    if spec.question == "cases" and capacity.units_per_period is None:
        yield (
            ("capacity",),
            say("cases are put in order for a list, and a list needs 'units_per_period'"),
            say("Say how many cases can be dealt with between two as-of dates."),
        )
    if spec.question == "durations" and capacity.units_per_period is not None:
        yield (
            ("capacity", "units_per_period"),
            say("how long it takes is no list: it has no capacity"),
            say("Leave it out."),
        )
    if capacity.what_if and capacity.units_per_period is None:
        says = say("other capacities need a capacity: 'units_per_period'")
        yield ("capacity", "what_if"), says, None


def _costs_are_whole(spec: PilotSpec) -> Iterator[Broken]:
    capacity = spec.capacity
    if capacity.cost_per_unit is not None and capacity.currency is None:
        yield ("capacity", "cost_per_unit"), say("needs 'currency', for example USD"), None
    types = () if spec.unit.types is None else tuple(spec.unit.types.values)
    for name in sorted(set(capacity.hours_by_type) - set(types)):
        yield (
            ("capacity", "hours_by_type", name),
            say("there is no type called {name}", name=name),
            say("Known: {known}.", known=", ".join(types))
            if types
            else say("Without unit.types there is one effort: hours_per_unit."),
        )


def _dates_make_sense(spec: PilotSpec) -> Iterator[Broken]:
    first, last = spec.as_of.first, spec.as_of.last
    if last <= first:
        yield ("as_of", "last"), say("must come after 'first' ({first})", first=str(first)), None
        return
    tested = spec.validation.splits * spec.validation.test_days + spec.validation.lockbox_days
    ahead = 0 if spec.label.kind == "duration" else spec.label.horizon_days
    needed = tested + ahead + spec.as_of.every_days
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


RULES: Rules = {
    _places_have_no_outcome_of_their_own: "unit label",
    _cases_turn_out: "unit label",
    _durations_end: "label",
    _durations_keep_open_cases: "label",
    _steps_and_exposure_are_for_counts: "unit label capacity",
    _capacity_fits_the_question: "unit label capacity",
    _costs_are_whole: "unit capacity",
    _dates_make_sense: "as_of validation label",
    _time_zone_exists: "time_zone",
}
