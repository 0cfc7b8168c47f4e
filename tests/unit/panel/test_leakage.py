"""Planted leaks are found in their form and place, clean cities raise no alarm; seeds are fresh each run."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from civic_ai.panel.build import build_panel
from civic_ai.records.panel import PanelManifest
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, GRID, City, lenient, made_city
from tests.unit.panel.leaks import FORMS, PLANTED, asked_of, clean_city, happenings

CLEAN = 20


def fresh_seeds(number: int) -> list[int]:
    return [int(seed) for seed in np.random.SeedSequence().generate_state(number)]


def panel_of(city: City, blobs: Blobs) -> PanelManifest:
    return build_panel(*city.seal(blobs), lenient(), blobs)


@pytest.mark.parametrize("form", PLANTED)
def test_every_planted_leak_is_found_in_its_form_and_place(form: str, blobs: Blobs) -> None:
    for seed in fresh_seeds(2):
        planted = PLANTED[form](seed)
        manifest = panel_of(planted.city, blobs)
        found = {(leak.form, leak.column) for leak in manifest.leaks}
        assert (planted.form, planted.column) in found, f"seed {seed}: found {found}"
        assert manifest.leaks_found == len(manifest.leaks)
        assert {column for _, column in found} == {planted.column}, f"seed {seed} blames others: {found}"


OF_EVENTS = ("score", "shifted", "overlap")
"""Whether anything will happen says little about how often: in a panel of counts these are no leaks."""


@pytest.mark.parametrize("form", [form for form in PLANTED if form != "label_status"])
def test_a_leak_about_one_type_is_found_among_several(form: str, blobs: Blobs) -> None:
    for seed in fresh_seeds(1):
        planted = asked_of(PLANTED[form](seed), "types")
        found = {(leak.form, leak.column) for leak in panel_of(planted.city, blobs).leaks}
        assert (planted.form, planted.column) in found, f"seed {seed}: found {found}"


STEPPED = [(form, "demand") for form in PLANTED if form not in ("label_status", *OF_EVENTS)]


@pytest.mark.parametrize(("form", "question"), [*STEPPED, ("total", "demand of types")])
def test_leaks_are_found_with_several_steps(form: str, question: str, blobs: Blobs) -> None:
    for seed in fresh_seeds(1):
        planted = asked_of(PLANTED[form](seed), question)
        found = {(leak.form, leak.column) for leak in panel_of(planted.city, blobs).leaks}
        assert (planted.form, planted.column) in found, f"seed {seed}: found {found}"


def test_a_score_made_from_a_later_step_is_found(blobs: Blobs) -> None:
    """The feature is the count of the second window, which the first step does not look at."""
    planted = PLANTED["shifted"](3)
    city = asked_of(planted, "demand").city
    counted = happenings(city)
    scores = city.tables["scores"]
    rows = [(area, day, float(counted(area, day + timedelta(days=14)))) for area, day, _ in scores.rows]
    leaks = panel_of(city.with_table("scores", scores.with_rows(rows)), blobs).leaks
    assert [(leak.form, leak.column) for leak in leaks] == [("shifted_label", "score")]


def test_false_alarms_on_clean_cities_are_counted(blobs: Blobs, capsys: pytest.CaptureFixture[str]) -> None:
    """Clean cities hold what looks like a leak: deadlines, closing dates, callers, past totals, backlogs."""
    alarms = {}
    questions: list[dict[str, object]] = [{}, *FORMS.values()]
    for number, seed in enumerate(fresh_seeds(CLEAN)):
        city = clean_city(seed)
        is_plain = city.spec["unit"] != GRID
        manifest = panel_of(city.with_spec(**questions[number % 4 if is_plain else 0]), blobs)
        if manifest.leaks_found != 0:
            alarms[seed] = [(leak.form, leak.column, leak.detail) for leak in manifest.leaks]
    with capsys.disabled():
        print(f"\nfalse alarms on {CLEAN} clean cities: {len(alarms)} {alarms or ''}")
    assert not alarms


def test_where_too_little_happens_the_search_says_that_it_cannot_tell(blobs: Blobs) -> None:
    city = made_city(3, per_area=8).with_spec(features=EVERYTHING, cohort={"seen_within_days": 14})
    manifest = panel_of(city, blobs)
    assert manifest.leaks == ()
    assert manifest.leaks_found is None
    reason = next(found for found in manifest.findings if found.code == "leak_search_not_possible")
    assert int(reason.values["found"]) < int(reason.values["needed"])


def test_a_leak_that_the_contract_tells_is_found_even_there(blobs: Blobs) -> None:
    city = made_city(3, per_area=8).with_spec(cohort={"seen_within_days": 14})
    requests = city.tables["requests"]
    closed = requests.with_column(
        "status", {"type": "text", "known": "afterwards"}, ["x"] * len(requests.rows)
    )
    block = {"from": "requests", "where": "status == 'x'", "count_days": [7]}
    manifest = panel_of(city.with_table("requests", closed).with_spec(features=[block]), blobs)
    assert manifest.leaks_found == 1


def test_two_leaks_are_two(blobs: Blobs) -> None:
    planted = PLANTED["status"](5)
    areas = planted.city.tables["areas"]
    totals: dict[str, int] = dict.fromkeys(areas.column("area_id"), 0)
    requests = planted.city.tables["requests"]
    for area, kind in zip(requests.column("area_id"), requests.column("request_type"), strict=True):
        totals[area] += kind == "pothole"
    both = planted.city.with_table("areas", areas.with_column("done", "number", list(totals.values())))
    both = both.with_spec(features=[*planted.city.spec["features"], {"from": "areas", "columns": ["done"]}])
    forms = {leak.form for leak in panel_of(both, blobs).leaks}
    assert forms == {"known_afterwards", "future_total"}
