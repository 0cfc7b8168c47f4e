"""What every panel of cases obeys: looked at earlier it says the same, as far as that was known by then."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_ai.panel.case_parts import case_table
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import EVENT, case_spec, duration_spec, made_cases, parts_of, with_cases
from tests.unit.panel.cities import FIRST, City

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=False, max_examples=8)
CUTS = st.integers(91, 200)
"""Days after the first; from the first cutoff on: which kinds have an indicator is learned until then."""
SEEDS = st.integers(0, 10_000)


def panel(city: City) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        table = case_table(parts_of(city, Blobs(Path(folder))))
    return table.to_pandas(date_as_object=False).set_index(["as_of", "unit"])


def as_known_on(city: City, day: date) -> City:
    """The extract as it would have been at the end of ``day``; a last case says how far it goes."""
    end = datetime.combine(day + timedelta(days=1), time())

    def then(row: dict[str, Any]) -> dict[str, Any] | None:
        if row["came_at"] >= end:
            return None
        is_open = row["closed_at"] is None or row["closed_at"] >= end
        return {**row, "closed_at": None, "late": None} if is_open else row

    table = with_cases(city, then).tables["cases"]
    last = tuple(
        {"case_id": "last", "came_at": end - timedelta(seconds=1), "kind": "road"}.get(name)
        for name in table.columns
    )
    return city.with_table("cases", table.with_rows([*table.rows, last]))


def until(frame: pd.DataFrame, cut: date) -> pd.DataFrame:
    """The rows of lists that had been made, without the made-up last case."""
    kept = frame[frame.index.get_level_values("as_of") <= pd.Timestamp(cut)]
    return kept.drop("last", level="unit", errors="ignore")


@given(while_open=st.sampled_from(["left_out", "positive", "negative"]), seed=SEEDS, days=CUTS)
@SLOW
def test_an_earlier_extract_says_nothing_else_about_outcomes_that_were_final(
    while_open: str, seed: int, days: int
) -> None:
    city = made_cases(seed, per_day=1.5).with_spec(**case_spec(label={**EVENT, "while_open": while_open}))
    cut = FIRST + timedelta(days=days)
    early, late = until(panel(as_known_on(city, cut)), cut), until(panel(city), cut)
    assert list(early.index) == list(late.index)
    rules = [name for name in early.columns if name != "label"]
    pd.testing.assert_frame_equal(early[rules], late[rules])
    is_final = late.index.get_level_values("as_of") + pd.Timedelta(days=14) <= pd.Timestamp(cut)
    pd.testing.assert_series_equal(early["label"][is_final], late["label"][is_final])
    assert early["label"][~is_final].isna().all()


@given(seed=SEEDS, days=CUTS)
@SLOW
def test_an_earlier_extract_of_durations_is_the_later_one_censored_then(seed: int, days: int) -> None:
    """So what a split learns from, censored at its cutoff, is what the city could have known on that day."""
    city = made_cases(seed, per_day=1.5).with_spec(**duration_spec())
    cut = FIRST + timedelta(days=days)
    early, late = until(panel(as_known_on(city, cut)), cut), until(panel(city), cut)
    assert list(early.index) == list(late.index)
    seen = (pd.Timestamp(cut) - late.index.get_level_values("as_of")).days.to_numpy().astype(float)
    assert early["label"].to_numpy() == pytest.approx(
        np.where(seen > 0, np.minimum(late["label"], seen), np.nan), nan_ok=True
    )
    assert (early["ended"] == (late["ended"] & (late["label"] <= seen) & (seen > 0))).all()
