"""No gate has a constant verdict: each passes, fails and is unknown on evidence that the journey computed.

Every variant is a pilot on one tiny city, taken through every stage; only its data, its promises or its
policy differ, and in two variants a part of the system is broken on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from civic_ai.audit import audited
from civic_ai.explanation import contributions
from civic_ai.models import fit
from civic_ai.models.refit import Again
from civic_ai.pilot.load import load_pilot
from civic_ai.policy.load import load_policy
from civic_ai.runner import begin
from tests.journey import faults
from tests.journey.faults import Draft
from tests.journey.tiny import ROOT, quick

OF_CASES = {"places-not-observers"}
"""Asked of cases, of which this city has none: tests/golden/test_observer.py and the unit tests move it."""
GATES = [gate.id for gate in load_policy(None).gates if gate.id not in OF_CASES]
STRICT = {
    "disparity_ratio": 1.01,
    "calibration_slope": 1.01,
    "reporting_ratio": 1.01,
    "confidence_level": 0.6,
}
WIDE = {"disparity_ratio": 6.0, "reporting_ratio": 6.0, "coverage_shortfall": 0.3}
SURE = {"confidence_level": 0.6}
Verdicts = dict[str, str]


def sound() -> Draft:
    """A pilot in which all is well, except that so small a city cannot say how it fares by group."""
    made = faults.draft(faults.CitySettings(size="tiny", seed=5))
    made.spec["review"]["languages"] = ["en"]
    made.spec["as_of"]["every_days"] = 28
    made.spec["validation"] = {"splits": 4, "test_days": 168, "lockbox_days": 168}
    made.spec["capacity"]["units_per_period"] = 60
    return made


def created(made: Draft) -> pd.Series:
    """When each request came in."""
    return pd.to_datetime(made.tables["requests"]["created_at"])


def scatter_places(made: Draft, first: str, last: str) -> None:
    """The geocoder put every request of a period somewhere in the city."""
    rng, requests = np.random.default_rng(1), made.tables["requests"]
    chosen = requests.index[created(made).between(first, last)]
    for axis in ("lat", "lon"):
        known = requests[axis].dropna().astype(float)
        somewhere = rng.uniform(known.min(), known.max(), len(chosen))
        requests.loc[chosen, axis] = [f"{degrees:.5f}" for degrees in somewhere]


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
    made.spec["audit"]["intersections"] = []
    made.spec["models"]["mitigations"] = {}


def say_few_rows(patch: pytest.MonkeyPatch, rows: int | None) -> None:
    """The sealed model says that one of its values rests on so few rows."""
    seal = fit.seal_bundle

    def sealed(model: Any, blobs: Any) -> str:
        return seal(replace(model, model=model.model.model_copy(update={"smallest_cell": rows})), blobs)

    patch.setattr(fit, "seal_bundle", sealed)


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


def the_places_are_scattered(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """In the oldest test period, and in the lockbox, requests lie where they did not happen."""
    scatter_places(made, "2022-08-16", "2023-02-28")
    scatter_places(made, "2024-06-18", "2024-12-31")


def the_system_is_broken(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """Reasons of another score, no shuffling, a small leaf, and a mask that hides nothing."""
    say_few_rows(patch, 3)
    patch.setattr(Again, "on_shuffled_outcomes", lambda self, seed: self.with_seeds([seed])[0])
    scores = contributions.library_scores
    patch.setattr(contributions, "library_scores", lambda scorer, frame: scores(scorer, frame) + 0.01)
    patch.setattr(audited, "mask_audit", lambda report, policy, *_: report)


def there_is_too_little(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """A rare kind of request, a few months, and a single list to test on."""
    for part in (made.spec["label"], made.spec["features"][0]):
        part["where"] = "request_type == 'flooding' and channel == 'phone'"
    made.spec["as_of"]["first"] = "2024-08-12"
    made.spec["validation"] = {"splits": 1, "test_days": 28, "lockbox_days": 28}


def nobody_knows(made: Draft, patch: pytest.MonkeyPatch) -> None:
    """No promise, no licence, no group, no look at reports, a doubtful end, a library without a raw score."""
    promise_nothing(made)
    thin_out(made)
    blank_the_groups(made)
    made.contracts["areas"]["licence"] = "unknown"
    say_few_rows(patch, None)
    scores = contributions.library_scores
    patch.setattr(contributions, "library_scores", lambda scorer, frame: scores(scorer, frame) * np.nan)


@dataclass(frozen=True)
class Variant:
    """What is changed in the sound pilot, in the starter policy, and which gates that must move where."""

    change: Callable[[Draft, pytest.MonkeyPatch], None]
    policy: dict[str, Any]
    expected: dict[str, str]


def gates(verdict: str, *names: str) -> Verdicts:
    """These gates with this verdict."""
    return dict.fromkeys(names, verdict)


TOO_FEW = {"reaches-every-group", "intervals-hold"}
"""What so small a city cannot say."""

VARIANTS = {
    "all is well": Variant(
        all_is_well,
        {},
        gates("unknown", "reaches-every-group", "intervals-hold")
        | gates("fail", "reporting-bias-examined", "reasons-hold")
        | gates("pass", *sorted(set(GATES) - TOO_FEW - {"reporting-bias-examined", "reasons-hold"})),
    ),
    "wide tolerances": Variant(
        all_is_well,
        {"tolerances": WIDE},
        gates("pass", "reaches-every-group", "reporting-bias-examined", "intervals-hold"),
    ),
    "strict tolerances": Variant(
        all_is_well, {"tolerances": STRICT}, gates("fail", "reaches-every-group", "calibrated")
    ),
    "broken data": Variant(
        the_data_is_broken,
        {},
        gates("fail", "beats-simple-rule", "labels-matured", "contract-held", "places-missing-evenly")
        | gates("fail", "leak-search-clean", "licence-and-owner-named"),
    ),
    "scattered places": Variant(
        the_places_are_scattered,
        {"tolerances": SURE},
        gates("fail", "stable-over-time", "lockbox-agrees", "intervals-hold") | gates("pass", "reasons-hold"),
    ),
    "broken system": Variant(
        the_system_is_broken,
        {"suppression": {"minimum": 200}},
        gates("fail", "reasons-add-up", "reasons-hold", "small-groups-hidden", "model-keeps-no-small-leaf"),
    ),
    "too little": Variant(
        there_is_too_little,
        {"limits": {"training_events": 10}},
        gates("unknown", "beats-simple-rule", "reaches-every-group", "places-missing-evenly")
        | gates("unknown", "leak-search-clean", "calibrated", "stable-over-time", "lockbox-agrees"),
    ),
    "nobody knows": Variant(
        nobody_knows,
        {},
        gates("unknown", "reaches-every-group", "reporting-bias-examined", "labels-matured", "contract-held")
        | gates("unknown", "reasons-add-up", "reasons-hold", "licence-and-owner-named")
        | gates("unknown", "small-groups-hidden", "model-keeps-no-small-leaf"),
    ),
}


def policy_with(changes: dict[str, Any], path: Path) -> Path:
    """The starter policy with other tolerances or limits."""
    yaml = YAML(typ="safe", pure=True)
    policy = yaml.load(ROOT / "governance" / "policy.yaml")
    yaml.dump({**policy, **{part: {**policy[part], **values} for part, values in changes.items()}}, path)
    return path


def verdicts_of(variant: Variant, folder: Path) -> Verdicts:
    """Each gate's verdict on a pilot that went through every stage before them."""
    made = sound()
    with pytest.MonkeyPatch.context() as patch:
        variant.change(made, patch)
        pilot = faults.write(made, folder / "pilot")
        options = quick(folder / "home", policy=policy_with(variant.policy, folder / "policy.yaml"))
        gates = begin(load_pilot(pilot, {}), options).to_the_gates()
    return {check.gate: check.verdict for check in gates.checks}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdicts]:
    """The verdicts by the name of the variant."""
    return {name: verdicts_of(variant, tmp_path_factory.mktemp("v")) for name, variant in VARIANTS.items()}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_change_moves_its_gates(seen: dict[str, Verdicts], name: str) -> None:
    expected = VARIANTS[name].expected
    assert {gate: seen[name][gate] for gate in expected} == expected


@pytest.mark.parametrize("gate", GATES)
def test_every_gate_passes_fails_and_is_unknown(seen: dict[str, Verdicts], gate: str) -> None:
    assert {verdicts[gate] for verdicts in seen.values()} == {"pass", "fail", "unknown"}


def test_the_variants_claim_what_makes_each_verdict() -> None:
    """So that no gate owes a verdict to an accident of some other variant."""
    claimed = {pair for variant in VARIANTS.values() for pair in variant.expected.items()}
    assert claimed == {(gate, verdict) for gate in GATES for verdict in ("pass", "fail", "unknown")}
