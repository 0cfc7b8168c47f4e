"""What every baseline and candidate must obey, on worlds drawn at random."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from civic_ai.models.baselines import BY_QUESTION
from civic_ai.models.bundle import open_bundle
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.models.scorer import Scorer
from civic_ai.records.policy import Limits, Policy
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import (
    FAMILIES,
    HORIZON,
    crossed,
    fitted_alone,
    log_linear,
    make_pilot,
    rule_scorer,
    simulate,
)

POLICY = Policy(policy="laws", version="1", gates=(), limits=Limits(training_events=10))
BASELINES = [baseline.name for baseline in BY_QUESTION["ranking"]]
WORLDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["count", "event"]),
        "truth": st.sampled_from([log_linear, crossed]),
        "seed": st.integers(0, 10_000),
        "units": st.integers(9, 14),
    }
)
few = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""Each example fits a dozen models; a smaller seed is no simpler world, so nothing is shrunk."""


def world(drawn: dict[str, object]) -> tuple[pd.DataFrame, str]:
    """A frame with gaps in two features, and its kind of label."""
    frame = simulate(dates=55, **drawn)  # type: ignore[arg-type]
    rng = np.random.default_rng(int(drawn["seed"]))  # type: ignore[call-overload]
    for feature in ("rain_7d", "requests_28d"):
        frame.loc[rng.random(len(frame)) < 0.1, feature] = np.nan
    return frame, str(drawn["kind"])


