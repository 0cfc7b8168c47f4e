from __future__ import annotations

from string import Formatter

import pytest

from civic_ai.records.findings import AUDIT_FINDINGS, DATA_FINDINGS, FINDINGS, PANEL_FINDINGS, say_finding
from civic_ai.records.snapshot import Finding


def test_no_two_stages_use_one_code() -> None:
    assert len(FINDINGS) == len(DATA_FINDINGS) + len(PANEL_FINDINGS) + len(AUDIT_FINDINGS)


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_each_sentence_can_be_said_and_stays_short(code: str) -> None:
    places = {name for _, name, _, _ in Formatter().parse(FINDINGS[code]) if name}
    found = Finding(code=code, source="s", severity="note", values=dict.fromkeys(places, 7))
    assert "{" not in say_finding(found).text()
    assert len(FINDINGS[code].split()) < 25
