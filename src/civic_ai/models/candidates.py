"""What is tried besides the baselines: one row a candidate. A new one is a new row.

Each family has a likelihood for the label's kind (Poisson or Tweedie for counts, Bernoulli for events), so
scores are means in the label's own unit. Nothing recalibrates them: the evaluation measures whether they
hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Literal

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.models import boosting, boosting_dask, hazard, pipelines
from civic_ai.models.rows import PanelRows, Training
from civic_ai.models.scorer import ModelScorer
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.predictions import CandidateRecord, FittedModel, Settings

Fit = Callable[[], ModelScorer]
"""One fit, still to be run; it pickles as the address of its panel, its split and its settings."""
Plan = Callable[[Sequence[Training], FittedModel], Sequence[Fit]]
LIMITS = {
    "bagging_fraction": (0.0, 1.0),
    "feature_fraction": (0.0, 1.0),
    "num_leaves": (2.0, 131072.0),
    "partitions": (2.0, 1024.0),
}
"""Where a setting has other bounds than being above 0: shares, and LightGBM's own bounds of leaves."""
Link = Literal["log", "logit", "hazard"]


@dataclass(frozen=True)
class Candidate:
    """A model family. ``plan`` turns trainings into fits still to be run; ``links`` by label kind.

    ``simplicity`` orders candidates after the baselines, simplest first. ``by_chance``: whether another seed
    gives another model.
    """

    name: str
    simplicity: int
    links: Mapping[str, Link]
    settings: Settings
    libraries: tuple[str, ...]
    plan: Plan
    by_chance: bool = True

    def unfitted(self, rows: PanelRows, seed: int) -> FittedModel:
        """What the bundle will say of a model of this family, fitted to ``rows``.

        Raises :class:`ConfigError` when the family has no likelihood for the label's kind.
        """
        if rows.label_kind not in self.links:
            raise ConfigError.because(
                say("{name} cannot predict a label of kind {kind}", name=self.name, kind=rows.label_kind),
                about="models.candidates",
                remedy=say("Use one of: {names}.", names=", ".join(names_for(rows.label_kind))),
            )
        return FittedModel(
            candidate=self.name,
            label_kind=rows.label_kind,
            link=self.links[rows.label_kind],
            horizon_days=rows.horizon_days,
            seed=seed,
            features=rows.names,
            settings=self.settings,
            libraries={library: version(library) for library in self.libraries},
        )

    def tuned(self, settings: Mapping[str, float]) -> Candidate:
        """The family with some of its settings changed.

        Raises :class:`ConfigError` for a setting that it does not have, or a value that is none for it.
        """
        return replace(
            self, settings={**self.settings, **{k: self._value(k, v) for k, v in settings.items()}}
        )

    def _value(self, setting: str, value: float) -> float | int:
        lowest, highest = LIMITS.get(setting, (0.0, float("inf")))
        default = self.settings.get(setting)
        if (
            not isinstance(default, int | float)
            or not lowest <= value <= highest
            or value != type(default)(value)
        ):
            raise ConfigError.because(
                say("{name} cannot take {value} as {setting}", name=self.name, value=value, setting=setting),
                about=f"models.settings.{self.name}",
                remedy=say("It is {default} unless set.", default=default)
                if default is not None
                else say("Leave it out: {name} has no such setting.", name=self.name),
            )
        return type(default)(value)

    @property
    def record(self) -> CandidateRecord:
        """What the predictions' record says of it."""
        return CandidateRecord(
            name=self.name, is_baseline=False, simplicity=self.simplicity, settings=self.settings
        )


_LINEAR = ("numpy", "scikit-learn", "skops")
_TREES = ("lightgbm", "numpy")
_GLM = pipelines.SETTINGS
_ANY: Mapping[str, Link] = {"count": "log", "event": "logit"}
_TABLE = (
    Candidate(
        "poisson_glm", 10, {"count": "log"}, pipelines.SETTINGS, _LINEAR, pipelines.plan_poisson, False
    ),
    Candidate(
        "logistic_glm", 10, {"event": "logit"}, pipelines.SETTINGS, _LINEAR, pipelines.plan_logistic, False
    ),
    Candidate("lightgbm", 11, _ANY, boosting.SETTINGS, _TREES, boosting.plan_boosting),
    Candidate(
        "lightgbm_tweedie", 12, {"count": "log"}, boosting.TWEEDIE_SETTINGS, _TREES, boosting.plan_tweedie
    ),
    Candidate(
        "lightgbm_dask", 13, _ANY, boosting_dask.SETTINGS, (*_TREES, "distributed"), boosting_dask.plan_dask
    ),
    Candidate("lightgbm_hazard", 11, {"duration": "hazard"}, hazard.SETTINGS, _TREES, hazard.plan_hazard),
)
CANDIDATES: Mapping[str, Candidate] = {candidate.name: candidate for candidate in _TABLE}


def chosen(spec: PilotSpec) -> tuple[Candidate, ...]:
    """The candidates that the pilot tries, with the settings that it asks for."""
    asked = spec.models.settings
    return tuple(
        CANDIDATES[name].tuned({str(setting): value for setting, value in asked.get(name, {}).items()})
        for name in spec.models.candidates
    )


def names_for(label_kind: str) -> list[str]:
    """The candidates that can predict a label of this kind."""
    return [candidate.name for candidate in _TABLE if label_kind in candidate.links]
