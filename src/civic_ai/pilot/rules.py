"""Rules between the parts of a spec: what each part alone cannot know.

Each rule yields the place, the sentence and (where it is not obvious) the remedy. All rules run,
so that a city sees every mistake at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.pilot import (
    rules_audit,
    rules_label,
    rules_metrics,
    rules_mitigations,
    rules_models,
    rules_sources,
    rules_texts,
    rules_unit,
)
from civic_ai.pilot.rule import Broken, Rule
from civic_ai.pilot.spec import PilotSpec

RULES: tuple[tuple[frozenset[str], Rule], ...] = tuple(
    (frozenset(parts.split()), rule)
    for module in (
        rules_sources,
        rules_unit,
        rules_label,
        rules_models,
        rules_mitigations,
        rules_audit,
        rules_metrics,
        rules_texts,
    )
    for rule, parts in module.RULES.items()
)
"""Every rule with the parts of a spec that it looks at."""


def broken_rules(spec: PilotSpec, parts: frozenset[str]) -> Iterator[Broken]:
    """Every rule that ``spec`` breaks, among the rules whose parts are sound."""
    for needed, rule in RULES:
        if needed <= parts:
            yield from rule(spec)
