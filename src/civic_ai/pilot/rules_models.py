"""Rules on what is tried: candidates, baselines and the objective, by question and kind of label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.core.messages import say
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec, Question
from civic_ai.store.yaml import Path_

CANDIDATES: Mapping[str, tuple[str, ...]] = {
    "event": ("logistic_glm", "lightgbm", "lightgbm_dask"),
    "count": ("poisson_glm", "lightgbm", "lightgbm_tweedie", "lightgbm_dask"),
    "duration": ("lightgbm_hazard",),
}
"""Which candidates can predict a label of each kind."""

_OF_COUNTS = (
    "last_value", "seasonal_naive", "recent_count", "quarter_count", "year_count", "seasonal_index",
)  # fmt: skip
BASELINES: Mapping[Question, tuple[str, ...]] = {
    "ranking": _OF_COUNTS,
    "demand": _OF_COUNTS,
    "cases": ("arrival_order", "group_rate", "observer_rate"),
    "durations": ("curve_of_all", "curve_of_group"),
}
"""Which simple rules answer each question."""

_OF_LISTS = ("recall_at_capacity", "precision_at_capacity", "average_precision")
OBJECTIVES: Mapping[tuple[Question, str], tuple[str, ...]] = {
    ("ranking", "event"): _OF_LISTS,
    ("ranking", "count"): ("recall_at_capacity", "mean_poisson_deviance"),
    ("demand", "count"): ("mean_poisson_deviance", "root_mean_squared_scaled_error"),
    ("cases", "event"): (*_OF_LISTS, "days_earlier"),
    ("durations", "duration"): ("integrated_brier_score",),
}
"""By what each question may choose its champion. Other pairs are refused by the rules on labels."""


def baselines_of(spec: PilotSpec) -> tuple[str, ...]:
    """The simple rules that always run for this pilot, in the order of the table above."""
    needs = {
        "group_rate": spec.models.rate_by,
        "curve_of_group": spec.models.rate_by,
        "observer_rate": spec.audit.observer,
    }
    return tuple(name for name in BASELINES[spec.question] if needs.get(name, "nothing") is not None)


def _objective_fits(spec: PilotSpec) -> Iterator[Broken]:
    allowed = OBJECTIVES.get((spec.question, spec.label.kind))
    if allowed is not None and spec.objective not in allowed:
        yield (
            ("objective",),
            say(
                "{objective} cannot be used with a label of kind {kind} for a question of {question}",
                objective=spec.objective,
                kind=spec.label.kind,
                question=spec.question,
            ),
            say("Use one of: {allowed}.", allowed=", ".join(allowed)),
        )
    if spec.objective == "days_earlier" and spec.unit.due_on is None:
        yield (
            ("objective",),
            say(
                "days earlier than when? That needs unit.due_on, the day on which each case is dealt with now"
            ),
            None,
        )


def _candidates_fit(spec: PilotSpec) -> Iterator[Broken]:
    allowed = CANDIDATES[spec.label.kind]
    for i, name in enumerate(spec.models.candidates):
        if name not in allowed:
            says = say("{name} cannot predict a label of kind {kind}", name=name, kind=spec.label.kind)
            yield (
                ("models", "candidates", i),
                says,
                say("Use one of: {allowed}.", allowed=", ".join(allowed)),
            )
    for tuned in sorted(set(spec.models.settings) - set(spec.models.candidates)):
        yield (
            ("models", "settings", tuned),
            say("{name} is not among the candidates", name=tuned),
            say("Known: {known}.", known=", ".join(spec.models.candidates)),
        )


def _baselines_fit(spec: PilotSpec) -> Iterator[Broken]:
    allowed = baselines_of(spec)
    for i, name in enumerate(spec.models.baselines):
        if name not in BASELINES[spec.question]:
            says = say("{name} answers no question of {question}", name=name, question=spec.question)
            remedy = say("Use one of: {allowed}.", allowed=", ".join(allowed))
            yield ("models", "baselines", i), says, remedy
        elif name not in allowed:
            field = "audit.observer" if name == "observer_rate" else "models.rate_by"
            yield ("models", "baselines", i), say("{name} needs {field}", name=name, field=field), None
    if spec.models.rate_by is not None and not spec.unit.case:
        yield (
            ("models", "rate_by"),
            say("rates by a column are for cases and durations"),
            say("Leave it out: the simple rules for places keep their rates by unit."),
        )


def _nothing_twice(spec: PilotSpec) -> Iterator[Broken]:
    lists: list[tuple[Path_, tuple[str | int, ...]]] = [
        (("models", "candidates"), spec.models.candidates),
        (("models", "baselines"), spec.models.baselines),
        (("review", "languages"), spec.review.languages),
        (("unit", "case"), spec.unit.case),
        (("capacity", "what_if"), spec.capacity.what_if),
    ]
    for place, names in lists:
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield place, say("{name} is given twice", name=name), None


RULES: Rules = {
    _objective_fits: "unit label capacity objective",
    _candidates_fit: "label models",
    _baselines_fit: "unit label capacity models audit",
    _nothing_twice: "models review unit capacity",
}
