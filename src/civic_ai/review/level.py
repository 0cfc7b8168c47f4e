"""What the policy says about a case's impact level, and about the workflow at all."""

from __future__ import annotations

import calendar
from datetime import date

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say
from civic_ai.policy.levels import rules_for
from civic_ai.records.levels import LEVELS, Level, LevelRules
from civic_ai.records.people import BoardRole
from civic_ai.records.policy import Policy
from civic_ai.records.text import Text
from civic_ai.records.workflow_policy import WorkflowPolicy


def workflow_of(policy: Policy) -> WorkflowPolicy:
    """The policy's ``workflow`` block. Raises :class:`ConfigError` when the city has none."""
    if policy.workflow is None:
        raise ConfigError.because(
            say("the policy does not say how decisions are made"),
            about="workflow",
            remedy=say("Copy the workflow block of the policy that came with civic-ai."),
        )
    return policy.workflow


def rules_at(policy: Policy, level: Level | None) -> LevelRules:
    """What the policy asks at this level; at the highest while none is confirmed."""
    return rules_for(policy, level or LEVELS[-1])


def may_waive(policy: Policy, level: Level | None, gate: str) -> BoardRole | None:
    """The role that may waive this gate at this level; None where nobody may."""
    if gate in rules_at(policy, level).gates_not_waivable:
        return None
    return next((each.waivable_by for each in policy.gates if each.id == gate), None)


def months_after(day: date, months: int) -> date:
    """The same day of the month, so many months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def gate_question(policy: Policy, gate: str) -> Text | str:
    """What a gate asks; of an unknown one the name."""
    return next((each.asks for each in policy.gates if each.id == gate), gate)


def gate_name(policy: Policy, gate: str) -> Message | str:
    """A gate as people read of it: its name and the question that it asks; of an unknown one the name."""
    asks = next((each.asks for each in policy.gates if each.id == gate), None)
    return gate if asks is None else say("{gate} ({asks})", gate=gate, asks=asks)
