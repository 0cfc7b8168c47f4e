"""How a pilot asks whether its labels measure need or reporting: ``audit.reporting``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from civic_ai.pilot.names import Column, Days, Name
from civic_ai.records.contract import Flag
from civic_ai.records.record import Explained

Metres = Annotated[float, Field(gt=0, le=5_000)]


class Nearness(Explained):
    """How near two reports must be to be about one problem."""

    metres: Metres
    """Reports at most so many metres apart, one after another, are linked."""
    days: Days
    """Reports at most so many days apart, one after another, are linked."""


class Linkage(Nearness):
    """Which reports are taken to be about one problem where the city does not say so.

    Half and double of both settings are always tried too: a verdict that they do not share is none.
    """

    lat: Column
    """Column with the latitude, in degrees."""
    lon: Column
    """Column with the longitude, in degrees."""
    by_type: dict[str, Nearness] = {}
    """Other settings for some types of report, by the value of the column that names the type."""


class Event(Explained):
    """One event that struck the whole city, such as a storm: each area reported it, or did not."""

    first: date
    """First day on which reports of it count."""
    last: date
    """Last day on which reports of it count."""


class ConditionSurvey(Explained):
    """A measurement of the condition itself, by area, that does not rest on reports."""

    source: Name = Field(alias="from")
    """The source with the survey, one row an area."""
    column: Column
    """Column with the measured condition."""
    higher_is_worse: Flag
    """Whether a higher value means a worse condition."""
    per: Column | None = None
    """Column of the attribute's source with how much there is to report in an area: km of road, km2."""


class Reporting(Explained):
    """How reporting bias is looked at: repeat reports of one incident, one event, or not at all."""

    method: Literal["duplicates", "linkage", "neighbours", "none"]
    """duplicates: the city says which reports are about one problem; linkage: reports near each other are
    taken to be; neighbours: one event and who reported it; none: not examined."""
    source: Name | None = Field(default=None, alias="from")
    """The source with the reports."""
    incident: Column | None = None
    """Column that is equal for reports of one incident."""
    ended_at: Column | None = None
    """Column that says when the incident was inspected or closed."""
    caller: Column | None = None
    """Column that is equal for reports of one caller, who then counts once for each problem."""
    attribute: Name | None = None
    """The attribute whose groups are compared."""
    life_days: Days | None = None
    """Mean days until a problem that nobody reports is gone by itself, from a survey or from those who know
    the work. With it, figures are also told against need; half and double of it are always tried too."""
    linkage: Linkage | None = None
    """For the method linkage: how near reports of one problem are."""
    event: Event | None = None
    """For the method neighbours: the days of the event."""
    condition: ConditionSurvey | None = None
    """A survey of the condition itself, to hold reports against."""
