"""The panel: units x as-of dates with what was known then and what happened next."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Period, Verdict
from civic_ai.records.record import Record
from civic_ai.records.snapshot import Finding


class Feature(Record):
    """One column of the panel: where it came from and how it respects what was known when.

    ``family`` groups columns for explanation (history, neighbours, season, weather, area).
    """

    name: str
    source: str
    known_by: str
    family: Literal["history", "neighbours", "season", "weather", "area", "case", "observer"]

    named_by = ("name",)


class Category(Record):
    """What the name of an indicator stands for: ``feature`` is 1 where the column is ``value``.

    The only place where values of columns of categories are kept: names of features, and so model files and
    public records, hold a code. For the board.
    """

    feature: str
    value: str

    named_by = ("feature",)


class LeakFinding(Record):
    """A column or row that knows the future. ``form`` names the kind of leak."""

    form: str
    column: str | None
    rows: int
    detail: str

    named_by = ("form", "column")


class LocationGap(Record):
    """Is the place of requests missing evenly? ``drift`` is the largest change in the missing
    share between years, ``area_spread`` between areas where the area is known by name."""

    missing_share: float | None
    drift: float | None
    area_spread: float | None
    by_year: dict[str, float] = {}
    verdict: Verdict


class PanelManifest(Record):
    """What the panel holds. ``blob``: unit, as_of, step, one column a feature, label (blank: unmatured).

    ``step`` counts windows ahead (0: the first). Durations also have ``ended`` (False: censored) beside the
    label, which is the days until then. Reserved columns begin with ``baseline_`` (what the simple rules
    read), ``exposure`` (counts per exposure), ``scale`` (the unit's one-step naive error, for scaled errors)
    and ``due_in_days`` (cases: days from the as-of date until the case is dealt with as is done today).
    ``categories`` is the table of codes: what each indicator among the features stands for.
    The units' blob has unit, area, type, lat, lon, row, col, observer.

    A blank label is unmatured (``unmatured_rows``), or its window had ended by ``last_known_on`` but touches
    a gap in what was handed over (``rows_in_gaps``; None for cases, where every blank label is unmatured).

    ``end_is_doubtful``: the last days of the label's source look as if they had not all arrived, and the
    label of a tested row reaches into them.
    """

    spec: str
    snapshot: str
    blob: str
    units_blob: str
    rows: int
    units: int
    as_of_dates: int
    period: Period
    horizon_days: int
    question: Literal["ranking", "demand", "cases", "durations"] = "ranking"
    steps: int = 1
    types: tuple[str, ...] = ()
    label_kind: Literal["event", "count", "duration"]
    label_rate: float | None
    events: int
    events_outside_cohort: int
    unmatured_rows: int
    censored_rows: int | None = None
    rows_in_gaps: int | None = None
    last_known_on: str
    end_is_doubtful: bool = False
    features: tuple[Feature, ...]
    categories: tuple[Category, ...] = ()
    leaks: tuple[LeakFinding, ...] = ()
    leaks_found: int | None = None
    location: LocationGap
    findings: tuple[Finding, ...] = ()
