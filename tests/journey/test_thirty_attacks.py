"""Every attack of the table is found by its check, under its own name and no other; an honest city passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.attack import Attack
from tests.attacks.table import ATTACKS
from tests.attacks.world import World, build


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("attacked") / "city")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_found_and_named(attack: Attack, city: World, tmp_path: Path) -> None:
    told = attack.act(city.copied(tmp_path / "city"))
    assert attack.is_named(told), told


def test_each_attack_has_a_name_of_its_own() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 30


@pytest.mark.parametrize("option", ["ledger", "release"])
def test_an_honest_city_passes_every_check(city: World, tmp_path: Path, option: str) -> None:
    """The sealed records are another city's, so a list ends at its columns: behind every check."""
    honest = city.copied(tmp_path / "city")
    assert honest.verifies() == []
    [told] = honest.scores() if option == "ledger" else honest.scores_from_release()
    assert told.code == "DataError"
    assert "the model needs columns" in told.says
