"""What need not be said is read. With a sealed dossier: tests/journey/test_decision.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.review.office import Office
from civic_ai.review.step_maker import StepMaker, Taking
from tests.unit.review.made_case import DIGESTS, day
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(made, kind, by, role, **given)
    return made


def taking(by: str, role: str, folder: Path) -> Taking:
    return Taking(PILOT, by, role, day(0), folder)


def test_who_when_and_the_dossier_are_filled_in(office: Office, tmp_path: Path) -> None:
    maker = StepMaker(office)
    made = maker.make("return_case", {"reason": "too early"}, taking("off", "governance_officer", tmp_path))
    assert made.model_dump(mode="json") == {
        "kind": "return_case", "by": "off", "role": "governance_officer", "at": str(day(0)),
        "answered": [], "dossier": DIGESTS["A"], "reason": "too early",
    }  # fmt: skip


def test_a_step_that_there_is_not_names_those_that_there_are(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="close_vote"):
        StepMaker(office).make("approve", {}, taking("off", "governance_officer", tmp_path))


def test_each_mistake_says_which_field(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        StepMaker(office).make("comment", {"tekst": "x"}, taking("off", "king", tmp_path))
    assert {each.about for each in refused.value.mistakes} == {
        "comment.tekst",
        "comment.text",
        "comment.role",
    }


def test_a_state_that_does_not_know_the_step_refuses_it_first(office: Office, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="This cannot be done now"):
        StepMaker(office).make("vote", {}, taking("cha", "chair", tmp_path))


@pytest.mark.parametrize(
    ("kind", "folder", "says"),
    [("propose_level", ".", "rests on the sealed dossier"), ("submit", ".", "rests on the sealed dossier")],
)
def test_a_step_that_rests_on_files_is_refused_without_them(
    tmp_path: Path, kind: str, folder: str, says: str
) -> None:
    office = office_in(tmp_path)
    first = TO_APPROVAL[: 2 if kind == "propose_level" else 1]
    for one, by, role, given in first:
        take(office, one, by, role, **given)
    with pytest.raises(ConfigError, match=says):
        StepMaker(office).make(kind, {}, taking("ona", "owner", tmp_path / folder))


def test_a_dossier_without_the_citys_answers_is_not_enough(office: Office, tmp_path: Path) -> None:
    step = Taking(PILOT, "off", "governance_officer", day(0), tmp_path / "none", tmp_path)
    with pytest.raises(ConfigError):
        StepMaker(office).make("propose_level", {}, step)
