from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from civic_ai.cards import verification
from civic_ai.cards.dossier import seal, sealed_file, write_dossier
from civic_ai.cards.render import render_cards
from civic_ai.cards.verification import (
    MANIFEST,
    MOST_BYTES,
    RECEIPT,
    SIDECAR,
    read_manifest,
    require_intact,
    verify,
)
from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.records.dossier import Dossier
from civic_ai.records.evidence import Evidence
from civic_ai.records.predictions import Bundle
from civic_ai.store.blobs import Blobs
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence, model_record


@pytest.fixture(scope="module")
def sealed(made: MakeMade, tmp_path_factory: pytest.TempPathFactory) -> Path:
    one = made(City(languages=("es",)))
    cards = render_cards(one.evidence, one.gates, one.policy, one.blobs)
    folder = tmp_path_factory.mktemp("sealed") / "dossier"
    write_dossier(seal(one.evidence, one.gates, cards, one.blobs), one.blobs, folder)
    return folder


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "copy"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_untouched_dossier_is_intact(sealed: Path) -> None:
    found = verify(sealed)
    assert found.intact
    assert found.digest == digest_of_bytes((sealed / MANIFEST).read_bytes())
    assert verify(str(sealed)) == found


def test_one_byte_in_any_file_is_named(copy: Path) -> None:
    """Every file, one after the other: a bit of a random byte is turned, and turned back."""
    chance = random.Random(7)
    for path in _files(copy):
        content = path.read_bytes()
        place = chance.randrange(len(content))
        path.write_bytes(
            content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
        )
        found = verify(copy)
        name = path.relative_to(copy).as_posix()
        assert not found.intact, name
        assert name in found.altered, (name, found)
        assert not found.missing or name == MANIFEST
        path.write_bytes(content)
    assert verify(copy).intact


def test_every_byte_of_the_manifest_counts(copy: Path) -> None:
    manifest = copy / MANIFEST
    content = manifest.read_bytes()
    for place in range(0, len(content), 37):
        manifest.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert MANIFEST in verify(copy).altered, place


def test_a_file_that_is_missing_and_one_that_was_added(copy: Path) -> None:
    (copy / "public" / "model_card.es.html").unlink()
    (copy / "public" / "extra.html").write_text("hello")
    found = verify(copy)
    assert (found.missing, found.unexpected) == (("public/model_card.es.html",), ("public/extra.html",))
    assert not found.intact


def test_the_receipt_stands_beside_and_is_not_sealed(copy: Path) -> None:
    (copy / RECEIPT).write_text('{"host": "anything"}')
    assert verify(copy).intact


def test_a_manifest_that_was_made_to_fit_is_not_believed(copy: Path) -> None:
    """Whoever alters a record and the manifest's line for it still disagrees with the evidence."""
    path = copy / "full" / "records" / "audit.json"
    audit = json.loads(path.read_bytes()) | {"worst_verdict": "fail"}
    path.write_bytes(canonical_json(audit))
    manifest = Dossier.model_validate_json((copy / MANIFEST).read_bytes())
    files = tuple(
        part.model_copy(update={"sha256": digest_of_bytes(path.read_bytes()), "size": path.stat().st_size})
        if part.path == "full/records/audit.json" else part
        for part in manifest.files
    )  # fmt: skip
    forged = manifest.model_copy(update={"files": files})
    (copy / MANIFEST).write_bytes(forged.to_json())
    (copy / SIDECAR).write_text(f"{forged.digest}  {MANIFEST}\n")
    assert verify(copy).altered == ("full/records/audit.json",)


def test_a_verdict_that_was_turned_in_the_manifest_is_named(copy: Path) -> None:
    manifest = Dossier.model_validate_json((copy / MANIFEST).read_bytes())
    turned = manifest.model_copy(update={"is_ready": not manifest.is_ready})
    (copy / MANIFEST).write_bytes(turned.to_json())
    (copy / SIDECAR).write_text(f"{turned.digest}  {MANIFEST}\n")
    assert MANIFEST in verify(copy).altered


def test_gates_of_another_evidence_are_named(copy: Path) -> None:
    gates = json.loads((copy / "gates.json").read_bytes()) | {"evidence": "0" * 64}
    (copy / "gates.json").write_bytes(canonical_json(gates))
    assert "gates.json" in verify(copy).altered


def test_the_sidecar_is_what_sha256sum_reads(sealed: Path) -> None:
    assert (sealed / SIDECAR).read_text() == f"{verify(sealed).digest}  manifest.json\n"


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir])
def test_a_folder_that_is_no_dossier_says_so(tmp_path: Path, make: object) -> None:
    place = tmp_path / "nowhere"
    make(place)  # type: ignore[operator]
    with pytest.raises(ConfigError, match=r"no dossier"):
        verify(place)


def _evil(copy: Path, name: str) -> None:
    path = copy / name
    match name:
        case "dangling":
            path.symlink_to(copy / "nowhere")
        case "outside":
            path.symlink_to("/etc")
        case "pipe":
            os.mkfifo(path)
        case "public/empty":
            path.mkdir()
        case "receipt.json":
            path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("name", ["dangling", "outside", "pipe", "public/empty", RECEIPT])
def test_whatever_is_no_plain_file_is_unexpected(copy: Path, name: str) -> None:
    _evil(copy, name)
    found = verify(copy)
    assert (found.altered, found.missing, found.unexpected) == ((), (), (name,))


@pytest.mark.parametrize("name", ["spec.json", MANIFEST, "full/records/audit.json"])
def test_a_file_that_became_a_link_to_the_same_bytes_is_altered(
    copy: Path, tmp_path: Path, name: str
) -> None:
    """Who owns the file outside can change it at any time."""
    shutil.move(copy / name, tmp_path / "outside")
    (copy / name).symlink_to(tmp_path / "outside")
    found = verify(copy)
    assert name in found.altered
    assert not found.missing


