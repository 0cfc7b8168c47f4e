"""The pilot as its city writes it: ``pilot.yaml`` as a closed, frozen record."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from civic_ai.core.dates import dates_every
from civic_ai.pilot.audit_block import Audit
from civic_ai.pilot.feature_blocks import FeatureBlock
from civic_ai.pilot.mitigation import Mitigation
from civic_ai.pilot.names import Column, Days, Language, Name, PilotName
from civic_ai.records.record import Explained
from civic_ai.records.text import Text


class Grid(Explained):
    """Square cells of ``size_m`` metres laid over coordinates in degrees (WGS 84)."""

    lat: Column
    """Column with the latitude, in degrees."""
    lon: Column
    """Column with the longitude, in degrees."""
    size_m: int = Field(ge=50, le=20_000)
    """Side of a cell, in metres."""


class Hexagons(Explained):
    """H3 cells over coordinates in degrees (WGS 84). Needs the extra ``civic-ai[h3]``."""

    lat: Column
    """Column with the latitude, in degrees."""
    lon: Column
    """Column with the longitude, in degrees."""
    resolution: int = Field(ge=5, le=11)
    """H3 resolution: 7 is about 5 km2 a cell, 8 about 0.7 km2, 9 about 0.1 km2."""


class Types(Explained):
    """Several types of request at once: a unit is then a place and a type.

    A name may stand for several values of the column, because services are renamed over time.
    """

    column: Column
    """The column of the unit's source that names the type."""
    values: dict[Name, tuple[str, ...]] = Field(min_length=1)
    """A short name for each type, and every value of the column that means it."""
    called: dict[Name, Text] = {}
    """The names that people read on cards."""


class Unit(Explained):
    """What gets a score: a cell of a grid, an area that the data names (``area``), or a case (one row).

    With ``types`` a place has one unit for each type of request. With ``case`` every row of the source is a
    unit, scored once: on the last as-of date before ``due_on`` where that is given (the list of what comes
    up), else on the first as-of date on which the city knew it (the list of what came in).
    """

    name: Text
    """What people call one unit: street cell, district."""
    source: Name = Field(alias="from")
    """The source whose rows fall into units."""
    grid: Grid | None = None
    """Cells from coordinates. Give this or `area`."""
    hexagons: Hexagons | None = None
    """H3 cells from coordinates."""
    area: Column | None = None
    """Column that names the area. Give this, `grid` or `hexagons`; for cases it is optional."""
    types: Types | None = None
    """Several types of request at once; not for cases."""
    case: tuple[Column, ...] = ()
    """Columns that together name one case. Every row of the source is then a unit."""
    due_on: Column | None = None
    """For cases: column with the day on which the case is dealt with as things are done today."""
    inside: Name | None = None
    """The source whose polygons the units lie in; a cell takes the area where its centre lies."""


class ExampleCity(Explained):
    """A table of the embedded example city, made from its seed when the pilot runs."""

    table: Literal["requests", "areas", "weather"]
    """Which table of the example city."""
    size: Literal["tiny", "standard", "million"] = "standard"
    """tiny (tests), standard (about 30,000 requests), million."""
    seed: int = Field(ge=0, le=2**31 - 1)
    """The same seed gives the same city."""


class Gap(Explained):
    """A stretch in which a source is silent because rows were not handed over: not a zero.

    A label whose window touches it is blank, and such rows are counted apart from unmatured ones. Counts of
    features and simple rules are scaled up from the days that were handed over (``CountFeature``).
    """

    first: date
    """First day without rows."""
    last: date
    """Last day without rows."""
    types: tuple[Name, ...] = ()
    """Types of `unit.types` that are missing then; without it: everything is missing."""
    why: Text
    """Why, as people read it on the data card."""


class Source(Explained):
    """One table of the city. ``known_at`` is the column that says when a row became known."""

    path: str | None = None
    """The file, in the pilot's folder or below a declared variable. A ``*`` in its name (requests_*.csv.gz)
    makes one source of all files that fit: each is checked by the same contract."""
    example: ExampleCity | None = None
    """A table of the embedded example city, instead of a file."""
    contract: str
    """The contract file, in the pilot's folder."""
    known_at: Column | None = None
    """Column that says when the city knew the row."""
    key: Column | None = None
    """Column that names the area (or other unit) of a row."""
    polygons: str | None = None
    """GeoJSON file with a polygon for each key."""
    gaps: tuple[Gap, ...] = ()
    """Stretches in which rows were not handed over. Labels that touch one are blank; counts are scaled up
    from the other days of their window, and blank where these are fewer than half."""


