from __future__ import annotations

from pathlib import Path

from civic_ai.cards.verification import verify
from civic_ai.web.demo.pilots import PILOTS
from tests.unit.web.demo.made_demo import kept_in


def test_what_steps_rest_on_is_read_from_the_files(tmp_path: Path) -> None:
    pilot = next(each for each in PILOTS if each.left_in == "triaged")
    kept = kept_in(tmp_path, pilot)
    assert kept.dossier_digest == verify(kept.dossier).digest == kept.sealed.manifest.digest
    assert kept.second_run == {"dossier": kept.dossier_digest, "agrees": True}
    assert kept.level["level"] == kept.impact.level == "II"
    assert set(kept.open_gates) == {
        check.gate for check in kept.sealed.gates.checks if check.verdict != "pass"
    }
    assert {"A01", "B01", "J01"} <= set(kept.answered({}))
