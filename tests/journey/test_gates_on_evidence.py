"""No gate has a constant verdict: each passes, fails and is unknown on evidence that the journey computed.

Every variant is a pilot on one tiny city, taken the whole way; only its data, its promises or its policy
differ, and in two variants a part of the system is broken on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from civic_ai.audit import audited
from civic_ai.explanation import contributions
from civic_ai.policy.load import load_policy
from civic_ai.runner import run
from tests.journey import faults
from tests.journey.faults import Draft
from tests.journey.tiny import ROOT, quick

GATES = [gate.id for gate in load_policy(None).gates]
STRICT = {"disparity_ratio": 1.01, "calibration_slope": 1.01, "reporting_ratio": 1.01, "confidence_level": 0.6}
WIDE = {"disparity_ratio": 6.0, "reporting_ratio": 6.0}
Verdicts = dict[str, str]


def sound() -> Draft:
    """A pilot in which all is well, except that so small a city cannot say whether it reaches every group."""
    made = faults.draft(faults.CitySettings(size="tiny", seed=5))
    made.spec["review"]["languages"] = ["en"]
    made.spec["as_of"]["every_days"] = 28
    made.spec["validation"] = {"splits": 4, "test_days": 168, "lockbox_days": 168}
    made.spec["capacity"]["units_per_period"] = 60
    return made


def created(made: Draft) -> pd.Series:
    """When each request came in."""
    return pd.to_datetime(made.tables["requests"]["created_at"])


def scramble_places(made: Draft, first: str, last: str) -> None:
    """The geocoder gave every request of a period the place of another one."""
    requests = made.tables["requests"]
    chosen = requests.index[created(made).between(first, last)]
    mixed = np.random.default_rng(1).permutation(chosen)
    requests.loc[chosen, ["lat", "lon"]] = requests.loc[mixed, ["lat", "lon"]].to_numpy()


def break_rows(made: Draft, share: float) -> None:
    """So many requests carry a status that nobody promised, and the city's own contract puts up with it."""
    requests = made.tables["requests"]
    requests.loc[requests.index[: int(share * len(requests))], "status"] = "pending"
    made.contracts["requests"]["quarantine_share"] = 0.5


def end_early(made: Draft) -> None:
    """The extract ends before the labels of the last list are final."""
    made.tables["requests"] = made.tables["requests"][created(made) < "2024-12-20"]


def thin_out(made: Draft) -> None:
    """Of the last week's requests only the last has arrived."""
    moments = created(made)
    is_late = moments > moments.max().normalize() - pd.Timedelta(days=6)
    made.tables["requests"] = made.tables["requests"][~is_late | (moments == moments.max())]


def promise_nothing(made: Draft) -> None:
    """The contract of the weather allows everything; then no feature can be made of it."""
    columns = made.contracts["weather"]["columns"]
    made.contracts["weather"] = {
        **{key: made.contracts["weather"][key] for key in ("about", "publisher", "licence")},
        "columns": {name: {"type": "text", "blank": "missing"} for name in columns},
    }
    del made.spec["sources"]["weather"]["known_at"]
    made.spec["features"] = [block for block in made.spec["features"] if block.get("from") != "weather"]


def blank_the_groups(made: Draft) -> None:
    """Nobody filled in who lives in the areas."""
    column = made.contracts["areas"]["columns"]["median_income"]
    column["blank"] = "missing"
    made.tables["areas"]["median_income"] = None
    attributes = made.spec["audit"]["attributes"]
    made.spec["audit"]["attributes"] = {"income_quarter": attributes["income_quarter"]}
    made.spec["audit"]["reporting"] = {"method": "none"}


def all_is_well(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """Nothing is changed."""


def the_data_is_broken(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """Rows, places, the end of the extract, a feature, a licence: all at once."""
    rng = np.random.default_rng(5)
    faults.leak_through_status(made, rng)
    faults.hide_places_in_one_year(made, rng)
    break_rows(made, 0.05)
    end_early(made)
    del made.contracts["areas"]["publisher"]


def the_places_are_scrambled(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """In one test period and in the lockbox requests lie where they did not happen."""
    scramble_places(made, "2023-01-01", "2023-07-31")
    scramble_places(made, "2024-06-18", "2024-12-31")


def the_system_is_broken(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """Reasons of another score, and a mask that hides nothing."""
    scores = contributions.library_scores
    patch.setattr(contributions, "library_scores", lambda scorer, frame: scores(scorer, frame) + 0.01)
    patch.setattr(audited, "mask_audit", lambda report, policy: report)


def there_is_too_little(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """A rare kind of request, a few months, and a single list to test on."""
    for part in (made.spec["label"], made.spec["features"][0]):
        part["where"] = "request_type == 'flooding'"
    made.spec["as_of"]["first"] = "2024-07-15"
    made.spec["validation"] = {"splits": 1, "test_days": 28, "lockbox_days": 28}


def nobody_knows(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """No promise, no licence, no group, no look at reports, a doubtful end, a library without a raw score."""
    promise_nothing(made)
    thin_out(made)
    blank_the_groups(made)
    made.contracts["areas"]["licence"] = "unknown"
    scores = contributions.library_scores
    patch.setattr(contributions, "library_scores", lambda scorer, frame: scores(scorer, frame) * np.nan)


VARIANTS: tuple[tuple[Callable[[Draft, pytest.MonkeyPatch], None], dict[str, Any]], ...] = (
    (all_is_well, {}),
    (all_is_well, {"tolerances": WIDE}),
    (all_is_well, {"tolerances": STRICT}),
    (the_data_is_broken, {}),
    (the_places_are_scrambled, {"tolerances": STRICT}),
    (the_system_is_broken, {}),
    (there_is_too_little, {"limits": {"training_events": 10}}),
    (nobody_knows, {}),
)
