"""Against a definition of its own: the most raw risk, over every way in which what is open could turn out."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.policy.cautious_reading import CautiousReading
from civic_ai.policy.impact_level import add_points
from civic_ai.records.impact_level import Answer
from civic_ai.records.impact_questions import UNSURE, ImpactPage, ImpactQuestion, ImpactQuestionnaire
from tests.unit.policy.made_answers import QUESTIONS, SHOWN, answer, answers_of

TEXT = {"en": "What?"}
CHOICES = ("a", "b", "c")


def question(
    name: str, points: tuple[int, ...], parent: str | None, opens: tuple[str, ...]
) -> ImpactQuestion:
    return ImpactQuestion.model_validate(
        {
            "id": name,
            "asks": TEXT,
            "points": dict(zip(CHOICES, points, strict=False)),
            "asked_when": {parent: opens} if parent else {},
        }
    )


@st.composite
def small(draw: st.DrawFn) -> tuple[ImpactQuestionnaire, dict[str, Answer]]:
    """Up to five questions that lead to one another, some answered, some not."""
    made: list[ImpactQuestion] = []
    for at in range(draw(st.integers(1, 5))):
        parent = draw(st.sampled_from([None, *[one.id for one in made]]))
        points = tuple(draw(st.lists(st.integers(0, 4), min_size=2, max_size=3)))
        opens = tuple(draw(st.lists(st.sampled_from(CHOICES[:2]), min_size=1, max_size=2, unique=True)))
        made.append(question(f"q{at}", points, parent, opens))
    page = ImpactPage(page="q", counts_as="raw_risk", evidence=TEXT, questions=tuple(made))
    given_ = {
        one.id: answer(draw(st.sampled_from([*one.points, UNSURE]))) for one in made if draw(st.booleans())
    }
    return ImpactQuestionnaire(frame=QUESTIONS.frame, pages=(page,)), given_


def points_if(questions: dict[str, ImpactQuestion], known: dict[str, str]) -> int:
    """The points of complete answers: only what is asked counts. Written from the rule, not from our code."""
    asked: set[str] = set()
    for name, one in questions.items():
        if all(parent in asked and known[parent] in opens for parent, opens in one.asked_when.items()):
            asked.add(name)
    return sum(questions[name].points[known[name]] for name in asked)


@settings(max_examples=300, deadline=None)
@given(small())
def test_raw_risk_is_the_most_that_it_could_turn_out_to_be(
    case: tuple[ImpactQuestionnaire, dict[str, Answer]],
) -> None:
    questionnaire, given_ = case
    questions = questionnaire.questions
    free = {
        name: tuple(one.points) if name not in given_ or given_[name].is_unsure else given_[name].answer
        for name, one in questions.items()
    }
    most = max(points_if(questions, dict(zip(free, ways, strict=True))) for ways in product(*free.values()))
    reading = CautiousReading(questionnaire, answers_of(given_))
    assert add_points(questionnaire, reading.chosen(), "raw_risk") == most


def test_what_follows_from_a_question_that_is_not_asked_is_not_asked() -> None:
    chain = (
        question("q0", (0, 1), None, ()),
        question("q1", (2, 0), "q0", ("b",)),
        question("q2", (4, 4), "q1", ("a",)),
    )
    page = ImpactPage(page="q", counts_as="raw_risk", evidence=TEXT, questions=chain)
    questionnaire = ImpactQuestionnaire(frame=QUESTIONS.frame, pages=(page,))
    answers = answers_of({"q0": answer("a"), "q1": answer("a")})
    assert CautiousReading(questionnaire, answers).chosen() == {"q0": ("a",)}


def chosen(given_: dict[str, Answer], phase: str = "design") -> dict[str, tuple[str, ...]]:
    return CautiousReading(QUESTIONS, answers_of(given_, phase)).chosen()


def test_a_question_of_the_other_phase_is_not_asked() -> None:
    shown = {
        "fairnessDesign2": answer("yes", evidence=SHOWN),
        "fairnessImplementation2": answer("yes", evidence=SHOWN),
    }
    assert chosen(shown)["fairnessDesign2"] == ("yes",)
    assert "fairnessImplementation2" not in chosen(shown)
    assert chosen(shown, "implementation")["fairnessImplementation2"] == ("yes",)
    assert "fairnessDesign2" not in chosen(shown, "implementation")


def test_mitigation_counts_only_with_evidence_and_only_where_it_leads() -> None:
    child = {"fairnessDesign24A": answer("yes", evidence=SHOWN)}
    assert "fairnessDesign24A" not in chosen(child)
    assert "fairnessDesign24A" not in chosen(child | {"fairnessDesign24": answer("yes")})
    both = chosen(child | {"fairnessDesign24": answer("yes", evidence=SHOWN)})
    assert both["fairnessDesign24"] == both["fairnessDesign24A"] == ("yes",)


def test_the_sources_own_unsure_counts_as_the_riskier_answer() -> None:
    assert chosen({"aboutDataSource15": answer(UNSURE)})["aboutDataSource15"] == ("no",)
    asked = chosen({"impact26": answer(UNSURE)})
    assert asked["impact27"] == ("yes",)
    assert "impact27" not in chosen({"impact26": answer("all")})


def test_unsure_where_several_may_be_given_is_everything_with_points() -> None:
    assert chosen({"decisionSector1": answer(UNSURE)})["decisionSector1"] == tuple(
        QUESTIONS.questions["decisionSector1"].points
    )
    assert chosen({})["businessDrivers11"] == ("no_service",)


def test_what_is_open_is_said() -> None:
    given_ = {
        "riskProfile1": answer(UNSURE),
        "riskProfile2": Answer(answer=("no",), proposed_from="b" * 64),
        "fairnessDesign2": answer("yes"),
        "fairnessDesign4": answer("no"),
        "fairnessDesign5": answer("yes", evidence=SHOWN),
        "fairnessDesign3": answer(UNSURE),
        "riskProfile3": answer("no"),
    }
    reading = CautiousReading(QUESTIONS, answers_of(given_))
    assert reading.unsure() == ("riskProfile1", "fairnessDesign3")
    assert reading.unconfirmed() == ("riskProfile2",)
    assert reading.without_evidence() == ("fairnessDesign2",)
    assert not {"riskProfile1", "riskProfile3", "fairnessDesign2"} & set(reading.unanswered())
    assert {"scores", "riskProfile2", "riskProfile4"} <= set(reading.unanswered())


def test_only_a_clear_no_keeps_a_screen_from_holding() -> None:
    screen = QUESTIONS.screens["housing"]
    for said, because in ((("yes",), "yes"), ((UNSURE,), "unsure"), ((), "yes"), (("no", "yes"), "yes")):
        hits = CautiousReading(QUESTIONS, answers_of({"housing": answer(*said)})).hits((screen,))
        assert [hit.because for hit in hits] == [because]
    assert CautiousReading(QUESTIONS, answers_of({"housing": answer("no")})).hits((screen,)) == ()
