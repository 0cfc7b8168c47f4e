"""The part of a pilot that says for whom it is checked: ``audit`` in ``pilot.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from civic_ai.pilot.names import Column, Name
from civic_ai.pilot.reporting import Reporting
from civic_ai.records.contract import Flag
from civic_ai.records.record import Explained
from civic_ai.records.text import Text


class Chosen(Explained):
    """Which metrics decide for whom it works less well, as somebody in the city has chosen them."""

    by: str = Field(min_length=1)
    """Who chose: an office, never a person's name."""
    why: Text
    """Why these, as people read it on the card."""
    metrics: tuple[Name, ...] = Field(min_length=1)
    """The metrics that decide, of those that the board's questions allow here."""


Pair = Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
"""Two attributes."""


class Attribute(Explained):
    """A protected attribute of areas: quantiles or categories of a column, or shares of people.

    ``called`` and ``groups_called`` are the names that cards give to it and to its groups.
    """

    source: Name = Field(alias="from")
    """The source with the attribute, by area."""
    column: Column | None = None
    """The column to cut or to take as it is."""
    quantiles: Annotated[int, Field(ge=2, le=10)] | None = None
    """Cut the column into so many groups, q1 the lowest."""
    categories: Flag = False
    """Take the values of the column as groups."""
    shares: dict[Name, Column] = {}
    """Groups of people: name and the column with their number."""
    of: Column | None = None
    """Column with the number of all people."""
    reference_group: str
    """The group that others are compared with."""
    called: Text | None = None
    """The name that people read on cards."""
    groups_called: dict[str, Text] = {}
    """The names of its groups on cards."""


class Audit(Explained):
    """For whom it is checked."""

    attributes: dict[Name, Attribute] = Field(min_length=1)
    """For which groups the model is checked."""
    reporting: Reporting = Reporting(method="none")
    """How reporting bias is looked at."""
    observer: Column | None = None
    """Column that says who made the record: inspector, channel, office."""
    chosen: Chosen | None = None
    """Who chose the metrics that decide, and why. Without it the board's questions propose them."""
    intersections: tuple[Pair, ...] = ()
    """Pairs of attributes whose groups are also looked at together, such as [income_quarter, language]."""
    search_slices: Flag = False
    """Whether places that are served worst are also looked for without any protected attribute."""
