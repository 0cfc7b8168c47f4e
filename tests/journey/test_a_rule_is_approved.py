"""The board signs "use the rule": a simple rule is approved, released and scored; altered it is refused."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.changed_order import read_plan
from civic_ai.deployment.cohort import Rules, find_today
from civic_ai.deployment.loader import open_approved
from civic_ai.pilot.load import load_pilot
from civic_ai.store.blobs import Blobs
from tests.attacks.attack import Attack
from tests.attacks.on_rules import ON_RULES, RULE
from tests.attacks.world import ON, World, build


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Its dossier holds the count of the last year, and the board approved that."""
    return build(tmp_path_factory.mktemp("ruled") / "city", champion=RULE)


def counted(world: World) -> pd.DataFrame:
    """What the rule reads on that day."""
    pilot, blobs = load_pilot(world.folder / "pilot", {}), Blobs(world.workspace / "blobs")
    rules = Rules(load_contracts(pilot), read_plan(world.dossier).policy)
    return find_today(pilot, pd.Timestamp(ON).date(), rules, blobs).frame


def test_the_list_is_the_rules_from_the_ledger_and_from_a_release(city: World, tmp_path: Path) -> None:
    here, there = (city.copied(tmp_path / name) for name in ("here", "there"))
    assert here.verifies() == []
    assert here.scores() == []
    shutil.rmtree(there.workspace)
    assert there.scores_from_release() == []
    made, released = ((each.folder / "lists" / "list.csv").read_bytes() for each in (here, there))
    assert made == released
    rows = list(csv.DictReader(made.decode().splitlines()))
    year = counted(here).set_index("unit")["baseline_year_count"]
    assert [float(row["score"]) for row in rows] == pytest.approx([year[row["unit"]] / 26 for row in rows])
    assert [row["rank"] for row in rows] == [str(1 + place) for place in range(len(year))]
    assert pd.Series(year[[row["unit"] for row in rows]]).is_monotonic_decreasing
    assert [row["chosen_by"] for row in rows] == ["score"] * 150 + [""] * (len(rows) - 150)
    assert {row["reasons_en"] for row in rows[:150]} <= {
        "What happened at these places before raises their score.",
        "What happened at these places before lowers their score.",
    }


@pytest.mark.parametrize("attack", ON_RULES, ids=lambda attack: attack.name)
def test_an_altered_rule_is_refused_like_a_model(attack: Attack, city: World, tmp_path: Path) -> None:
    told = attack.act(city.copied(tmp_path / "city"))
    assert attack.is_named(told), told


def test_another_rule_is_not_opened_under_the_approval(city: World, tmp_path: Path) -> None:
    copy = city.copied(tmp_path / "city")
    ON_RULES[4].act(copy)
    with pytest.raises(RefusedError, match=r"approved was .*, found is"):
        open_approved(copy.dossier / "bundle", city.binding)