def test_a_file_that_became_a_folder_is_altered(copy: Path) -> None:
    (copy / "spec.json").unlink()
    (copy / "spec.json").mkdir()
    assert verify(copy).altered == ("spec.json",)


def test_a_folder_that_became_a_link_hides_nothing(copy: Path, tmp_path: Path) -> None:
    shutil.move(copy / "public", tmp_path / "public")
    (copy / "public").symlink_to(tmp_path / "public")
    found = verify(copy)
    assert found.unexpected == ("public",)
    assert "public/records/audit.json" in found.missing


@pytest.fixture
def with_model(tmp_path: Path) -> Path:
    """A dossier with a model's files in it."""
    one = make_evidence(Blobs(tmp_path / "blobs"), City())
    bundle = Bundle(
        files={"model.json": one.blobs.put_record(model_record()), "booster.txt": one.blobs.put(b"tree")}
    )
    evidence = one.evidence.model_copy(update={"bundle": one.blobs.put_record(bundle)})
    gates = one.gates.model_copy(update={"evidence": evidence.digest})
    cards = {"public/board_brief.en.html": b"<p>for all</p>"}
    write_dossier(seal(evidence, gates, cards, one.blobs), one.blobs, tmp_path / "model")
    return tmp_path / "model"


def _remake_manifest(folder: Path, dropped: str = "") -> None:
    """The manifest and its digest, made again to fit whatever files stand there."""
    kept = [path for path in _files(folder) if path.name not in (MANIFEST, SIDECAR)]
    names = {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}
    files = tuple(sealed_file(name, content) for name, content in names.items() if name != dropped)
    stated = Dossier.model_validate_json((folder / MANIFEST).read_bytes())
    forged = stated.model_copy(update={"files": files})
    (folder / MANIFEST).write_bytes(forged.to_json())
    (folder / SIDECAR).write_text(f"{forged.digest}  {MANIFEST}\n")


def test_a_remade_manifest_hides_no_record_and_no_model_file(with_model: Path) -> None:
    """Every file but the cards, one after the other: replaced, and the manifest made again."""
    for path in _files(with_model):
        name, content = path.relative_to(with_model).as_posix(), path.read_bytes()
        if path.name in (MANIFEST, SIDECAR) or name.endswith(".html"):
            continue
        path.write_bytes(b"{ }")
        _remake_manifest(with_model)
        assert name in verify(with_model).altered, name
        path.write_bytes(content)
    _remake_manifest(with_model)
    assert verify(with_model).intact


def test_a_remade_manifest_cannot_leave_out_what_the_evidence_names(with_model: Path) -> None:
    for path in _files(with_model):
        name, content = path.relative_to(with_model).as_posix(), path.read_bytes()
        if path.name in (MANIFEST, SIDECAR) or name.endswith(".html"):
            continue
        path.unlink()
        _remake_manifest(with_model)
        assert name in verify(with_model).missing, name
        path.write_bytes(content)


def test_a_remade_manifest_cannot_add_a_file_that_the_evidence_does_not_name(with_model: Path) -> None:
    (with_model / "bundle" / "run_me.py").write_bytes(b"print()")
    _remake_manifest(with_model)
    assert verify(with_model).unexpected == ("bundle/run_me.py",)


def test_only_the_dossiers_digest_protects_the_cards(with_model: Path) -> None:
    """A card cannot be named by the evidence that it tells of: what people sign is the digest."""
    before = verify(with_model)
    (with_model / "public" / "board_brief.en.html").write_bytes(b"<p>all is well</p>")
    assert verify(with_model).altered == ("public/board_brief.en.html",)
    _remake_manifest(with_model)
    after = verify(with_model)
    assert after.intact
    assert (after.digest != before.digest, after.evidence) == (True, before.evidence)
    assert "signature" in str(verify.__doc__)


def test_the_evidence_is_the_one_that_the_cards_foot_shows(sealed: Path, copy: Path) -> None:
    evidence = verify(sealed).evidence
    assert evidence == digest_of_bytes((sealed / "evidence.json").read_bytes())
    assert evidence[:12] in (sealed / "public" / "model_card.es.html").read_text()
    (copy / "evidence.json").write_bytes(b"{}")
    assert verify(copy).evidence is None


def test_an_intact_dossier_is_told_and_every_altered_file_named(sealed: Path, copy: Path) -> None:
    assert require_intact(sealed) == verify(sealed)
    (copy / "policy.json").write_bytes(b"{}")
    (copy / "spec.json").unlink()
    (copy / "more.txt").write_bytes(b"?")
    with pytest.raises(RefusedError, match=r"more\.txt, policy\.json, spec\.json"):
        require_intact(copy)


def test_the_manifest_reads_back(sealed: Path) -> None:
    assert read_manifest(sealed).digest == verify(sealed).digest


def test_a_giant_is_not_read(copy: Path) -> None:
    """A file of holes takes no room on the disk and all of the memory of whoever reads it."""
    for name in ("policy.json", "more.bin"):
        with (copy / name).open("ab") as file:
            file.truncate(MOST_BYTES + 1)
    found = verify(copy)
    assert (found.altered, found.missing, found.unexpected) == (("policy.json",), (), ("more.bin",))


def test_a_dossier_of_yesterday_is_intact_when_its_records_have_gained_a_field(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(Evidence):
        """Evidence of tomorrow."""

        of_tomorrow: str | None = None

    monkeypatch.setattr(verification, "Evidence", Later)
    assert verify(sealed).intact
