"""To what an approval is bound: every digest that matters, and nothing that may rightly move."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.canonical import digest_of, digest_of_file
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.decision import differences
from civic_ai.records.predictions import Bundle
from civic_ai.review.binding import as_declared, binding_of, capacity_of, digest_of_features
from civic_ai.store.yaml import load_yaml
from tests.journey.tiny import EXAMPLE
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made

ENDS = date(2027, 6, 30)
GAP = {"first": "2022-01-01", "last": "2022-01-09", "why": {"en": "The server stood still."}}
Change = Callable[[dict[str, Any]], None]


def spec_with(change: Change = lambda told: None) -> PilotSpec:
    told = load_yaml(EXAMPLE / "pilot.yaml").value
    change(told)
    return PilotSpec.model_validate(told)


def setter(*path: Any, to: Any) -> Change:
    def change(told: dict[str, Any]) -> None:
        for key in path[:-1]:
            told = told[key]
        told[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        setter("features", 0, "count_days", to=[28, 91]),
        setter("features", 0, "where", to="request_type == 'sign'"),
        setter("unit", "grid", "size_m", to=310),
        setter("cohort", to={"seen_within_days": 365}),
        setter("label", "horizon_days", to=14),
        setter("label", "where", to="request_type == 'sign'"),
        setter("as_of", "first", to="2021-01-18"),
        setter("validation", "splits", to=3),
        setter("time_zone", to="America/Chicago"),
        setter("sources", "requests", "known_at", to="closed_at"),
        setter("sources", "areas", "key", to="other_id"),
        setter("sources", "weather", "gaps", to=[GAP]),
    ],
)
def test_what_makes_a_row_is_bound(change: Change) -> None:
    assert digest_of_features(spec_with(change)) != digest_of_features(spec_with())


@pytest.mark.parametrize(
    "change",
    [
        setter("sources", "weather", "example", "seed", to=4),
        setter("sources", "weather", "contract", to="contracts/other.yaml"),
        setter("title", to={"en": "Another?", "es": "¿Otra?", "pt": "Outra?"}),
        setter("capacity", "units_per_period", to=151),
        setter("owner", to="Somebody else"),
        setter("review", "languages", to=["en"]),
    ],
)
def test_what_may_move_is_not_bound_by_the_features(change: Change) -> None:
    assert digest_of_features(spec_with(change)) == digest_of_features(spec_with())


def test_the_digest_of_features_is_made_of_the_spec_as_it_is_sealed() -> None:
    """Else the approvals that stand would be void after an update."""
    told = json.loads(spec_with().to_json())
    for source in told["sources"].values():
        for moved in ("path", "contract", "polygons", "example"):
            source.pop(moved, None)
    bound = {"features", "unit", "cohort", "label", "as_of", "validation", "time_zone", "sources"}
    assert digest_of_features(spec_with()) == digest_of({name: told[name] for name in bound})


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    return seal_made(tmp_path, City(), with_model=True)


def test_a_dossier_is_bound_by_all_of_its_digests(dossier: Path) -> None:
    found = binding_of(dossier, "north", "crews", ENDS)
    digest = (dossier / "manifest.sha256").read_text().split()[0]
    bundle = Bundle.model_validate_json((dossier / "bundle" / "bundle.json").read_bytes())
    spec = PilotSpec.model_validate_json((dossier / "spec.json").read_bytes())
    assert (found.dossier, found.bundle) == (digest, bundle.digest)
    assert set(found.contracts) == {path.stem for path in (dossier / "contracts").iterdir()}
    assert found.features == digest_of_features(spec)
    assert found.capacity == spec.capacity.units_per_period
    assert (found.area, found.use, found.ends_on) == ("north", "crews", ENDS)


def test_what_the_city_declares_now(dossier: Path) -> None:
    approved = binding_of(dossier, "north", "crews", ENDS)
    spec = PilotSpec.model_validate_json((dossier / "spec.json").read_bytes())
    assert as_declared(approved, spec, approved.contracts) == approved
    larger = spec.model_copy(update={"capacity": spec.capacity.model_copy(update={"units_per_period": 9999})})
    other = {**approved.contracts, next(iter(approved.contracts)): "f" * 64}
    named = [each.name for each in differences(approved, as_declared(approved, larger, other))]
    assert named == [f"contracts.{next(iter(approved.contracts))}", "capacity"]


def test_a_rule_that_won_is_bound_like_a_model(tmp_path: Path) -> None:
    folder = seal_made(tmp_path, City(), with_model=False)
    assert (folder / "bundle" / "rule.json").is_file()
    bound = binding_of(folder, "north", "crews", ENDS)
    assert bound.bundle == digest_of_file(folder / "bundle" / "bundle.json")


def test_a_pilot_without_a_list_has_no_capacity() -> None:
    spec = spec_with(setter("capacity", "units_per_period", to=None))
    with pytest.raises(RefusedError, match="makes no list"):
        capacity_of(spec)


def test_every_altered_file_is_named(dossier: Path) -> None:
    (dossier / "policy.json").write_bytes(b"{}")
    (dossier / "spec.json").unlink()
    (dossier / "more.txt").write_bytes(b"?")
    with pytest.raises(RefusedError, match=r"more\.txt, policy\.json, spec\.json"):
        binding_of(dossier, "north", "crews", ENDS)


def test_no_dossier_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no dossier"):
        binding_of(tmp_path, "north", "crews", ENDS)
