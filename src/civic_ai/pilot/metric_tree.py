"""Which metrics decide for a pilot: the board's stored questions, walked with what the pilot declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, governance_folder, say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.metric_tree import MetricChoice, MetricTree, Proposal
from civic_ai.store.yaml import Path_, load_yaml

METRICS_FILE = "questionnaires/metrics.yaml"


@cache
def shipped_tree() -> MetricTree:
    """The questions of this installation's ``governance/``."""
    return load_tree(governance_folder() / METRICS_FILE)


def load_tree(path: Path) -> MetricTree:
    """The questions at ``path``. Raises :class:`ConfigError` with every mistake: answers that lead nowhere or
    in a circle, proposals that decide by what they do not show."""
    document = replace(load_yaml(path), part="")
    tree = validate(document, MetricTree)
    mistakes = [mistake_at(document, place, says) for place, says in _broken(tree)]
    if mistakes:
        raise ConfigError(mistakes)
    return tree


def _broken(tree: MetricTree) -> Iterator[tuple[Path_, Message]]:
    if tree.first not in tree.questions:
        yield ("first",), say("there is no question called {name}", name=tree.first)
    order = list(tree.questions)
    for at, (name, question) in enumerate(tree.questions.items()):
        for key, answer in question.answers.items():
            place: Path_ = ("questions", name, "answers", key)
            if (answer.then is None) == (answer.proposes is None):
                yield place, say("give one of 'then' and 'proposes'")
            elif answer.proposes is not None and answer.proposes not in tree.proposals:
                yield place, say("there is no proposal called {name}", name=answer.proposes)
            elif answer.then is not None and answer.then not in order[at + 1 :]:
                yield place, say("{name} must be a question further down", name=answer.then)
    for name, proposal in tree.proposals.items():
        for metric in sorted(set(proposal.decide) - set(proposal.shown)):
            yield ("proposals", name, "decide"), say("{metric} decides and is not shown", metric=metric)


def propose(question: str, intervention: str, is_limited: bool) -> tuple[str, Proposal]:
    """The name of the proposal, and the proposal, for a kind of pilot."""
    tree = shipped_tree()
    name = tree.propose(
        {"question": question, "intervention": intervention, "capacity": "yes" if is_limited else "no"}
    )
    return name, tree.proposals[name]


def proposal_for(spec: PilotSpec) -> tuple[str, Proposal]:
    """What the questions propose for a pilot."""
    return propose(spec.question, spec.intervention, spec.capacity.units_per_period is not None)


def choose_metrics(spec: PilotSpec) -> MetricChoice:
    """The metrics that decide for a pilot: those that somebody chose, else those that are proposed."""
    tree, chosen = shipped_tree(), spec.audit.chosen
    name, proposal = proposal_for(spec)
    decide = proposal.decide if chosen is None else chosen.metrics
    return MetricChoice(
        tree=tree.digest,
        version=tree.version,
        proposal=name,
        why_proposed=proposal.why,
        proposed=proposal.decide,
        chosen=decide,
        left_out=tuple(metric for metric in proposal.decide if metric not in decide),
        by=None if chosen is None else chosen.by,
        why=None if chosen is None else chosen.why,
    )
