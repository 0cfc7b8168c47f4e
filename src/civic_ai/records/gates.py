"""The gate report: each question of the policy, what was observed, and the verdict."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.people import BoardRole
from civic_ai.records.record import Record, Scalar

GateVerdict = Literal["pass", "fail", "unknown"]


class GateCheck(Record):
    """One gate: the fact it looks at, what it saw, what it must be. Unknown never passes."""

    gate: str
    fact: str
    observed: Scalar
    must_be: str
    verdict: GateVerdict
    waivable_by: BoardRole | None = None

    named_by = ("gate",)


class GateReport(Record):
    """All gates in the order of the policy; ``is_ready`` only when every one passes."""

    evidence: str
    policy: str
    checks: tuple[GateCheck, ...]
    passed: int
    failed: int
    unknown: int
    is_ready: bool
