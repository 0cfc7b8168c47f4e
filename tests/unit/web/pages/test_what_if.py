"""Other choices as links: what the dossier holds is shown, and what it does not hold is said."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from civic_ai.core.canonical import canonical_json, digest_of_file
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.pages import what_if
from civic_ai.web.sealed_html import pictures_of
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

OUTSIDER = "zoe"
MAP = re.compile(r'id="picture-map".*?</figure>', re.DOTALL)


@pytest.fixture
def address(desk: Desk, shipped: Path) -> str:
    """The page of a dossier that the workspace holds."""
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add(OUTSIDER, OUTSIDER, None)
    digest = digest_of_file(shipped / "manifest.json")
    shutil.copytree(shipped, desk.dossier_folder(PILOT, digest))
    return f"/cases/{PILOT}/dossiers/{digest[:12]}/what-if/"


def seen(address: str, person: str = "mem") -> str:
    response = reader(person).get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_number_that_was_not_measured_is_said_and_its_neighbours_are_shown(address: str) -> None:
    page = seen(f"{address}?capacity=100")
    assert "100 visits were not measured." in page
    assert 'value="75">75</data>' in page
    assert 'value="112">112</data>' in page
    assert 'value="150">150</data>' in seen(address)


def test_beyond_what_was_measured_the_dossier_says_nothing(address: str) -> None:
    page = seen(f"{address}?capacity=5000")
    assert "The dossier says nothing about 5000 visits." in page
    assert "38 to 289 visits" in page


def test_the_frontier_and_the_maps_are_choices_too(address: str) -> None:
    page = seen(f"{address}?way=depth_50&map=errors")
    assert '<option value="depth_50" selected>' in page
    assert "Who gains visits and who loses them" in page
    assert 'id="picture-errors"' in page
    assert 'id="picture-map"' in seen(address)
    assert 'id="picture-frontier"' in page


def test_who_has_no_part_sees_no_map_of_errors(address: str) -> None:
    page = seen(f"{address}?map=errors", OUTSIDER)
    assert 'id="picture-errors"' not in page
    assert 'id="picture-map"' in page


def test_whatever_is_typed_is_answered(address: str) -> None:
    for query in ("capacity=-1", "capacity=9e9", "way=%3Cscript%3E", "map=..%2f..", "capacity=%00&way=%00"):
        assert "<script>" not in seen(f"{address}?{query}")


def test_pictures_are_parsed_once_for_each_reader_and_language_and_never_mixed(
    address: str, desk: Desk, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_digest = resealed(shipped, desk, "Where the list looks now")
    other = f"/cases/{PILOT}/dossiers/{other_digest[:12]}/what-if/"
    parsed: list[str] = []
    monkeypatch.setattr(what_if, "pictures_of", lambda body: parsed.append("") or pictures_of(body))
    what_if._parsed.cache_clear()
    first = {one: MAP.findall(seen(one)) for one in (address, other)}
    assert first[address] != first[other], "each shows its own"
    assert len(parsed) == 2 * len(what_if.PICTURED)
    assert {one: MAP.findall(seen(one)) for one in (address, other)} == first
    assert len(parsed) == 2 * len(what_if.PICTURED), "what was parsed is kept"
    assert 'id="picture-errors"' in seen(f"{address}?map=errors")
    assert 'id="picture-errors"' not in seen(f"{address}?map=errors", OUTSIDER)
    assert len(parsed) == 3 * len(what_if.PICTURED), "another reader, another version"
    in_spanish = reader("mem", "es").get(address).content.decode()
    assert MAP.findall(in_spanish) != first[address]
    assert len(parsed) == 4 * len(what_if.PICTURED), "another language, another card"


def resealed(shipped: Path, desk: Desk, title: str) -> str:
    """Another dossier of the pilot, whose brief has another title to its map; its digest."""
    folder = desk.dossier_folder(PILOT, "other")
    shutil.copytree(shipped, folder)
    card = folder / "board" / "board_brief.en.html"
    brief = card.read_text("utf-8")
    made = re.sub(r'(<figure[^>]*id="picture-map"[^>]*>)', rf"\1<p>{title}</p>", brief, count=1)
    assert made != brief
    card.write_text(made, "utf-8")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    named = next(file for file in manifest["files"] if file["path"] == "board/board_brief.en.html")
    named |= {"sha256": digest_of_file(card), "size": card.stat().st_size}
    (folder / "manifest.json").write_bytes(canonical_json(manifest))
    digest = digest_of_file(folder / "manifest.json")
    (folder / "manifest.sha256").write_text(f"{digest}  manifest.json\n")
    folder.rename(desk.dossier_folder(PILOT, digest))
    return digest
