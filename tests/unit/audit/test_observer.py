"""The observer test on worlds of known truth, at the level of scores; and its rules."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from civic_ai.audit.observed import Observed
from civic_ai.audit.observer import LIMIT, examine_observer, judge_observed, judge_observer
from civic_ai.records.figure import Figure, missing
from civic_ai.records.observer import ObserverTest
from civic_ai.records.policy import Policy
from tests.unit.audit.made import PERIOD, POLICY

SEEDS = 100
RATES = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5])


def observed(seed: int, *, observer: float, place: float, knows: float = 0.0, cases: int = 150) -> Observed:
    """12 lists, the last 3 in the lockbox; 6 observers, 40 areas. ``observer``: how much who looks matters
    (1: the rates above), ``place``: how much a place's own risk; ``knows``: how well the model sees it."""
    rng = np.random.default_rng(seed)
    lists, n = 12, 12 * cases
    who, area = rng.integers(0, 6, n), rng.integers(0, 40, n)
    risk = rng.standard_normal(n)
    level = np.log(RATES / (1 - RATES))
    odds = level.mean() + observer * (level[who] - level.mean())
    event = rng.random(n) < 1 / (1 + np.exp(-odds - place * risk))
    rate = 1 / (1 + np.exp(-odds)) + 1e-6 * rng.standard_normal(6)[who]
    score = odds + knows * risk + 0.1 * rng.standard_normal(n)
    on = np.repeat(np.arange(lists), cases)
    return Observed(
        candidate="logistic_glm", is_event=event, in_lockbox=on >= 9, list=on, observer=who, cluster=area,
        score=score, rate=rate, without=knows * risk, knows_observer=True, period=PERIOD,
    )  # fmt: skip


def given(
    question: str = "cases",
    column: str | None = "inspector",
    times: tuple = (),
    champion: str = "logistic_glm",
) -> SimpleNamespace:
    """As much of an evaluated pilot as the test looks at."""
    spec = SimpleNamespace(seed=5, audit=SimpleNamespace(observer=column))
    evaluation = SimpleNamespace(time_to_find=times, capacity=40, champion=champion)
    return SimpleNamespace(spec=spec, evaluation=evaluation, panel=SimpleNamespace(question=question))


def verdicts(**world: float) -> list[str]:
    return [judge_observed(given(), observed(seed, **world), POLICY).verdict for seed in range(SEEDS)]


def test_a_model_that_knows_only_who_looks_fails_in_most_worlds() -> None:
    assert verdicts(observer=1.0, place=0.0).count("fail") >= 90


def test_a_model_of_places_alone_never_fails_and_mostly_passes() -> None:
    made = verdicts(observer=0.0, place=1.5, knows=1.5)
    assert made.count("fail") == 0
    assert made.count("pass") >= 90


def test_where_nothing_can_be_known_nobody_is_accused() -> None:
    """No observer effect and a model of pure noise: at most 5 in 100 (9 would be unlikely: 1 in 100)."""
    assert verdicts(observer=0.0, place=0.0).count("fail") <= 9


def test_a_model_that_knows_both_passes_where_places_matter_as_much() -> None:
    made = verdicts(observer=0.6, place=1.5, knows=1.5)
    assert made.count("fail") == 0
    assert made.count("pass") >= 80


