"""The board's questions on metrics: every kind of pilot finds an answer; broken files are refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import governance_folder
from civic_ai.pilot.metric_tree import METRICS_FILE, choose_metrics, load_tree, propose, shipped_tree
from tests.unit.audit.made import LANGUAGE, pilot

KINDS = list(
    itertools.product(
        ("ranking", "cases", "demand", "durations"), ("assistive", "punitive", "mixed"), (True, False)
    )
)


@pytest.mark.parametrize(("question", "intervention", "is_limited"), KINDS)
def test_every_kind_of_pilot_finds_a_proposal(question: str, intervention: str, is_limited: bool) -> None:
    name, proposal = propose(question, intervention, is_limited)
    assert shipped_tree().proposals[name] == proposal
    assert set(proposal.decide) <= set(proposal.shown)


def test_no_proposal_is_never_reached() -> None:
    assert {propose(*kind)[0] for kind in KINDS} == set(shipped_tree().proposals)


def test_everything_is_said_in_three_languages() -> None:
    tree = shipped_tree()
    texts = [question.asks for question in tree.questions.values()]
    texts += [answer.means for question in tree.questions.values() for answer in question.answers.values()]
    texts += [proposal.why for proposal in tree.proposals.values()]
    for text in texts:
        assert text.en
        assert text.es
        assert text.pt
        assert len({text.en, text.es, text.pt}) == 3


def test_what_nobody_chose_is_what_is_proposed() -> None:
    choice = choose_metrics(pilot())
    assert (choice.proposal, choice.proposed, choice.chosen) == ("help_in_order", ("recall",), ("recall",))
    assert (choice.by, choice.why, choice.left_out) == (None, None, ())
    assert choice.tree == shipped_tree().digest


def test_a_choice_says_who_why_and_what_was_left_out() -> None:
    chosen = {
        "by": "the equity office",
        "why": "Promised in 2024.",
        "metrics": ["precision", "exposure_by_rank"],
    }
    spec = pilot(audit={"attributes": {"language": LANGUAGE}, "chosen": chosen}, intervention="mixed")
    choice = choose_metrics(spec)
    assert choice.chosen == ("precision", "exposure_by_rank")
    assert choice.left_out == ("recall", "false_positive_rate")
    assert (choice.by, choice.why.any) == ("the equity office", "Promised in 2024.")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("first: task", "first: tusk", "no question called tusk"),
        ("then: capacity_of_help", "then: harm", "must be a question further down"),
        ("proposes: forecast", "proposes: guess", "no proposal called guess"),
        ("        proposes: waits\n", "", "one of 'then' and 'proposes'"),
        ("decide: [bias_ratio]", "decide: [recall]", "recall decides and is not shown"),
        ("about: intervention", "about: weather", "about"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (governance_folder() / METRICS_FILE).read_text()
    assert old in text
    path = tmp_path / "metrics.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        load_tree(path)
    assert says in str(refused.value)
