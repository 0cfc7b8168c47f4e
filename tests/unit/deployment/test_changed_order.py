"""A mitigation's list of today is the list that was judged in the lockbox, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.changed_order import SealedPlan, panel_rows, past_dates, read_plan, todays_scores
from civic_ai.deployment.cohort import Rules, Today, find_today
from civic_ai.deployment.loader import open_approved
from civic_ai.models.mitigations import Mitigator
from civic_ai.models.rows import read_rows, training_of
from civic_ai.models.scorer import Floats, ModelScorer
from civic_ai.models.table import Scored
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.evidence import Evidence
from civic_ai.records.snapshot import DataSnapshot

from .conftest import LAST, Sealed

METHODS: dict[str, dict[str, Any]] = {
    "by_past": {"of": "lightgbm", "method": "recall_parity", "attribute": "home_language"},
    "by_score": {"of": "lightgbm", "method": "recall_parity_label_free", "attribute": "home_language"},
    "floors": {"of": "lightgbm", "method": "district_floor", "floor": 1.0},
    "corrected": {"of": "lightgbm", "method": "corrected_target"},
}


@dataclass(frozen=True)
class Given:
    """The sealed model, the plan of its dossier with mitigations in it, and the rows of the last date."""

    sealed: Sealed
    scorer: ModelScorer
    plan: SealedPlan
    today: Today

    def of(self, name: str) -> Floats:
        """Today's scores of the champion if it were called ``name``."""
        named = replace(self.scorer, model=self.scorer.model.model_copy(update={"candidate": name}))
        return todays_scores(named, self.plan, self.today, self.sealed.blobs)


@pytest.fixture(scope="module")
def given(sealed: Sealed) -> Given:
    plan = read_plan(sealed.dossier)
    assert plan.cutoff.isoformat() == "2024-06-17"
    assert not plan.spec.models.mitigations
    models = {**plan.spec.models.model_dump(mode="json"), "mitigations": METHODS}
    told = plan.spec.model_dump(mode="json", by_alias=True) | {"models": models}
    rules = Rules(load_contracts(sealed.pilot), plan.policy)
    today = find_today(sealed.pilot, LAST, rules, sealed.blobs)
    scorer = open_approved(sealed.dossier / "bundle", sealed.binding)
    return Given(sealed, scorer, replace(plan, spec=PilotSpec.model_validate(told)), today)


@pytest.fixture(scope="module")
def judged(given: Given) -> dict[str, Floats]:
    """The scores of the last date by the code that judges mitigations, from the lists of the lockbox."""
    blobs = given.sealed.blobs
    evidence = Evidence.model_validate_json((given.sealed.dossier / "evidence.json").read_bytes())
    rows = read_rows(given.plan.panel, blobs)
    split = make_splits(given.plan.spec)[-1]
    table = blobs.table(blobs.record(Evaluation, evidence.evaluation).lockbox_blob)
    own = table.filter(pc.equal(table["candidate"], "lightgbm"))
    base = Scored("lightgbm", split, own["score"].to_numpy())
    changed = Mitigator(given.plan.spec, rows).change([base], [training_of(rows, split)])
    is_last = rows.as_of[rows.of(split)] == np.datetime64(LAST)
    return {each.candidate: each.scores[is_last] for each in changed}


@pytest.mark.parametrize("name", METHODS)
def test_todays_order_is_the_one_that_was_judged(given: Given, judged: dict[str, Floats], name: str) -> None:
    plain, made = given.scorer.score(given.today.frame), given.of(name)
    assert made.tolist() == judged[name].tolist()
    assert not np.array_equal(np.argsort(-made, kind="stable"), np.argsort(-plain, kind="stable"))
    assert np.allclose(np.sort(made), np.sort(plain), rtol=0, atol=1e-12), "scores are only handed out anew"


def test_who_is_no_mitigation_says_its_own_scores(given: Given) -> None:
    assert given.of("lightgbm").tolist() == given.scorer.score(given.today.frame).tolist()


def test_the_dossiers_own_plan_is_asked_and_not_the_citys_file(given: Given) -> None:
    """A floor that the city lowers in its file after the approval moves nothing."""
    assert given.sealed.pilot.spec.models.mitigations == {}
    assert given.of("floors").tolist() != given.of("lightgbm").tolist()


def test_past_lists_go_back_a_year_and_not_beyond_the_first(given: Given) -> None:
    spec = given.plan.spec
    days = list(past_dates(spec, LAST))
    assert (len(days), days[0], days[-1]) == (13, LAST - timedelta(days=364), LAST - timedelta(days=28))
    first = spec.as_of.first
    assert list(past_dates(spec, first + timedelta(days=56))) == [first, first + timedelta(days=28)]
    assert list(past_dates(spec, first)) == []


def test_the_rows_stand_on_todays_data_and_every_unit_of_the_past_year(given: Given) -> None:
    """Units in the order of their names, whatever the order of the lists on which they stood."""
    frame = given.today.frame.iloc[[2, 0, 1]]
    snapshot = given.today.snapshot.model_copy(update={"sources": ()})
    rows = panel_rows(frame, given.plan, replace(given.today, snapshot=snapshot), given.sealed.blobs)
    assert rows.panel.snapshot == snapshot.digest != given.plan.panel.snapshot
    assert given.sealed.blobs.record(DataSnapshot, rows.panel.snapshot) == snapshot
    units = given.sealed.blobs.table(rows.panel.units_blob).to_pydict()
    assert units["unit"] == sorted(frame["unit"])
    assert units["area"] == list(frame.sort_values("unit")["area"])


def test_a_dossier_of_another_version_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema_version": "dossier/0"}')
    with pytest.raises(ConfigError, match="this version of civic-ai cannot read it"):
        read_plan(tmp_path)
