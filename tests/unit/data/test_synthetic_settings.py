"""What can be set, and its bounds."""

import dataclasses

import pytest

from civic_ai.core.dates import days_between
from civic_ai.data import synthetic_settings as settings


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.CitySettings().seed = 2  # type: ignore[misc]


def test_every_parameter_is_explained():
    text = settings.CitySettings.__doc__ or ""
    biases = {field.name for field in dataclasses.fields(settings.CitySettings)} - {"size", "seed"}
    assert all(f"``{name}``" in text for name in biases)


def test_burn_in_and_period_are_whole_weeks():
    """Need is drawn by week: a week cut short at the end would be a week without problems."""
    days = days_between(settings.FIRST_DAY, settings.LAST_DAY) + 1 + settings.BURN_IN_DAYS
    assert days % 7 == 0


def test_kinds_have_names_of_their_own():
    names = [kind.name for kind in settings.KINDS]
    assert len(set(names)) == len(names) >= 3


def test_sizes_grow():
    areas = [settings.SCALES[size].areas_per_side for size in ("tiny", "standard", "million")]
    assert areas == sorted(set(areas))


def test_median_inspection_lies_in_the_published_band():
    """METHODS 1.1: median days to inspection by category 2.8 to 38.1."""
    assert all(2.8 <= kind.inspect_days <= 38.1 for kind in settings.KINDS)
