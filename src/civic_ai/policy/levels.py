"""What an impact level asks of a pilot; a higher level never asks for less."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import get_args

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say
from civic_ai.records.levels import (
    LEVELS,
    Authority,
    Cadence,
    FairnessGate,
    Level,
    LevelRules,
    Majority,
    Notice,
    Privacy,
    Reasons,
    Training,
)
from civic_ai.records.policy import Policy
from civic_ai.store.yaml import Path_

Demand = int | frozenset[str]


def _steps(words: object, name: str) -> Callable[[LevelRules], Demand]:
    """How far along its ``words``, from the laxest to the strictest, a field stands."""
    order = get_args(words)
    return lambda rules: order.index(getattr(rules, name))


DEMANDS: Mapping[str, Callable[[LevelRules], Demand]] = {
    "may_run": lambda rules: not rules.may_run,
    "gates_not_waivable": lambda rules: frozenset(rules.gates_not_waivable),
    "reviewers": lambda rules: frozenset(rules.reviewers),
    "outside_reviewers": lambda rules: rules.outside_reviewers,
    "approver": _steps(Authority, "approver"),
    "notice": _steps(Notice, "notice"),
    "explanation": _steps(Reasons, "explanation"),
    "group_analysis": lambda rules: rules.group_analysis,
    "fairness_gate": _steps(FairnessGate, "fairness_gate"),
    "training": _steps(Training, "training"),
    "person_decides": lambda rules: rules.person_decides,
    "privacy_assessment": _steps(Privacy, "privacy_assessment"),
    "fallback_drill": lambda rules: rules.fallback_drill,
    "comment_days": lambda rules: rules.comment_days,
    "monitoring.signals": lambda rules: get_args(Cadence).index(rules.monitoring.signals),
    "monitoring.report": lambda rules: get_args(Cadence).index(rules.monitoring.report),
    "expires_after_months": lambda rules: -rules.expires_after_months,
    "check_after_months": lambda rules: -(rules.check_after_months or rules.expires_after_months),
    "majority": _steps(Majority, "majority"),
    "keep_records_years": lambda rules: rules.keep_records_years,
}
"""How much each field asks: more is stricter; of two sets, the one that holds the other."""


def rules_for(policy: Policy, level: Level) -> LevelRules:
    """What ``policy`` asks at ``level``. Raises :class:`ConfigError` where it says nothing about it."""
    if level not in policy.levels:
        raise ConfigError.because(
            say("the policy does not say what impact level {level} asks", level=level),
            about=policy.policy,
            remedy=say("Add the block `levels` to the policy: I, II, III and IV."),
        )
    return policy.levels[level]


def broken_levels(policy: Policy) -> Iterator[tuple[Path_, Message]]:
    """Where the levels of a policy would weaken the board unseen, and how."""
    missing = [level for level in LEVELS if level not in policy.levels]
    if missing:
        yield ("levels",), say("say what these levels ask: {levels}", levels=", ".join(missing))
        return
    if policy.levels["IV"].may_run:
        yield ("levels", "IV", "may_run"), say("what may do the gravest harm is not tried as a pilot")
    yield from _unknown_gates(policy)
    for lower, higher in pairwise(LEVELS):
        yield from _weaker(policy, lower, higher)


def _unknown_gates(policy: Policy) -> Iterator[tuple[Path_, Message]]:
    gates = {gate.id for gate in policy.gates}
    for level, rules in policy.levels.items():
        for at, name in enumerate(rules.gates_not_waivable):
            if name not in gates:
                place: Path_ = ("levels", level, "gates_not_waivable", at)
                yield place, say("there is no gate called {name}", name=name)


def _weaker(policy: Policy, lower: Level, higher: Level) -> Iterator[tuple[Path_, Message]]:
    for name, demand in DEMANDS.items():
        below, above = demand(policy.levels[lower]), demand(policy.levels[higher])
        if not _covers(above, below):
            says = say("level {higher} may not ask for less than level {lower}", higher=higher, lower=lower)
            yield ("levels", higher, *name.split(".")), says


def _covers(above: Demand, below: Demand) -> bool:
    """Whether ``above`` asks for at least as much as ``below``."""
    if isinstance(above, frozenset) and isinstance(below, frozenset):
        return above >= below
    return isinstance(above, int) and isinstance(below, int) and above >= below
