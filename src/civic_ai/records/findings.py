"""Every finding that a stage can make: one English sentence a code, so that anyone can say it.

A finding never stops a run and never holds a raw row: it names the source, the column, counts and
dates. What stops a run is an error instead.
"""

from __future__ import annotations

from civic_ai.core.messages import N_, Message
from civic_ai.records.snapshot import Finding

DATA_FINDINGS: dict[str, str] = {
    "quarantined_rows": N_("{count} rows broke the contract and were set aside."),
    "exact_duplicates": N_("{count} rows repeat another row exactly and were set aside."),
    "repeated_content": N_(
        "{count} rows of the week of {week} repeat another row of that week under a new number."
    ),
    "duplicated_week": N_(
        "The week of {week} repeats the week of {copied}: {count} rows are the same but for the day."
    ),
    "gap": N_("No row at all from {first} to {last} ({count} days) in a steady stream."),
    "burst": N_("{count} rows in the week of {week}, {times} times the usual."),
    "stale": N_("The newest row is of {newest}: {count} days before the last as-of date."),
    "static_source": N_("No column says when rows became known: taken as known from the start."),
    "no_licence": N_("The contract names no licence."),
    "no_publisher": N_("The contract names no publisher."),
    "distrusted_default": N_("{count} values are a default that means nothing was known."),
    "renamed_categories": N_("{count} values were written with an older word and renamed."),
    "padded_text": N_("{count} values begin or end with a blank."),
    "line_in_text": N_("{count} values hold a line break."),
    "no_last_line_end": N_("The last line has no line end: check that the file was not cut off."),
    "damaged_text": N_("{count} values hold characters that were damaged before we got them."),
    "maybe_thousands": N_(
        "All decimals have exactly three digits: check that the mark does not mean thousands."
    ),
    "mixed_line_ends": N_("The file mixes two kinds of line ends."),
    "piled_coordinates": N_("{count} rows share one pair of coordinates: is it a default?"),
    "outside_areas": N_("{count} rows lie outside of the rectangle around all areas."),
    "half_coordinates": N_("{count} rows have only one of two coordinates."),
    "areas_without_polygon": N_("{count} areas have no polygon."),
    "polygons_without_area": N_("{count} polygons belong to no area of the table."),
}
PANEL_FINDINGS: dict[str, str] = {
    "rows_without_known_at": N_("{count} rows do not say when they became known and were left out."),
    "events_outside_units": N_("{count} events have no place, or lie outside of every unit."),
    "areas_without_cells": N_("{count} areas are so small that no cell has its middle in them."),
    "cell_width_error": N_(
        "Cells are up to {percent} % wider or narrower at the edges of the city than in its middle."
    ),
    "not_handed_over": N_(
        "Rows from {first} to {last} were not handed over: labels that touch these days are blank, "
        "counts are scaled up or blank."
    ),
    "not_handed_over_of_types": N_(
        "Rows of {types} from {first} to {last} were not handed over: their labels are blank, their counts "
        "are scaled up or blank."
    ),
    "type_never_seen": N_("No row has the value {value}, which the pilot counts as {type}."),
    "short_history": N_(
        "The data begins {days} days too late for the longest window on the first as-of date."
    ),
    "mostly_unknown": N_("{percent} % of the values of this feature are not known."),
    "strong_feature": N_(
        "This feature alone separates almost all rows (AUC {auc}), because places differ so much."
    ),
    "unnamed_cases": N_("{count} cases have no name and were left out."),
    "repeated_cases": N_("{count} cases have the name of another case; the first of each name was kept."),
    "cases_without_due_on": N_("{count} cases do not say when they are due and were left out."),
    "ended_before_start": N_("{count} cases ended before they came in, by their dates, and were left out."),
    "over_before_list": N_(
        "{count} cases ({percent} %) were over before their first list: those on lists are the slower ones."
    ),
    "outcome_not_known": N_(
        "{count} cases ({percent} %) had no known outcome within the horizon and are in no test."
    ),
    "open_cases_missing": N_(
        "Only {count} cases are still open where {expected} would be usual: the slow ones may be missing."
    ),
    "cases_outside_areas": N_("{count} cases lie in no area of the city."),
    "label_rate_changes": N_(
        "In {lowest_year} {lowest} % of the cases count, in {highest_year} {highest} %: check what it means."
    ),
    "duration_changes": N_(
        "Cases of {lowest_year} took {lowest} days on average, of {highest_year} {highest} days."
    ),
    "leak_search_not_possible": N_(
        "The search for leaks needs {needed} rows with and without an event; there are {found}."
    ),
}
AUDIT_FINDINGS: dict[str, str] = {
    "audit_group_unknown": N_("Some units have no value for this attribute; they are a group of their own."),
    "audit_group_small": N_("This group has too few events to be judged."),
    "audit_group_in_few_units": N_("This group lives in so few places that its intervals are rough."),
    "audit_attribute_undated": N_("Nothing says when this attribute was measured."),
    "audit_attribute_other_time": N_("This attribute was measured at another time than the service."),
}
FINDINGS = DATA_FINDINGS | PANEL_FINDINGS | AUDIT_FINDINGS


def say_finding(found: Finding) -> Message:
    """The sentence of a finding with its values, for any language."""
    return Message(FINDINGS[found.code], found.values)
