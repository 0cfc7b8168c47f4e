from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.render import render_cards
from civic_ai.cards.verification import MANIFEST, RECEIPT, SIDECAR, verify
from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.records.dossier import Dossier
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City


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
