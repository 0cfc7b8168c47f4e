"""An earlier dossier is read as it was published, or refused with a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.earlier import Earlier, read_earlier
from civic_ai.cards.render import render_cards
from civic_ai.cards.verification import verify
from civic_ai.core.errors import ConfigError
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import Made


@pytest.fixture(scope="module")
def one(made: MakeMade) -> Made:
    return made(City())


@pytest.fixture(scope="module")
def sealed(one: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cards = render_cards(one.evidence, one.gates, one.policy, one.blobs)
    folder = tmp_path_factory.mktemp("earlier") / "dossier"
    write_dossier(seal(one.evidence, one.gates, cards, one.blobs), one.blobs, folder)
    return folder


def _pilot(one: Made) -> str:
    from civic_ai.cards.facts import read_records

    return read_records(one.evidence, one.blobs).spec.pilot


def test_what_was_made_and_what_the_public_read_are_told_apart(one: Made, sealed: Path) -> None:
    earlier = read_earlier(sealed, _pilot(one))
    assert earlier.dossier == verify(sealed).digest
    assert earlier.audit is not None
    assert earlier.evaluation is not None
    blobs, evidence = one.blobs, one.evidence
    assert earlier.audit.full == blobs.record(AuditReport, evidence.audit)
    assert earlier.audit.public == blobs.record(AuditReport, evidence.audit_masked)
    assert earlier.evaluation.full == blobs.record(Evaluation, evidence.evaluation)
    assert earlier.evaluation.public == blobs.record(Evaluation, evidence.evaluation_masked)


def test_without_an_earlier_version_there_is_nothing() -> None:
    assert read_earlier(None, "any") == Earlier()


def test_another_pilots_dossier_is_refused(sealed: Path) -> None:
    with pytest.raises(ConfigError, match="another pilot"):
        read_earlier(sealed, "trees")


def test_a_dossier_that_was_altered_is_refused(one: Made, sealed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / "copy")
    (copy / "public/records/audit.json").write_bytes(b"{}")
    with pytest.raises(ConfigError, match="not what was sealed"):
        read_earlier(copy, _pilot(one))


def test_the_publics_copy_alone_is_refused(one: Made, sealed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / "copy")
    shutil.rmtree(copy / "full")
    with pytest.raises(ConfigError, match="not what was sealed"):
        read_earlier(copy, _pilot(one))


def test_what_is_no_dossier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"manifest\.json"):
        read_earlier(tmp_path, "any")
