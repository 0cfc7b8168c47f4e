from __future__ import annotations

from collections.abc import Mapping

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
from civic_ai.pilot.rule import Rules
from civic_ai.pilot.rules import RULES


def test_every_module_of_rules_gives_a_table_and_all_of_them_run() -> None:
    modules = (
        rules_sources, rules_unit, rules_label, rules_models, rules_mitigations, rules_audit, rules_metrics,
        rules_texts,
    )  # fmt: skip
    tables: list[Rules] = [module.RULES for module in modules]
    assert all(isinstance(table, Mapping) and table for table in tables)
    assert [rule for _, rule in RULES] == [rule for table in tables for rule in table]
