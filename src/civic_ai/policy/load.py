"""Read the board's policy file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import governance_folder, say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.policy.conditions import ConditionError, parse_condition
from civic_ai.policy.levels import broken_levels
from civic_ai.records.policy import Policy
from civic_ai.store.yaml import load_yaml

POLICY_FILE = "policy.yaml"


def load_policy(path: Path | None = None) -> Policy:
    """The policy at ``path``, else the one that came with this installation.

    Raises :class:`ConfigError` with every mistake: unknown keys, gates named twice, conditions
    that cannot be read, levels of which a higher one asks for less.
    """
    document = replace(load_yaml(path or governance_folder() / POLICY_FILE), part="")
    policy = validate(document, Policy)
    mistakes, seen = [], set()
    for i, gate in enumerate(policy.gates):
        if gate.id in seen:
            says = say("{name} is given twice", name=gate.id)
            mistakes.append(mistake_at(document, ("gates", i, "id"), says))
        seen.add(gate.id)
        try:
            parse_condition(gate.must_be)
        except ConditionError as error:
            mistakes.append(mistake_at(document, ("gates", i, "must_be"), error.says))
    mistakes.extend(mistake_at(document, place, says) for place, says in broken_levels(policy))
    if mistakes:
        raise ConfigError(mistakes)
    return policy
