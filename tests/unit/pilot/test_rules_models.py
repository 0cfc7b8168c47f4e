from __future__ import annotations

import typing

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.pilot.located import validate
from civic_ai.pilot.rules_models import BASELINES, CANDIDATES, OBJECTIVES, baselines_of
from civic_ai.pilot.spec import BaselineName, CandidateName, Objective, PilotSpec, Question
from civic_ai.store.yaml import parse_yaml
from tests.unit.pilot.written import CASES, DEMAND, DURATIONS, assert_only, broken, changed


def literals(kind: object) -> set[str]:
    return {
        word for part in typing.get_args(kind) for word in (part, *typing.get_args(part)) if type(word) is str
    }


def test_the_tables_hold_every_name_of_the_spec() -> None:
    assert {name for names in CANDIDATES.values() for name in names} == literals(CandidateName)
    assert {name for names in BASELINES.values() for name in names} == literals(BaselineName)
    assert {name for names in OBJECTIVES.values() for name in names} == literals(Objective)
    assert set(BASELINES) == literals(Question) == {question for question, _ in OBJECTIVES}


@pytest.mark.parametrize(
    ("question", "objective"),
    [
        ({}, "mean_poisson_deviance"), ({}, "days_earlier"), ({}, "integrated_brier_score"),
        (DEMAND, "recall_at_capacity"), (DEMAND, "integrated_brier_score"),
        (CASES, "root_mean_squared_scaled_error"), (DURATIONS, "recall_at_capacity"),
    ],
)  # fmt: skip
def test_an_objective_answers_the_question(question: dict[str, str], objective: str) -> None:
    old = next(line for line in changed(question).splitlines() if line.startswith("objective: "))
    found = broken(question, {old: f"objective: {objective}"})
    said = [says for place, says in found if place == "objective"]
    assert any(f"{objective} cannot be used with" in sentence for sentence in said), found


def test_days_earlier_needs_the_day_on_which_cases_are_due() -> None:
    assert_only(broken(CASES, {"due_on: due_at, ": ""}), "objective", "needs unit.due_on")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ({}, "poisson_glm"), ({}, "lightgbm_tweedie"), ({}, "lightgbm_hazard"), (DEMAND, "logistic_glm"),
        (CASES, "lightgbm_tweedie"), (DURATIONS, "lightgbm"),
    ],
)  # fmt: skip
def test_a_candidate_predicts_the_label(question: dict[str, str], name: str) -> None:
    old = next(line for line in changed(question).splitlines() if line.startswith("models: "))
    found = broken(question, {old: f"models: {{candidates: [{name}]}}"})
    place = "models.candidates[0]"
    assert_only([each for each in found if each[0] == place], place, f"{name} cannot predict a label of kind")


def test_settings_are_for_candidates_that_are_tried() -> None:
    tuned = {"[logistic_glm, lightgbm]": "[lightgbm], settings: {logistic_glm: {prior_sd: 2}}"}
    assert_only(broken(tuned), "models.settings.logistic_glm", "is not among the candidates")


@pytest.mark.parametrize(
    ("question", "named", "says"),
    [
        ({}, "arrival_order", "answers no question of ranking"),
        (DEMAND, "curve_of_all", "answers no question of demand"),
        (CASES, "year_count", "answers no question of cases"),
        (DURATIONS, "group_rate", "answers no question of durations"),
        (DURATIONS, "curve_of_group", "needs models.rate_by"),
    ],
)
def test_a_baseline_answers_the_question(question: dict[str, str], named: str, says: str) -> None:
    tried = next(line for line in changed(question).splitlines() if line.startswith("models: "))
    candidates = tried[tried.index("[") : tried.index("]") + 1]
    found = broken(question, {tried: f"models: {{candidates: {candidates}, baselines: [{named}]}}"})
    assert_only(found, "models.baselines[0]", says)


def test_rules_of_cases_need_what_they_go_by() -> None:
    found = broken(CASES, {", rate_by: kind": "", "\n  observer: channel": ""})
    assert found == [
        ("models.baselines[1]", "group_rate needs models.rate_by"),
        ("models.baselines[2]", "observer_rate needs audit.observer"),
    ]


def test_places_have_no_rates_by_a_column() -> None:
    found = broken({"[logistic_glm, lightgbm]": "[lightgbm], rate_by: kind"})
    assert_only(found, "models.rate_by", "are for cases and durations")


def test_all_baselines_that_fit_always_run() -> None:
    def run(*changes: dict[str, str]) -> tuple[str, ...]:
        return baselines_of(validate(parse_yaml(changed(*changes).encode(), "x"), PilotSpec))

    six = ("last_value", "seasonal_naive", "recent_count", "quarter_count", "year_count", "seasonal_index")
    assert run() == run(dict(DEMAND)) == six
    assert run(dict(CASES)) == ("arrival_order", "group_rate", "observer_rate")
    bare = {", rate_by: kind": "", "\n  observer: channel": "", ", group_rate, observer_rate": ""}
    assert run(dict(CASES), bare) == ("arrival_order",)
    assert run(dict(DURATIONS)) == ("curve_of_all",)


@pytest.mark.parametrize(
    ("changes", "place", "twice"),
    [
        ({"[logistic_glm, lightgbm]": "[lightgbm, lightgbm]"}, "models.candidates", "lightgbm"),
        ({"languages: [en, es]": "languages: [en, en]"}, "review.languages", "en"),
        ({"who: crews": "who: crews, what_if: [20, 20]"}, "capacity.what_if", "20"),
    ],
)
def test_nothing_is_given_twice(changes: dict[str, str], place: str, twice: str) -> None:
    assert_only(broken(changes), place, f"{twice} is given twice")


@pytest.mark.parametrize(
    "written",
    [
        "objective: mean_days_closed", "objective: mean_days_of_closed", "objective: median_time_to_close",
        "objective: average_days_open", "objective: mean_duration",
    ],
)  # fmt: skip
def test_a_mean_of_closed_cases_is_refused_with_the_reason(written: str) -> None:
    """METHODS 2.4: of two groups whose waits differ by 1.4, the mean of closed cases saw no difference."""
    with pytest.raises(ConfigError) as caught:
        validate(
            parse_yaml(changed({"objective: recall_at_capacity": written}).encode(), "p.yaml"), PilotSpec
        )
    [mistake] = caught.value.mistakes
    assert (mistake.about, str(mistake.place).split(":")[0]) == ("objective", "p.yaml")
    assert "leaves out those that still wait" in str(mistake.says)
    assert "kind: duration" in str(mistake.remedy)


def test_a_mean_of_closed_cases_is_no_simple_rule_either() -> None:
    text = changed({"[logistic_glm, lightgbm]": "[lightgbm], baselines: [mean_days_closed]"})
    with pytest.raises(ConfigError, match="leaves out those that still wait"):
        validate(parse_yaml(text.encode(), "p.yaml"), PilotSpec)
