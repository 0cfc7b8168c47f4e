"""What can be found in a city's files: one English sentence a code, so that cards can say it.

A finding never stops a run and never holds a raw row: it names the source, the column, counts and
dates. What stops a run is an error instead.
"""

from __future__ import annotations

from civic_ai.core.messages import N_, Message
from civic_ai.records.snapshot import Finding, Severity

FINDINGS: dict[str, str] = {
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

_SEVERITIES: dict[Severity, frozenset[str]] = {
    "problem": frozenset({"duplicated_week", "gap", "stale"}),
    "note": frozenset({"burst", "static_source", "renamed_categories", "mixed_line_ends"}),
}


def finding(
    code: str,
    source: str,
    *,
    column: str | None = None,
    counted: tuple[int, int] | None = None,
    values: dict[str, str | int | float] | None = None,
) -> Finding:
    """The finding ``code`` about ``source``; ``counted`` is how many of how many."""
    count = None if counted is None else counted[0]
    share = None if counted is None or counted[1] == 0 else round(counted[0] / counted[1], 6)
    shown = ({} if count is None else {"count": count}) | (values or {})
    return Finding(
        code=code,
        source=source,
        severity=_severity(code),
        column=column,
        count=count,
        share=share,
        values=shown,
    )


def say_finding(found: Finding) -> Message:
    """The sentence of a finding with its values, for any language."""
    return Message(FINDINGS[found.code], found.values)


def _severity(code: str) -> Severity:
    """How much a finding weighs: a warning, unless it is listed as a problem or a note."""
    if code not in FINDINGS:
        raise KeyError(code)
    return next((level for level, codes in _SEVERITIES.items() if code in codes), "warning")
