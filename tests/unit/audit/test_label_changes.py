"""From a pilot's panel to dated changes of its label: periods, strata, what cannot be searched."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.jumps import Jump
from civic_ai.audit.label_changes import LEAST_ROWS, Periods, find_label_changes, periods_of
from civic_ai.store.blobs import Blobs
from tests.unit.audit.made import POLICY

START = np.datetime64("2015-01-05", "D").astype(int)
CHANGED = date(2017, 3, 6)


def _rows(seed: int, *, years: float = 4.0, jump: float = 0.3, season: float = 0.0, every: int = 7) -> dict:
    """30 cases a list of two types; from ``CHANGED`` on ``tree`` is an event more often by ``jump``."""
    rng = np.random.default_rng(seed)
    day = np.repeat(START + np.arange(0, int(years * 365), every), 30)
    is_tree = np.tile(np.arange(30) % 2 == 1, len(day) // 30)
    wave = season * np.sin(2 * np.pi * (day - START) / 365.25)
    after = day >= np.datetime64(CHANGED, "D").astype(int)
    label = (rng.random(len(day)) < 0.2 + wave + jump * (after & is_tree)).astype(float)
    return {"unit": [f"c{i}" for i in range(len(day))], "day": day, "tree": is_tree, "label": label}


def _given(folder, rows: dict, *, types: bool = False, question: str = "cases", last: str = "2019-06-30"):
    blobs = Blobs(folder)
    panel = pa.table(
        {
            "unit": rows["unit"],
            "as_of": pa.array(rows["day"].astype(np.int32), pa.int32()).cast(pa.date32()),
            "label": pa.array(rows["label"], from_pandas=True),
        }
    )
    kinds = np.where(rows["tree"], "tree", "pothole")
    kind = pa.array(kinds) if types else pa.nulls(len(kinds), pa.string())
    return SimpleNamespace(
        spec=SimpleNamespace(seed=3),
        panel=SimpleNamespace(
            blob=blobs.put_table(panel), question=question, last_known_on=last, horizon_days=90
        ),
        units=pa.table({"unit": rows["unit"], "type": kind}),
        codes=lambda table: np.arange(len(rows["unit"]))[: table.num_rows],
        blobs=blobs,
    )


def test_a_change_is_dated_and_told_before_and_after(tmp_path) -> None:
    rows = _rows(3)
    (change,) = find_label_changes(_given(tmp_path, rows), POLICY)
    assert change.on == date(2017, 3, 6)
    assert change.earliest <= CHANGED <= change.latest
    assert change.earliest.year == change.latest.year == 2017
    assert change.before.value == pytest.approx(0.2, abs=0.02)
    assert change.after.value == pytest.approx(0.35, abs=0.02)
    assert change.before.n + change.after.n == change.jump.n == len(rows["label"])
    assert change.jump.lower < 0.15 < change.jump.upper


def test_each_type_is_searched_and_only_the_changed_one_is_named(tmp_path) -> None:
    made = find_label_changes(_given(tmp_path, _rows(2), types=True), POLICY)
    assert {change.stratum for change in made} == {None, "tree"}
    (tree,) = (change for change in made if change.stratum == "tree")
    assert tree.after.value - tree.before.value == pytest.approx(0.3, abs=0.05)


def test_season_is_no_change(tmp_path) -> None:
    found = [find_label_changes(_given(tmp_path, _rows(s, jump=0.0, season=0.12)), POLICY) for s in range(12)]
    assert sum(map(bool, found)) <= 3


def test_too_little_time_is_not_searched_and_that_is_another_answer_than_none(tmp_path) -> None:
    assert find_label_changes(_given(tmp_path, _rows(3, years=1.5)), POLICY) is None
    assert find_label_changes(_given(tmp_path, _rows(3, years=3, jump=0.0)), POLICY) == ()


def test_labels_that_have_not_matured_are_left_out(tmp_path) -> None:
    rows = _rows(4)
    rows["label"][-300:] = np.nan
    (change,) = find_label_changes(_given(tmp_path, rows), POLICY)
    assert change.jump.n == len(rows["label"]) - 300


def test_of_durations_only_what_was_watched_to_the_horizon_counts(tmp_path) -> None:
    rows = _rows(5)
    last = np.datetime64("2017-12-29", "D").astype(int)
    given = _given(tmp_path, rows, question="durations", last="2017-12-29")
    (change,) = find_label_changes(given, POLICY)
    assert change.jump.n == int((rows["day"] <= last - 90).sum())


def test_a_period_is_a_calendar_month_and_its_mean_that_of_its_rows() -> None:
    rows = _rows(6)
    order = np.random.default_rng(1).permutation(len(rows["day"]))
    made = periods_of(None, rows["day"][order], rows["label"][order])
    months = np.unique(rows["day"].astype("datetime64[D]").astype("datetime64[M]"))
    assert len(made.first) == len(months)
    assert (made.rows.sum(), made.total.sum()) == (len(rows["label"]), rows["label"].sum())
    assert set(made.dates) == {4, 5}
    second = rows["day"].astype("datetime64[D]").astype("datetime64[M]") == months[1]
    assert made.total[1] / made.rows[1] == pytest.approx(rows["label"][second].mean())
    assert made.first[1] == rows["day"][second].min()


def test_small_or_cut_months_are_left_out() -> None:
    day = np.repeat(START + np.arange(0, 360, 7), LEAST_ROWS)
    cut = day[day < START + 60]
    full = periods_of(None, day, np.ones(len(day)))
    few = periods_of(None, np.append(day[day > START + 40], START), np.ones((day > START + 40).sum() + 1))
    assert few.first[0] > START
    assert len(periods_of(None, cut, np.ones(len(cut))).first) == 2
    assert len(full.first) == 12


def test_the_same_inputs_give_the_same_record(tmp_path) -> None:
    one, other = (find_label_changes(_given(tmp_path, _rows(7)), POLICY) for _ in range(2))
    assert [change.digest for change in one] == [change.digest for change in other]


def test_types_come_in_the_order_of_their_names(tmp_path) -> None:
    rows = _rows(2, jump=0.0)
    rows["tree"] = ~rows["tree"]
    later = rows["day"] >= np.datetime64(CHANGED, "D").astype(int)
    rows["label"] = np.maximum(rows["label"], later & (np.random.default_rng(1).random(len(later)) < 0.5))
    made = find_label_changes(_given(tmp_path, rows, types=True), POLICY)
    assert [change.stratum for change in made] == [None, "pothole", "tree"]


def _periods(many: int, apart: float) -> Periods:
    first = START + np.rint(np.arange(many) * apart).astype(np.int64)
    return Periods(None, first, np.full(many, 4.0), np.full(many, 100.0), np.full(many, 20.0))


@pytest.mark.parametrize(
    ("many", "apart", "can"),
    [(24, 365.25 / 12, True), (23, 365.25 / 12, False), (12, 90, True), (11, 90, False), (11, 365, False)],
)
def test_two_calendar_years_and_twelve_periods_are_enough(many: int, apart: float, can: bool) -> None:
    assert _periods(many, apart).can_be_searched is can


@pytest.mark.parametrize(("many", "waves"), [(47, 1), (48, 2)])
def test_the_season_has_a_second_wave_where_periods_are_many(many: int, waves: int) -> None:
    background = _periods(many, 365.25 / 12).series.background
    years = np.rint(np.arange(many) * 365.25 / 12) / 365.25
    season = [f(2 * np.pi * n * years) for n in range(1, waves + 1) for f in (np.sin, np.cos)]
    np.testing.assert_allclose(background, np.column_stack([np.ones(many), years, *season]), atol=1e-9)


@pytest.mark.parametrize(("apart", "least"), [(30, 6), (70, 3), (76, 2), (400, 2)])
def test_a_new_level_lasts_half_a_year_and_at_least_two_periods(apart: int, least: int) -> None:
    made = _periods(30, apart).series.least
    assert (made, type(made)) == (least, int)


def test_a_date_lies_between_the_period_before_the_earliest_and_the_end_of_the_latest() -> None:
    periods = _periods(30, 30)
    made = periods._record(Jump(10, 9, 12, 0.2, 0.05, 0.01), 0.9, periods._mean(0, 10), periods._mean(10, 30))
    day = timedelta(days=1)
    began = date(2015, 1, 5)
    assert (made.earliest, made.on, made.latest) == (
        began + 8 * 30 * day, began + 10 * 30 * day, began + 13 * 30 * day - day,
    )  # fmt: skip
    assert (made.jump.lower, made.jump.upper) == (pytest.approx(0.15), pytest.approx(0.25))
    assert (made.before.n, made.after.n, made.before.value) == (1000, 2000, pytest.approx(0.2))
    assert made.before.period.last == began + 9 * 30 * day
