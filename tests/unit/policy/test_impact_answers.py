from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import shipped_folder
from civic_ai.policy.impact_answers import (
    load_answers,
    pilot_answers,
    pilot_name,
    say_answers,
    started_answers,
)
from civic_ai.policy.impact_level import find_level
from tests.unit.policy.made_answers import BY, POLICY, QUESTIONS, SHOWN, answer, answers_of

HEAD = 'pilot: a-b\nquestionnaire: "1"\nphase: design\nconfirmed_by: Ana, head\nanswers:\n'


def read(folder: Path, lines: str, head: str = HEAD) -> object:
    (folder / "impact.yaml").write_text(head + lines, "utf-8")
    return load_answers(folder / "impact.yaml", QUESTIONS)


def test_a_word_a_list_and_the_long_form(tmp_path: Path) -> None:
    text = (
        "  scores: yes\n  decisionSector1: [health, access]\n  businessDrivers11: []\n"
        f"  fairnessDesign2: {{answer: yes, evidence: [{SHOWN[0]}], links: [https://city.gov/a], note: a}}\n"
    )
    answers = read(tmp_path, text).answers
    assert answers["scores"].answer == ("yes",)
    assert answers["decisionSector1"].answer == ("health", "access")
    assert answers["businessDrivers11"].answer == ()
    assert answers["fairnessDesign2"].evidence == SHOWN


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  riskProfile11: yes", "there is no question called riskProfile11"),
        ("  riskProfile11: yes", "Did you mean riskProfile1?"),
        ("  riskProfile1: maybe", "maybe is no answer to riskProfile1"),
        ("  riskProfile1: maybe", "Known here: yes, no, unsure."),
        ("  riskProfile1: [yes, no]", "give one answer, not 2"),
        ("  riskProfile1: []", "give one answer, not 0"),
        ("  housing: []", "give one answer, not 0"),
        ("  housing: benefits", "benefits is no answer to housing"),
        ("  decisionSector1: [health, unsure]", "give one answer, not 2"),
        ("  decisionSector1: [health, health]", "an answer is given twice"),
        ("  scores: {answer: yes, evidence: [see the drawer]}", "answers.scores.evidence[0]"),
        ("  scores: {answer: yes, links: [http://city.gov]}", "answers.scores.links[0]"),
        ("  scores: {answer: yes, confirmed: Ana}", "is not known here"),
        ("  scores: {evidence: []}", "is missing"),
    ],
)
def test_every_mistake_is_said_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, line + "\n")
    assert says in str(caught.value)
    assert "impact.yaml:6" in str(caught.value)


def test_answers_to_other_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="answers version 0; the questions are version 1") as caught:
        read(tmp_path, "  scores: yes\n", HEAD.replace('"1"', '"0"'))
    assert "Look at each answer again" in str(caught.value)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "  housing: maybe\n  nothing-like-it-at-all: yes\n")
    assert len(caught.value.mistakes) == 2


def test_what_is_proposed_reads_back_and_counts_for_nothing(tmp_path: Path) -> None:
    proposed = {
        "riskProfile1": answer("no", confirmed_by=None, proposed_from="b" * 64),
        "aboutDataSourceType2": answer(confirmed_by=None, proposed_from="b" * 64),
        "fairnessDesign2": answer("yes", confirmed_by=None, proposed_from="b" * 64, evidence=SHOWN),
    }
    made = answers_of(proposed)
    (tmp_path / "impact.yaml").write_text(say_answers(made), "utf-8")
    again = load_answers(tmp_path / "impact.yaml", QUESTIONS)
    assert again == made
    whole = find_level(QUESTIONS, again.model_copy(update={"confirmed_by": BY}), POLICY)
    assert (whole.score.raw, whole.score.mitigation) == (167, 0)
    assert set(whole.unconfirmed) == set(proposed)


def test_a_pilot_without_answers_starts_in_design(tmp_path: Path) -> None:
    folder = tmp_path / "a-b"
    folder.mkdir()
    (folder / "pilot.yaml").write_text("pilot: a-b\n", "utf-8")
    started = started_answers(folder, QUESTIONS)
    assert (started.pilot, started.phase, started.answers) == ("a-b", "design", {})
    read(folder, "  scores: yes\n", HEAD.replace("design", "implementation"))
    assert started_answers(folder, QUESTIONS).phase == "implementation"


def test_a_pilot_has_the_name_that_it_gives_itself(tmp_path: Path) -> None:
    (tmp_path / "pilot.yaml").write_text("pilot: c-d\n", "utf-8")
    assert pilot_name(tmp_path) == "c-d"
    read(tmp_path, "  scores: yes\n")
    with pytest.raises(ConfigError, match="these answers are of a-b, not of c-d"):
        pilot_answers(tmp_path, QUESTIONS)
    (tmp_path / "pilot.yaml").write_text("title: none\n", "utf-8")
    assert pilot_name(tmp_path) == tmp_path.name


@pytest.mark.parametrize("pilot", ["example-potholes", "houston-potholes"])
def test_the_pilots_that_came_along_are_at_level_two(pilot: str) -> None:
    file = shipped_folder("pilots") / pilot / "impact.yaml"
    level = find_level(QUESTIONS, load_answers(file, QUESTIONS), POLICY)
    assert (level.pilot, level.outcome, level.level, level.floor) == (pilot, "level", "II", "II")
    assert [hit.id for hit in level.floors] == ["moves-resources"]
    assert level.is_complete
