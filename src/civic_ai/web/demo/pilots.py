"""The pilots of the demonstration: a service of an invented city, and the state in which its case is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from civic_ai.records.case import State

Service = Literal["potholes", "inspections", "floods", "lights"]


@dataclass(frozen=True)
class Place:
    """An invented city, and the language in which its people write."""

    name: str
    language: Literal["en", "es", "pt"]


LAKEFIELD = Place("Lakefield", "en")
RIVERMOUTH = Place("Rivermouth", "en")
CEDAR = Place("Fort Cedar", "en")
PUERTO = Place("Puerto Claro", "es")
CEIBAS = Place("Las Ceibas", "es")
SAN_TELMO = Place("San Telmo del Valle", "es")
PAMPA = Place("Nueva Pampa", "es")
SERENA = Place("Vila Serena", "pt")
ALVORADA = Place("Porto Alvorada", "pt")


@dataclass(frozen=True)
class DemoPilot:
    """One pilot. ``left_in``: the state of its case when the desk opens; ``days_ago``: its last step."""

    place: Place
    service: Service
    left_in: State
    days_ago: int = 3

    @property
    def name(self) -> str:
        """The pilot's name."""
        return f"{self.place.name.lower().replace(' ', '-')}-{self.service}"


PILOTS: tuple[DemoPilot, ...] = (
    DemoPilot(RIVERMOUTH, "potholes", "board_pilot", 0),
    DemoPilot(PUERTO, "potholes", "rejected", 25),
    DemoPilot(SERENA, "potholes", "pilot", 20),
    DemoPilot(LAKEFIELD, "potholes", "in_use", 60),
    DemoPilot(CEIBAS, "potholes", "approved_for_pilot", 2),
    DemoPilot(PAMPA, "potholes", "renewal_review", 6),
    DemoPilot(ALVORADA, "potholes", "pilot_evaluated", 9),
    DemoPilot(CEDAR, "potholes", "use_suspended", 4),
    DemoPilot(SAN_TELMO, "potholes", "retired", 30),
    DemoPilot(RIVERMOUTH, "inspections", "board_use", 1),
    DemoPilot(PUERTO, "inspections", "pilot_suspended", 8),
    DemoPilot(SERENA, "inspections", "approved_for_use", 3),
    DemoPilot(LAKEFIELD, "inspections", "board_renewal", 2),
    DemoPilot(CEIBAS, "inspections", "renewed", 7),
    DemoPilot(PAMPA, "inspections", "lapsed", 12),
    DemoPilot(ALVORADA, "inspections", "voided", 15),
    DemoPilot(CEDAR, "floods", "board_stop", 5),
    DemoPilot(SAN_TELMO, "floods", "stopped", 18),
    DemoPilot(RIVERMOUTH, "floods", "in_review", 5),
    DemoPilot(RIVERMOUTH, "lights", "submitted", 1),
    DemoPilot(PUERTO, "lights", "triaged", 2),
    DemoPilot(SERENA, "lights", "returned", 10),
    DemoPilot(CEIBAS, "lights", "draft", 1),
)
"""One for each state that a case can be in, those of one service together: they compress better.

The tiny cities have too few floods to say whether their places are known everywhere: no board could meet
about those, and none does here.
"""