class Cohort(Explained):
    """Which units are scored on an as-of date: all, or those with a row in the last days."""

    seen_within_days: Days | None = None
    """Score only units with a row in so many days before the as-of date. Without it: all units."""


class Exposure(Explained):
    """How much there is to ask for in a unit (km of road, residents): counts are modelled per exposure."""

    source: Name = Field(alias="from")
    """The source with the column, by area."""
    column: Column
    """A positive number for each area."""


class Label(Explained):
    """What happens within ``horizon_days`` after the as-of date, in rows that satisfy ``where``.

    ``called`` is what one visit would find, with its article, as cards say it: a pothole, un bache.
    With ``steps`` the label is told for so many windows of ``horizon_days``, one after another (weeks ahead).
    For cases ``where`` says which rows turned out so, and ``known_at`` when that was known. For durations
    ``where`` says which rows are looked at, ``ended_at`` when each ended (blank: still open, censored), and
    ``horizon_days`` up to how many days the time is told.
    """

    source: Name = Field(alias="from")
    """The source in which the outcome stands."""
    where: str | None = None
    """Which rows count, such as request_type == 'pothole'."""
    horizon_days: Annotated[int, Field(ge=1, le=730)]
    """Days after the as-of date within which it happens."""
    kind: Literal["event", "count", "duration"]
    """event (does it happen at all?), count (how often?) or duration (how long does it take?)."""
    steps: Annotated[int, Field(ge=1, le=26)] = 1
    """Windows of `horizon_days`, one after another; more than 1 for counts only."""
    exposure: Exposure | None = None
    """For counts: how much there is to ask for in a unit."""
    known_at: Column | None = None
    """For cases: column that says when the outcome was known."""
    while_open: Literal["left_out", "positive", "negative"] = "left_out"
    """For cases: what an outcome not known by the horizon counts as."""
    ended_at: Column | None = None
    """For durations: column that says when the case ended; blank while it is open."""
    called: Text | None = None
    """The name that people read on cards."""


