from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import civic_ai
from civic_ai.cards.dossier import PUBLIC_RECORDS, STAGE_RECORDS, seal, sealed_file, write_dossier
from civic_ai.cards.verification import verify
from civic_ai.core.errors import RefusedError, StoreError
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence, model_record

CARDS = {"board/model_card.en.html": b"<p>board</p>", "public/model_card.en.html": b"<p>public</p>"}


def test_the_same_evidence_seals_to_the_same_dossier(tmp_path: Path) -> None:
    one, two = (make_evidence(Blobs(tmp_path / name), City()) for name in ("one", "two"))
    first = seal(one.evidence, one.gates, CARDS, one.blobs)
    assert first == seal(two.evidence, two.gates, dict(reversed(CARDS.items())), two.blobs)
    assert first.digest != seal(one.evidence, one.gates, CARDS | {"board/x.en.html": b""}, one.blobs).digest


def test_the_manifest_names_every_file_with_role_and_audience(made: MakeMade) -> None:
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    by_path = {file.path: (file.role, file.audience) for file in dossier.files}
    assert by_path == {
        "board/model_card.en.html": ("card", "board"),
        "public/model_card.en.html": ("card", "public"),
        "contracts/requests.json": ("contract", "board"),
        "evidence.json": ("record", "board"),
        "gates.json": ("record", "board"),
        "policy.json": ("policy", "board"),
        **{f"bundle/{name}.json": ("bundle", "board") for name in ("bundle", "model", "rule")},
        "spec.json": ("spec", "board"),
        **{f"full/records/{name}.json": ("record", "board") for name in STAGE_RECORDS},
        **{f"public/records/{name}.json": ("record", "public") for name in PUBLIC_RECORDS},
    }
    assert (dossier.pilot, dossier.evidence, dossier.gates) == (
        "made-potholes",
        one.evidence.digest,
        one.gates.digest,
    )
    assert dossier.is_ready
    assert dossier.languages == ("en", "es", "pt")


def test_the_models_files_are_sealed_with_it(tmp_path: Path) -> None:
    one = make_evidence(Blobs(tmp_path / "blobs"), City())
    bundle = Bundle(
        files={"model.json": one.blobs.put_record(model_record()), "booster.txt": one.blobs.put(b"tree")}
    )
    evidence = one.evidence.model_copy(update={"bundle": one.blobs.put_record(bundle)})
    dossier = seal(evidence, one.gates.model_copy(update={"evidence": evidence.digest}), CARDS, one.blobs)
    write_dossier(dossier, one.blobs, tmp_path / "dossier")
    assert (tmp_path / "dossier" / "bundle" / "booster.txt").read_bytes() == b"tree"
    assert {file.path for file in dossier.files if file.role == "bundle"} == {
        "bundle/bundle.json", "bundle/model.json", "bundle/booster.txt",
    }  # fmt: skip
    assert verify(tmp_path / "dossier").intact


def test_public_records_hold_no_hidden_count(made: MakeMade) -> None:
    one = made(City(groups="small"))
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    digests = {file.path: file.sha256 for file in dossier.files}
    public = one.blobs.record(AuditReport, digests["public/records/audit.json"])
    full = one.blobs.record(AuditReport, digests["full/records/audit.json"])
    assert public.is_masked
    assert not full.is_masked
    small = [count for count in public.counts if count.group == "q1"]
    assert [count.events for count in small] == [None]
    assert {count.events for count in full.counts if count.group == "q1"} == {7.0}


def test_nothing_sealed_carries_a_clock_a_host_or_a_path(made: MakeMade, tmp_path: Path) -> None:
    one = made(City())
    write_dossier(seal(one.evidence, one.gates, CARDS, one.blobs), one.blobs, tmp_path / "d")
    told = b"".join(path.read_bytes() for path in (tmp_path / "d").rglob("*") if path.is_file()).decode()
    assert str(tmp_path) not in told
    assert os.uname().nodename not in told
    assert not re.search(r"\d\d:\d\d:\d\d", told)


