"""What can be set in the example city, and how its three kinds of request behave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Size = Literal["tiny", "standard", "million"]
FIRST_DAY = date(2020, 1, 1)
LAST_DAY = date(2024, 12, 31)
BURN_IN_DAYS = 364
"""The city lives this long before the first day, so that the first week finds problems and queues."""
BLOCKS_PER_SIDE = 4
"""An area is four by four blocks of about 250 m, each with streets of its own."""


@dataclass(frozen=True)
class Scale:
    """Areas along each side of the city, and how much more arises there than in the standard city."""

    areas_per_side: int
    busyness: float


SCALES: dict[Size, Scale] = {"tiny": Scale(5, 1), "standard": Scale(12, 1), "million": Scale(40, 3.3)}


@dataclass(frozen=True)
class CitySettings:
    """The biases that are planted in a city; each can be taken out on its own.

    The same seed gives the same streets, weather and need whatever the biases are, so that two cities
    can be compared pair by pair.

    - ``reporting_ratio``: reports per day of one live problem where everyone speaks another language at
      home, over those where nobody does (1: no reporting bias). With the default, the outer thirds of
      areas differ by about one half, as in the suite of METHODS section 8.
    - ``delay_ratio``: days to inspection, compared in the same way (1: no delay bias).
    - ``linkage_loss``: share of repeat reports that the city takes for a new incident.
    - ``zero_inflation``: share of incidents that nobody reports twice, however long they last.
    - ``missing_location``: share of requests without coordinates, steady over time and place.
    """

    size: Size = "standard"
    seed: int = 1
    reporting_ratio: float = 0.3
    delay_ratio: float = 1.0
    linkage_loss: float = 0.05
    zero_inflation: float = 0.45
    missing_location: float = 0.02


@dataclass(frozen=True)
class IncidentKind:
    """One kind of problem: how often it arises, how long it lasts, how fast people and the city react.

    ``per_km_year`` incidents a year on one kilometre of street; ``life_days`` mean days until it goes
    away by itself; ``report_days`` mean days until a typical resident majority reports it;
    ``inspect_days`` median days to an inspection; the rest are effects on the log rate of one standard
    deviation: road age, freeze-thaw of the past two weeks, both together, winter, the past week's rain,
    and ``streets`` the spread between blocks of one area.
    """

    name: str
    per_km_year: float
    life_days: float
    report_days: float
    inspect_days: float
    age: float = 0.0
    thaw: float = 0.0
    age_thaw: float = 0.0
    winter: float = 0.0
    rain: float = 0.0
    streets: float = 0.0


KINDS = (
    IncidentKind("pothole", 2.1, 120, 21, 5, age=0.35, thaw=0.35, age_thaw=0.25, winter=0.4, streets=0.9),
    IncidentKind("streetlight", 0.7, 120, 24, 6.5, age=0.15, winter=0.2, streets=0.3),
    IncidentKind("flooding", 0.55, 60, 15, 3.4, age=0.2, rain=0.6, streets=1.2),
)
