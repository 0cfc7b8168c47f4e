"""Ask each question of the policy of the facts. Unknown never passes."""

from __future__ import annotations

from collections.abc import Mapping

from civic_ai.policy.conditions import parse_condition
from civic_ai.records.gates import GateCheck, GateReport
from civic_ai.records.policy import Gate, Policy
from civic_ai.records.record import Scalar


def check_gates(policy: Policy, facts: Mapping[str, Scalar], evidence_digest: str) -> GateReport:
    """The report of every gate, in the policy's order.

    A fact that does not stand among ``facts`` is unknown, as is one that is None or a verdict that
    itself could not be reached; unknown never passes.
    """
    checks = tuple(_check(gate, facts) for gate in policy.gates)
    passed, failed, unknown = (
        sum(check.verdict == verdict for check in checks) for verdict in ("pass", "fail", "unknown")
    )
    return GateReport(
        evidence=evidence_digest,
        policy=policy.digest,
        checks=checks,
        passed=passed,
        failed=failed,
        unknown=unknown,
        is_ready=passed == len(checks) > 0,
    )


def _check(gate: Gate, facts: Mapping[str, Scalar]) -> GateCheck:
    observed = facts.get(gate.fact)
    return GateCheck(
        gate=gate.id,
        fact=gate.fact,
        observed=observed,
        must_be=gate.must_be,
        verdict=parse_condition(gate.must_be).judge(observed),
        waivable_by=gate.waivable_by,
    )
