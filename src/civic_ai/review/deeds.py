"""What was done, in words: the step, and the gate, condition, objection, level or person that it is about."""

from __future__ import annotations

from civic_ai.core.messages import Message, say
from civic_ai.records.action import Action, Assign, Release, Waive
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.review.level import gate_name

ABOUT = ("condition", "appeal", "level", "person")
"""Fields of a step that name the one thing that it is about."""


def deed_of(action: Action, policy: Policy | None = None) -> Message:
    """The step and what it is about; a gate as ``policy`` asks it, without one by its name."""
    deed, about = DEEDS[action.kind], _about(action, policy)
    return deed if about is None else say("{step}: {about}", step=deed, about=about)


def _about(action: Action, policy: Policy | None) -> Message | str | None:
    if isinstance(action, Waive):
        return action.gate if policy is None else gate_name(policy, action.gate)
    if isinstance(action, Assign | Release):
        return say("{person}, {role}", person=action.holder.person, role=ROLES[action.holder.role])
    return next((getattr(action, name) for name in ABOUT if name in type(action).model_fields), None)
