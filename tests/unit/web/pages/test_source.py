"""The page of a figure, and the sealed files: each reader is handed what is for them."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

OUTSIDER = "zoe"
GAIN = "evaluation.lift_over_best_baseline.value"


@pytest.fixture
def home(desk: Desk, shipped: Path) -> str:
    """The address of a dossier that the workspace holds; one person has no part in its case."""
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add(OUTSIDER, OUTSIDER, None)
    digest = digest_of_file(shipped / "manifest.json")
    shutil.copytree(shipped, desk.dossier_folder(PILOT, digest))
    return f"/cases/{PILOT}/dossiers/{digest[:12]}/"


def test_a_figure_of_the_brief_leads_to_its_file(home: str, shipped: Path) -> None:
    brief = reader("mem").get(f"{home}?numbers=sources").content.decode()
    address = f"{home}source/?fact={GAIN}"
    assert f'href="{address}"' in brief
    assert f'href="{address}"' not in reader("mem").get(home).content.decode()
    page = reader("mem").get(address).content.decode()
    file = "full/records/evaluation.json"
    assert digest_of_file(shipped / file) in page
    assert "Card and file say the same number." in page
    assert "What the city handed over" in page
    assert reader("mem").get(f"{home}files/{file}").content == (shipped / file).read_bytes()


@pytest.mark.parametrize("language", ["es", "pt"])
def test_a_page_without_a_figure_is_none(home: str, language: str) -> None:
    for fact in ("", "nothing.here", "evaluation.lift_over_best_baseline.value' OR 1=1", "\x00"):
        assert reader("mem", language).get(f"{home}source/?fact={quote(fact)}").status_code == 404


def test_who_has_no_part_is_handed_the_publics_files_alone(home: str, shipped: Path) -> None:
    client = reader(OUTSIDER)
    page = client.get(f"{home}source/?fact={GAIN}").content.decode()
    assert "public/records/evaluation.json" in page
    assert f"{home}files/full/" not in page
    assert "What the city handed over" not in page
    for path in ("full/records/audit.json", "board/model_card.en.html", "bundle/model.json", "spec.json"):
        assert client.get(f"{home}files/{path}").status_code == 404
        assert reader("mem").get(f"{home}files/{path}").status_code == 200
    public = client.get(f"{home}files/public/records/audit.json")
    assert public.content == (shipped / "public" / "records" / "audit.json").read_bytes()
    assert public.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in public.headers["Content-Disposition"]


def test_no_file_beside_the_manifest_is_handed_out(home: str) -> None:
    for path in (
        "manifest.json",
        "../../../../keys/log.key",
        "%2e%2e/%2e%2e/ledger.sqlite",
        "full",
        "/etc/passwd",
    ):
        assert reader("mem").get(f"{home}files/{path}").status_code == 404, path


def test_numbers_are_written_as_the_card_writes_them(home: str) -> None:
    """The city is in the United States: its Spanish card says 1.04, so a thousand is no 1.000 beside it."""
    page = reader("mem", "es").get(f"{home}source/?fact={GAIN}").content.decode()
    assert ": 1.04" in page
    assert "1,779" in page
    assert "1.779" not in page
