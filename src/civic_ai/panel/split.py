"""Rolling-origin splits: train on what had matured, test on what came next; the last one is a lockbox.

The lockbox is the last ``lockbox_days`` of as-of dates; before it stand ``splits`` test periods of
``test_days``, walking back. The cutoff of a split is its first test date. A row may be trained on when
its label window ended by the cutoff (:func:`matured_on`), so the gap between training and test is the
horizon. Durations are the exception: a case that is still open at the cutoff is a censored row, so all rows
before the cutoff may be trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.dates import add_days
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.pilot.spec import PilotSpec

LOCKBOX = "lockbox"
Moments = NDArray[np.datetime64]


@dataclass(frozen=True)
class Split:
    """One training period and its test period; dates in order. The lockbox is opened once."""

    name: str
    training_dates: tuple[date, ...]
    test_dates: tuple[date, ...]
    cutoff: date
    is_lockbox: bool = False


def make_splits(spec: PilotSpec) -> tuple[Split, ...]:
    """The splits of the declared as-of dates in order of time, "1" the oldest and the lockbox last.

    What was handed over moves none of them: a lockbox that no row reaches has nothing to score.

    Raises :class:`ConfigError` when a test period holds no as-of date or nothing matured before it.
    """
    dates = spec.as_of.dates
    return tuple(_split(spec, dates, *period) for period in _test_periods(spec, dates[-1]))


def matured_on(as_of: Moments, step: NDArray[np.integer], horizon_days: int) -> Moments:
    """The day by the end of which the label of each row is final: its window is the ``step``-th (from 0) of
    ``horizon_days`` after the as-of date. One day a row, in the unit of days."""
    days = (np.asarray(step, dtype=np.int64) + 1) * horizon_days
    return np.asarray(np.asarray(as_of, dtype="datetime64[D]") + days.astype("timedelta64[D]"))


def _test_periods(spec: PilotSpec, last: date) -> list[tuple[str, date, date]]:
    """Name, day before the first and last day of each test period, oldest first."""
    wanted = spec.validation
    end = add_days(last, -wanted.lockbox_days)
    periods = [(LOCKBOX, end, last)]
    for number in range(wanted.splits, 0, -1):
        start = add_days(end, -wanted.test_days)
        periods.append((str(number), start, end))
        end = start
    return periods[::-1]


def _split(spec: PilotSpec, dates: Sequence[date], name: str, after: date, upto: date) -> Split:
    tests = tuple(day for day in dates if after < day <= upto)
    if not tests:
        raise ConfigError.because(
            say("the test period {name} holds no as-of date", name=name),
            about="validation",
            remedy=say("Make the period longer than as_of.every_days, or ask for fewer splits."),
        )
    training = tuple(day for day in dates if _may_train(spec, day, tests[0]))
    if not training:
        raise _too_short(spec, name, tests[0])
    return Split(name, training, tests, tests[0], is_lockbox=name == LOCKBOX)


def _may_train(spec: PilotSpec, day: date, cutoff: date) -> bool:
    """Whether the first label window after ``day`` has ended; durations are censored at the cutoff."""
    if spec.question == "durations":
        return day < cutoff
    return add_days(day, spec.label.horizon_days) <= cutoff


def _too_short(spec: PilotSpec, name: str, cutoff: date) -> ConfigError:
    latest = add_days(cutoff, -spec.label.horizon_days)
    error = ConfigError.because(
        say(
            "nothing is left to train split {name} on: no label matured before {cutoff}",
            name=name,
            cutoff=cutoff,
        ),
        about="validation",
        remedy=say(
            "Start as_of.first on {latest} or earlier, or ask for fewer splits.", latest=latest.isoformat()
        ),
    )
    assert isinstance(error, ConfigError)
    return error
