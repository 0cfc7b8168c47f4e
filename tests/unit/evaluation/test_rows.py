from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.evaluation.lists import Setting, read_lists
from civic_ai.evaluation.rows import read_rows, sum_by_date

from .worlds import make_cases, make_demand

FOUR = Setting(("1", "2", "3", "4"))


def test_rows_stand_with_their_area_type_and_observer() -> None:
    world = make_demand()
    table = world.table(world.scores, is_lockbox=False)
    lists = read_lists(table, FOUR)["year_count"]
    rows = read_rows(table, "year_count", world.units, lists)
    assert len(rows) == 48 * 36
    names = (rows["area"].astype(str) + "-" + rows["type"].astype(str)).tolist()
    unit = world.units["unit"].take(pa.array(rows["unit"])).to_pylist()
    assert names == unit == world.unit_names * 48
    assert rows["observer"].isna().all()
    assert rows["step"].tolist() == [0, 1, 2] * (48 * 12)
    assert rows["score"].to_numpy() == pytest.approx(world.scores["year_count"][:48].ravel())


def test_each_row_knows_its_list_and_sums_are_those_of_the_list() -> None:
    world = make_cases()
    table = world.table(world.scores, is_lockbox=False)
    shuffled = table.take(np.random.default_rng(0).permutation(len(table)))
    lists = read_lists(table, FOUR)["logistic_glm"]
    rows = read_rows(shuffled, "logistic_glm", world.units, lists)
    events = sum_by_date(rows, rows["label"].to_numpy(), lists)
    assert events == pytest.approx(lists.events)
    assert (lists.as_of[rows["date"]] == rows["as_of"].to_numpy().astype("datetime64[D]")).all()
    assert set(rows["observer"].astype(str)) == {"o0", "o1", "o2", "o3"}


def test_the_same_date_in_two_splits_is_two_lists() -> None:
    world = make_cases()
    table = world.table(["logistic_glm"], is_lockbox=False)
    again = table.set_column(2, "split", pa.array(["2"] * len(table)))
    both = pa.concat_tables([table.set_column(2, "split", pa.array(["1"] * len(table))), again])
    lists = read_lists(both, Setting(("1", "2")))["logistic_glm"]
    rows = read_rows(both, "logistic_glm", world.units, lists)
    assert rows["date"].tolist() == np.repeat(np.arange(96), 40).tolist()


def test_rows_without_a_label_are_left_out() -> None:
    world = make_cases()
    world.labels[:10] = np.nan
    table = world.table(["logistic_glm"], is_lockbox=False)
    lists = read_lists(table, FOUR)["logistic_glm"]
    assert len(read_rows(table, "logistic_glm", world.units, lists)) == 38 * 40


def test_a_unit_that_is_not_in_the_units_table_has_no_area() -> None:
    world = make_cases()
    table = world.table(["logistic_glm"], is_lockbox=False)
    lists = read_lists(table, FOUR)["logistic_glm"]
    rows = read_rows(table, "logistic_glm", world.units.slice(1), lists)
    assert rows["area"].isna().sum() == 48
