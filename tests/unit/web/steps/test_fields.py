"""The form of every step asks for every field that nobody else fills, and knows what the case offers."""

from __future__ import annotations

import pytest

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import Case
from civic_ai.review.step_maker import FILLED
from civic_ai.web.steps.fields import DERIVED, READ, Around, FormField, fields_of
from tests.unit.review.made_case import act, deed, policy
from tests.unit.review.made_case import holder as made_holder

PEOPLE = (made_holder("ona", "owner"), made_holder("cha", "chair"), made_holder("com", "member"))
CASE = Case(
    pilot="streets", state="board_pilot", people=PEOPLE, open_gates=("g-chair", "g-tech"), complaints=("r",)
)
AROUND = Around(CASE, policy(), ("cha", "ona"), ("a" * 64,), ("chair",))


def form(kind: str) -> dict[str, FormField]:
    return {each.name: each for each in fields_of(kind, AROUND)}


@pytest.mark.parametrize("kind", ACTIONS)
def test_what_nobody_else_fills_is_asked(kind: str) -> None:
    asked = set(form(kind)) - {"dossier", "pilot"}
    assert asked == set(ACTIONS[kind].model_fields) - FILLED - DERIVED - READ.get(kind, set())
    assert ("dossier" in form(kind)) == ("open_gates" in ACTIONS[kind].model_fields)


@pytest.mark.parametrize("kind", ACTIONS)
def test_required_is_what_the_record_requires(kind: str) -> None:
    model = ACTIONS[kind].model_fields
    for name, each in form(kind).items():
        assert name not in model or name == "dossier" or each.is_required == model[name].is_required()


def test_answers_that_the_case_knows_are_chosen() -> None:
    assert [option.value for option in form("waive")["gate"].options] == ["g-chair"]
    assert [option.value for option in form("open_meeting")["present"].options] == ["cha", "com"]
    assert [option.value for option in form("answer_resident")["appeal"].options] == ["r"]
    assert form("resident_appeal")["appeal"].widget == "line"
    assert form("submit")["dossier"].options[0].value == "a" * 64


def test_only_answers_that_the_question_has_can_be_voted() -> None:
    assert [option.value for option in form("vote")["verdict"].options] == [
        "approve", "return", "reject", "abstain",
    ]  # fmt: skip
    assert "abstain" not in [option.value for option in form("close_vote")["verdict"].options]


def test_files_are_asked_for_as_files() -> None:
    assert form("report_pilot")["report"].widget == form("post_notice")["notice"].widget == "file"
    assert form("meet_condition")["proof"].widget == "file"
    conditions = {part.name: part.widget for part in form("close_vote")["conditions"].parts}
    assert conditions["proof"] == "line"
    assert "id" not in conditions


def test_what_is_chosen_stands_before_its_reason() -> None:
    assert list(form("vote")) == ["verdict", "reason", "dissent"]
    assert act(deed("vote", "cha", "chair")).kind == "vote"


def test_rows_and_groups_name_their_parts_by_place() -> None:
    review = form("review")["findings"]
    assert [part.name for part in review.row(2)] == ["findings.2.severity", "findings.2.text"]
    assert [part.name for part in form("void")["found"].inner] == [
        "found.area", "found.use", "found.ends_on",
    ]  # fmt: skip


def test_the_last_day_of_an_approval_is_asked_once() -> None:
    assert form("close_vote")["expires_on"].widget == "day"
    assert [part.name for part in form("close_vote")["binding"].inner] == ["binding.area", "binding.use"]


def test_a_long_choice_is_a_list_in_a_row() -> None:
    assert {part.name: part.widget for part in form("open_case")["people"].parts} == {
        "person": "select", "role": "select", "is_community": "tick",
    }  # fmt: skip
    assert {part.name: part.widget for part in form("review")["findings"].parts}["severity"] == "choice"
