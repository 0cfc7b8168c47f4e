"""What can be found in a city's files, and how much each finding weighs."""

from __future__ import annotations

from civic_ai.records.findings import DATA_FINDINGS
from civic_ai.records.snapshot import Finding, Severity

_SEVERITIES: dict[Severity, frozenset[str]] = {
    "problem": frozenset({"duplicated_week", "gap", "stale"}),
    "note": frozenset(
        {
            "burst",
            "static_source",
            "renamed_categories",
            "mixed_line_ends",
            "line_in_text",
            "no_last_line_end",
        }
    ),
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


def _severity(code: str) -> Severity:
    """How much a finding weighs: a warning, unless it is listed as a problem or a note."""
    if code not in DATA_FINDINGS:
        raise KeyError(code)
    return next((level for level, codes in _SEVERITIES.items() if code in codes), "warning")
