"""How fast each area of a pilot reports, where that can be measured and bears on what is predicted."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.audit.duplicates import Setting, area_column, find_cases, read_reports
from civic_ai.audit.given import Given
from civic_ai.audit.reported_share import AreaRates, ReportedShares, area_rates
from civic_ai.audit.reporting import watch
from civic_ai.panel.groups import area_grouping
from civic_ai.records.reporting import ReportingBias

_ABOUT_PLACES = ("ranking", "demand")
_WITH_REPEATS = ("duplicates", "linkage")


@dataclass(frozen=True, eq=False)
class AreaReporting:
    """Rates of the areas ``names``, for problems that last ``life_days`` on average."""

    names: tuple[str, ...]
    rates: AreaRates
    life_days: int

    @property
    def shares(self) -> ReportedShares:
        """The share of problems that is ever reported, for the life that the pilot declares."""
        return self.rates.shares(self.life_days)


def measure_areas(given: Given, reporting: ReportingBias) -> AreaReporting | str:
    """Rates by area, or the reason why there are none.

    Where a share of incidents is never reported twice, whoever lives there, the rate is that of the others,
    as in the zero-inflated model of Liu et al. Only rate times life matters for need, so half and double of
    the life also tell what a rate wrong by a factor of two would do.

    Reasons: ``reporting_not_measured`` (no repeat reports that belong to one incident),
    ``labels_are_no_reports`` (what is predicted is not what people report), ``no_life_declared``.
    """
    asked = given.spec.audit.reporting
    if asked.source is None or asked.attribute is None or asked.method not in _WITH_REPEATS:
        return "reporting_not_measured"
    if asked.source != given.spec.label.source or given.panel.question not in _ABOUT_PLACES:
        return "labels_are_no_reports"
    if reporting.why_unknown is not None:
        return "reporting_not_measured"
    if asked.life_days is None:
        return "no_life_declared"
    table = given.tables[asked.source]
    reported = read_reports(given.spec, table, area_column(given.spec, table) or "")
    cases = find_cases(reported, Setting())
    grouping = area_grouping(given.spec, asked.attribute, given.tables, cases.places)
    rates = area_rates(watch(cases.incidents, cases.area, cases.kind), grouping, seed=given.spec.seed)
    never_again = 0.0 if reporting.inflation is None else reporting.inflation.never_again
    return AreaReporting(cases.areas, rates.times(1 / (1 - never_again)), asked.life_days)
