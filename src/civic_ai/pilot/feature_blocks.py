"""The feature blocks of a spec: what the model may look at, as known on each date."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from civic_ai.pilot.names import Column, Days, Name
from civic_ai.records.contract import Flag
from civic_ai.records.record import Explained


class CountFeature(Explained):
    """Rows counted in trailing windows; with neighbours, the season, and the time since the last.

    Where a window touches a gap (``Source.gaps``), what was counted on the other days is scaled up to all of
    its days (count * days / days handed over), so that silence is not taken for zero; it is blank where fewer
    than half of its days were handed over. The days since the last row are blank while a gap lies between.
    """

    source: Name = Field(alias="from")
    """The source whose rows are counted."""
    where: str | None = None
    """Which rows are counted, whatever their type. Without it, where units have types: those of its own."""
    count_days: tuple[Days, ...] = Field(min_length=1)
    """Trailing windows, in days."""
    neighbours: Flag = False
    """Also count in adjacent units."""
    last_year: Flag = False
    """Also count in the same season one year before."""
    since_last: Flag = False
    """Also the days since the last such row."""


class TrailingFeature(Explained):
    """Means (or sums) over trailing days of a daily table that holds for the whole city."""

    source: Name = Field(alias="from")
    """A daily table for the whole city, such as weather."""
    trailing_days: tuple[Days, ...] = Field(min_length=1)
    """Trailing windows, in days."""
    mean: tuple[Column, ...] = ()
    """Columns of which the mean is taken."""
    sum: tuple[Column, ...] = ()
    """Columns of which the sum is taken."""


class ColumnFeature(Explained):
    """Columns of another source, as known on the day (road age, length, housing)."""

    source: Name = Field(alias="from")
    """The source with the columns."""
    columns: tuple[Column, ...] = Field(min_length=1)
    """Columns taken as they were known on the day."""


class CategoryFeature(Explained):
    """Text columns as indicators, one for each of the most frequent values before the first cutoff."""

    source: Name = Field(alias="from")
    """The source with the columns: the cases' own, or one by area."""
    categories: tuple[Column, ...] = Field(min_length=1)
    """Columns with text."""
    most: Annotated[int, Field(ge=2, le=200)] = 20
    """Values kept for each column; rarer ones have no indicator."""


class CalendarFeature(Explained):
    """The season as known from the date alone."""

    calendar: tuple[Literal["season", "month", "trend"], ...] = Field(min_length=1)
    """season (sine and cosine of the day of the year), month, trend (days since the first date)."""


_FEATURE_KEYS = ("count_days", "trailing_days", "columns", "categories", "calendar")


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
    | Annotated[CategoryFeature, Tag("<categories>")]
    | Annotated[CalendarFeature, Tag("<calendar>")],
    Discriminator(
        _feature_kind,
        custom_error_type="feature_kind",
        custom_error_message="give one of count_days, trailing_days, columns, categories or calendar",
    ),
]
