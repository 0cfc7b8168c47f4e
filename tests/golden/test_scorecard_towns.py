"""The towns by which the audit is audited look like the cities that were measured (METHODS 8), and are what
they are said to be: what is planted is there, and nothing else."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from civic_ai.audit.pairs import Compared

EXPERIMENT = Path(__file__).resolve().parents[2] / "experiments" / "015-auditor-scorecard"
TOWNS = 3


def _module(name: str) -> ModuleType:
    """A module of the experiment, which lies in no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXPERIMENT)
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def experiment() -> ModuleType:
    return _module("look_city")


@pytest.fixture(scope="module")
def town() -> ModuleType:
    return _module("town")


def _towns(town: ModuleType, condition: str, size: int = 10_000) -> list:  # type: ignore[type-arg]
    return [
        town.make_town(town.CONDITIONS[condition], size, town.random_for("test", condition, size, number))
        for number in range(TOWNS)
    ]


def test_a_town_where_a_third_reports_less_lies_in_the_bands_of_real_cities(
    experiment: ModuleType, town: ModuleType
) -> None:
    for made in _towns(town, "reporting"):
        reported, _ = experiment.reports_of(made)
        incidents = experiment.find_cases(reported, experiment.Setting()).incidents
        assert 0.80 <= (incidents.repeats == 0).mean() <= 0.90
        assert 0.13 <= incidents.repeats.mean() <= 0.33
        assert (incidents.days >= 100).mean() <= 0.025
        assert 1.8 <= incidents.days.mean() / np.median(incidents.days) <= 3.0
        kinds = reported.kind[incidents.first]
        assert all(2.8 <= np.median(incidents.days[kinds == kind]) <= 38 for kind in range(3))


@pytest.mark.parametrize(("size", "least", "most"), [(2_500, 2_100, 2_900), (10_000, 8_800, 11_300)])
def test_a_town_has_about_the_incidents_that_it_is_named_for(
    town: ModuleType, size: int, least: int, most: int
) -> None:
    assert all(least <= made.incidents <= most for made in _towns(town, "none", size))


def test_reporting_is_planted_as_said_and_changes_no_need(experiment: ModuleType, town: ModuleType) -> None:
    """The same seed, with and without: the same arises; reports come half as fast in the high third."""
    rng = [np.random.default_rng(7) for _ in range(2)]
    clean, halved = (
        town.make_town(town.CONDITIONS[name], 2_500, each)
        for name, each in zip(("none", "reporting"), rng, strict=True)
    )
    first, other = clean.parts[0], halved.parts[0]
    np.testing.assert_array_equal(first.need.born, other.need.born)
    ratio = other.handling.rate / first.handling.rate
    np.testing.assert_allclose(ratio, 0.5 ** (clean.third[first.need.area] / 2))


def test_reports_per_km_are_backwards(experiment: ModuleType, town: ModuleType) -> None:
    """Roads of the high third are older, so it reports more though it reports each problem half as often."""
    looks = [experiment.look_at_reporting(made, 1) for made in _towns(town, "none")]
    assert np.mean([look.naive["reports_per_km"] for look in looks]) > 0.1
    halved = [experiment.look_at_reporting(made, 1) for made in _towns(town, "reporting")]
    assert np.mean([look.naive["reports_per_km"] for look in halved]) > np.log(0.8)
    assert {look.verdict for look in halved} == {"fail"}
    assert "fail" not in {look.verdict for look in looks}


def test_the_expected_restricted_wait_is_that_of_many_draws(experiment: ModuleType) -> None:
    middle = np.log(np.array([3.4, 5.0, 11.0]))
    rng = np.random.default_rng(5)
    drawn = np.exp(middle[:, None] + 1.4 * rng.standard_normal((3, 400_000)))
    np.testing.assert_allclose(
        experiment.restricted_mean(middle), np.minimum(drawn, experiment.TAU).mean(axis=1), rtol=0.01
    )


@pytest.mark.parametrize(
    ("hits", "of", "verdict"),
    [(0, 2000, "pass"), (0, 200, "not enough runs"), (40, 2000, "fail"), (0, 0, "not enough runs")],
)
def test_a_promise_is_judged_by_what_the_runs_can_tell(hits: int, of: int, verdict: str) -> None:
    acceptance = _module("acceptance")
    assert acceptance.judge_chance(hits, of, 0.0, 0.01) == verdict


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    acceptance = _module("acceptance")
    lower, upper = acceptance.bounds(0, 59)
    assert lower == 0.0
    assert upper == pytest.approx(1 - 0.05 ** (1 / 59))  # the rule of three: just under 5 %
    assert acceptance.judge_chance(1900, 2000, 0.93, 0.97) == "pass"
    assert acceptance.judge_chance(1990, 2000, 0.93, 0.97) == "fail"
    assert acceptance.judge_chance(1850, 2000, 0.93, 0.97) == "not enough runs"


