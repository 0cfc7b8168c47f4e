"""Which points of the grid are tried, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from civic_ai.core.canonical import canonical_json
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.sweep import Trial
from civic_ai.sweeps.plan import SweepSpec

Settings = dict[str, Any]
Try = Callable[[Settings], Trial]


def search(spec: SweepSpec, attempt: Try, *, lower_is_better: bool) -> Iterator[Trial]:
    """The trials, one after the other, as ``attempt`` makes them of their settings.

    Raises :class:`ConfigError` when Optuna is asked for and not installed.
    """
    if spec.search.method == "grid":
        yield from (attempt(settings) for settings in every_point(spec))
    else:
        yield from _by_optuna(spec, attempt, lower_is_better=lower_is_better)


def every_point(spec: SweepSpec) -> Iterator[Settings]:
    """Every point of the grid, in the order of scikit-learn's ``ParameterGrid``."""
    from sklearn.model_selection import ParameterGrid

    yield from ParameterGrid({place: list(values) for place, values in spec.grid.items()})


def as_text(settings: Settings) -> dict[str, str]:
    """The settings as a record keeps them: JSON text by place."""
    return {place: canonical_json(value).decode() for place, value in settings.items()}


def _by_optuna(spec: SweepSpec, attempt: Try, *, lower_is_better: bool) -> Iterator[Trial]:
    """Tree-structured Parzen estimator over the grid's values (Bergstra et al. 2011), seeded.

    Optuna chooses positions in each list of values, so any kind of value can be tried. Points it asks for
    again are not run again: the journal knows them.
    """
    try:
        import optuna
    except ImportError as error:
        raise ConfigError.because(
            say("the search by Optuna needs a library that is not installed"),
            about="search.method",
            remedy=say("Install it: pip install 'civic-ai[optuna]', or use method: grid."),
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="minimize" if lower_is_better else "maximize",
        sampler=optuna.samplers.TPESampler(seed=spec.search.seed),
    )
    for _ in range(spec.search.trials):
        asked = study.ask()
        chosen = {
            place: values[asked.suggest_categorical(place, list(range(len(values))))]
            for place, values in spec.grid.items()
        }
        trial = attempt(chosen)
        study.tell(asked, trial.objective.value)
        yield trial