def test_writing_twice_changes_nothing(made: MakeMade, tmp_path: Path) -> None:
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    write_dossier(dossier, one.blobs, tmp_path / "d")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "d").rglob("*")}
    write_dossier(dossier, one.blobs, tmp_path / "d")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "d").rglob("*")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["d"]
    assert verify(tmp_path / "d").digest == dossier.digest


def test_an_altered_dossier_is_not_overwritten(made: MakeMade, tmp_path: Path) -> None:
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    write_dossier(dossier, one.blobs, tmp_path / "d")
    (tmp_path / "d" / "gates.json").write_bytes(b"{}")
    with pytest.raises(RefusedError, match="altered"):
        write_dossier(dossier, one.blobs, tmp_path / "d")
    assert (tmp_path / "d" / "gates.json").read_bytes() == b"{}"


def test_killed_in_the_middle_there_is_no_half_dossier(
    made: MakeMade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder appears by one rename; whatever stops the writing before leaves nothing."""
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    real, written = Blobs.get, []

    def stop_at_the_fifth(self: Blobs, digest: str) -> bytes:
        written.append(digest)
        if len(written) == 5:
            raise KeyboardInterrupt
        return real(self, digest)

    monkeypatch.setattr(Blobs, "get", stop_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        write_dossier(dossier, one.blobs, tmp_path / "d")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    write_dossier(dossier, one.blobs, tmp_path / "d")
    assert verify(tmp_path / "d").intact


def test_another_run_that_was_faster_does_no_harm(
    made: MakeMade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)
    real = os.rename

    def beaten(source: Path, target: Path) -> None:
        monkeypatch.undo()
        write_dossier(dossier, one.blobs, tmp_path / "d")
        real(source, target)

    monkeypatch.setattr(os, "rename", beaten)
    write_dossier(dossier, one.blobs, tmp_path / "d")
    assert verify(tmp_path / "d").digest == dossier.digest
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_place_that_cannot_be_written_says_so(made: MakeMade, tmp_path: Path) -> None:
    one = made(City())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        write_dossier(seal(one.evidence, one.gates, CARDS, one.blobs), one.blobs, tmp_path / "file" / "d")


@pytest.mark.parametrize(
    ("path", "role", "audience"),
    [
        ("public/records/audit.json", "record", "public"),
        ("full/records/audit.json", "record", "board"),
        ("contracts/a.json", "contract", "board"),
        ("bundle/model.json", "bundle", "board"),
        ("public/board_brief.es.html", "card", "public"),
    ],
)
def test_role_and_audience_follow_from_the_place(path: str, role: str, audience: str) -> None:
    file = sealed_file(path, b"abc")
    assert (file.role, file.audience, file.size) == (role, audience, 3)


def test_verify_is_offered_at_the_top() -> None:
    assert civic_ai.verify is verify


def test_others_may_read_what_the_umask_lets_them(made: MakeMade, tmp_path: Path) -> None:
    one = made(City())
    before = os.umask(0o022)
    try:
        write_dossier(seal(one.evidence, one.gates, CARDS, one.blobs), one.blobs, tmp_path / "d")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "d").rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_a_full_disk_names_a_folder_that_stands(
    made: MakeMade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made(City())
    dossier = seal(one.evidence, one.gates, CARDS, one.blobs)

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="the disk is full") as told:
        write_dossier(dossier, one.blobs, tmp_path / "d")
    assert [mistake.about for mistake in told.value.mistakes] == [str(tmp_path)]
    assert list(tmp_path.iterdir()) == []


def test_the_public_evaluation_is_the_masked_one(made: MakeMade) -> None:
    one = made(City())
    digests = {file.path: file.sha256 for file in seal(one.evidence, one.gates, CARDS, one.blobs).files}
    assert digests["public/records/evaluation.json"] == one.evidence.evaluation_masked
    assert digests["full/records/evaluation.json"] == one.evidence.evaluation
    assert one.blobs.record(Evaluation, one.evidence.evaluation_masked).is_masked