def test_what_makes_reporting_hard_to_recover_is_taken_out_one_by_one(town: ModuleType) -> None:
    """In each kind of problem: links that are lost, and how many different rates a third has."""

    def made(name: str) -> tuple[bool, bool, bool]:
        drawn = town.make_town(town.RECOVERY[name], 2_500, np.random.default_rng(7))
        part, first = drawn.parts[0], drawn.parts[0].need.area == drawn.parts[0].need.area[0]
        by_area = np.unique(np.round(drawn.land.report_effect, 12))
        return (
            bool(part.reports.is_linked.all()),
            len(by_area) == 1,
            bool(np.ptp(part.handling.rate[first]) == 0),
        )

    assert made("as_drawn") == (False, False, False)
    assert made("links_kept") == (True, False, False)
    assert made("areas_alike") == (False, True, False)
    assert made("incidents_alike") == (False, False, True)
    assert made("rates_alike") == (False, True, True)
    assert made("as_modelled") == (True, True, True)


def test_a_town_as_drawn_is_the_full_city_of_that_number(town: ModuleType) -> None:
    one, other = (
        town.make_town(condition, 2_500, town.random_for("city", "reporting", 2_500, 3))
        for condition in (town.CONDITIONS["reporting"], town.RECOVERY["as_drawn"])
    )
    for part, same in zip(one.parts, other.parts, strict=True):
        np.testing.assert_array_equal(part.reports.at, same.reports.at)


@pytest.fixture(scope="module")
def looks(town: ModuleType) -> dict[str, list]:  # type: ignore[type-arg]
    """By look: what it says of three towns with reporting planted."""
    recovery, found = _module("recovery"), {}
    for made in _towns(town, "reporting"):
        for look in recovery.looks_at_recovery(made, 1):
            found.setdefault(look.audit, []).append(look)
    return found


def test_each_correction_goes_further_from_one_and_judges_as_the_policy_would(looks) -> None:  # type: ignore[no-untyped-def]
    recovery = _module("recovery")
    assert list(looks) == [recovery.AUDIT, recovery.LINKS, *recovery.LIVES]
    mean = {name: np.mean([look.value for look in some]) for name, some in looks.items()}
    half, twice = (name for name in recovery.LIVES if name != recovery.ALL)
    assert mean[half] < mean[recovery.ALL] < mean[twice] < mean[recovery.LINKS] < mean[recovery.AUDIT] < 0
    assert mean[recovery.LINKS] - mean[recovery.AUDIT] == pytest.approx(-0.012, abs=0.006)
    assert {look.verdict for look in looks[recovery.ALL]} == {"fail"}
    assert set(looks[recovery.ALL][0].held) == set(looks[recovery.AUDIT][0].held)


def test_towns_of_the_recovery_are_those_of_the_full_cities(town: ModuleType) -> None:
    recovery = _module("recovery")
    assert recovery.stream_of("as_drawn") == "reporting"
    assert recovery.stream_of(recovery.EQUAL) == "none"
    assert recovery.TOWNS[recovery.EQUAL] == town.CONDITIONS["none"]
    assert pytest.approx(110, abs=1) == recovery.LIFE_DAYS


def test_a_store_that_was_lost_takes_no_row_away(tmp_path: Path) -> None:
    """Rows read back are those that were written; fewer replicates do not replace more."""
    tables, standing = _module("tables"), EXPERIMENT / "results.csv"
    rows = [row for some in tables.read_rows(standing).values() for row in some]
    tables.write_csv(tmp_path / "again.csv", rows)
    assert (tmp_path / "again.csv").read_text() == standing.read_text()
    few, many = [{"replicates": 3}], [{"replicates": 4}]
    assert tables.fullest(many, iter(few)) == many
    assert tables.fullest(few, iter(many)) == many
    assert tables.fullest([{"replicates": 3, "new": False}], iter(few)) == few
    assert tables.fullest(many, iter([])) == many


