"""No code of the workflow reaches a sentence: every refusal there is, said in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import LANGUAGES, Message
from civic_ai.records.case import Case
from civic_ai.review import grant_rules, needs, permissions, rules, verdicts, workflow
from civic_ai.review.workflow import next_case
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import PEOPLE, act, deed, policy
from tests.unit.review.scenes import TRIED, at_the_board, open_case, prepared, voted

CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
TYPED = re.compile(r"`[^`]*`")
"""What a person types stands in backticks; that is a code, and must be."""
OFFICER, CHAIR = ("off", "governance_officer"), ("cha", "chair")
GATES = ("g-chair", "g-tech", "g-none", "g-low")
OWED = {"conditions": (("c", "ona", 9, "suspend"),)}
REFUSED = {"binding": None, "end": None}
AUTHORS = [*PEOPLE, ("mem", "developer"), ("tec", "developer")]


def _cases() -> Iterator[Case]:
    """Cases of every kind: each refusal can be had in one of them."""
    opened, *votes, closed = voted("approve", "cha", "com", "mem")
    lone = [pair for pair in PEOPLE if pair[1] not in ("chair", "member")]
    running = [*at_the_board("II"), *voted("approve", "cha", "com", "mem", **OWED)]
    complaint = deed("resident_appeal", *OFFICER)
    refused = [*at_the_board("I"), *voted("reject", "cha", "com", "mem", **REFUSED)]
    used = [
        *at_the_board("II"), opened, *votes, closed, deed("start_pilot", "sol", "data_steward"),
        deed("report_pilot", "ona", "owner"),
    ]  # fmt: skip
    unannounced = [one for one in at_the_board("III", gates=GATES) if one["kind"] != "post_notice"]
    asked_again = [*used, deed("hand_to_board", *OFFICER)]
    yield Case()
    for begin in (
        [open_case()],
        [open_case(), deed("submit", "ona", "owner")],
        [open_case(), deed("submit", "ona", "owner"), deed("propose_level", *OFFICER)],
        [*prepared("IV"), deed("review", "tec", "technical_reviewer")],
        [*prepared("II"), deed("review", "tec", "technical_reviewer", blocking=True)],
        [*prepared("II", AUTHORS), deed("declare_conflict", "mem", "member", person="mem")],
        at_the_board("I", lone),
        unannounced,
        [*unannounced, deed("post_notice", *OFFICER, at=0)],
        [*at_the_board("II", gates=GATES), opened, *votes],
        [*at_the_board("III"), opened, *votes],
        [*at_the_board("I"), deed("open_meeting", *CHAIR, present=("cha",), absent=("com", "mem"))],
        [*at_the_board("I"), opened, votes[0]],
        refused,
        running,
        [*running, complaint, deed("stop", "ona", "owner")],
        [*refused, deed("appeal", "ona", "owner"), deed("stop", "ona", "owner")],
        [*running, complaint, deed("start_pilot", "sol", "data_steward"), deed("suspend", *CHAIR)],
        [
            *running,
            complaint,
            deed("start_pilot", "sol", "data_steward"),
            deed("report_pilot", "ona", "owner"),
        ],
        [*asked_again, opened],
        [*asked_again, *voted("extend", "cha", "com", "mem"), *asked_again[-3:], opened],
    ):
        yield case_after(begin)


@pytest.fixture(scope="module")
def refusals() -> set[Message]:
    """Every distinct sentence, remedies too, that any deed is refused with in any of the cases."""
    found: dict[tuple[str, str], Message] = {}
    for case in _cases():
        for one in (*TRIED, open_case([*PEOPLE, PEOPLE[1]])):
            try:
                next_case(case, act(one), policy())
            except RefusedError as error:
                for mistake in error.mistakes:
                    said = [one for one in (mistake.says, mistake.remedy) if one is not None]
                    found |= {(one.sentence, str(one)): one for one in said}
    return set(found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_reaches_a_refusal(refusals: set[Message], language: str) -> None:
    told = {said.text(language) for said in refusals}
    assert [text for text in told if CODE.search(TYPED.sub("", text))] == []


@pytest.mark.parametrize(
    "module", [rules, needs, grant_rules, permissions, verdicts, workflow], ids=lambda m: m.__name__
)
def test_every_sentence_of_a_refusal_was_heard(refusals: set[Message], module: object) -> None:
    heard = {said.sentence for said in _within(refusals)}
    assert set(_sentences(Path(str(module.__file__)))) - heard == set()


def _within(messages: set[Message]) -> Iterator[Message]:
    """The messages, and those that fill a place of theirs."""
    for message in messages:
        yield message
        yield from _within({value for value in message.values.values() if isinstance(value, Message)})


def _sentences(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            yield ast.literal_eval(node.args[0])
