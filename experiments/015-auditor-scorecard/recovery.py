"""What was planted, recovered: as the audit tells it, with lost links put right, and among all problems too.

The second takes the share of lost links as known, the third also how long a problem lasts that nobody reports
(the mean over the town's kinds; half and double of it are tried too). Neither is in the data of a city.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from look import Look, held_of, log_of, policies
from look_city import HIGH, _over, _ratio_of, look_at_reporting, reports_of
from town import CONDITIONS, RECOVERY, THIRDS, Town

from civic_ai.audit.all_problems import Rates, rates_of
from civic_ai.audit.contrasts import judge, worst_of
from civic_ai.audit.duplicates import Cases, Setting, find_cases, repeats_alone
from civic_ai.audit.lost_links import Links
from civic_ai.audit.reporting import Watched, fit_reporting, judge_reporting, watch
from civic_ai.data.synthetic_settings import KINDS
from civic_ai.evaluation.uncertainty import Interval
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import ReportingBias

Change = Callable[[float], float]

EQUAL = "equal"
TOWNS = {**RECOVERY, EQUAL: CONDITIONS["none"]}
"""Those with reporting planted, and those with nothing planted, where a correction may not make a gap."""
_STREAM = {EQUAL: "none"}
_PER_YEAR = [kind.per_km_year for kind in KINDS]
LIFE_DAYS = float(np.average([kind.life_days for kind in KINDS], weights=_PER_YEAR))
AUDIT, LINKS, ALL = "reporting", "reporting, links put right", "reporting, all problems"
LIVES = {ALL: 1.0, f"{ALL}, half the life": 0.5, f"{ALL}, twice the life": 2.0}


def stream_of(condition: str) -> str:
    """The full cities whose seeds these towns have."""
    return _STREAM.get(condition, AUDIT)


def looks_at_recovery(town: Town, seed: int) -> tuple[Look, ...]:
    """The audit's own look, then with lost links put right, then among all problems on top of that."""
    first, cases = look_at_reporting(town, seed), find_cases(reports_of(town)[0], Setting())
    grouping = _over(town.grouping, [int(name) for name in cases.areas])
    made = [judge_reporting(_watched(cases), [grouping], policy, seed=seed) for policy in policies()]
    right, rates = _put_right(town, cases, grouping), _rates(cases, grouping)
    seen = {LINKS: right, **{name: _among_all(right, rates, times) for name, times in LIVES.items()}}
    return first, *(_look(name, made, changes, first) for name, changes in seen.items())


def _watched(cases: Cases) -> Watched:
    return watch(cases.incidents, cases.area, cases.kind)


def _put_right(town: Town, cases: Cases, grouping: Grouping) -> list[Change]:
    """Of each third's ratio: the share of links that is lost is known."""
    alone = repeats_alone(reports_of(town)[0], Setting())
    lost = np.full(len(grouping.shares), town.condition.linkage_loss)
    factors = Links(_watched(cases), _watched(alone), grouping).factors(lost)
    return [partial(float.__mul__, float(factor)) for factor in factors]


def _rates(cases: Cases, grouping: Grouping) -> Rates | None:
    fit, least = fit_reporting(_watched(cases), grouping), policies()[0].limits.group_events
    return rates_of(cases, fit, grouping, least=least)


def _among_all(right: Sequence[Change], rates: Rates | None, times: float) -> list[Change]:
    """On top of links put right; nothing more where the spread of the rates cannot be told."""
    if rates is None:
        return list(right)
    return [lambda ratio, one=one: rates.among_all(one(ratio), times * LIFE_DAYS) for one in right]


def _look(audit: str, made: Sequence[ReportingBias], changes: Sequence[Change], first: Look) -> Look:
    """What the policy would say of ratios so moved; the product itself judges none of them."""
    high = [_ratio_of(each.groups).moved(changes[HIGH]) for each in made]
    assert first.planted is not None
    assert first.here is not None
    verdicts = [
        judge(_ends(item.ratio, change), _ends(item.joint, change), policies()[0].tolerances.reporting_ratio)
        for item in made[0].groups
        for change in (changes[THIRDS.index(item.group)],)
    ]
    return Look(
        audit=audit,
        verdict=worst_of(verdicts),
        value=log_of(high[0].value),
        planted=first.planted,
        here=first.here,
        held=held_of(high, first.planted, first.here),
    )


def _ends(ratio: Figure | None, change: Change) -> Interval | None:
    """The interval so moved; None where there is none."""
    if ratio is None or ratio.lower is None or ratio.upper is None:
        return None
    return change(ratio.lower), change(ratio.upper)
