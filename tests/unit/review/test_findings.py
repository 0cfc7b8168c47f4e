from __future__ import annotations

from typing import get_args

from civic_ai.core.messages import say
from civic_ai.review.findings import KINDS, WARNINGS, Finding, Kind


def test_only_what_an_honest_ledger_may_show_is_a_warning() -> None:
    assert {kind for kind in get_args(Kind) if not Finding(kind, say("x")).is_fault} == WARNINGS
    assert {"no witness", "old witness", "clock"} == WARNINGS


def test_each_kind_has_a_word() -> None:
    assert tuple(KINDS) == get_args(Kind)
    assert all(str(word) == kind for kind, word in KINDS.items())
