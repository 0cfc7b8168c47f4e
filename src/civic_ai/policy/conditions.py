"""The condition of a gate: ``> 1.0``, ``== pass``, ``<= 0.02``, ``between 0.8 and 1.25``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from civic_ai.core.messages import Message, say
from civic_ai.records.gates import GateVerdict
from civic_ai.records.record import Scalar

UNDECIDED = frozenset({"unknown", "insufficient_evidence"})
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_BETWEEN = re.compile(rf"between ({_NUMBER}) and ({_NUMBER})")
_COMPARISON = re.compile(rf"(>=|<=|==|!=|>|<) (?:({_NUMBER})|([a-z_]+))")


class ConditionError(ValueError):
    """The condition cannot be read; ``says`` is the sentence for the reader."""

    def __init__(self, says: Message) -> None:
        super().__init__(str(says))
        self.says = says


@dataclass(frozen=True)
class Condition:
    """Judges one observed fact. A fact that is missing or undecided gives ``unknown``."""

    sign: str
    number: float | None = None
    word: str | None = None
    upper: float | None = None

    def judge(self, observed: Scalar) -> GateVerdict:
        """``pass`` or ``fail``; ``unknown`` for None, for an undecided verdict, for another type."""
        if observed is None or observed in UNDECIDED:
            return "unknown"
        if self.word is not None:
            return _verdict(isinstance(observed, str) and (observed == self.word) == (self.sign == "=="))
        if isinstance(observed, bool | str) or self.number is None:
            return "unknown"
        if self.upper is not None:
            return _verdict(self.number <= observed <= self.upper)
        return _verdict(_COMPARE[self.sign](observed, self.number))


def _verdict(holds: bool) -> GateVerdict:
    return "pass" if holds else "fail"


def parse_condition(text: str) -> Condition:
    """The condition that ``text`` states. Raises :class:`ConditionError`."""
    if found := _BETWEEN.fullmatch(text):
        return Condition("between", number=float(found[1]), upper=float(found[2]))
    if found := _COMPARISON.fullmatch(text):
        sign, number, word = found.groups()
        if word is not None and sign not in ("==", "!="):
            raise ConditionError(say("a word can only be compared by == or !=, not {sign}", sign=sign))
        return Condition(sign, number=None if number is None else float(number), word=word)
    raise ConditionError(
        say("is not a condition: {text} (write for example '> 1.0' or '== pass')", text=text)
    )
