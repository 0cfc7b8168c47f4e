"""The pilot as its city writes it: ``pilot.yaml`` as a closed, frozen record."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from civic_ai.records.contract import Flag
from civic_ai.records.record import Record
from civic_ai.records.text import Text

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PilotName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
Column = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Language = Literal["en", "es", "pt"]
Days = Annotated[int, Field(ge=1, le=3660)]


class Grid(Record):
    """Square cells of ``size_m`` metres laid over coordinates in degrees (WGS 84)."""

    lat: Column
    lon: Column
    size_m: int = Field(ge=50, le=20_000)


class Unit(Record):
    """What gets a score: a cell of a grid, or an area that the data names (``area`` column)."""

    name: Text
    source: Name = Field(alias="from")
    grid: Grid | None = None
    area: Column | None = None
    inside: Name | None = None


class ExampleCity(Record):
    """A table of the embedded example city, made from its seed when the pilot runs."""

    table: Literal["requests", "areas", "weather"]
    size: Literal["tiny", "standard", "million"] = "standard"
    seed: int = Field(ge=0, le=2**31 - 1)


class Source(Record):
    """One table of the city. ``known_at`` is the column that says when a row became known."""

    path: str | None = None
    example: ExampleCity | None = None
    contract: str
    known_at: Column | None = None
    key: Column | None = None
    polygons: str | None = None


class Cohort(Record):
    """Which units are scored on an as-of date: all, or those with a row in the last days."""

    seen_within_days: Days | None = None


class Label(Record):
    """What happens within ``horizon_days`` after the as-of date, in rows that satisfy ``where``."""

    source: Name = Field(alias="from")
    where: str | None = None
    horizon_days: Annotated[int, Field(ge=1, le=730)]
    kind: Literal["event", "count"]


class AsOf(Record):
    """The dates on which a list is made: the first, the last, and the step."""

    first: date
    last: date
    every_days: Annotated[int, Field(ge=1, le=366)]


class CountFeature(Record):
    """Rows counted in trailing windows; with neighbours, the season, and the time since the last."""

    source: Name = Field(alias="from")
    where: str | None = None
    count_days: tuple[Days, ...] = Field(min_length=1)
    neighbours: Flag = False
    last_year: Flag = False
    since_last: Flag = False


class TrailingFeature(Record):
    """Means (or sums) over trailing days of a daily table that holds for the whole city."""

    source: Name = Field(alias="from")
    trailing_days: tuple[Days, ...] = Field(min_length=1)
    mean: tuple[Column, ...] = ()
    sum: tuple[Column, ...] = ()


class ColumnFeature(Record):
    """Columns of another source, as known on the day (road age, length, housing)."""

    source: Name = Field(alias="from")
    columns: tuple[Column, ...] = Field(min_length=1)


class CalendarFeature(Record):
    """The season as known from the date alone."""

    calendar: tuple[Literal["season", "month", "trend"], ...] = Field(min_length=1)


_FEATURE_KEYS = ("count_days", "trailing_days", "columns", "calendar")


def _feature_kind(value: Any) -> str | None:
    """The kind of a feature block is the key that only it has."""
    for key in _FEATURE_KEYS:
        if (isinstance(value, dict) and key in value) or hasattr(value, key):
            return f"<{key}>"
    return None


FeatureBlock = Annotated[
    Annotated[CountFeature, Tag("<count_days>")]
    | Annotated[TrailingFeature, Tag("<trailing_days>")]
    | Annotated[ColumnFeature, Tag("<columns>")]
    | Annotated[CalendarFeature, Tag("<calendar>")],
    Discriminator(
        _feature_kind,
        custom_error_type="feature_kind",
        custom_error_message="give one of count_days, trailing_days, columns or calendar",
    ),
]

BaselineName = Literal["recent_count", "year_count", "seasonal_index"]
CandidateName = Literal["poisson_glm", "logistic_glm", "lightgbm"]


class Models(Record):
    """What is tried. The baselines always run, whether they are named here or not."""

    baselines: tuple[BaselineName, ...] = ("recent_count", "year_count", "seasonal_index")
    candidates: tuple[CandidateName, ...] = Field(min_length=1)


class Validation(Record):
    """Rolling-origin test periods walking back from the lockbox, the period looked at once."""

    splits: Annotated[int, Field(ge=1, le=24)]
    test_days: Days
    lockbox_days: Days


class Capacity(Record):
    """Units the city can act on between two as-of dates, by whom, at what effort."""

    units_per_period: Annotated[int, Field(ge=1)]
    who: Text
    hours_per_unit: Annotated[float, Field(gt=0)] | None = None
    cost_per_unit: Annotated[float, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None


class Attribute(Record):
    """A protected attribute of areas: quantiles or categories of a column, or shares of people."""

    source: Name = Field(alias="from")
    column: Column | None = None
    quantiles: Annotated[int, Field(ge=2, le=10)] | None = None
    categories: Flag = False
    shares: dict[Name, Column] = {}
    of: Column | None = None
    reference_group: str


class Reporting(Record):
    """How reporting bias is looked at: repeat reports of one incident, or not at all."""

    method: Literal["duplicates", "none"]
    source: Name | None = Field(default=None, alias="from")
    incident: Column | None = None
    ended_at: Column | None = None
    attribute: Name | None = None


class Audit(Record):
    """For whom it is checked."""

    attributes: dict[Name, Attribute] = Field(min_length=1)
    reporting: Reporting = Reporting(method="none")
    observer: Column | None = None


class Review(Record):
    """The languages in which cards are written."""

    languages: tuple[Language, ...] = Field(min_length=1)


Objective = Literal[
    "recall_at_capacity", "precision_at_capacity", "average_precision", "mean_poisson_deviance"
]


class PilotSpec(Record):
    """One city, one service, one decision, for a limited time."""

    pilot: PilotName
    title: Text
    decision: Text
    never_for: tuple[str, ...] = Field(min_length=1)
    intervention: Literal["assistive", "punitive", "mixed"]
    owner: str = Field(min_length=1)
    contact: str = Field(min_length=1)
    locale: Annotated[str, Field(pattern=r"^(en|es|pt)-[A-Z]{2}$")]
    time_zone: str
    variables: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")], str] = {}
    unit: Unit
    sources: dict[Name, Source] = Field(min_length=1)
    cohort: Cohort = Cohort()
    label: Label
    as_of: AsOf
    features: tuple[FeatureBlock, ...] = Field(min_length=1)
    models: Models
    validation: Validation
    capacity: Capacity
    objective: Objective
    audit: Audit
    review: Review
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)]
