"""The published scoring and its test case, and the laws of the level."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.policy.impact_level import (
    add_points,
    find_level,
    highest,
    level_of,
    score,
)
from civic_ai.records.impact_level import Answer, ImpactAnswers, ImpactLevel
from civic_ai.records.impact_questions import UNSURE
from civic_ai.records.levels import LEVELS
from tests.unit.policy.made_answers import (
    BY,
    POLICY,
    QUESTIONS,
    SHOWN,
    answer,
    answers_of,
    changed,
    cleared,
    least,
    random_answers,
    ways,
)

seeds = st.integers(0, 10**6)
raw_ids = st.sampled_from([one.id for one in QUESTIONS.of("raw_risk")])
mitigation_ids = st.sampled_from([one.id for one in QUESTIONS.of("mitigation")])
quick = settings(max_examples=60, deadline=None)


def found(answers: ImpactAnswers) -> ImpactLevel:
    return find_level(QUESTIONS, answers, POLICY)


def harm(level: ImpactLevel) -> tuple[int, int, int]:
    """How much harm is possible, to be compared: outcome, level, points that count."""
    outcome = ("not_covered", "level", "stopped").index(level.outcome)
    return outcome, -1 if level.level is None else LEVELS.index(level.level), level.score.net


# ---- the published scoring ----


def test_the_published_test_case() -> None:
    chosen = {"decisionSector1": ("health", "economic", "social")}
    raw, mitigation = (add_points(QUESTIONS, chosen, kind) for kind in ("raw_risk", "mitigation"))
    assert (raw, mitigation) == (3, 0)
    published = score(QUESTIONS, raw, mitigation)
    assert (published.raw, published.mitigation, published.net, published.level) == (3, 0, 3, "I")


def test_the_published_maxima() -> None:
    assert (QUESTIONS.raw_max, QUESTIONS.mitigation_max) == (167, 77)
    all_of_it = {
        name: tuple(one.points) if one.several else (max(one.points, key=one.points.__getitem__),)
        for name, one in QUESTIONS.questions.items()
    }
    assert add_points(QUESTIONS, all_of_it, "raw_risk") == 167
    assert add_points(QUESTIONS, all_of_it, "mitigation") == 154


@pytest.mark.parametrize(
    ("points", "level"),
    [(0, "I"), (41, "I"), (42, "II"), (83, "II"), (84, "III"), (125, "III"), (126, "IV"), (167, "IV")],
)
def test_the_published_cuts(points: int, level: str) -> None:
    assert level_of(QUESTIONS, points) == level


def test_a_cut_itself_belongs_to_the_level_below() -> None:
    frame = QUESTIONS.frame.model_copy(
        update={"scoring": QUESTIONS.frame.scoring.model_copy(update={"cuts": (1 / 167, 2 / 167, 3 / 167)})}
    )
    tight = QUESTIONS.model_copy(update={"frame": frame})
    assert [level_of(tight, points) for points in range(5)] == ["I", "I", "II", "III", "IV"]


@pytest.mark.parametrize("mitigation", [0, 61, 62, 77])
def test_the_published_deduction_for_every_raw_score(mitigation: int) -> None:
    """Independent: 62 is the first whole number from 61.6; exact fractions, half a point up."""
    for raw in range(168):
        expected = (Fraction(85, 100) * raw + Fraction(1, 2)).__floor__() if mitigation >= 62 else raw
        assert score(QUESTIONS, raw, mitigation).net == expected


def test_all_of_the_mitigation_that_is_asked_for_is_enough() -> None:
    strict = QUESTIONS.frame.scoring.model_copy(update={"deduct_from": 1.0})
    changed_frame = QUESTIONS.frame.model_copy(update={"scoring": strict})
    strictest = QUESTIONS.model_copy(update={"frame": changed_frame})
    assert (score(strictest, 100, 77).net, score(strictest, 100, 76).net) == (85, 100)


def test_the_deduction_can_move_the_level() -> None:
    assert score(QUESTIONS, 88, 61).level == "III"
    assert score(QUESTIONS, 88, 62).level == "II"


# ---- our rule ----


def test_the_fewest_points_that_can_be_answered() -> None:
    level = found(answers_of(least()))
    assert (level.score.raw, level.outcome, level.level) == (14, "level", "I")
    assert level.is_complete
    assert level.floors == level.stops == ()


def test_no_answer_at_all_is_stopped_at_the_most_points() -> None:
    level = found(answers_of({}))
    assert (level.outcome, level.level, level.score.raw, level.floor) == ("stopped", None, 167, "IV")
    assert {hit.because for hit in (*level.stops, *level.floors)} == {"unanswered"}
    assert not level.is_complete


def test_the_stop_list_cannot_be_left_by_not_being_covered() -> None:
    given_ = least() | {"scores": answer("no"), "emotions": answer("yes")}
    assert found(answers_of(given_)).outcome == "stopped"


@pytest.mark.parametrize("name", ["scores", "shapes-service"])
def test_one_clear_no_in_the_scope_means_not_covered(name: str) -> None:
    level = found(answers_of(least() | {name: answer("no")}))
    assert (level.outcome, level.level) == ("not_covered", None)
    assert found(answers_of(least() | {name: answer(UNSURE)})).outcome == "level"


@pytest.mark.parametrize("floor", QUESTIONS.frame.floors, ids=lambda floor: floor.id)
@pytest.mark.parametrize("said", ["yes", UNSURE, None])
def test_each_floor_holds_whatever_the_points_say(floor, said) -> None:
    given_ = least()
    del given_[floor.id]
    level = found(answers_of(given_ | ({floor.id: answer(said)} if said else {})))
    assert level.level == level.floor == floor.level
    assert level.score.level == "I"
    assert [(hit.id, hit.level) for hit in level.floors] == [(floor.id, floor.level)]
    assert level.floors[0].because == (said or "unanswered")


def test_the_deduction_never_goes_below_a_floor() -> None:
    worst = cleared() | {
        one.id: answer(*(tuple(one.points) if one.several else (max(one.points, key=one.points.get),)))
        for one in QUESTIONS.of("raw_risk")
    }
    shown = {
        one.id: answer(*ways(one)[-1 if one.several else 0], evidence=SHOWN)
        for one in QUESTIONS.of("mitigation")
    }
    level = found(answers_of(worst | shown | {"moves-resources": answer("yes")}))
    assert (level.score.raw, level.score.mitigation, level.score.net) == (167, 77, 142)
    assert level.raw_level == "IV"
    assert (level.floor, level.score.level, level.level) == ("II", "IV", "IV")
    low = found(answers_of(least() | shown | {"housing": answer("yes")}))
    assert (low.score.net, low.score.level, low.level) == (12, "I", "III")


def test_the_level_before_the_deduction_is_kept_beside_the_level_after_it() -> None:
    given_ = least() | {
        one.id: answer(*ways(one)[-1 if one.several else 0], evidence=SHOWN)
        for one in QUESTIONS.of("mitigation")
    }
    for name in ("impact", "riskProfile", "aboutSystem", "decisionSector"):
        page = next(page for page in QUESTIONS.pages if page.page == name)
        given_ |= {one.id: answer(UNSURE) for one in page.questions}
    level = found(answers_of(given_))
    assert (level.score.raw, level.score.net) == (95, 81)
    assert (level.raw_level, level.score.level, level.level) == ("III", "II", "II")


def test_the_level_names_what_it_rests_on() -> None:
    answers = answers_of(least())
    level = found(answers)
    assert (level.questionnaire, level.answers, level.policy) == (
        QUESTIONS.digest,
        answers.digest,
        POLICY.digest,
    )
    assert (level.policy_version, level.questionnaire_version) == (POLICY.version, QUESTIONS.frame.version)


# ---- laws ----


@quick
@given(seeds, raw_ids, st.data())
def test_a_riskier_answer_never_lowers(seed: int, name: str, data: st.DataObject) -> None:
    question = QUESTIONS.questions[name]
    by_points = sorted(ways(question), key=lambda way: sum(question.points[one] for one in way))
    low, high = sorted(data.draw(st.lists(st.integers(0, len(by_points) - 1), min_size=2, max_size=2)))
    answers = random_answers(seed)
    if sum(question.points[one] for one in by_points[low]) == sum(
        question.points[one] for one in by_points[high]
    ):
        return
    mild, risky = (found(changed(answers, name, answer(*by_points[at]))) for at in (low, high))
    assert harm(mild) <= harm(risky)


@quick
@given(seeds, st.sampled_from(list(QUESTIONS.questions)), st.data())
def test_unsure_and_no_answer_are_as_bad_as_the_worst(seed: int, name: str, data: st.DataObject) -> None:
    answers, question = random_answers(seed), QUESTIONS.questions[name]
    other = answer(*data.draw(st.sampled_from(ways(question))), evidence=SHOWN)
    known = harm(found(changed(answers, name, other)))
    assert harm(found(changed(answers, name, answer(UNSURE, evidence=SHOWN)))) >= known
    assert harm(found(changed(answers, name, None))) >= known
    proposed = other.model_copy(update={"confirmed_by": None, "proposed_from": "b" * 64})
    assert harm(found(changed(answers, name, proposed))) >= known


@quick
@given(seeds, st.sampled_from(list(QUESTIONS.screens)))
def test_unsure_at_a_screen_is_as_bad_as_yes(seed: int, name: str) -> None:
    answers = random_answers(seed)
    no, yes, unsure = (harm(found(changed(answers, name, answer(said)))) for said in ("no", "yes", UNSURE))
    assert no <= yes == unsure == harm(found(changed(answers, name, None)))


@quick
@given(seeds, mitigation_ids)
def test_evidence_taken_away_never_lowers(seed: int, name: str) -> None:
    answers = random_answers(seed)
    before = answers.answers.get(name)
    without = None if before is None else before.model_copy(update={"evidence": ()})
    assert harm(found(changed(answers, name, without))) >= harm(found(answers))


@quick
@given(seeds)
def test_a_link_is_no_evidence(seed: int) -> None:
    answers = random_answers(seed)
    linked = {
        name: one.model_copy(update={"links": ("https://city.gov/page",)})
        for name, one in answers.answers.items()
    }
    assert found(answers.model_copy(update={"answers": linked})).score == found(answers).score


@quick
@given(seeds)
def test_the_order_of_answers_does_not_matter(seed: int) -> None:
    answers = random_answers(seed)
    mixed = list(answers.answers.items())
    Random(seed).shuffle(mixed)
    assert found(answers.model_copy(update={"answers": dict(mixed)})) == found(answers)


@quick
@given(seeds)
def test_the_level_is_the_higher_of_floor_and_score(seed: int) -> None:
    level = found(random_answers(seed))
    assert level.floor == max((hit.level for hit in level.floors), key=LEVELS.index, default="I")
    if level.outcome == "level":
        assert level.level == max(level.floor, level.score.level, key=LEVELS.index)
    assert 0 <= level.score.net <= level.score.raw <= 167
    assert 0 <= level.score.mitigation <= 77
    assert set(level.unconfirmed) <= set(level.unanswered)
    assert not set(level.unsure) & set(level.unanswered)


def test_the_highest_of_none_is_the_lowest_there_is() -> None:
    assert highest([]) == "I"
    assert highest(["II", "IV", "III"]) == "IV"


def test_who_stands_for_an_answer() -> None:
    alone = Answer(answer=("yes",))
    proposed = Answer(answer=("yes",), proposed_from="b" * 64)
    answers = answers_of({"scores": alone, "shapes-service": proposed})
    assert answers.confirmed("scores") is None
    by_all = answers.model_copy(update={"confirmed_by": BY})
    assert by_all.confirmed("scores") == alone
    assert by_all.confirmed("shapes-service") is None
    by_name = proposed.model_copy(update={"confirmed_by": BY})
    assert changed(answers, "shapes-service", by_name).confirmed("shapes-service") == by_name
