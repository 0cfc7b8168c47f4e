"""What may be kept, by its content: never by its name or by what the browser says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.records.action import ACTIONS
from civic_ai.review.step_evidence import FILED
from civic_ai.web import evidence
from civic_ai.web.evidence import KEPT, ending_of, kept_in, named_in, require_evidence
from civic_ai.web.settings import DeskSettings
from tests.unit.review.made_case import DIGESTS, act, deed


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.7\n\x00\xff", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"\xff\xd8\xff\xe0\x00", "jpg"),
        ("ward,found\nñ,3\n".encode(), "txt"),
        (b"<script>alert(1)</script>", "txt"),
        (b"PK\x03\x04\x14\x00\x00\x00", None),
        (b"MZ\x90\x00", None),
        (b"\x7fELF", "txt"),
        (b"a\x00b", None),
        (b"\xff\xfea\x00", None),
        (b"GIF89a\xff", None),
    ],
)
def test_a_kind_is_told_by_its_content(content: bytes, ending: str | None) -> None:
    assert ending_of(content) == ending


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (b"x" * 11, "larger than"), (b"MZ\x90\x00", "no PDF")]
)
def test_what_is_not_taken_is_refused_at_its_field(
    content: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", 10)
    with pytest.raises(ConfigError, match=says) as refused:
        require_evidence("report", content)
    assert refused.value.mistakes[0].about == "report"
    assert require_evidence("report", b"x" * 10) == "txt"


def test_what_residents_wrote_is_not_kept() -> None:
    assert set(FILED) - KEPT == {"comment", "words"}


def test_no_step_that_is_blind_for_a_while_names_a_file() -> None:
    """A page hands files over without asking who may read the step: these it would have to ask for."""
    for kind in ("review", "comment"):
        assert not KEPT & ACTIONS[kind].model_fields.keys()


def test_the_files_of_a_step_are_named() -> None:
    assert list(named_in(act(deed("attest_reproduction", "tec", "technical_reviewer")))) == [
        ("report", DIGESTS["E"])
    ]
    resident = act(deed("public_comment", "off", "governance_officer"))
    assert not list(named_in(resident))
    for kind in ("report_pilot", "post_notice", "meet_condition", "lift_suspension", "request_renewal"):
        made = act(deed(kind, "x", "owner"))
        assert dict(named_in(made)).keys() <= KEPT & ACTIONS[kind].model_fields.keys()
        assert bool(dict(named_in(made))) == (kind != "request_renewal"), "nothing is named that is left out"


def test_evidence_stands_apart_from_the_blobs_of_runs(tmp_path: Path) -> None:
    made = DeskSettings(home=tmp_path)
    assert kept_in(made).folder != made.workspace.blobs.folder
