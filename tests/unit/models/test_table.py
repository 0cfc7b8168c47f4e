from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from civic_ai.core.errors import DataError
from civic_ai.models.rows import PanelRows, read_rows
from civic_ai.models.table import Scored, long_table, read_scored, score
from civic_ai.panel.split import Split, make_splits
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import make_pilot, rule_scorer, simulate, steps_ahead


@pytest.fixture
def rows(blobs: Blobs) -> PanelRows:
    frame = steps_ahead(simulate(units=4, dates=40), 3).assign(due_in_days=5.0, ended=True)
    return read_rows(make_pilot(blobs, frame).panel, blobs)


@pytest.fixture
def splits(rows: PanelRows, blobs: Blobs) -> tuple[Split, ...]:
    return make_splits(make_pilot(blobs, simulate(units=4, dates=40)).spec)


def scored_on(rows: PanelRows, splits: tuple[Split, ...], name: str = "year_count") -> list[Scored]:
    return [score(rule_scorer(name, rows.horizon_days), split, rows) for split in splits]


def test_rows_stand_by_candidate_split_date_step_and_unit(rows: PanelRows, splits: tuple[Split, ...]) -> None:
    mixed = [*scored_on(rows, splits), *scored_on(rows, splits, "last_value")][::-1]
    table = long_table(mixed, rows).to_pandas().astype({"unit": str})
    keys = table[["candidate", "split", "as_of", "step", "unit"]]
    pd.testing.assert_frame_equal(keys, keys.sort_values(list(keys), ignore_index=True))
    assert not keys.duplicated().any()
    assert set(table["step"]) == {0, 1, 2}


def test_every_row_is_the_panels_row(rows: PanelRows, splits: tuple[Split, ...]) -> None:
    table = long_table(scored_on(rows, splits), rows).to_pandas().astype({"unit": str})
    panel = rows.frame.assign(as_of=[day.date() for day in rows.frame["as_of"]])
    joined = table.merge(panel, on=["unit", "as_of", "step"], suffixes=("", "_panel"), validate="one_to_one")
    assert len(joined) == len(table)
    for column in ("label", "scale", "due_in_days", "ended"):
        np.testing.assert_array_equal(joined[column], joined[f"{column}_panel"])
    np.testing.assert_allclose(joined["score"], joined["baseline_year_count"] * rows.horizon_days / 364)


def test_what_the_panel_does_not_have_the_table_does_not_have(blobs: Blobs) -> None:
    frame = simulate(units=4, dates=40).drop(columns="scale")
    pilot = make_pilot(blobs, frame)
    plain = read_rows(pilot.panel, blobs)
    table = long_table(scored_on(plain, make_splits(pilot.spec)), plain)
    assert table.column_names[-1] == "label"
    assert table["lower"].null_count == table["upper"].null_count == table.num_rows


def test_further_columns_are_blank_for_those_who_do_not_say_them(
    rows: PanelRows, splits: tuple[Split, ...]
) -> None:
    talkative, silent = scored_on(rows, splits), scored_on(rows, splits, "last_value")
    told = [
        Scored(
            each.candidate,
            each.split,
            each.scores,
            {"open_after_14": each.scores, "open_after_7": -each.scores},
        )
        for each in talkative
    ]
    table = long_table([*told, *silent], rows)
    assert table.column_names[-2:] == ["open_after_7", "open_after_14"]
    frame = table.to_pandas()
    assert frame.loc[frame["candidate"] == "last_value", "open_after_7"].isna().all()
    own = frame[frame["candidate"] == "year_count"]
    np.testing.assert_array_equal(own["open_after_14"], own["score"])


def test_bounds_stand_before_the_label(rows: PanelRows, splits: tuple[Split, ...]) -> None:
    bounded = [
        Scored(each.candidate, each.split, each.scores, {"upper": each.scores + 1, "lower": each.scores - 1})
        for each in scored_on(rows, splits)
    ]
    table = long_table(bounded, rows)
    assert table.column_names[5:9] == ["score", "lower", "upper", "label"]
    np.testing.assert_allclose(table["upper"].to_numpy() - table["lower"].to_numpy(), 2.0)


def test_what_was_written_is_read_again(rows: PanelRows, splits: tuple[Split, ...]) -> None:
    told = [
        Scored(each.candidate, each.split, each.scores, {"open_after_7": np.sqrt(each.scores)})
        for each in scored_on(rows, splits)
    ]
    table = long_table([*told, *scored_on(rows, splits, "last_value")], rows)
    assert isinstance(table, pa.Table)
    again = read_scored(table, ["year_count"], splits)
    for before, after in zip(told, again, strict=True):
        assert (before.candidate, before.split) == (after.candidate, after.split)
        assert before.scores.tobytes() == after.scores.tobytes()
        assert set(after.columns) == {"open_after_7"}
        assert before.columns["open_after_7"].tobytes() == after.columns["open_after_7"].tobytes()
    assert all(each.columns == {} for each in read_scored(table, ["last_value"], splits))


def test_a_split_with_nothing_to_score_is_refused(rows: PanelRows, splits: tuple[Split, ...]) -> None:
    first = splits[0]
    empty = Split("1", first.training_dates, (first.test_dates[0].replace(year=2035),), first.cutoff)
    with pytest.raises(DataError, match="split 1 has no row to score on its 1 dates"):
        score(rule_scorer("year_count", 14), empty, rows)
