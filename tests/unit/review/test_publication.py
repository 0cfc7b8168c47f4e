"""The public site, made of a sealed dossier and a ledger with a decision."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.render import render_cards
from civic_ai.cards.verification import verify
from civic_ai.core.errors import RefusedError
from civic_ai.records.public_register import Register
from civic_ai.review.public_record import PublicRecord, gather
from civic_ai.review.publication import publish, site_files
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence
from tests.unit.review.made_case import policy
from tests.unit.review.made_ledger import LOG
from tests.unit.review.made_office import office_in, to_approval

ON = date(2026, 1, 2)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dossier")
    one = make_evidence(Blobs(folder / "blobs"), City(groups="unequal"))
    gates = one.gates.model_copy(update={"evidence": one.evidence.digest})
    cards = render_cards(one.evidence, gates, one.policy, one.blobs)
    write_dossier(seal(one.evidence, gates, cards, one.blobs), one.blobs, folder / "dossier")
    return folder / "dossier"


def public_record(folder: Path, dossier: Path, names_voters: bool = False) -> PublicRecord:
    office = office_in(folder, ruled_by=policy(names_voters=names_voters))
    to_approval(office, "made-potholes", verify(dossier).digest)
    return gather(office, {"made-potholes": dossier}, LOG.public, ON)


def site(folder: Path, dossier: Path, names_voters: bool = False) -> tuple[Register, dict[str, bytes]]:
    record = public_record(folder, dossier, names_voters)
    return record.register, dict(site_files(record))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_every_link_of_the_site_leads_somewhere(tmp_path: Path, dossier: Path) -> None:
    _, files = site(tmp_path, dossier)
    for path, content in files.items():
        if not path.endswith(".html"):
            continue
        links = _Links()
        links.feed(content.decode())
        for link in links.found:
            if not link.startswith(("#", "data:", "mailto:")):
                parts: list[str] = []
                for part in (PurePosixPath(path).parent / link.partition("#")[0]).parts:
                    parts = parts[:-1] if part == ".." else [*parts, part]
                assert "/".join(parts) in files, f"{path} -> {link}"


def test_what_was_decided_stands_there_in_three_languages(tmp_path: Path, dossier: Path) -> None:
    register, files = site(tmp_path, dossier)
    (row,) = register.rows
    assert row.state == "approved_for_pilot"
    assert row.holds_until is not None
    pages = {
        language: files[f"{language}/made-potholes/index.html"].decode() for language in ("en", "es", "pt")
    }
    assert "Approved for a pilot" in pages["en"]
    assert "May it be tried in a pilot? Approved" in pages["en"]
    assert len({re.findall(r"<h1>(.*?)</h1>", page)[0] for page in pages.values()}) >= 2
    assert "Write to" not in pages["es"]
    for page in pages.values():
        assert "<script" not in page
        assert "data@example.org" in page


@pytest.mark.parametrize("names_voters", [True, False])
def test_voters_are_named_only_where_the_policy_says_so(
    tmp_path: Path, dossier: Path, names_voters: bool
) -> None:
    _, files = site(tmp_path, dossier, names_voters)
    told = b"".join(files[path] for path in files if "index" in path or path.startswith("register"))
    assert (b"com:" in told or b'"by":"com"' in told) is names_voters
    assert (b"names-of-voters" in told) is not names_voters


def test_only_public_cards_are_published_and_byte_for_byte(tmp_path: Path, dossier: Path) -> None:
    _, files = site(tmp_path, dossier)
    published = {path for path in files if path.startswith("es/made-potholes/") and "index" not in path}
    names = {PurePosixPath(path).name for path in published}
    assert names == {path.name for path in (dossier / "public").glob("*.es.*")}
    assert names >= {"board_brief.es.html", "audit_report.es.html", "public_notice.es.html", "cards.es.json"}
    for path in published:
        assert files[path] == (dossier / "public" / PurePosixPath(path).name).read_bytes()
    board = {file.read_bytes() for file in (dossier / "board").glob("*.html")}
    assert not board & set(files.values())


def test_machines_read_it(tmp_path: Path, dossier: Path) -> None:
    register, files = site(tmp_path, dossier)
    assert Register.model_validate_json(files["register.json"]) == register
    (row,) = csv.DictReader(io.StringIO(files["register.csv"].decode("utf-8-sig")))
    assert (row["pilot"], row["state"], row["last_decision"]) == (
        "made-potholes",
        "approved_for_pilot",
        "approve",
    )
    catalog = json.loads(files["catalog.jsonld"])
    assert [each["dct:identifier"] for each in catalog["dcat:dataset"]] == ["register", "made-potholes"]


def test_it_replaces_its_own_site_and_nothing_else(tmp_path: Path, dossier: Path) -> None:
    (tmp_path / "office").mkdir()
    record = public_record(tmp_path / "office", dossier)
    files, to = dict(site_files(record)), tmp_path / "public"
    assert publish(record, to) == len(files)
    (to / "old.html").write_text("from before")
    publish(record, to)
    assert {str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()} == set(files)
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("mine")
    with pytest.raises(RefusedError, match="something else"):
        publish(record, other)
    assert (other / "chapter.txt").read_text() == "mine"


def test_cards_of_another_dossier_than_the_boards_are_not_published(tmp_path: Path, dossier: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office, "made-potholes")
    with pytest.raises(RefusedError, match="the board's dossier is aaaaaaaaaaaa, and this one is"):
        gather(office, {"made-potholes": dossier}, LOG.public, ON)
