"""Each page becomes a tagged PDF that says what it is, in which language, and holds every word of it."""

from __future__ import annotations

import builtins
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.pdf import pdf_cards, pdf_of
from civic_ai.cards.render import render_cards
from civic_ai.core.errors import ConfigError, RefusedError
from tests.unit.cards.conftest import MakeCards, MakeMade
from tests.unit.cards.made_city import City
from tests.unit.cards.reading import read_card

needs_weasyprint = pytest.mark.usefixtures("weasyprint")


@pytest.fixture(scope="module")
def weasyprint() -> Any:
    return pytest.importorskip("weasyprint", reason="the extra pdf: pip install 'civic-ai[pdf]'")


@pytest.fixture(scope="module")
def sealed(made: MakeMade, tmp_path_factory: pytest.TempPathFactory) -> Path:
    one = made(City(languages=("es",)))
    cards = render_cards(one.evidence, one.gates, one.policy, one.blobs)
    folder = tmp_path_factory.mktemp("pdf") / "dossier"
    write_dossier(seal(one.evidence, one.gates, cards, one.blobs), one.blobs, folder)
    return folder


@needs_weasyprint
@pytest.mark.parametrize("name", ["board_brief", "public_notice", "audit_report"])
def test_it_says_that_it_is_pdf_ua_with_language_title_and_bookmarks(cards: MakeCards, name: str) -> None:
    html = cards(City())[f"public/{name}.es.html"]
    made = _opened(pdf_of(html.encode()))
    assert re.search(rb'pdfuaid:part(="|>)1', made)
    assert re.search(rb"/Lang\s*\(es\)", made)
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", made)
    assert b"/DisplayDocTitle true" in made
    assert b"/Outlines" in made
    assert b"/StructTreeRoot" in made
    assert b"/Alt" in made or not read_card(html).all("img")


@needs_weasyprint
@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("name", ["board_brief", "public_notice"])
def test_what_a_board_and_residents_read_first_is_one_page(
    cards: MakeCards, name: str, language: str
) -> None:
    made = cards(City(groups="unequal"))[f"board/{name}.{language}.html"]
    (pages,) = re.findall(rb"/Type\s*/Pages.*?/Count\s*(\d+)", _opened(pdf_of(made.encode())), re.DOTALL)
    assert int(pages) == 1


def _opened(pdf: bytes) -> bytes:
    """The file with what its streams hold."""
    packed = (pdf[found.end() :] for found in re.finditer(rb"stream\r?\n", pdf))
    streams = [zlib.decompressobj().decompress(part) for part in packed if part[:1] == b"x"]
    return b"\n".join([pdf, *streams])


@needs_weasyprint
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext: apt-get install poppler-utils")
def test_no_heading_and_no_folded_table_is_left_out(cards: MakeCards, tmp_path: Path) -> None:
    html = cards(City())["public/model_card.pt.html"]
    (tmp_path / "card.pdf").write_bytes(pdf_of(html.encode()))
    told = subprocess.run(
        ["pdftotext", str(tmp_path / "card.pdf"), "-"], check=True, capture_output=True, timeout=60
    )
    text = _words(told.stdout.decode())
    card = read_card(html)
    assert len(card.all("h2")) > 8
    for element in card.all("h1", "h2", "h3", "figcaption", "caption"):
        assert _words(element.text) in text, element.text


def _words(text: str) -> str:
    return "".join(re.findall(r"\w+", text))


@needs_weasyprint
def test_the_same_page_gives_the_same_bytes(cards: MakeCards) -> None:
    html = cards(City())["public/public_notice.pt.html"].encode()
    assert pdf_of(html) == pdf_of(html)


@needs_weasyprint
def test_nothing_outside_of_the_page_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>inside</text></svg>')
    outside, none = (
        f'<html lang="en"><title>t</title><p>said</p>{image}</html>'
        for image in (f'<img alt="a" src="{secret.as_uri()}">', '<img alt="a">')
    )
    assert len(pdf_of(outside.encode())) == len(pdf_of(none.encode()))


@needs_weasyprint
def test_every_page_of_one_audience_and_no_other(sealed: Path) -> None:
    made = dict(pdf_cards(sealed, "public"))
    assert set(made) == {f"{path.stem}.pdf" for path in (sealed / "public").glob("*.html")}
    assert all(content.startswith(b"%PDF-") for content in made.values())
    assert made["board_brief.es.pdf"] == pdf_of((sealed / "public" / "board_brief.es.html").read_bytes())
    board = dict(pdf_cards(sealed, "board"))
    assert board["board_brief.es.pdf"] == pdf_of((sealed / "board" / "board_brief.es.html").read_bytes())


def test_a_dossier_that_was_altered_is_refused(sealed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / "copy")
    (copy / "public" / "board_brief.es.html").write_text("<p>all well</p>")
    with pytest.raises(RefusedError, match="altered"):
        list(pdf_cards(copy, "public"))


def test_without_weasyprint_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("weasyprint"):
            raise ImportError(name)
        return load(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match="civic-ai") as said:
        pdf_of(b"<p>x</p>")
    assert "pip install 'civic-ai[pdf]'" in said.value.text("en")
