from __future__ import annotations

import pytest

from civic_ai.policy.gates import check_gates
from civic_ai.policy.load import load_policy
from civic_ai.records.policy import Policy

POLICY = load_policy()
GOOD = {
    "evaluation.lift_over_best_baseline.lower": 1.02,
    "audit.worst_verdict": "pass",
    "audit.reporting.verdict": "pass",
    "evaluation.unmatured_rows": 0,
    "snapshot.worst_quarantined_share": 0.001,
    "panel.location.verdict": "pass",
    "panel.leaks_found": 0,
    "evaluation.calibration.verdict": "pass",
    "audit.coverage_verdict": "pass",
    "evaluation.stability.verdict": "pass",
    "evaluation.lockbox_agrees": "pass",
    "explanation.additivity_error": 1e-12,
    "snapshot.sources_without_licence": 0,
    "audit.suppression.visible_small_cells": 0,
    "audit.observer.verdict": "pass",
    "explanation.trials.verdict": "pass",
    "bundle.leaves_verdict": "pass",
}
BAD = {
    "evaluation.lift_over_best_baseline.lower": 1.0,
    "evaluation.unmatured_rows": 1,
    "snapshot.worst_quarantined_share": 0.021,
    "panel.leaks_found": 1,
    "explanation.additivity_error": 0.01,
    "snapshot.sources_without_licence": 1,
    "audit.suppression.visible_small_cells": 1,
}


def test_the_facts_of_these_tests_are_those_of_the_policy() -> None:
    assert {gate.fact for gate in POLICY.gates} == set(GOOD)


def test_ready_only_when_every_gate_passes() -> None:
    report = check_gates(POLICY, GOOD, "e" * 64)
    assert (report.passed, report.failed, report.unknown, report.is_ready) == (len(GOOD), 0, 0, True)
    assert (report.evidence, report.policy) == ("e" * 64, POLICY.digest)
    assert [check.gate for check in report.checks] == [gate.id for gate in POLICY.gates]


@pytest.mark.parametrize("fact", sorted(GOOD))
def test_each_gate_alone_can_fail_and_be_unknown(fact: str) -> None:
    failing = check_gates(POLICY, {**GOOD, fact: BAD.get(fact, "fail")}, "e")
    assert (failing.passed, failing.failed, failing.is_ready) == (len(GOOD) - 1, 1, False)
    undecided = check_gates(POLICY, {**GOOD, fact: "insufficient_evidence"}, "e")
    absent = check_gates(POLICY, {name: value for name, value in GOOD.items() if name != fact}, "e")
    for report in (undecided, absent):
        assert (report.passed, report.unknown, report.is_ready) == (len(GOOD) - 1, 1, False)


def test_what_was_observed_stands_in_the_report() -> None:
    report = check_gates(POLICY, {**GOOD, "panel.leaks_found": 3}, "e")
    check = next(check for check in report.checks if check.gate == "leak-search-clean")
    assert (check.observed, check.must_be, check.fact, check.verdict) == (
        3,
        "== 0",
        "panel.leaks_found",
        "fail",
    )


def test_a_policy_without_gates_makes_nothing_ready() -> None:
    empty = Policy(policy="none", version="1", gates=())
    assert not check_gates(empty, GOOD, "e").is_ready