def test_the_tables_that_stand_tell_the_same_promises(town: ModuleType) -> None:
    """acceptance.csv and the page say what results.csv says."""
    tables, acceptance = _module("tables"), _module("acceptance")
    rows = [row for some in tables.read_rows(EXPERIMENT / "results.csv").values() for row in some]
    judged = acceptance.judge_all(rows)
    page = (EXPERIMENT.parents[1] / "docs" / "explanation" / "scorecard.md").read_text("utf-8")
    assert tables.table_of(judged) in page
    assert acceptance.summary(judged) in page
    with (EXPERIMENT / "acceptance.csv").open(newline="") as source:
        written = list(csv.DictReader(source))
    assert [list(row.values()) for row in written] == [[str(v) for v in row.values()] for row in judged]


def test_promises_are_counted_apart_from_their_parts() -> None:
    acceptance = _module("acceptance")
    rows = [acceptance._row("a", size, "", "", verdict) for size, verdict in
            (("all", "pass"), ("all", "fail"), (2_500, "pass"), (10_000, "not enough runs"))]  # fmt: skip
    assert acceptance.summary(rows) == ("Of 2 promises 1 are kept, 1 broken, 0 not decided. "
                                        "Of 2 parts 1 are kept, 0 broken, 1 not decided.")  # fmt: skip


def test_causes_are_told_as_differences_between_towns_of_the_same_number() -> None:
    def line(number: int, off: float) -> dict[str, object]:
        return {
            "number": number,
            "looks": [{"audit": "reporting", "value": off - 0.7, "planted": -0.7, "here": -0.65}],
        }

    drawn = [line(number, off) for number, off in enumerate((0.5, -0.5, 0.1))]
    kept = [line(number, off - 0.01) for number, off in enumerate((0.5, -0.5))]
    first, second = _module("causes").causes_of({"as_drawn": drawn, "links_kept": kept})
    assert first["change of the first"] == "–"
    assert second["change of the first"] == "-0.010 (± 0.000)"
    assert second["error against what was planted"].startswith("-0.010 (± 6.")
    assert first["against the rates of watched incidents"].startswith("-0.017")


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.76])
def test_quick_waits_have_exactly_the_ratio_of_their_design(experiment: ModuleType, ratio: float) -> None:
    cheap = _module("cheap")
    means = experiment.restricted_mean(np.array([cheap._middle(1.0), cheap._middle(ratio)]))
    assert means[1] / means[0] == pytest.approx(ratio, rel=1e-9)


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_a_quick_observer_reaches_its_share_of_the_gain_and_the_model_none_within(share: float) -> None:
    cheap = _module("cheap_model")
    seen = cheap.ObserverDesign(share)._observed(120_000, np.random.default_rng(3))
    one_place = np.zeros(len(seen.score), dtype=np.int64)

    def gain(score: np.ndarray, stratum: np.ndarray) -> float:
        return float(Compared(seen.is_event, stratum, one_place).pairs(score).area) - 0.5

    assert gain(seen.rate, seen.list) / gain(seen.score, seen.list) == pytest.approx(share, abs=0.01)
    assert gain(seen.score, seen.list_and_observer) == pytest.approx(0.0, abs=0.01)


def test_a_quick_label_jumps_on_one_day_or_never() -> None:
    cheap, day = _module("cheap_model"), np.arange(3 * 365)
    for name, spread in (("label_change_none", 0.0), ("label_change_boundary", 0.02)):
        design, level = (
            cheap.MODEL_DESIGNS[name],
            cheap.SHARE + cheap.SEASON * np.cos(2 * np.pi * day / 365.25),
        )
        beside = np.array(
            [design._chance(day, 500, np.random.default_rng(seed)) - level for seed in range(300)]
        )
        assert beside.mean() == pytest.approx(0.0, abs=0.005)
        assert beside.std() == pytest.approx(spread, rel=0.05)
    jumps = cheap.MODEL_DESIGNS["label_change"]._chance(day, 500, np.random.default_rng(1))
    season = cheap.SEASON * np.cos(2 * np.pi * day / 365.25)
    np.testing.assert_allclose(jumps - season, np.where(day >= 500, 0.45, 0.35))


def test_a_change_of_the_quick_draws_leaves_the_cities_in_the_store(tmp_path: Path) -> None:
    store = _module("store")
    city, quick = store.Cell("city", "none", 2_500), store.Cell("metrics", "recall", 2_500)
    kept = store.Store(tmp_path)
    kept.append(city, {"number": 3})
    assert kept.path(city).parent != kept.path(quick).parent
    assert store.Store(tmp_path).read(city) == [{"number": 3}]
    assert "cheap.py" not in store.SIMULATED["city"]
    assert "cheap_model.py" in store.SIMULATED["metrics"]
