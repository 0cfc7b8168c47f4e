from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.split import Split, make_splits, matured_on
from civic_ai.pilot.spec import PilotSpec
from tests.unit.panel.cities import spec_of


def splits(*, days: int, every: int, horizon: int, **validation: int) -> tuple[Split, ...]:
    first = date(2020, 1, 6)
    as_of: dict[str, Any] = {"first": first, "last": first + timedelta(days=days), "every_days": every}
    label = {**spec_of()["label"], "horizon_days": horizon}
    spec = PilotSpec.model_validate(spec_of(as_of=as_of, label=label, validation=validation))
    return make_splits(spec)


def test_a_worked_example() -> None:
    """Eleven weekly dates, a horizon of two weeks, test periods of two weeks."""
    made = splits(days=70, every=7, horizon=14, splits=2, test_days=14, lockbox_days=14)
    weeks = [date(2020, 1, 6) + timedelta(days=7 * n) for n in range(11)]
    assert made == (
        Split("1", tuple(weeks[:4]), (weeks[5], weeks[6]), weeks[5]),
        Split("2", tuple(weeks[:6]), (weeks[7], weeks[8]), weeks[7]),
        Split("lockbox", tuple(weeks[:8]), (weeks[9], weeks[10]), weeks[9], is_lockbox=True),
    )


def test_a_label_that_ends_on_the_cutoff_has_matured_and_one_day_more_has_not() -> None:
    made = splits(days=70, every=7, horizon=14, splits=1, test_days=14, lockbox_days=14)
    assert made[0].cutoff - made[0].training_dates[-1] == timedelta(days=14)
    later = splits(days=70, every=7, horizon=15, splits=1, test_days=14, lockbox_days=14)
    assert later[0].cutoff - later[0].training_dates[-1] == timedelta(days=21)


def test_a_period_shorter_than_a_step_is_refused() -> None:
    with pytest.raises(ConfigError, match="test period 2 holds no as-of date") as raised:
        splits(days=280, every=14, horizon=7, splits=3, test_days=7, lockbox_days=14)
    assert "every_days" in str(raised.value.mistakes[0].remedy)


def test_too_short_a_period_says_when_it_would_have_to_start() -> None:
    with pytest.raises(ConfigError, match="nothing is left to train split 1 on") as raised:
        splits(days=70, every=7, horizon=28, splits=3, test_days=14, lockbox_days=14)
    remedy = str(raised.value.mistakes[0].remedy)
    latest = date(2020, 1, 6) + timedelta(days=70 - 14 - 3 * 14 + 7 - 28)
    assert str(latest) in remedy
    first = latest - (latest - date(2020, 1, 6)) % timedelta(days=7)
    days = (date(2020, 1, 6) + timedelta(days=70) - first).days
    assert splits(days=days, every=7, horizon=28, splits=3, test_days=14, lockbox_days=14)[0].training_dates


@pytest.mark.parametrize("step", [0, 1, 7])
def test_a_label_is_final_when_its_own_window_has_passed(step: int) -> None:
    as_of = np.array(["2020-01-06", "2020-02-24"], dtype="datetime64[D]")
    final = matured_on(as_of, np.array([step, 0], dtype=np.int16), 7)
    assert final.dtype == np.dtype("datetime64[D]")
    assert final.tolist() == [date(2020, 1, 6) + timedelta(days=7 * (step + 1)), date(2020, 3, 2)]


def test_many_days_do_not_overflow_the_small_numbers_of_steps() -> None:
    final = matured_on(np.array(["2020-01-06"]), np.array([25], dtype=np.int16), 730 * 100)
    assert final[0] - np.datetime64("2020-01-06") == np.timedelta64(26 * 73_000, "D")


def test_with_steps_a_date_trains_as_soon_as_its_first_window_has_passed() -> None:
    """Which of its rows may is told row by row."""
    one, four = (
        make_splits(PilotSpec.model_validate(spec_of(label=label)))
        for label in ({**COUNT, "steps": 1}, {**COUNT, "steps": 4})
    )
    assert one == four


def test_durations_train_on_every_case_from_before_the_cutoff() -> None:
    """A case that is open at the cutoff is a censored row; with a horizon of a year it must not be lost."""
    label = {"from": "requests", "horizon_days": 365, "kind": "duration", "ended_at": "x"}
    unit = {"name": "case", "from": "requests", "case": ["request_id"]}
    made = make_splits(PilotSpec.model_validate(spec_of(label=label, unit=unit)))
    for split in made:
        assert split.training_dates == tuple(day for day in WEEKS if day < split.cutoff)


WEEKS = tuple(date(2020, 1, 6) + timedelta(days=7 * n) for n in range(30))
COUNT = {"from": "requests", "where": "request_type == 'pothole'", "horizon_days": 14, "kind": "count"}
