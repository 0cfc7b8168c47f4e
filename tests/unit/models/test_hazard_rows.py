from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from civic_ai.models.hazard_rows import Stretches, cut_into_stretches, each_stretch, ended_of
from civic_ai.models.rows import PanelRows, read_rows
from civic_ai.store.blobs import Blobs

from .waiting import FEATURES, HORIZON, make_waiting_pilot, simulate_waits

STARTS = np.array([0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56])
ENDS = np.array([1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 60])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> PanelRows:
    frame = simulate_waits(dates=40, per_date=10)
    frame.loc[3, ["label", "ended"]] = [np.nan, False]
    frame.loc[4, ["label", "ended"]] = [0.0, True]
    pilot = make_waiting_pilot(Blobs(tmp_path_factory.mktemp("rows")), frame)
    return read_rows(pilot.panel, pilot.blobs)


def by_hand(rows: PanelRows) -> list[tuple[int, int, bool]]:
    """Case, stretch and ended, one by one."""
    made = []
    for case, (days, ended) in enumerate(zip(rows.label, rows.frame["ended"], strict=True)):
        for stretch, (start, end) in enumerate(zip(STARTS, ENDS, strict=True)):
            if ended and (start < days or days == start == 0):
                made.append((case, stretch, bool(days <= end)))
            elif not ended and end <= days:
                made.append((case, stretch, False))
    return made


def test_stretches_are_those_that_a_case_was_seen_to_live_through(rows: PanelRows) -> None:
    made = cut_into_stretches(rows)
    told = list(zip(made.case.tolist(), made.stretch.tolist(), made.ended.tolist(), strict=True))
    assert told == by_hand(rows)


def test_every_case_that_ended_ends_once_and_in_its_last_stretch(rows: PanelRows) -> None:
    made = cut_into_stretches(rows)
    ends = np.bincount(made.case, made.ended, minlength=len(rows.frame))
    np.testing.assert_array_equal(ends, ended_of(rows.frame))
    last = pd.Series(made.stretch).groupby(made.case).transform("max").to_numpy()
    assert (made.stretch[made.ended] == last[made.ended]).all()


def test_a_blank_label_has_no_stretch_and_one_of_zero_days_has_the_first(rows: PanelRows) -> None:
    made = cut_into_stretches(rows)
    assert 3 not in made.case
    assert made.stretch[made.case == 4].tolist() == [0]
    assert made.ended[made.case == 4].tolist() == [True]


def test_a_stretch_is_known_when_it_is_over_whether_it_ended_early_or_not(rows: PanelRows) -> None:
    made = cut_into_stretches(rows)
    cutoff = np.datetime64("2020-05-01")
    known = made.known_by(cutoff)
    lasts = rows.as_of[made.case] + ENDS[made.stretch].astype("timedelta64[D]")
    np.testing.assert_array_equal(known, lasts <= cutoff)
    assert (made.begins == rows.as_of[made.case] + STARTS[made.stretch].astype("timedelta64[D]")).all()
    half_watched = made.ended & (made.begins < cutoff) & (lasts > cutoff)
    assert half_watched.any()
    assert not known[half_watched].any()


def test_known_stretches_tell_the_hazard_without_bias(tmp_path: Path) -> None:
    """Exponential waits: the chance of ending in a stretch is 1 - exp(-width / mean), also at the cutoff."""
    frame = simulate_waits(dates=70, per_date=600)
    rng = np.random.default_rng(5)
    frame["wait"] = rng.exponential(25.0, len(frame))
    watched = np.minimum((69 - np.repeat(np.arange(70), 600)) * 7 + 1.0, HORIZON)
    frame["label"], frame["ended"] = np.minimum(frame["wait"], watched), frame["wait"] <= watched
    pilot = make_waiting_pilot(Blobs(tmp_path), frame)
    made = cut_into_stretches(read_rows(pilot.panel, pilot.blobs))
    recent = made.known_by(np.datetime64("2021-04-01")) & (made.begins > np.datetime64("2021-02-15"))
    told = np.array([made.ended[recent & (made.stretch == number)].mean() for number in range(12)])
    np.testing.assert_allclose(told, -np.expm1((STARTS - ENDS) / 25.0), atol=0.06)


def test_memory_is_bounded_by_leaving_out_whole_cases_evenly(rows: PanelRows) -> None:
    every = cut_into_stretches(rows)
    some = cut_into_stretches(rows, most_values=len(every.case) * (len(FEATURES) + 1) // 3 + 4)
    kept = np.unique(some.case)
    assert len(some.case) < len(every.case) / 2
    assert set(np.diff(np.arange(len(rows.frame))[kept])) <= {3, 6}, "every third case, but for blank ones"
    mine = np.isin(every.case, kept)
    assert some.stretch.tolist() == every.stretch[mine].tolist(), "a case is kept whole"


def test_the_matrix_holds_features_and_then_the_stretch(rows: PanelRows) -> None:
    made: Stretches = cut_into_stretches(rows)
    some = np.array([0, 7, 50])
    matrix = made.matrix(some)
    np.testing.assert_array_equal(matrix[:, :-1], rows.matrix[made.case[some]])
    np.testing.assert_array_equal(matrix[:, -1], made.stretch[some])


def test_each_case_is_asked_about_each_stretch() -> None:
    made = each_stretch(np.array([[5.0, np.nan], [6.0, 1.0]]), np.array([0, 4, 11]))
    np.testing.assert_array_equal(made[:, 0], [5, 5, 5, 6, 6, 6])
    np.testing.assert_array_equal(made[:, 2], [0, 4, 11, 0, 4, 11])


def test_ended_is_false_where_blank() -> None:
    frame = pd.DataFrame({"ended": pd.array([True, None, False], dtype="boolean")})
    assert ended_of(frame).tolist() == [True, False, False]
    assert ended_of(pd.DataFrame({"ended": [True, None]})).tolist() == [True, False]
    assert ended_of(pd.DataFrame({"ended": [True, False]})).tolist() == [True, False]
