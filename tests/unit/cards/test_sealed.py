"""A dossier is read from its own files, as one audience may see it; an altered one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.sealed import SealedBlobs, read_sealed
from civic_ai.core.errors import ConfigError, RefusedError, StoreError
from civic_ai.records.dossier import Audience
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made
from tests.unit.cards.made_evidence import make_evidence

SMALL = City(groups="small")
COUNT = "audit.counts.income_quartile.q1.positives"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal_made(tmp_path_factory.mktemp("small"), SMALL)


def test_the_board_sees_a_small_group_and_the_public_does_not(folder: Path) -> None:
    assert read_sealed(folder, "board").facts[COUNT] == SMALL.smallest
    assert read_sealed(folder, "public").facts.get(COUNT) != SMALL.smallest
    assert read_sealed(folder, "public").records.audit.is_masked


def test_what_the_audits_mask_does_not_reach_is_masked_too(folder: Path) -> None:
    share = "snapshot.worst_quarantined_share"
    assert read_sealed(folder, "board").facts[share] == 0.0043
    assert read_sealed(folder, "public").facts[share] == 0.004


@pytest.mark.parametrize("audience", ["board", "public"])
@pytest.mark.parametrize("after", [None, "d" * 64])
def test_whether_it_follows_an_earlier_version_is_a_fact(
    tmp_path: Path, audience: Audience, after: str | None
) -> None:
    one = make_evidence(Blobs(tmp_path / "blobs"), City())
    evidence = one.evidence.model_copy(update={"after": after})
    gates = one.gates.model_copy(update={"evidence": evidence.digest})
    write_dossier(seal(evidence, gates, {}, one.blobs), one.blobs, tmp_path / "dossier")
    assert read_sealed(tmp_path / "dossier", audience).facts["dossier.follows_earlier"] is (after is not None)


def test_gates_and_manifest_stand_among_the_facts(folder: Path) -> None:
    sealed = read_sealed(folder, "board")
    assert sealed.facts["gates.is_ready"] == sealed.manifest.is_ready
    assert sealed.facts["dossier.files.spec.json.sha256"] == sealed.evidence.spec
    assert (sealed.facts["model.candidate"], sealed.facts["model.learned"]) == ("year_count", False)


def test_the_settings_of_a_sealed_model_are_facts(tmp_path: Path) -> None:
    facts = read_sealed(seal_made(tmp_path, City(), with_model=True), "board").facts
    assert (facts["model.seed"], facts["model.smallest_cell"]) == (1, 40)


def test_an_altered_dossier_is_refused(tmp_path: Path) -> None:
    made = seal_made(tmp_path, City())
    (made / "spec.json").write_bytes((made / "spec.json").read_bytes() + b" ")
    with pytest.raises(RefusedError, match="altered after it was sealed"):
        read_sealed(made, "public")


def test_a_folder_without_a_dossier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holds no manifest\.json"):
        read_sealed(tmp_path, "public")


def test_a_digest_that_the_manifest_does_not_name_is_lost(folder: Path) -> None:
    manifest = read_sealed(folder, "board").manifest
    with pytest.raises(StoreError):
        SealedBlobs(folder, manifest).get("0" * 64)