def predicted(frame: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Every score of every split and of the lockbox, and the digests of the sealed models."""
    with tempfile.TemporaryDirectory() as folder:
        blobs = Blobs(Path(folder))
        pilot = make_pilot(blobs, frame, kind=kind, models={"candidates": fitted_alone(kind)})
        predictions = fit_candidates(pilot.spec, pilot.panel, POLICY, blobs)
        blobs.put_record(predictions)
        names = [each.name for each in predictions.candidates]
        lockbox = score_lockbox(pilot.spec, predictions, names, blobs)
        tables = [blobs.table(blob).to_pandas() for blob in (predictions.blob, lockbox.blob)]
        return pd.concat(tables, ignore_index=True), dict(lockbox.bundles)


def cutoff_of(scored: pd.DataFrame, split: str) -> object:
    return scored.loc[scored["split"] == split, "as_of"].min()


@few
@given(drawn=WORLDS, split=st.sampled_from(["1", "2", "lockbox"]), poison=st.integers(0, 10_000))
def test_nothing_after_the_cutoff_changes_a_splits_scores(
    drawn: dict[str, object], split: str, poison: int
) -> None:
    """Labels that matured later, and all rows after the first test date, are overwritten at random."""
    frame, kind = world(drawn)
    honest, _ = predicted(frame, kind)
    cutoff = cutoff_of(honest, split)
    rng = np.random.default_rng(poison)
    altered = frame.copy()
    unmatured = altered["as_of"] + timedelta(days=HORIZON) > cutoff
    altered.loc[unmatured, "label"] = rng.integers(0, 2, int(unmatured.sum())).astype(float)
    later = altered["as_of"] > cutoff
    for feature in FAMILIES:
        altered.loc[later, feature] = rng.normal(50.0, 900.0, int(later.sum())) ** 2
    poisoned, _ = predicted(altered, kind)
    first_day = [each[(each["split"] == split) & (each["as_of"] == cutoff)] for each in (honest, poisoned)]
    for column in ("lower", "upper"):
        assert first_day[0][column].to_numpy().tobytes() == first_day[1][column].to_numpy().tobytes()
    assert len(first_day[0]) == (len(BASELINES) + len(fitted_alone(kind))) * frame["unit"].nunique()
    assert first_day[0]["score"].to_numpy().tobytes() == first_day[1]["score"].to_numpy().tobytes()
    if split != "1":
        earlier = [each[each["split"] == "1"]["score"].to_numpy() for each in (honest, poisoned)]
        assert earlier[0].tobytes() == earlier[1].tobytes()


@few
@given(drawn=WORLDS, order=st.integers(0, 10_000))
def test_the_order_of_the_panels_rows_changes_nothing(drawn: dict[str, object], order: int) -> None:
    frame, kind = world(drawn)
    shuffled = frame.sample(frac=1.0, random_state=order)
    scored, bundles = predicted(frame, kind)
    scored_again, bundles_again = predicted(shuffled, kind)
    pd.testing.assert_frame_equal(scored, scored_again, check_exact=True)
    assert bundles == bundles_again


@few
@given(drawn=WORLDS)
def test_scores_and_bounds_are_what_their_kind_allows(drawn: dict[str, object]) -> None:
    frame, kind = world(drawn)
    scored, _ = predicted(frame, kind)
    _scores_are_allowed(scored, kind)
    _bounds_are_whole_numbers_around_the_score_of_counts(scored, kind)


def _scores_are_allowed(scored: pd.DataFrame, kind: str) -> None:
    assert np.isfinite(scored["score"]).all()
    assert (scored["score"] >= 0).all()
    models = scored[~scored["candidate"].isin(list(BASELINES))]
    assert set(models["candidate"]) == set(fitted_alone(kind))
    assert (models["score"] > 0).all()
    if kind == "event":
        assert (models["score"] < 1).all()


def _bounds_are_whole_numbers_around_the_score_of_counts(scored: pd.DataFrame, kind: str) -> None:
    has = scored["lower"].notna()
    assert (scored["upper"].notna() == has).all()
    assert (has == ((scored["split"] != "1") & (kind == "count"))).all()
    said = scored[has]
    assert (said["lower"] >= 0).all()
    assert (said["lower"] <= said["score"]).all()
    assert (said["upper"] >= np.floor(said["score"])).all()
    assert (said[["lower", "upper"]] % 1 == 0).all(axis=None)


@few
@given(drawn=WORLDS)
def test_a_sealed_model_adds_up_and_repeats_its_lockbox_scores(drawn: dict[str, object]) -> None:
    frame, kind = world(drawn)
    with tempfile.TemporaryDirectory() as folder:
        blobs = Blobs(Path(folder))
        pilot = make_pilot(blobs, frame, kind=kind, models={"candidates": fitted_alone(kind)})
        predictions = fit_candidates(pilot.spec, pilot.panel, POLICY, blobs)
        blobs.put_record(predictions)
        lockbox = score_lockbox(pilot.spec, predictions, fitted_alone(kind), blobs)
        scored = blobs.table(lockbox.blob).to_pandas()
        for name, digest in lockbox.bundles.items():
            scorer = open_bundle(digest, blobs)
            wanted = scored[scored["candidate"] == name]
            rows = frame[frame["as_of"] >= wanted["as_of"].min()]
            assert scorer.score(rows).tobytes() == wanted["score"].to_numpy().tobytes()
            _adds_up(scorer, rows)


@pytest.mark.parametrize("name", BASELINES)
@few
@given(drawn=WORLDS, horizon=st.integers(1, 730))
def test_a_rule_adds_up_and_never_falls_when_a_count_grows(
    name: str, drawn: dict[str, object], horizon: int
) -> None:
    frame, _ = world(drawn)
    rule = rule_scorer(name, horizon)
    _adds_up(rule, frame)
    counts = [column for column in frame if column.startswith("baseline_") and "index" not in column]
    grown = frame.assign(**{column: frame[column] + 1 for column in counts})
    assert (rule.score(grown) > rule.score(frame)).all()


def _adds_up(scorer: Scorer, rows: pd.DataFrame) -> None:
    sums = scorer.contributions(rows).sum(axis=1)
    np.testing.assert_allclose(sums, scorer.raw_scores(rows), rtol=0, atol=1e-9)