class AsOf(Explained):
    """The dates on which a list is made: the first, the last, and the step."""

    first: date
    """The first date on which a list is made."""
    last: date
    """The last date."""
    every_days: Annotated[int, Field(ge=1, le=366)]
    """Days from one list to the next."""

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date on which a list is made, in order; time is split by them, whoever stands on a list."""
        return tuple(dates_every(self.first, self.last, self.every_days))


Question = Literal["ranking", "demand", "cases", "durations"]
"""Where will it happen, how much will come, which case first, how long will it take."""

_MEAN_OF_CLOSED = re.compile(r"(mean|average|avg|median)_.*(days|clos|open|duration|delay|wait|time)")


def _no_mean_of_closed(value: Any) -> Any:
    """A mean over the cases that have ended leaves out those that still wait (METHODS 2.4)."""
    if isinstance(value, str) and _MEAN_OF_CLOSED.match(value):
        raise PydanticCustomError("mean_of_closed", "a mean over closed cases")
    return value


NoMeanOfClosed = BeforeValidator(_no_mean_of_closed)
BaselineName = Annotated[
    Literal[
        "last_value", "seasonal_naive", "recent_count", "quarter_count", "year_count", "seasonal_index",
        "arrival_order", "group_rate", "observer_rate", "curve_of_all", "curve_of_group",
    ],
    NoMeanOfClosed,
]  # fmt: skip
CandidateName = Literal[
    "poisson_glm", "logistic_glm", "lightgbm", "lightgbm_tweedie", "lightgbm_dask", "lightgbm_hazard"
]
SettingName = Literal[
    "learning_rate",
    "num_leaves",
    "min_data_in_leaf",
    "bagging_fraction",
    "feature_fraction",
    "lambda_l2",
    "prior_sd",
    "partitions",
]


class Models(Explained):
    """What is tried. The baselines of the question always run, whether they are named here or not."""

    baselines: tuple[BaselineName, ...] = ()
    """Simple rules. All that fit the question always run."""
    candidates: tuple[CandidateName, ...] = Field(min_length=1)
    """Models to try against the rules."""
    settings: dict[CandidateName, dict[SettingName, Annotated[float, Field(gt=0)]]] = {}
    """Settings of a candidate that differ from ours; `civic-ai sweep` tries several."""
    rate_by: Column | None = None
    """For cases and durations: the column by which the simplest rule keeps its rates or curves."""
    mitigations: dict[Name, Mitigation] = {}
    """Changed lists that reach groups more evenly, each by a name of its own; tried like any candidate."""
    preferred: Name | None = None
    """The candidate, mitigation or rule that the city wants judged. Without it: the simplest within one
    standard error of the best, among all that is no mitigation."""


class Validation(Explained):
    """Rolling-origin test periods walking back from the lockbox, the period looked at once."""

    splits: Annotated[int, Field(ge=1, le=24)]
    """Number of test periods before the lockbox."""
    test_days: Days
    """Length of a test period."""
    lockbox_days: Days
    """Length of the last period, which is looked at once."""


class Capacity(Explained):
    """Units the city can act on between two as-of dates, by whom, at what effort.

    A demand or a duration is no list, so these questions have no ``units_per_period``.
    """

    units_per_period: Annotated[int, Field(ge=1)] | None = None
    """Units that can be visited between two as-of dates."""
    who: Text
    """Who visits them."""
    hours_per_unit: Annotated[float, Field(gt=0)] | None = None
    """Working hours for one visit (for demand: one request), if declared."""
    hours_by_type: dict[Name, Annotated[float, Field(gt=0)]] = {}
    """Working hours for one request of each type, where types differ."""
    what_if: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Other capacities to tell of: 60, 100, 150 units a period."""
    cost_per_unit: Annotated[float, Field(ge=0)] | None = None
    """Cost of one visit, if declared."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    """Currency of the cost, such as USD."""


class Review(Explained):
    """The languages in which cards are written."""

    languages: tuple[Language, ...] = Field(min_length=1)
    """en, es, pt: the languages of the cards."""


Objective = Annotated[
    Literal[
        "recall_at_capacity",
        "precision_at_capacity",
        "average_precision",
        "days_earlier",
        "mean_poisson_deviance",
        "root_mean_squared_scaled_error",
        "integrated_brier_score",
    ],
    NoMeanOfClosed,
]


class PilotSpec(Explained):
    """One city, one service, one decision, for a limited time."""

    pilot: PilotName
    """Its name: lower-case letters, digits, hyphens."""
    title: Text
    """The question, as a sentence, in each language of the review."""
    decision: Text
    """What changes because of the score."""
    never_for: tuple[Text, ...] = Field(min_length=1)
    """What the score must never be used for."""
    intervention: Literal["assistive", "punitive", "mixed"]
    """assistive (help), punitive (fines, enforcement) or mixed."""
    owner: str = Field(min_length=1)
    """The department that answers for it."""
    contact: str = Field(min_length=1)
    """Where people can ask or object."""
    locale: Annotated[str, Field(pattern=r"^(en|es|pt)-[A-Z]{2}$")]
    """Language and country for numbers and dates, such as es-CO."""
    time_zone: str
    """IANA name, such as America/Bogota."""
    variables: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")], str] = {}
    """Variables used in paths, each with a sentence that says how to set it."""
    unit: Unit
    """What gets a score; never a resident."""
    sources: dict[Name, Source] = Field(min_length=1)
    """The tables of the city."""
    cohort: Cohort = Cohort()
    """Which units are scored on a date."""
    label: Label
    """What is predicted."""
    as_of: AsOf
    """The dates on which a list is made."""
    features: tuple[FeatureBlock, ...] = Field(min_length=1)
    """What the model may look at, as known on each date."""
    models: Models
    """What is tried."""
    validation: Validation
    """How time is split for testing."""
    capacity: Capacity
    """How much the city can act on."""
    objective: Objective
    """The measure by which the champion is chosen."""
    audit: Audit
    """For whom it is checked."""
    review: Review
    """In which languages people read about it."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """Makes the run repeatable."""

    @property
    def question(self) -> Question:
        """Which of the four questions it asks."""
        if self.label.kind == "duration":
            return "durations"
        if self.unit.case:
            return "cases"
        return "demand" if self.capacity.units_per_period is None else "ranking"
