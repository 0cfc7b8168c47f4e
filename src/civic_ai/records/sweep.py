"""A sweep: one pilot tried with many settings, compared on its test periods."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record
from civic_ai.records.text import Text


class Trial(Record):
    """One point of the grid and what it gave on the test periods.

    ``settings``: the dotted place in the spec and the value there, as JSON text. ``objective`` is the best
    model's, whether or not a rule is champion: settings are those of models. ``lift`` is the best model's
    over the best simple rule, which stays comparable where a setting changes what is predicted.
    """

    settings: dict[str, str]
    spec: str
    predictions: str
    champion: str
    best_candidate: str
    best_baseline: str
    objective: Figure
    lift: Figure


class Sweep(Record):
    """All trials in the order in which they were made; ``best`` is the position of the best objective.

    ``is_comparable``: no setting changes what is predicted, for whom or when, so objectives compare.
    """

    sweep: str
    question: Text
    pilot: str
    policy: str
    metric: str
    method: Literal["grid", "optuna"]
    is_comparable: bool
    trials: tuple[Trial, ...]
    best: int
