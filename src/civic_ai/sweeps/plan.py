"""What a sweep tries: a YAML file beside its experiment, with a grid of places in the pilot's spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.pilot.names import PilotName
from civic_ai.records.record import Record
from civic_ai.records.text import Text
from civic_ai.store.yaml import Document, Path_, load_yaml

FIXED = ("pilot", "seed", "objective", "validation.lockbox_days", "sources", "variables")
"""Places that a sweep may not change: the measure, the period kept aside, the data."""

AFTER_THE_PANEL = ("models", "capacity", "review", "title", "decision")
"""Places that leave the panel as it is, so that all trials share one."""

SAME_QUESTION = ("models", "features", "validation.splits")
"""Places that leave what is predicted, for whom and when as it is: only these keep objectives comparable."""


class Search(Record):
    """How the grid is searched: every point, or so many of them chosen by Optuna from what came before."""

    method: Literal["grid", "optuna"] = "grid"
    """grid (scikit-learn's ParameterGrid) or optuna (needs the extra ``civic-ai[optuna]``)."""
    trials: int = Field(default=20, ge=1, le=1000)
    """For optuna: how many points."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """For optuna: the same seed tries the same points."""


class SweepSpec(Record):
    """The file of a sweep. ``grid`` names places in the spec by their dotted path, each with its values."""

    sweep: PilotName
    """Its name: lower-case letters, digits, hyphens."""
    question: Text
    """What it should answer, as a sentence."""
    pilot: str
    """The pilot's folder, relative to this file."""
    grid: dict[str, tuple[Any, ...]] = Field(min_length=1)
    """Dotted places in pilot.yaml (models.settings.lightgbm.num_leaves) and the values to try there."""
    search: Search = Search()
    """How the grid is searched."""


@dataclass(frozen=True)
class SweepPlan:
    """A sweep's spec and where it stands."""

    spec: SweepSpec
    document: Document
    folder: Path

    @property
    def pilot(self) -> Path:
        """The pilot's folder."""
        return (self.folder / self.spec.pilot).resolve()

    @property
    def shares_its_panel(self) -> bool:
        """Whether every place leaves the panel as it is."""
        return all(_is_below(place, AFTER_THE_PANEL) for place in self.spec.grid)

    @property
    def is_comparable(self) -> bool:
        """Whether every place leaves the question as it is."""
        return all(_is_below(place, SAME_QUESTION) for place in self.spec.grid)


def load_plan(path: Path) -> SweepPlan:
    """The sweep in ``path``. Raises :class:`ConfigError` with every mistake, its file and line."""
    document = load_yaml(path)
    document = Document(document.file, document.value, document.lines, part="")
    spec = validate(document, SweepSpec)
    mistakes = [mistake_at(document, place, says, remedy) for place, says, remedy in _broken(spec)]
    if mistakes:
        raise ConfigError(mistakes)
    return SweepPlan(spec, document, path.resolve().parent)


def _broken(spec: SweepSpec) -> Iterator[tuple[Path_, Message, Message | None]]:
    for place, values in spec.grid.items():
        if _is_below(place, FIXED) or any(_is_below(fixed, (place,)) for fixed in FIXED):
            yield (
                ("grid", place),
                say("{place} cannot be swept", place=place),
                say("A sweep may not change: {fixed}.", fixed=", ".join(FIXED)),
            )
        if not values:
            yield ("grid", place), say("needs at least one value"), None


def _is_below(place: str, tops: tuple[str, ...]) -> bool:
    return any(place == top or place.startswith(f"{top}.") for top in tops)


def with_settings(document: Document, settings: Mapping[str, Any]) -> Document:
    """The pilot's document with ``settings`` put in at their dotted places.

    Raises :class:`ConfigError` where a place leads through something that is no list of names.
    """
    value = document.value
    for place, wanted in settings.items():
        value = _put(value, tuple(place.split(".")), wanted, place)
    return Document(document.file, value, document.lines, document.part)


def blamed_on_grid(error: ConfigError, plan: SweepPlan, settings: Mapping[str, Any]) -> ConfigError:
    """The same mistakes; those of a setting of the sweep point to its line in the sweep's file."""

    def placed(mistake: Mistake) -> Mistake:
        asked = [place for place in settings if _is_below(mistake.about.removeprefix("grid."), (place,))]
        return replace(mistake, place=plan.document.place(("grid", *asked[:1]))) if asked else mistake

    return ConfigError([placed(mistake) for mistake in error.mistakes])


def _put(value: Any, path: tuple[str, ...], wanted: Any, place: str) -> Any:
    if not path:
        return wanted
    key, rest = path[0], path[1:]
    if isinstance(value, list) and key.isdigit() and int(key) < len(value):
        return [_put(item, rest, wanted, place) if at == int(key) else item for at, item in enumerate(value)]
    if isinstance(value, dict) or value is None:
        inner = value or {}
        return {**inner, key: _put(inner.get(key), rest, wanted, place)}
    raise ConfigError([Mistake(f"grid.{place}", say("{key} is no place in the pilot", key=key), None, None)])