@pytest.mark.parametrize(("champion", "verdict"), [("logistic_glm", "pass"), ("observer_rate", "fail")])
def test_where_the_observers_rate_is_what_is_proposed_nothing_is_left_to_tell(
    champion: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best model passes in this world, but nobody proposes it."""
    world = observed(1, observer=0.6, place=1.5, knows=1.5)
    monkeypatch.setattr("civic_ai.audit.observer.read_observed", lambda *_: world)
    assert examine_observer(given(champion=champion), POLICY).verdict == verdict


@pytest.fixture(scope="module")
def planted() -> ObserverTest:
    return judge_observed(given(), observed(1, observer=1.0, place=0.0), POLICY)


def test_the_figures_of_a_planted_observer_effect_say_so(planted: ObserverTest) -> None:
    assert planted.share is not None
    assert planted.share.value == pytest.approx(1.0, abs=0.05)
    assert planted.area_of_observer.value > 0.7
    assert planted.area_within_observers.lower < 0.5 < planted.area_within_observers.upper
    assert planted.area_without_observer.value == 0.5
    assert (planted.observers, planted.lists, planted.cases) == (6, 12, 1800)
    assert planted.area_of_model.n == planted.events
    assert [gain.split for gain in planted.gains] == ["all", "lockbox"]
    assert planted.judged_on == "lockbox"


def test_intervals_of_an_area_hold_about_as_often_as_they_say() -> None:
    """The true area within observers is 1/2 where only the observer matters."""
    made = [judge_observed(given(), observed(s, observer=1.0, place=0.0), POLICY) for s in range(SEEDS)]
    held = [one.area_within_observers.lower <= 0.5 <= one.area_within_observers.upper for one in made]
    assert 80 <= sum(held) <= 98


def test_the_interval_of_an_area_lies_round_it_and_between_0_and_1(planted: ObserverTest) -> None:
    area = planted.area_of_model
    assert 0.5 < area.lower < area.value < area.upper < 1
    world = observed(2, observer=1.0, place=0.0, cases=15)
    two = replace(world, cluster=world.cluster % 2)
    noise = np.random.default_rng(2).standard_normal(len(two.cluster))
    knowing, reversed_ = (
        judge_observed(given(), replace(two, score=sign * (3 * two.is_event + noise)), POLICY).area_of_model
        for sign in (1, -1)
    )
    assert 0.9 < knowing.lower < knowing.value < knowing.upper == 1.0
    assert 0.0 == reversed_.lower < reversed_.value < reversed_.upper < 0.1


def _figure(lower: float, upper: float) -> Figure:
    return Figure(value=(lower + upper) / 2, lower=lower, upper=upper, n=100)


@pytest.mark.parametrize(
    ("share", "within", "verdict"),
    [
        ((LIMIT, 1.1), (-1.0, 2.0), "fail"),
        ((LIMIT, 1.1), (-2.0, -1.0), "fail"),
        ((LIMIT, 1.1), (0.0, 2.0), "fail"),
        ((LIMIT, 1.1), (0.1, 2.0), "insufficient_evidence"),
        ((0.89, 1.1), (-1.0, 2.0), "insufficient_evidence"),
        ((0.2, 0.89), (-1.0, 2.0), "insufficient_evidence"),
        ((0.2, 0.89), (0.1, 2.0), "pass"),
        ((0.2, LIMIT), (0.1, 2.0), "insufficient_evidence"),
    ],
)
def test_every_rule_of_the_verdict(share: tuple, within: tuple, verdict: str) -> None:
    assert judge_observer(_figure(*share), _figure(*within)) == verdict


def test_without_a_sure_gain_or_an_interval_nothing_is_told() -> None:
    sure = _figure(0.95, 1.0)
    assert judge_observer(missing("no_sure_gain"), _figure(-1, 1)) == "insufficient_evidence"
    assert judge_observer(sure, None) == "insufficient_evidence"
    assert judge_observer(sure, Figure(value=1.0, n=3)) == "insufficient_evidence"


def test_a_share_of_a_gain_that_could_be_none_is_not_told() -> None:
    """A model that tells nothing apart; one that is right in one place only; a single place."""
    world = observed(3, observer=1.0, place=0.0)
    blind = replace(world, score=np.random.default_rng(1).random(len(world.score)))
    assert judge_observed(given(), blind, POLICY).share == missing("no_sure_gain")
    here = np.where(world.cluster == 0, world.score, 0.0)
    assert judge_observed(given(), replace(world, score=here), POLICY).share == missing("no_sure_gain")
    alone = replace(world, cluster=np.zeros_like(world.cluster))
    assert judge_observed(given(), alone, POLICY).share == missing("no_sure_gain")


def test_two_places_are_enough_for_a_share_with_an_interval() -> None:
    world = observed(3, observer=1.0, place=0.0)
    share = judge_observed(given(), replace(world, cluster=world.cluster % 2), POLICY).share
    assert share.lower <= share.value <= share.upper


def test_the_interval_of_the_share_lies_round_it_and_is_wider_at_a_higher_level() -> None:
    world = observed(4, observer=1.0, place=0.7, knows=0.5)
    tight, wide = (
        judge_observed(given(), world, _with_level(level)).share
        for level in (POLICY.tolerances.confidence_level, 0.99)
    )
    assert wide.lower < tight.lower < tight.value == wide.value < tight.upper < wide.upper


def _with_level(level: float) -> Policy:
    return POLICY.model_copy(
        update={"tolerances": POLICY.tolerances.model_copy(update={"confidence_level": level})}
    )


@pytest.mark.parametrize(
    ("question", "column", "why"),
    [
        ("cases", None, "not_declared"),
        ("ranking", None, "not_declared"),
        ("ranking", "channel", "observer_of_rows_only"),
        ("demand", "channel", "observer_of_rows_only"),
        ("durations", "crew", "no_chance_is_predicted"),
    ],
)
def test_what_cannot_be_tested_is_unknown_with_its_reason(
    question: str, column: str | None, why: str
) -> None:
    made = examine_observer(given(question, column), POLICY)
    assert (made.verdict, made.why_unknown, made.column) == ("unknown", why, column)
    assert made.share is None
    assert made.gains == ()


def test_one_observer_or_one_outcome_cannot_be_tested() -> None:
    world = observed(1, observer=1.0, place=0.0)
    alone = judge_observed(given(), replace(world, observer=np.zeros_like(world.observer)), POLICY)
    quiet = judge_observed(given(), replace(world, is_event=np.zeros_like(world.is_event)), POLICY)
    assert (alone.verdict, alone.why_unknown) == ("unknown", "one_observer")
    assert (quiet.verdict, quiet.why_unknown) == ("unknown", "no_pairs")


def test_a_model_of_nothing_but_the_observer_has_no_figure_without() -> None:
    made = judge_observed(given(), replace(observed(1, observer=1.0, place=0.0), without=None), POLICY)
    assert made.area_without_observer.why_missing == "nothing_but_the_observer"


def test_the_same_inputs_give_the_same_record(planted: ObserverTest) -> None:
    again = judge_observed(given(), observed(1, observer=1.0, place=0.0), POLICY)
    assert again.digest == planted.digest
