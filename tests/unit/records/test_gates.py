from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.gates import GateCheck


def test_a_gate_has_three_verdicts_and_no_other() -> None:
    for verdict in ("pass", "fail", "unknown"):
        assert GateCheck(gate="g", fact="f", observed=1, must_be="== 1", verdict=verdict).verdict == verdict
    with pytest.raises(ValidationError):
        GateCheck(gate="g", fact="f", observed=1, must_be="== 1", verdict="insufficient_evidence")
